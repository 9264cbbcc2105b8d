"""Invented records, and what the matcher of the product's own watch-list says of them."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from fetchers.matching.matcher import Match, Matcher
from fetchers.record.study import Study, decode_study
from fetchers.watchlist.load import load

WATCHLIST = load()
MATCHER = Matcher(WATCHLIST)
E, A, P, S, N, O = (  # noqa: E741
    "EXPERIMENTAL",
    "ACTIVE_COMPARATOR",
    "PLACEBO_COMPARATOR",
    "SHAM_COMPARATOR",
    "NO_INTERVENTION",
    "OTHER",
)


def study(
    title: str = "A trial",
    interventions: Iterable[Any] = (),
    arms: Iterable[Sequence[Any]] = (),
    conditions: Iterable[str] = (),
    keywords: Iterable[str] = (),
    eligibility: str = "",
    summary: str = "",
    official: str = "",
    mesh: Iterable[str] = (),
    condition_mesh: Iterable[str] = (),
    kind: str | None = None,
) -> Study:
    """An intervention is a name or a dict; an arm is (type, label, names of interventions[, description])."""
    record = {
        "protocolSection": {
            "identificationModule": {"nctId": "NCT09000001", "briefTitle": title, "officialTitle": official},
            "descriptionModule": {"briefSummary": summary},
            "conditionsModule": {"conditions": list(conditions), "keywords": list(keywords)},
            "designModule": {"studyType": kind},
            "armsInterventionsModule": {
                "armGroups": [
                    {
                        "type": arm[0],
                        "label": arm[1],
                        "interventionNames": [f"Drug: {name}" for name in arm[2]],
                        "description": arm[3] if len(arm) > 3 else None,
                    }
                    for arm in arms
                ],
                "interventions": [
                    {"type": "DRUG", "name": item} if isinstance(item, str) else {"type": "DRUG", **item}
                    for item in interventions
                ],
            },
            "eligibilityModule": {"eligibilityCriteria": eligibility},
        },
        "derivedSection": {
            "interventionBrowseModule": {"meshes": [{"id": "D1", "term": term} for term in mesh]},
            "conditionBrowseModule": {"meshes": [{"id": "D1", "term": term} for term in condition_mesh]},
        },
    }
    return decode_study(json.dumps(record).encode())


def tiers(record: Study) -> dict[str, str]:
    """Agent and tier of every match."""
    return {match.agent: match.tier for match in MATCHER.matches(record)}


def match_of(record: Study, agent: str) -> Match | None:
    """The match with one agent, if the record itself holds one."""
    return MATCHER.match(record, agent, asked=False)


def found(record: Study, agent: str) -> tuple[str, ...]:
    """The names that decided the tier."""
    match = match_of(record, agent)
    return match.found_by if match else ()
