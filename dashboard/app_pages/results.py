"""Results and delays: what is posted and due, what time has overtaken, why trials stopped."""

import streamlit as st

from dashboard.results import parts as results_parts
from dashboard.shared import address as view
from dashboard.shared import data, frame, words
from dashboard.shared import group_list as behind

frame.head("Results and delays", "Which results stand in the registry, which records time has overtaken, what stopped.")
wanted, problems = view.current()
view.problems(problems)
view.scope_bar(wanted)
view.narrowed(wanted)

selection = data.selection(wanted)
st.caption(f"Counted here: {words.plain(wanted.sentence(data.watchlist()))}")
found = results_parts.material(selection)
name = behind.asked()
if not (name and results_parts.group(name, found)):
    if selection.trials.empty:
        st.info(words.nothing(data.freshness(), wanted.everywhere), icon=":material/search_off:")
    results_parts.sections(found, wanted)
