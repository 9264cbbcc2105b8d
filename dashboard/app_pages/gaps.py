"""Gaps: where there is no trial, how far each agent got, and how the counts come about."""

import streamlit as st

from dashboard.gaps import parts as gap_parts
from dashboard.shared import address as view
from dashboard.shared import data, frame
from dashboard.shared import group_list as behind

frame.head("Gaps", "Where there is no trial, how far each agent got, and how the numbers come about.")
wanted, problems = view.current()
view.problems(problems)

agent, name = gap_parts.agent_of(wanted), behind.asked()
if not (name and gap_parts.group(name, agent)):
    gap_parts.background_switch(wanted)
    gap_parts.gap_map(wanted)
    gap_parts.asked(data.watchlist().agents)
    gap_parts.ladder(wanted)
    st.subheader("How we count", anchor=False)
    gap_parts.funnel_chooser(agent)
    gap_parts.funnel(agent)
