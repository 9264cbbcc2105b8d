"""Agents: one at a time, and two to four side by side."""

import streamlit as st

from dashboard import agent_parts, data, frame, insight_parts, view

frame.head("Agents", "What the registry holds on one of the agents, or on several beside one another.")
wanted, problems = view.current()
view.problems(problems)
view.scope_bar(wanted)

one, several = st.tabs(
    ["One agent", "Side by side"], default="Side by side" if view.own("compare") else "One agent", key="agents_tabs"
)
with one:
    ids = list(frame.names())
    agent = data.watchlist().agent(wanted.agents[0] if wanted.agents else ids[0])
    st.session_state["agent"] = agent.id
    st.selectbox(
        "Agent", ids, format_func=lambda id: frame.names().get(id, id), key="agent", on_change=agent_parts.choose
    )
    agent_parts.about(agent)
    agent_parts.figures(agent, wanted)
    agent_parts.charts_of(agent, wanted)
    insight_parts.claims_of(agent)
    insight_parts.gaps_of(agent)
    insight_parts.funnel_of(agent)
    agent_parts.trials_of(agent, wanted)
with several:
    agent_parts.compare(wanted)
