"""ME/CFS trials: the frame the nine agents are seen in."""

import streamlit as st

from dashboard.mecfs import parts as mecfs_parts
from dashboard.shared import address as view
from dashboard.shared import frame
from dashboard.shared import group_list as behind

frame.head("ME/CFS trials", "All trials in ME/CFS, whatever they test: how many test one of the nine agents, and whom.")
_, problems = view.current()
view.problems(problems)
sample = mecfs_parts.state()
found = mecfs_parts.material()
name = behind.asked()
if not (name and mecfs_parts.group(name, found)):
    if found.trials.empty:
        st.info(
            "No trial in ME/CFS is stored. Press “Refresh trial data” to ask the registry.",
            icon=":material/search_off:",
        )
    else:
        mecfs_parts.sections(found, sample=sample)
