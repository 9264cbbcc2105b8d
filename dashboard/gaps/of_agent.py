"""The gaps and the funnel of one agent, for its page."""

import streamlit as st

from dashboard.gaps import parts
from dashboard.gaps import tables as gap_tables
from dashboard.shared import address as view
from dashboard.shared import evidence_data, frame
from fetchers.watchlist.model import Agent


def gaps(agent: Agent) -> None:
    """The agent in each condition group, the empty ones with the kind of empty."""
    st.header("Condition by condition", anchor=False)
    background = view.current()[0].background
    cells = evidence_data.grid(background)
    mine = cells[cells["agent"] == agent.id]
    st.markdown(gap_tables.gaps_say(mine))
    table = gap_tables.cell_rows(mine, frame.names(), frame.condition_names(), background, view.to_trials)
    parts.cell_table(table.drop(columns="Agent"), f"Conditions of {agent.name}")
    frame.link("gaps", "All agents and conditions", {"agent": agent.id}, ":material/grid_view:")


def funnel(agent: Agent) -> None:
    """From the registry's rows to the trials that are counted."""
    st.header("How we count", anchor=False)
    parts.funnel(agent)
