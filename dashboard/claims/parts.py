"""The parts of the Claims page, and the claims on an agent's page."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import streamlit as st

from cache import english
from cache.filters.filter import Filter
from dashboard.claims import tables as claims_tables
from dashboard.claims.tables import TENSE, VERDICT, Look
from dashboard.shared import address as view
from dashboard.shared import columns, data, evidence_data, frame, words
from dashboard.shared.escape import plain
from dashboard.shared.number_tables import claim_link
from dashboard.shared.taking_along import Numbers
from fetchers.watchlist.model import Document
from insights import claims
from insights.claim_rules import RULES
from insights.claims import Finding

MOST = 50  # rows of evidence; the list of trials has all
_LEDGER = {
    "Claim": columns.claim(pinned=True, width=70),
    "The document says (in our words)": columns.WIDE,
    "Trials": columns.linked(help="In the claim’s condition, people get the agent; opens their list"),
}

# Words that must not be cut: "Not known (recruiting on 31 October 2018)", "2023-12 (planned)".
_EVIDENCE = columns.ID_TITLE | {
    "Status": st.column_config.TextColumn(width=290),
    "Start": st.column_config.TextColumn(width=130),
    "Completion": st.column_config.TextColumn(width=130),
}


def choose(findings: Sequence[Finding], agents: tuple[str, ...]) -> list[Finding]:
    """The agent's switch, and the claims that speak of it."""
    frame.choose_agent("claims_agent", agents[0] if len(agents) == 1 else None, every="All agents")
    return [one for one in findings if not agents or not set(agents).isdisjoint(one.agents)]


def named(findings: Sequence[Finding]) -> Finding | None:
    """The claim the address asks for; what it names that is none is said."""
    given = "".join(view.own("claim")[-1:])
    found = next((one for one in findings if one.claim.id.casefold() == given.strip().casefold()), None)
    if given and found is None:
        view.problems((f"“{given[:40]}” is no claim of this watch-list, so all are shown.",))
    return found


def alone(finding: Finding) -> None:
    """One claim with all it rests on, and where it comes from."""
    frame.link("claims", "All claims", view.params(view.current()[0]), ":material/arrow_back:")
    st.text(f"From “{finding.document.title}”. {claims_tables.published(finding.document)}")
    _interest(finding.document)
    claim(finding, folded=False)


def summary(findings: Sequence[Finding]) -> None:
    """How many claims there are of each verdict, and all of them in one table."""
    found = {key: [one.claim.id for one in findings if one.verdict == key] for key in VERDICT}
    with st.container(horizontal=True, gap="small"):
        for key, ids in found.items():
            if ids:
                badge(VERDICT[key], f"{len(ids)} {VERDICT[key].word.lower()}", help=", ".join(ids))
    said = [f"{VERDICT[key].word}: {', '.join(ids)}." for key, ids in found.items() if ids]
    say = " ".join([f"{english.count(len(findings), 'claim')}.", *said])
    st.text(say)
    frame.numbers_below("claims", "Claims and verdicts", plain(say), partial(_numbers, findings), pictures={})


def _numbers(findings: Sequence[Finding], numbers: Numbers) -> None:
    addresses = {one.claim.id: _address(one) for one in findings}
    numbers.table(claims_tables.ledger_rows(findings, addresses), "Every claim with its verdict", _LEDGER)
    missing = len(data.watchlist().claims) - len(findings)
    if missing:
        st.caption(f"{english.count(missing, 'claim')} of other agents not shown.")


def _address(finding: Finding) -> str:
    """The list of the trials in the condition; where there is none and no filter says so, this page."""
    wanted = finding.numbers["here"].wanted
    return view.to_trials(wanted) if wanted else view.address("claims", [])


def rules() -> None:
    """How a verdict is made."""
    with st.expander("How a verdict is made", icon=":material/gavel:"):
        st.markdown(
            "Each claim is held against these rules from top to bottom; the first that applies decides. They read what "
            "the claim states (agent, condition, phase, present or past) and the trials found; nothing is decided by "
            "hand. The verdicts are made anew with every refresh. Trials count when people get the agent other than "
            "as background (for a claim on use: also as background)."
        )
        columns.table(claims_tables.rule_rows(), "The rules of verdicts", {"Rule": columns.WIDE}, missing=None)
        st.markdown(
            "**“Now”.** A claim in the present tense is checked against the newest activity of the agent in the "
            "condition: a trial registered, its record updated, results posted, or the trial itself started or "
            "completed. Planned dates are no activity. Where the claim says that a trial goes on, “now” holds when one "
            "is running; else also when there was activity within two years of the registry’s data, other than an "
            "update of the record of a trial that is over."
        )


