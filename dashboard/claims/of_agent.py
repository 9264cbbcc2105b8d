"""What the insights have to say on one agent: sections for its page, each to be called with one line."""

import streamlit as st

from dashboard.claims import parts as claim_parts
from dashboard.gaps import parts as gap_parts
from dashboard.shared import address as view
from dashboard.shared import evidence_data as insight_data
from fetchers.watchlist.model import Agent


def claims_of(agent: Agent) -> None:
    """What the documents state of the agent, and the verdicts."""
    st.subheader("What the documents state", anchor=False)
    mine = [one for one in insight_data.findings() if one.claim.agent == agent.id]
    for finding in mine:
        claim_parts.claim(finding, key="agent_claim")
    if not mine:
        st.text("No statement of the documents is about this agent alone.")
    st.page_link(
        view.script("claims"),
        label="All claims, with the rules of the verdicts",
        icon=":material/fact_check:",
        query_params={"agent": agent.id},
    )


def gaps_of(agent: Agent) -> None:
    """The agent in each condition group, the empty ones with the kind of empty."""
    st.subheader("Condition by condition", anchor=False)
    gap_parts.row_of(agent, view.current()[0])
    st.page_link(
        view.script("gaps"), label="All agents and conditions", icon=":material/grid_view:",
        query_params={"agent": agent.id},
    )  # fmt: skip


def funnel_of(agent: Agent) -> None:
    """From the registry's rows to the trials that are counted."""
    st.subheader("How we count", anchor=False)
    gap_parts.funnel(agent)
