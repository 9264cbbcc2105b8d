"""A results section for records that say they have one: invented, small, every part of it there."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

GROUPS = (("OG000", "Drug"), ("OG001", "Placebo"))


def results_section(value: str = "4.2", outcomes: Iterable[str] = ()) -> dict[str, Any]:
    """Two groups, one primary outcome with `value` in the first of them and an analysis, one secondary outcome, and
    more like the first, one for each description in `outcomes`."""
    more = [_primary(value) | {"type": "SECONDARY", "description": text} for text in outcomes]
    return {
        "participantFlowModule": {
            "groups": [{"id": "FG000", "title": "Drug"}, {"id": "FG001", "title": "Placebo"}],
            "periods": [
                {
                    "title": "Overall Study",
                    "milestones": [_milestone("STARTED", "20", "21"), _milestone("COMPLETED", "18", "20")],
                    "dropWithdraws": [
                        {"type": "Lost to Follow-up", "reasons": [{"groupId": "FG000", "numSubjects": "2"}]}
                    ],
                }
            ],
        },
        "outcomeMeasuresModule": {"outcomeMeasures": [_primary(value), _secondary(), *more]},
        "adverseEventsModule": {
            "timeFrame": "24 weeks",
            "eventGroups": [_events("EG000", "Drug", 1, 20), _events("EG001", "Placebo", 0, 21)],
            "seriousEvents": [{"term": "Fall", "stats": [{"groupId": "EG000", "numAffected": 1, "numAtRisk": 20}]}],
        },
        "moreInfoModule": {"pointOfContact": {"title": "Director", "email": "nobody@example.org"}},
    }


def _milestone(type_: str, *people: str) -> dict[str, Any]:
    groups = ("FG000", "FG001")
    return {
        "type": type_,
        "achievements": [
            {"groupId": group, "numSubjects": number} for group, number in zip(groups, people, strict=True)
        ],
    }


def _groups() -> list[dict[str, str]]:
    return [{"id": id_, "title": title, "description": f"People who got {title.lower()}"} for id_, title in GROUPS]


def _primary(value: str) -> dict[str, Any]:
    return {
        "type": "PRIMARY",
        "title": "Fatigue, change from baseline",
        "description": "A scale from 0 to 10, lower is better.",
        "timeFrame": "24 weeks",
        "reportingStatus": "POSTED",
        "paramType": "MEAN",
        "dispersionType": "Standard Deviation",
        "unitOfMeasure": "points",
        "groups": _groups(),
        "denoms": [{"units": "Participants", "counts": [
            {"groupId": "OG000", "value": "18"}, {"groupId": "OG001", "value": "20"},
        ]}],
        "classes": [{"categories": [{"measurements": [
            {"groupId": "OG000", "value": value, "spread": "1.1"},
            {"groupId": "OG001", "value": "NA", "comment": "Not measured"},
        ]}]}],
        "analyses": [{
            "groupIds": ["OG000", "OG001"], "pValue": "0.02", "statisticalMethod": "ANCOVA",
            "paramType": "Mean Difference (Net)", "paramValue": "2.1", "ciPctValue": "95", "ciNumSides": "TWO_SIDED",
            "ciLowerLimit": "0.3", "ciUpperLimit": "3.9", "nonInferiorityType": "SUPERIORITY",
        }],
    }  # fmt: skip


def _secondary() -> dict[str, Any]:
    return {"type": "SECONDARY", "title": "Pain", "timeFrame": "24 weeks", "groups": _groups(), "classes": []}


def _events(id_: str, title: str, affected: int, at_risk: int) -> dict[str, Any]:
    numbers = {"seriousNumAffected": affected, "seriousNumAtRisk": at_risk, "otherNumAffected": 2}
    return {"id": id_, "title": title, "deathsNumAffected": 0, "deathsNumAtRisk": at_risk, **numbers}
