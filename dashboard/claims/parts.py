"""The parts of the Claims page, and the claims on an agent's page."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from cache import english
from dashboard.claims import tables as claim_words
from dashboard.claims.tables import TENSE, VERDICT, Look
from dashboard.shared import address as view
from dashboard.shared import data, frame, words
from dashboard.shared import evidence_data as insight_data
from dashboard.shared import trial_list as listing
from fetchers.watchlist.model import Document
from insights.claim_rules import RULES
from insights.claims import Finding, groups_of

MOST = 50  # rows of evidence; the list of trials has all
_ANY = "any"
_LEDGER: dict[str, Any] = {
    "Claim": st.column_config.TextColumn(pinned=True, width=70),
    "The document says (in our words)": st.column_config.TextColumn(width="large"),
    "Trials": st.column_config.LinkColumn(
        help="In the claim’s condition, people get the agent; opens their list", display_text=r"#([\d,]+)$"
    ),
}
_EVIDENCE: dict[str, Any] = {
    "NCT id": st.column_config.LinkColumn(
        help="Opens the trial", display_text=r"nct=(NCT\d{8})", pinned=True, width=118
    ),
    "Title": st.column_config.TextColumn(width="large"),
}


def choose(findings: Sequence[Finding], agents: tuple[str, ...]) -> list[Finding]:
    """The agent's switch, and the claims that speak of it."""
    st.session_state["claims_agent"] = agents[0] if len(agents) == 1 else _ANY
    st.selectbox(
        "Agent",
        [_ANY, *frame.names()],
        format_func=lambda one: "All agents" if one == _ANY else frame.names().get(one, one),
        key="claims_agent",
        on_change=_chosen,
        width=360,
    )
    return [one for one in findings if not agents or not set(agents).isdisjoint(one.agents)]


def _chosen() -> None:
    agent = st.session_state["claims_agent"]
    view.change(lambda wanted: replace(wanted, agents=() if agent == _ANY else (agent,)))


def summary(findings: Sequence[Finding]) -> None:
    """How many claims there are of each verdict, and all of them in one table."""
    found = {key: [one.claim.id for one in findings if one.verdict == key] for key in VERDICT}
    with st.container(horizontal=True, gap="small"):
        for key, ids in found.items():
            if ids:
                look = VERDICT[key]
                st.badge(f"{len(ids)} {look.word.lower()}", icon=look.icon, color=_colour(look), help=", ".join(ids))
    said = [f"{VERDICT[key].word}: {', '.join(ids)}." for key, ids in found.items() if ids]
    st.text(" ".join([f"{english.count(len(findings), 'claim')}.", *said]))
    with st.expander("Numbers", icon=":material/table:", key="claims_numbers"):
        watchlist = data.watchlist()
        addresses = {one.claim.id: _address(one) for one in findings}
        st.dataframe(
            claim_words.ledger_rows(findings, addresses), hide_index=True, column_config=_LEDGER, placeholder="–",
            height="content", width="stretch", alt="Every claim with its verdict",
        )  # fmt: skip
        missing = len(watchlist.claims) - len(findings)
        if missing:
            st.caption(f"{english.count(missing, 'claim')} of other agents not shown.")


def _address(finding: Finding) -> str:
    wanted = replace(claim_words.base(finding), conditions=groups_of(finding.claim, data.watchlist()))
    return view.address("trials", view.params(wanted))


