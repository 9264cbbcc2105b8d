"""The claims about one agent, for its page."""

import streamlit as st

from dashboard.claims import parts
from dashboard.claims.tables import VERDICT, verdict_word
from dashboard.shared import evidence_data, frame
from fetchers.watchlist.model import Agent
from insights.claims import Finding, about


def _about(agent: Agent) -> list[Finding]:
    return about(evidence_data.findings(), agent.id)


def claims(agent: Agent) -> None:
    """What the documents state of the agent, and the verdicts."""
    st.header("What the documents state", anchor=False)
    mine = _about(agent)
    for finding in mine:
        parts.claim(finding, key="agent_claim")
    if not mine:
        st.text("No statement of the documents is about this agent.")
    _to_claims("All claims, with the rules of the verdicts", agent)


def verdicts(agent: Agent) -> None:
    """The verdict on each statement of the documents on this agent, a line each; nothing when there is none."""
    mine = _about(agent)
    if not mine:
        return
    with st.container(gap="xsmall"):
        st.markdown("**What the articles claim, and what the registry shows**")
        for finding in mine:
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                parts.badge(VERDICT[finding.verdict], verdict_word(finding))
                st.text(f"{finding.claim.id}: {finding.claim.words}", width="stretch")
        _to_claims("Reasons, evidence and rules of these verdicts", agent)


def _to_claims(label: str, agent: Agent) -> None:
    frame.link("claims", label, {"agent": agent.id}, ":material/fact_check:")
