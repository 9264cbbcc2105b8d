"""What could not be read is said on every way out, costs no more than itself, and is asked for again."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from cache.read import trials as queries
from cache.read import unread
from cache.store.schema import event, progress, refresh, scope, set_aside, study
from fetchers.registry.fields import FIELDS
from tests.fake_registry import make_study
from tests.rigs.refresh import Rig, held

pytestmark = pytest.mark.both_databases

COUNT = "protocolSection.designModule.enrollmentInfo.count"
STATUS = "protocolSection.statusModule.overallStatus"
START = "protocolSection.statusModule.startDateStruct.date"
SITES = "protocolSection.contactsLocationsModule.locations"
UPDATED = "protocolSection.statusModule.lastUpdatePostDateStruct.date"


@pytest.fixture
def rig() -> Iterator[Rig]:
    drugs = [{"type": "DRUG", "name": "IVIG"}]
    facts: dict[str, Any] = {"interventions": drugs, "enrollment": 30, "status": "RECRUITING", "start": "2024-05"}
    studies = [make_study(f"NCT{70_000_000 + n}", title=f"Trial {n}", **facts) for n in range(25)]
    with Rig(studies, page_cap=10) as made:
        assert made.refresh("ivig").exit_code == 0
        yield made


def rows(rig: Rig) -> dict[str, dict[str, Any]]:
    return {row["nct_id"]: row for row in rig.rows(study)}


@pytest.mark.parametrize(
    ("path", "value"), [(COUNT, "30"), (START, "2027-02-30"), (SITES, [None]), ("protocolSection.designModule", None)]
)
@pytest.mark.parametrize("full", [True, False])
def test_a_leaf_that_is_unreadable_everywhere_costs_that_leaf_and_is_told(
    rig: Rig, path: str, value: Any, full: bool
) -> None:
    for nct_id in held(rig, "ivig"):
        rig.fake.edit(nct_id, **{STATUS: "COMPLETED", UPDATED: "2026-11-21"})
        if value is None:
            rig.fake.studies[nct_id]["protocolSection"]["designModule"] = None
        else:
            rig.fake.edit(nct_id, **{path: value})
    rig.fake.reload()
    report = rig.refresh("ivig", full=full)
    result = report.agents["ivig"]
    assert (report.exit_code, result.status, result.studies, result.set_aside) == (1, "fresh", 25, 0)
    assert result.error == "25 records could be read only in part."
    assert {row["overall_status"] for row in rig.rows(study)} == {"COMPLETED"}, "no old status stays"
    assert all(path.removeprefix("protocolSection.") in str(row["note"]) for row in rig.rows(study))
    assert queries.freshness(rig.store).unread == 25
    assert unread.by_scope(rig.store) == {"ivig": (0, 25)}
    assert len(unread.parts(rig.store)) == 25
    assert rig.rows(progress)[-1]["error"] == result.error
    assert rig.rows(refresh)[-1]["outcome"] == "partial"


def test_an_answer_of_which_nothing_can_be_read_is_a_failure(rig: Rig) -> None:
    before = rig.data()
    for record in rig.fake.studies.values():
        record["protocolSection"]["statusModule"] = "garbage"
    rig.fake.reload()
    report = rig.refresh("ivig", full=True)
    assert report.exit_code == 3
    assert "None of the 25 records of the registry's answer could be read" in str(report.agents["ivig"].error)
    assert rig.data() == before
    assert rig.rows(scope)[0]["error"] == report.agents["ivig"].error


@pytest.mark.parametrize("fault", ["unreadable-leaf", "deep-record", "lone-surrogate"])
def test_what_became_readable_again_is_clean_again(rig: Rig, fault: str) -> None:
    rig.fake.fault(fault)
    rig.fake.reload()
    assert rig.refresh("ivig", full=True).exit_code == 1
    rig.fake.clear_faults()
    rig.fake.reload()
    report = rig.refresh("ivig")
    assert (report.exit_code, report.agents["ivig"].error) == (0, None)
    assert queries.freshness(rig.store).unread == 0
    assert rig.rows(event) == [], "a leaf that could not be read for a while has not changed"


@pytest.mark.parametrize(
    ("path", "bad", "new", "kind"),
    [
        (STATUS, 7, "COMPLETED", "status"),
        (START, "soon", "2024-09", "start_date"),
        (COUNT, "30", 40, "enrollment"),
        (SITES, [None], [{"country": "Chile"}], "countries"),
    ],
)
def test_what_changed_while_it_could_not_be_read_is_told_when_it_can(
    rig: Rig, path: str, bad: Any, new: Any, kind: str
) -> None:
    nct_id = held(rig, "ivig")[0]
    for day, value in (("2026-11-21", bad), ("2026-11-22", bad), ("2026-11-23", new)):
        rig.fake.edit(nct_id, **{path: value, UPDATED: day})
        rig.fake.reload()
        rig.now += timedelta(hours=1)
        rig.refresh("ivig")
        assert bool(rig.rows(event)) is (value is new)
    assert [(row["nct_id"], row["kind"]) for row in rig.rows(event)] == [(nct_id, kind)]


@pytest.mark.parametrize("fault", ["garbage-record", "garbage-record-no-id", "unreadable-leaf"])
def test_what_could_not_be_read_is_asked_for_again_although_nothing_says_it_has_changed(rig: Rig, fault: str) -> None:
    rig.fake.fault(fault, times=1)
    rig.fake.reload()
    assert rig.refresh("ivig", full=True).exit_code == 1
    rig.fake.fault(fault, when=lambda request: request.params.get("fields") == FIELDS)
    rig.fake.reload()
    report = rig.refresh("ivig")
    assert report.exit_code == 1, "it is still unreadable, and a sweep says so"
    assert unread.by_scope(rig.store) != {}


def test_the_same_record_counts_once_whoever_asks_for_it(rig: Rig) -> None:
    shared = "NCT71000000"
    drugs = [{"type": "DRUG", "name": name} for name in ("Prednisone", "Dexamethasone", "Azathioprine", "IVIG")]
    rig.fake.put(make_study(shared, title="All of them", interventions=drugs))
    rig.fake.studies[shared]["protocolSection"]["statusModule"] = "garbage"
    report = rig.refresh("ivig", "corticosteroids", "azathioprine", full=True)
    assert report.agents["corticosteroids"].status == "failed", "its only record"
    assert report.agents["ivig"].set_aside == 1
    rig.fake.put(make_study("NCT71000001", title="Two steroids", interventions=drugs[:2]))
    rig.fake.put(make_study("NCT71000002", title="Azathioprine", interventions=drugs[2:3]))
    report = rig.refresh("ivig", "corticosteroids", "azathioprine", full=True)
    assert {name: result.set_aside for name, result in report.agents.items()} == {
        "ivig": 1, "corticosteroids": 1, "azathioprine": 1,
    }  # fmt: skip
    assert queries.freshness(rig.store).unread == 1, "three agents hold one record"


def test_a_record_without_an_id_counts_once_for_all_questions_of_an_agent(rig: Rig) -> None:
    drugs = [{"type": "DRUG", "name": name} for name in ("Prednisone", "Dexamethasone", "Hydrocortisone")]
    for number in range(3):
        rig.fake.put(make_study(f"NCT7200000{number}", title="Steroids", interventions=drugs))
    lost = rig.fake.studies["NCT72000001"]["protocolSection"]
    lost["identificationModule"] = {**lost["identificationModule"], "nctId": "none"}
    report = rig.refresh("corticosteroids", full=True)
    assert len([row for row in rig.rows(progress) if row["requests"] > 1]) > 0, "more than one question was asked"
    assert (report.agents["corticosteroids"].set_aside, len(rig.rows(set_aside))) == (1, 1)
    assert queries.freshness(rig.store).unread == 1


def test_a_record_that_another_question_could_read_was_read(rig: Rig) -> None:
    drugs = [{"type": "DRUG", "name": name} for name in ("Prednisone", "Dexamethasone", "Hydrocortisone")]
    rig.fake.put(make_study("NCT72000000", title="Steroids", interventions=drugs))
    rig.fake.put(make_study("NCT72000001", title="Steroids", interventions=drugs))
    rig.fake.fault("garbage-record", times=1)
    report = rig.refresh("corticosteroids", full=True)
    assert (report.exit_code, report.agents["corticosteroids"].set_aside) == (0, 0)
    assert rig.rows(set_aside) == []
