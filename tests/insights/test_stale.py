"""Overtaken records, stopped trials and late registrations, case by case."""

from typing import Any

import pandas as pd
import pytest

from cache.read.records import FACT_COLUMNS
from insights import stale
from insights.why_stopped import CLASSES

PLAIN: dict[str, Any] = dict.fromkeys(FACT_COLUMNS) | {
    "nct_id": "NCT00000001",
    "overall_status": "RECRUITING",
    "status_verified": "2026-10",
    "start_date": "2025-03-01",
    "completion_date": "2027-01",
    "first_submitted": "2025-01-10",
    "judged_on": "2026-11-20",
}


def frame(**facts: Any) -> pd.DataFrame:
    return pd.DataFrame([PLAIN | facts])


@pytest.mark.parametrize(
    ("facts", "flags"),
    [
        ({}, {}),
        ({"completion_date": "2026-10-31"}, {"past_completion": 20}),
        ({"completion_date": "2026-11"}, {}),  # its last day is to come
        ({"completion_date": "2026-10"}, {"past_completion": 20}),
        ({"completion_date": "2026-11-20"}, {}),
        ({"completion_date": "2026"}, {}),
        ({"completion_date": "2025"}, {"past_completion": 324}),
        ({"completion_date": "2026-10-31", "judged_on": "2026-10"}, {}),  # facts of a month: its first day
        ({"completion_date": "2026-10-31", "judged_on": None}, {}),
        ({"start_date": "2018", "completion_date": "2020", "overall_status": "ACTIVE_NOT_RECRUITING"}, {}),
        ({"start_date": "2018", "completion_date": "2020", "overall_status": "COMPLETED"}, {}),
        ({"completion_date": None, "primary_completion_date": "2026-11-10"}, {"past_completion": 10}),
        ({"completion_date": None}, {}),
        ({"overall_status": "ENROLLING_BY_INVITATION", "completion_date": "2026-11-10"}, {"past_completion": 10}),
        ({"overall_status": "NOT_YET_RECRUITING"}, {"past_start": 629}),
        ({"overall_status": "NOT_YET_RECRUITING", "completion_date": "2026-11-10"},
         {"past_completion": 10, "past_start": 629}),
        ({"overall_status": "NOT_YET_RECRUITING", "start_date": "2026-11"}, {}),
        ({"status_verified": "2024-11"}, {}),  # verified on 30 November at the latest
        ({"status_verified": "2024-10"}, {"unverified": 750}),
        ({"status_verified": "2024-11-20"}, {}),
        ({"status_verified": "2024-11-19"}, {"unverified": 731}),
        ({"status_verified": "2024-02-29", "judged_on": "2026-03-01"}, {}),
        ({"status_verified": "2024-02-29", "judged_on": "2026-03-02"}, {"unverified": 732}),
        ({"status_verified": "2019-01", "overall_status": "COMPLETED"}, {}),  # nobody has to verify what is over
        ({"status_verified": "2019-01", "judged_on": None}, {}),
        ({"status_verified": None}, {}),
        ({"overall_status": "UNKNOWN", "status_verified": "2019-01", "last_known_status": "RECRUITING",
          "start_date": "2018", "completion_date": "2020"}, {"unknown_status": 2850}),
        ({"overall_status": None, "start_date": "2018", "completion_date": "2020"}, {}),
        # Odd dates are told, and nothing is reckoned with them.
        ({"completion_date": "2020"}, {"before_start": None}),
        ({"completion_date": "1900-01"}, {"far": None}),
        ({"status_verified": "1902"}, {"far": None}),
        ({"start_date": "1900", "overall_status": "NOT_YET_RECRUITING"}, {"far": None}),
        ({"primary_completion_date": "2026-12", "completion_date": "2026-11-10"}, {"primary_after_completion": None}),
        ({"start_date": "2027-01-01", "start_date_type": "ACTUAL"}, {"still_to_come": None}),
        ({"overall_status": "UNKNOWN", "status_verified": "2019-01", "completion_date": "2020"},
         {"unknown_status": 2850, "before_start": None}),
    ],
)  # fmt: skip
def test_flags(facts: dict[str, Any], flags: dict[str, int | None]) -> None:
    found = stale.stale(frame(**facts))
    days = found["days"].astype(object).where(found["days"].notna(), None)
    assert dict(zip(found["flag"], days, strict=True)) == flags
    assert set(found["flag"]) <= set(stale.FLAGS)


def test_an_unknown_status_keeps_the_last_known_one() -> None:
    (found,) = stale.stale(frame(overall_status="UNKNOWN", last_known_status="NOT_YET_RECRUITING")).to_dict("records")
    assert (found["status"], found["last_known_status"]) == ("UNKNOWN", "NOT_YET_RECRUITING")


@pytest.mark.parametrize(
    ("facts", "found", "days"),
    [
        ({}, "prospective", -50),
        ({"first_submitted": "2025-03-01"}, "prospective", 0),
        ({"first_submitted": "2025-03-02"}, "retrospective", 1),
        ({"first_submitted": "2025-03-31", "start_date": "2025-03"}, "prospective", 0),
        ({"first_submitted": "2025-04-01", "start_date": "2025-03"}, "retrospective", 1),
        ({"first_submitted": "2025-12-31", "start_date": "2025"}, "prospective", 0),
        ({"first_submitted": "2005-09-16", "start_date": "1998-12"}, "retrospective", 2451),
        ({"start_date": None}, "unknown", None),
        ({"start_date": "1900-01-01"}, "unknown", None),
        ({"start_date": "2025-03-01", "completion_date": "2024"}, "unknown", None),
        ({"first_submitted": None}, "unknown", None),
        ({"first_submitted": None, "first_posted": "2025-03-01"}, "prospective", None),
        ({"first_submitted": None, "first_posted": "2025-03-09"}, "unknown", None),  # submitted days before, perhaps
    ],
)
def test_registration(facts: dict[str, Any], found: str, days: int | None) -> None:
    (row,) = stale.registration(frame(**facts)).to_dict("records")
    assert row["registration"] == found
    assert (None if pd.isna(row["days"]) else row["days"]) == days


def test_stopped_trials_keep_their_words() -> None:
    rows = [
        {"nct_id": "NCT00000001", "overall_status": "TERMINATED", "why_stopped": "Slow accrual *and* more"},
        {"nct_id": "NCT00000002", "overall_status": "WITHDRAWN"},
        {"nct_id": "NCT00000003", "overall_status": "SUSPENDED", "why_stopped": "?"},
        {"nct_id": "NCT00000004", "overall_status": "COMPLETED", "why_stopped": "Slow accrual"},
        {"nct_id": "NCT00000005", "overall_status": "TERMINATED", "origin": "starter"},
    ]
    found = stale.stopped(pd.DataFrame([PLAIN | row for row in rows]))
    assert list(found["nct_id"]) == ["NCT00000001", "NCT00000002", "NCT00000003", "NCT00000005"]
    assert found["why"].iloc[0] == "Slow accrual *and* more"
    assert [list(classes) for classes in found["classes"]] == [
        ["people"],
        ["none_given"],
        ["none_given"],
        ["not_known"],
    ]
    assert {one for classes in found["classes"] for one in classes} <= set(CLASSES)


def test_nothing_in_nothing_out() -> None:
    none = pd.DataFrame(columns=[*FACT_COLUMNS, "judged_on"])
    assert list(stale.stale(none).columns) == list(stale.STALE_COLUMNS)
    assert list(stale.stopped(none).columns) == list(stale.STOPPED_COLUMNS)
    assert list(stale.registration(none).columns) == list(stale.REGISTRATION_COLUMNS)
