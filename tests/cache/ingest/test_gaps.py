"""Leaves that could not be read, filled from what is known."""

import json
from typing import Any

import pytest

from cache.ingest.gaps import filled, folded
from cache.ingest.study_row import live_facts
from fetchers.record.study import Study, read_study
from tests.fake_registry import make_study

STATUS = "protocolSection.statusModule"
SITES = "protocolSection.contactsLocationsModule.locations"


def study(path: str | None = None, value: Any = None, **facts: Any) -> Study:
    given: dict[str, Any] = {"start": "2024-05", "enrollment": 30, "phases": ["PHASE2"], "countries": ["Norway"]}
    return read_study(
        json.dumps(make_study("NCT00000001", **(given | facts), path={path: value} if path else {})).encode()
    )


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (f"{STATUS}.startDateStruct.date", "2027-02-30"),
        (f"{STATUS}.startDateStruct", "2024"),
        ("protocolSection.designModule.enrollmentInfo.count", "30"),
        ("protocolSection.designModule.phases", "PHASE2"),
        ("protocolSection.designModule", None),
        (SITES, [None]),
        (SITES, [{"country": 7}, {"country": "Norway"}]),
        ("protocolSection.conditionsModule.conditions", [7]),
    ],
)
def test_a_gap_is_filled_from_the_version_before(path: str, value: Any) -> None:
    cut, whole = study(path, value), study()
    assert cut.unreadable
    assert filled(cut, whole).body() == whole.body()
    assert folded([whole, cut, cut]).body() == whole.body()


def test_only_the_gap_is_filled() -> None:
    cut = study("protocolSection.designModule.enrollmentInfo.count", "30", start="2025-01", title="New")
    mended = filled(cut, study(title="Old"))
    assert (mended.enrollment, mended.status.start_date_struct.date) == (30, "2025-01")
    assert mended.identification.brief_title == "New"


def test_a_gap_nobody_can_fill_stays_one() -> None:
    cut = study(f"{STATUS}.whyStopped", 7)
    assert filled(cut, study()).status.why_stopped is None
    assert folded([cut]) == cut
    assert filled(study(), cut) == study(), "without a gap nothing is looked up"


@pytest.mark.parametrize(
    ("path", "value", "missing"),
    [
        ("protocolSection.designModule.phases", "PHASE2", {"phases"}),
        ("protocolSection.designModule.phases", ["PHASE2", None], {"phases"}),
        ("protocolSection.designModule", None, {"phases", "enrollment", "enrollment_type", "study_type"}),
        (SITES, [None], {"countries", "sites", "points"}),
        (SITES, [None, {"country": "Chile"}], {"sites", "points"}),
        ("protocolSection.conditionsModule.conditions", None, {"conditions"}),
        ("protocolSection.armsInterventionsModule.interventions", {}, {"interventions"}),
        ("hasResults", "maybe", {"has_results"}),
        (f"{STATUS}.overallStatus", 7, {"overall_status"}),
    ],
)
def test_what_could_not_be_read_is_null_in_the_row_and_never_none_recorded(
    path: str, value: Any, missing: set[str]
) -> None:
    whole = live_facts(study())
    row = live_facts(study(path, value))
    lost = {name for name, fact in whole.items() if fact is not None and row[name] is None}
    assert lost == missing & {name for name, fact in whole.items() if fact is not None}
    assert str(row["note"]).startswith("Not readable in the registry's answer: ")
    assert path.removeprefix("protocolSection.") in str(row["note"])
    assert whole["note"] is None
