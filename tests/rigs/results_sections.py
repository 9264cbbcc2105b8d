"""Results sections: one written by hand with what real ones have shown, and the real ones where the records lie beside
the checkout."""

import gzip
import json
from typing import Any

from fetchers.record.results import Results, read_results
from fetchers.settings import ROOT

RECORDS = ROOT.parent / "shared" / "records" / "studies.jsonl.gz"
NCT_ID = "NCT09990001"


def _counts(key: str, *values: str | None) -> list[dict[str, Any]]:
    return [{"groupId": f"OG{at:03}", key: value} for at, value in enumerate(values) if value is not None]


GROUPS = [{"id": "OG000", "title": "Placebo"}, {"id": "OG001", "title": "Azathioprine"}]
SECTION: dict[str, Any] = {
    "participantFlowModule": {
        "recruitmentDetails": "From two clinics.",
        "groups": [{"id": "FG000", "title": "Placebo"}, {"id": "FG001", "title": "Azathioprine"}],
        "periods": [
            {
                "title": "Weeks 1 to 12",
                "milestones": [
                    {"type": "STARTED", "achievements": [
                        {"groupId": "FG000", "numSubjects": "41"}, {"groupId": "FG001", "numSubjects": "43"}]},
                    {"type": "Received \\>= 1 dose", "comment": "At least one.", "achievements": [
                        {"groupId": "FG000", "numSubjects": "40", "comment": "One never came."}]},
                    {"type": "COMPLETED", "achievements": [
                        {"groupId": "FG000", "numSubjects": "38"}, {"groupId": "FG001", "numSubjects": "39"}]},
                    {"type": "NOT COMPLETED", "achievements": [
                        {"groupId": "FG000", "numSubjects": "3"}, {"groupId": "FG001", "numSubjects": "4"}]},
                ],
                "dropWithdraws": [
                    {"type": "Adverse Event", "reasons": [
                        {"groupId": "FG000", "numSubjects": "1"}, {"groupId": "FG001", "numSubjects": "4"}]},
                    {"type": "Lost to Follow-up", "reasons": [{"groupId": "FG000", "numSubjects": "2"}]},
                ],
            },
            {"title": "Weeks 13 to 24", "milestones": [
                {"type": "STARTED", "achievements": [
                    {"groupId": "FG000", "numSubjects": "38"}, {"groupId": "FG001", "numSubjects": "39"}]}]},
        ],
    },
    "outcomeMeasuresModule": {
        "outcomeMeasures": [
            {
                "type": "PRIMARY", "title": "Change in *fatigue*", "timeFrame": "24 weeks", "paramType": "MEAN",
                "dispersionType": "Standard Deviation", "unitOfMeasure": "points", "groups": GROUPS,
                "description": "The scale goes from 0 to 100; less is better.",
                "populationDescription": "Everybody who was treated.",
                "denoms": [{"units": "Participants", "counts": _counts("value", "40", "43")}],
                "classes": [{"categories": [{"measurements": [
                    {"groupId": "OG000", "value": "-1.5", "spread": "4.25"},
                    {"groupId": "OG001", "value": "-3.60", "spread": "5.1"}]}]}],
                "analyses": [{
                    "groupIds": ["OG000", "OG001"], "pValue": "0.02", "statisticalMethod": "ANCOVA",
                    "nonInferiorityType": "SUPERIORITY", "paramType": "Mean Difference (Net)", "paramValue": "-2.1",
                    "ciPctValue": "95", "ciNumSides": "TWO_SIDED", "ciLowerLimit": "-3.9", "ciUpperLimit": "-0.3",
                    "pValueComment": "The p value is not adjusted.",
                }],
            },
            {
                "type": "PRIMARY", "title": "Remission", "timeFrame": "12 and 24 weeks",
                "paramType": "COUNT_OF_PARTICIPANTS", "unitOfMeasure": "Participants", "groups": GROUPS,
                "denoms": [{"units": "Participants", "counts": _counts("value", "40", "43")}],
                "classes": [
                    {"title": "Week 12", "denoms": [{"units": "Participants", "counts": _counts("value", "39", "41")}],
                     "categories": [{"measurements": _counts("value", "3", "9")}]},
                    {"title": "Week 24", "categories": [
                        {"title": "whole", "measurements": _counts("value", "4", "8")},
                        {"title": "in part", "measurements": [
                            {"groupId": "OG000", "value": "NA", "comment": "The sheets were lost."}]}]},
                ],
                "analyses": [
                    {"groupIds": ["OG000", "OG001"], "pValue": "0.3", "statisticalMethod": "Fisher Exact",
                     "nonInferiorityType": "SUPERIORITY"},
                    {"groupIds": ["OG000", "OG001"], "pValue": "0.01", "nonInferiorityType": "NON_INFERIORITY",
                     "nonInferiorityComment": "Margin of 10 points."},
                ],
            },
            {"type": "PRIMARY", "title": "Cells in blood", "paramType": "MEDIAN", "groups": GROUPS,
             "reportingStatus": "NOT_POSTED", "anticipatedPostingDate": "2027-01"},
            {"type": "SECONDARY", "title": "Steps a day", "timeFrame": "24 weeks", "paramType": "MEAN",
             "groups": GROUPS, "classes": [{"categories": [{"measurements": _counts("value", "4000", "4100")}]}],
             "analyses": [{"groupIds": ["OG000", "OG001"], "pValue": ">0.99"}]},
        ]
    },
    "adverseEventsModule": {
        "frequencyThreshold": "5", "timeFrame": "24 weeks", "description": "Asked at every visit.",
        "eventGroups": [
            {"id": "EG000", "title": "Placebo", "deathsNumAffected": 0, "deathsNumAtRisk": 41,
             "seriousNumAffected": 3, "seriousNumAtRisk": 41, "otherNumAffected": 20},
            {"id": "EG001", "title": "Azathioprine", "seriousNumAffected": 0, "seriousNumAtRisk": 0,
             "otherNumAtRisk": 43},
        ],
    },
    "moreInfoModule": {"limitationsAndCaveats": {"description": "Few people, one country."}},
}  # fmt: skip


def record(nct_id: str = NCT_ID, section: dict[str, Any] | None = None) -> dict[str, Any]:
    """A record with a results section; by default the one written by hand."""
    protocol = {"identificationModule": {"nctId": nct_id}}
    return {"protocolSection": protocol, "resultsSection": SECTION if section is None else section}


def results(nct_id: str = NCT_ID, section: dict[str, Any] | None = None) -> Results:
    """The same, read."""
    return read_results(json.dumps(record(nct_id, section)).encode())


def real() -> list[dict[str, Any]]:
    """Every real record with a results section; none where the records are not there."""
    if not RECORDS.is_file():
        return []
    with gzip.open(RECORDS, "rb") as file:
        return [json.loads(line) for line in file if b'"resultsSection"' in line]
