"""The line that says what a trial is: built of what is known, and silent on the rest."""

import json
from typing import Any

import pandas as pd
import pytest

from dashboard.trial.known import Known
from dashboard.trial.sentences import line
from fetchers.record.study import decode_study
from tests.fake_registry.studies import make_study

DESIGN = "protocolSection.designModule.designInfo."
ROW: dict[str, Any] = {
    "nct_id": "NCT00000001", "lane": "PHASE2", "study_type": "INTERVENTIONAL", "enrollment": 60,
    "enrollment_type": "ACTUAL", "overall_status": "RECRUITING", "last_known_status": None, "as_of": None,
    "last_update_posted": "2025-06-03",
}  # fmt: skip
NOTHING = ROW | {
    "lane": "UNKNOWN", "study_type": None, "enrollment": pd.NA, "enrollment_type": None, "overall_status": None,
    "last_update_posted": None,
}  # fmt: skip


def said(agents: list[str], conditions: list[str], design: dict[str, Any] | None = None, **facts: Any) -> str:
    path = {DESIGN + name: value for name, value in (design or {}).items()}
    study = decode_study(json.dumps(make_study("NCT00000001", path=path)).encode()) if design is not None else None
    return line(Known(ROW | facts, study, pd.DataFrame()), agents, conditions)


def test_all_that_is_known_stands_in_one_line() -> None:
    design = {"allocation": "RANDOMIZED", "maskingInfo": {"masking": "DOUBLE"}}
    assert said(["Methotrexate"], ["ME/CFS"], design) == (
        "Phase 2, randomised, masked trial of methotrexate in 60 people with ME/CFS; recruiting; last updated "
        "3 June 2025."
    )


@pytest.mark.parametrize(
    ("agents", "conditions", "design", "facts", "expected"),
    [
        ([], [], None, NOTHING, "Study; status not known."),
        (["IVIG", "TNF inhibitors"], ["Fibromyalgia"], None,
         NOTHING, "Study of IVIG and TNF inhibitors in fibromyalgia; status not known."),
        ([], ["ME/CFS"], {"allocation": "NON_RANDOMIZED", "maskingInfo": {"masking": "NONE"}}, {"lane": "NA"},
         "Not randomised, open-label trial in 60 people with ME/CFS; recruiting; last updated 3 June 2025."),
        ([], [], None, {"study_type": "OBSERVATIONAL", "lane": "NONE", "enrollment": 1, "enrollment_type": "ESTIMATED"},
         "Observational study in 1 person, as planned; recruiting; last updated 3 June 2025."),
        ([], ["Lupus"], None, {"enrollment_type": "ESTIMATED", "last_update_posted": "2025-06"},
         "Phase 2 trial in 60 people, as planned, with lupus; recruiting; last updated June 2025."),
    ],
)  # fmt: skip
def test_what_is_not_known_is_left_out(
    agents: list[str], conditions: list[str], design: dict[str, Any] | None, facts: dict[str, Any], expected: str
) -> None:
    assert said(agents, conditions, design, **facts) == expected