def rules() -> None:
    """How a verdict is made."""
    with st.expander("How a verdict is made", icon=":material/gavel:"):
        st.markdown(
            "Each claim is held against these rules from top to bottom; the first that applies decides. They read what "
            "the claim states (agent, condition, phase, present or past) and the trials found; nothing is decided by "
            "hand. The verdicts are made anew with every refresh. Trials count when people get the agent other than "
            "as background (for a claim on use: also as background)."
        )
        st.dataframe(
            claim_words.rule_rows(), hide_index=True, height="content", width="stretch", alt="The rules of verdicts",
            column_config={"Rule": st.column_config.TextColumn(width="large")},
        )  # fmt: skip
        st.markdown(
            "**“Now”.** A claim in the present tense is checked against the newest activity of the agent in the "
            "condition: a trial registered, its record updated, results posted, or the trial itself started or "
            "completed. Planned dates are no activity. Where the claim says that a trial goes on, “now” holds when one "
            "is running; else also when there was activity within two years of the registry’s data, other than an "
            "update of the record of a trial that is over."
        )


def document(one: Document, findings: Sequence[Finding]) -> None:
    """One document: who made it, whose interest it serves, and its claims."""
    st.header(one.title, anchor=False)
    st.text(claim_words.published(one))
    if one.interest:
        st.warning(words.plain(one.interest), title="Publisher’s interest", icon=":material/storefront:")
    for finding in findings:
        claim(finding)


def claim(finding: Finding, key: str = "claim") -> None:
    """One claim: verdict, reason, numbers, and on demand what they rest on."""
    with st.container(border=True, gap="small"):
        st.caption(f"{finding.claim.id} · {words.plain(finding.claim.place)}")
        st.markdown(f"**{words.plain(finding.claim.words)}**")
        with st.container(horizontal=True, gap="small"):
            look = VERDICT[finding.verdict]
            st.badge(claim_words.verdict_word(finding), icon=look.icon, color=_colour(look), help=look.means)
            if finding.tense:
                when = TENSE[finding.tense.verdict]
                st.badge(when.word, icon=when.icon, color=_colour(when))
        st.text(finding.because)
        if finding.tense:
            st.text(finding.tense.words)
        _doors(finding)
        _note(finding)
        shown = st.expander(
            "Evidence, rule and query", icon=":material/fact_check:", key=f"{key}_{finding.claim.id}", on_change="rerun"
        )
        if shown.open:
            with shown:
                _details(finding)


def _doors(finding: Finding) -> None:
    found = claim_words.doors(finding, data.watchlist())
    if not found:
        return
    with st.container(horizontal=True, gap="medium"):
        for number, wanted in found:
            st.page_link(
                view.script("trials"), label=words.plain(number), query_params=view.params(wanted),
                icon=":material/arrow_forward:", icon_position="right",
            )  # fmt: skip


def _note(finding: Finding) -> None:
    note = insight_data.note(finding.claim)
    if note is None:
        return
    with st.container(border=True, gap="xsmall"):
        st.markdown(":material/menu_book: **From the literature, not from the registry**")
        st.text(note.words)
        st.caption(f"{words.plain(note.source)}. Written by hand on {english.day(note.written.isoformat())}.")


def _details(finding: Finding) -> None:
    number, rule = next((number, rule) for number, rule in enumerate(RULES, start=1) if rule.id == finding.rule)
    st.text(f"Rule {number}: {rule.words}")
    st.text(claim_words.asked_on(finding))
    rows = claim_words.evidence_rows(finding, frame.names(), MOST)
    if rows.empty:
        st.text("No trial to show.")
    else:
        more = len(finding.evidence) - len(rows)
        st.dataframe(
            rows, hide_index=True, column_config=_EVIDENCE, placeholder=listing.MISSING, width="stretch",
            height=min(420, 39 + 35 * len(rows)), alt=f"Evidence for claim {finding.claim.id}",
        )  # fmt: skip
        st.caption(f"{more:,} more in the lists linked above." if more > 0 else "Newest activity first.")
    st.dataframe(
        claim_words.query_rows(finding, frame.names()), hide_index=True, placeholder="–", width="stretch",
        height="content", column_config={"Asked of the registry": st.column_config.TextColumn(width="large")},
        alt=f"Queries behind claim {finding.claim.id}",
    )  # fmt: skip


def _colour(look: Look) -> Any:
    return look.colour