def documents(findings: Sequence[Finding]) -> None:
    """The claims, document by document."""
    for document in data.watchlist().documents:
        mine = [finding for finding in findings if finding.document.id == document.id]
        if mine:
            _document(document, mine)


def _document(one: Document, findings: Sequence[Finding]) -> None:
    """One document: who made it, whose interest it serves, and its claims."""
    st.header(one.title, anchor=False)
    st.text(claims_tables.published(one))
    _interest(one)
    _sentences(one)
    for finding in findings:
        claim(finding)


def _interest(one: Document) -> None:
    if one.interest:
        st.warning(words.plain(one.interest), title="Publisher’s interest", icon=":material/storefront:")


def _sentences(one: Document) -> None:
    """Every sentence of the document, so that nothing it says is passed over in silence."""
    if not one.sentences:
        return
    with st.expander(f"All {english.count(len(one.sentences), 'sentence')} of this document", icon=":material/list:"):
        columns.table(claims_tables.sentence_rows(one), f"Every sentence of document {one.id}")


def claim(finding: Finding, key: str = "claim", *, folded: bool = True) -> None:
    """One claim: verdict, reason, numbers, what they rest on (``folded``: on demand), and then the literature."""
    with st.container(border=True, gap="small"):
        id = finding.claim.id
        said = f"[{words.plain(id)}]({claim_link(id)})" if folded else words.plain(id)
        # Small text and no caption: Streamlit pales captions, and the link in them falls below 4.5 : 1.
        st.markdown(f":small[{said} · {words.plain(finding.claim.place)}]")
        st.markdown(f"**{words.plain(finding.claim.words)}**")
        if finding.claim.quote:
            st.caption(f"“{words.plain(finding.claim.quote)}”")
        with st.container(horizontal=True, gap="small"):
            badge(VERDICT[finding.verdict], claims_tables.verdict_word(finding))
            if finding.tense:
                badge(TENSE[finding.tense.verdict])
        st.text(finding.because)
        if finding.tense:
            st.text(finding.tense.words)
        _lists(finding)
        if folded:
            shown = st.expander(
                "Evidence, rule and query", icon=":material/fact_check:", key=f"{key}_{id}", on_change="rerun"
            )
            if shown.open:
                with shown:
                    _details(finding)
        else:
            _details(finding)
        _note(finding)


def badge(look: Look, said: str | None = None, help: str | None = None) -> None:
    """A verdict; ``said``: what is written on it, when that is more than its word."""
    colour: Any = look.colour
    st.badge(said or look.word, icon=look.icon, color=colour, help=help or look.means or None)


def _lists(finding: Finding) -> None:
    found = claims_tables.lists(finding)
    if found:
        with st.container(horizontal=True, gap="medium"):
            for number in found:
                if number.wanted:
                    frame.trials_link(number.wanted, words.plain(number.words))


def _note(finding: Finding) -> None:
    note = evidence_data.note(finding.claim)
    if note is None:
        return
    with st.container(border=True, gap="xsmall"):
        st.markdown(":material/menu_book: **From the literature, not from the registry**")
        st.text(note.words)
        st.caption(f"{words.plain(note.source)}. Written by hand on {english.day(note.written.isoformat())}.")


def _details(finding: Finding) -> None:
    number, rule = next((number, rule) for number, rule in enumerate(RULES, start=1) if rule.id == finding.rule)
    st.text(f"Rule {number}: {rule.words}")
    st.text(claims_tables.asked_on(finding))
    rows = claims_tables.evidence_rows(finding, frame.names(), MOST)
    if rows.empty:
        st.text("No trial to show.")
    else:
        more = len(finding.evidence) - len(rows)
        columns.table(
            rows, f"Evidence for claim {finding.claim.id}", _EVIDENCE, missing=words.MISSING,
            height=columns.at_most(420, rows),
        )  # fmt: skip
        st.caption(f"{more:,} more in the lists linked above." if more > 0 else "Newest activity first.")
    columns.table(
        claims_tables.query_rows(finding, frame.names() | frame.swept()), f"Queries behind claim {finding.claim.id}",
        {"Asked of the registry": columns.WIDE},
    )  # fmt: skip


def followed(wanted: Filter, finding: Finding | None) -> Filter:
    """The trials a claim asks about; of the page as a whole those of its agents."""
    if finding is None:
        return replace(view.scope(wanted), agents=wanted.agents)
    return Filter(agents=finding.agents, conditions=claims.groups_of(finding.claim, data.watchlist()))
