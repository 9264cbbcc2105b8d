"""Words, signs and tables of the Claims page. Pure: no Streamlit; the registry's texts stand in tables only."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import pandas as pd

from cache.codes import LANE_WORDS
from cache.english import day
from dashboard.shared.number_tables import claim_link, numbered, trial_link
from dashboard.shared.trial_list import RESULTS, STATUS, dated, status_words, why
from fetchers.watchlist.model import Document
from insights.claim_rules import RULES
from insights.claims import Finding, standing
from insights.verdicts.seen import Number


class Look(NamedTuple):
    """How a verdict is shown: never by colour alone."""

    word: str
    icon: str
    colour: str
    means: str


VERDICT = {
    "supported": Look("Supported", ":material/check_circle:", "green", "The registry shows what the claim says."),
    "partly": Look("Partly", ":material/contrast:", "blue", "The registry shows part of what the claim says."),
    "contradicted": Look("Contradicted", ":material/cancel:", "orange", "The registry shows something else."),
    "not_found": Look(
        "Not found", ":material/search_off:", "orange", "The registry was asked, and no trial was found."
    ),
    "outside": Look(
        "Outside the registry’s reach", ":material/block:", "gray", "No registry could show this, even if it is true."
    ),
    "not_checkable": Look(
        "Not checkable", ":material/help:", "gray", "The claim says nothing that a registry records."
    ),
    "not_asked": Look("Not asked yet", ":material/pending:", "violet", "Press “Refresh trial data” to find out."),
}
TENSE = {
    "holds": Look("“Now” holds", ":material/event_available:", "green", ""),
    "idle": Look("“Now” not confirmed", ":material/pause_circle:", "orange", ""),
    "contradicted": Look("“Now” does not hold", ":material/event_busy:", "orange", ""),
    "elsewhere": Look("“Now” only elsewhere", ":material/travel_explore:", "gray", ""),
    "undated": Look("“Now”: no date found", ":material/event_note:", "gray", ""),
    "not_asked": Look("“Now” not asked yet", ":material/pending:", "violet", ""),
}
_WHERE = {
    "here": "In the condition",
    "near": "In a group near it",
    "background": "In the condition, as background",
    "named": "In the condition, not given",
    "elsewhere": "In another condition",
}


def verdict_word(finding: Finding) -> str:
    """The verdict, with what it rests on when that is only the starter sample."""
    said = VERDICT[finding.verdict].word
    return f"{said} ({standing(finding)})" if standing(finding) else said


def lists(finding: Finding) -> list[Number]:
    """Each number of a finding that is not zero, with the filter that lists exactly its trials."""
    return [number for number in finding.numbers.values() if number.ids and number.wanted]


def evidence_rows(finding: Finding, names: Mapping[str, str], most: int) -> pd.DataFrame:
    """The evidence as a table in words, the newest activity first within each place."""
    rows: list[dict[Any, Any]] = finding.evidence.head(most).astype(object).to_dict("records")
    return pd.DataFrame(
        {
            "NCT id": [trial_link(row["nct_id"]) for row in rows],
            "Where": [_WHERE[row["where"]] for row in rows],
            "Agent": [f"{names.get(row['agent'], row['agent'])} ({why(row['tier'], row['role'])})" for row in rows],
            "Phase": [LANE_WORDS[row["lane"]] for row in rows],
            "Status": [status_words(*(row.get(name) for name in STATUS)) for row in rows],
            "Start": [dated(row["start_date"], row["start_date_type"]) for row in rows],
            "Completion": [dated(row["completion_date"], row["completion_date_type"]) for row in rows],
            "Newest activity": [_text(row["newest"]) for row in rows],
            "What it was": [_text(row["what"]) for row in rows],
            "Results": [RESULTS.get(row["has_results"]) for row in rows],
            "Title": [_text(row["title"]) for row in rows],
        }
    )


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def query_rows(finding: Finding, names: Mapping[str, str]) -> pd.DataFrame:
    """What was, or will be, asked of the registry for a claim."""
    rows = []
    for query in finding.queries:
        one = finding.asked[query.scope]
        state = {"asked": "answered", "not_asked": "not asked yet", "failed": "asked, and failed"}[one.state]
        if one.state == "asked" and one.error:
            state = "answered; the newest attempt failed"
        rows.append((names[query.scope], query.question, state, one.registry_date, one.error))
    return pd.DataFrame(rows, columns=["Agent", "Asked of the registry", "State", "Registry data of", "Reason"])


_NO_CLAIM = {
    "heading": "No claim: a heading",
    "announcement": "No claim: says what the text is about",
    "definition": "No claim: says what something is",
    "mechanism": "Not checkable: how it may work in the body, not a trial",
    "opinion": "Not checkable: an opinion or a hope",
    "advice": "Not checkable: advice",
    "safety": "Not checkable: safety, without a trial it could rest on",
    "advertisement": "No claim: a name or a link of the publisher",
}


def sentence_rows(document: Document) -> pd.DataFrame:
    """What became of every sentence of a document."""
    return pd.DataFrame(
        {
            "Place": [one.at for one in document.sentences],
            "It says (in our words)": [one.words for one in document.sentences],
            "Checked as": [
                ", ".join([*one.claims, *(f"part of {id}" for id in one.part_of)]) or _NO_CLAIM.get(one.why or "")
                for one in document.sentences
            ],
        }
    )


def rule_rows() -> pd.DataFrame:
    """The rules in the order they are tried."""
    return pd.DataFrame(
        [(number, rule.words, VERDICT[rule.verdict].word) for number, rule in enumerate(RULES, start=1)],
        columns=["No.", "Rule", "Verdict"],
    )


def ledger_rows(findings: Sequence[Finding], addresses: Mapping[str, str]) -> pd.DataFrame:
    """All claims on one table, each with its own address; ``addresses``: the list of the trials in the condition, by
    claim."""
    return pd.DataFrame(
        {
            "Claim": [claim_link(finding.claim.id) for finding in findings],
            "The document says (in our words)": [finding.claim.words for finding in findings],
            "Verdict": [verdict_word(finding) for finding in findings],
            "“Now”": [TENSE[one.tense.verdict].word if one.tense else None for one in findings],
            "Newest activity": [one.tense.newest if one.tense else None for one in findings],
            "Trials": [numbered(addresses[one.claim.id], len(one.numbers["here"].ids)) for one in findings],
            "Document": [finding.document.id for finding in findings],
        }
    )


def published(document: Document) -> str:
    """Who made a document, as far as it is known."""
    who = f"Published by {document.publisher}" if document.publisher else "The publisher is not known"
    when = f", {document.date}" if document.date else "; undated"
    return f"{document.kind[:1].upper()}{document.kind[1:]}. {who}{when}."


def asked_on(finding: Finding) -> str:
    """On which state of the registry the verdict rests."""
    if finding.registry_date and not finding.sample:
        return f"Registry data of {day(finding.registry_date)}."
    if finding.registry_date:
        return f"Registry data of {day(finding.registry_date)} for some of the agents, the starter sample for others."
    return "The registry has not been asked yet; what is listed comes from the starter sample."
