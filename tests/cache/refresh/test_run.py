"""The job, over a real socket: what it stores, what it spares, what it refuses to believe, how it stops."""

import json
import urllib.parse
import urllib.request
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from cache.refresh.plan import COLUMNS, plan
from cache.store.schema import answer, progress, refresh, scope, set_aside, study
from cache.store.store import bump
from fetchers.errors import Validation
from fetchers.registry.fields import FIELDS, SWEEP_FIELDS
from tests.fake_registry import make_study
from tests.rigs.refresh import AGENTS, SCOPES, WATCHLIST, Rig, held, is_look_up, many

pytestmark = pytest.mark.both_databases

STATUS = "protocolSection.statusModule.overallStatus"
UPDATED = "protocolSection.statusModule.lastUpdatePostDateStruct.date"
TITLE = "protocolSection.identificationModule.briefTitle"


def found_at(rig: Rig, name: str) -> list[str]:
    """The ids the registry gives for a scope, asked for without any code of the product."""
    (asked,) = [one for one in plan(WATCHLIST, [], {}) if one.scope == name]
    ids: set[str] = set()
    for query in asked.queries:
        token = ""
        while True:
            params = {query.parameter: query.value, "fields": "NCTId", "sort": "LastUpdatePostDate", "pageSize": "9"}
            params |= {"pageToken": token} if token else {}
            with urllib.request.urlopen(f"{rig.fake.url}/studies?{urllib.parse.urlencode(params)}") as response:
                page = json.load(response)
            ids.update(one["protocolSection"]["identificationModule"]["nctId"] for one in page["studies"])
            if not (token := page.get("nextPageToken", "")):
                break
    return sorted(ids)


def at(record: dict[str, Any], path: str) -> Any:
    node: Any = record
    for key in path.split("."):
        node = node.get(key) if isinstance(node, dict) else None
    return node


# -- what is stored ---------------------------------------------------------------------------------------------------


def test_first_refresh_stores_exactly_what_the_registry_gives(rig: Rig) -> None:
    report = rig.refresh()
    assert report.exit_code == 0
    assert report.error is None
    assert list(report.sweeps) == ["me_cfs"]
    assert set(report.agents) == set(AGENTS)
    for name, result in {**report.agents, **report.sweeps}.items():
        expected = found_at(rig, name)
        assert expected, f"the stand-in has nothing for {name}"
        assert held(rig, name) == expected
        assert (result.status, result.studies, result.new) == ("fresh", len(expected), len(expected))
        assert (result.changed, result.left, result.set_aside, result.error) == (0, 0, 0, None)
    assert report.registry_timestamp == rig.fake.data_timestamp


def test_stored_facts_equal_the_raw_records_field_by_field(rig: Rig) -> None:
    rig.refresh()
    rows = {row["nct_id"]: row for row in rig.rows(study)}
    assert set(rows) == set().union(*(held(rig, name) for name in (*AGENTS, "me_cfs")))
    status, design = "protocolSection.statusModule", "protocolSection.designModule"
    for nct_id, row in rows.items():
        raw = rig.fake.studies[nct_id]
        people = at(raw, f"{design}.enrollmentInfo.count")
        expected = {
            "title": at(raw, TITLE),
            "overall_status": at(raw, STATUS),
            "last_known_status": at(raw, f"{status}.lastKnownStatus"),
            "start_date": at(raw, f"{status}.startDateStruct.date"),
            "primary_completion_date": at(raw, f"{status}.primaryCompletionDateStruct.date"),
            "completion_date": at(raw, f"{status}.completionDateStruct.date"),
            "last_update_posted": at(raw, UPDATED),
            "study_type": at(raw, f"{design}.studyType"),
            "phases": at(raw, f"{design}.phases") or [],
            "enrollment": None if people == 99999999 else people,
            "lead_sponsor": at(raw, "protocolSection.sponsorCollaboratorsModule.leadSponsor.name"),
            "has_results": at(raw, "hasResults"),
            "origin": "live",
            "left_registry": None,
        }
        assert {name: row[name] for name in expected} == expected


def test_requests_and_bytes_are_those_on_the_wire(rig: Rig) -> None:
    report = rig.refresh()
    assert report.requests == len(rig.fake.requests)
    assert report.bytes == sum(request.bytes_sent for request in rig.fake.requests)
    assert report.bytes > 0
    (row,) = rig.rows(refresh)
    assert (row["requests"], row["bytes"]) == (report.requests, report.bytes)
    assert sum(one["requests"] for one in rig.rows(progress)) == report.requests - 1  # the version call is nobody's


def test_journal_of_a_good_refresh(rig: Rig) -> None:
    report = rig.refresh()
    (row,) = rig.rows(refresh)
    assert (row["state"], row["outcome"], row["exit_code"], row["error"]) == ("ended", "fresh", 0, None)
    assert row["registry_timestamp"] == rig.fake.data_timestamp
    told = {one["scope"]: one for one in rig.rows(progress)}
    for name, result in {**report.agents, **report.sweeps}.items():
        assert told[name]["status"] == "fresh"
        assert told[name]["fetched"] == told[name]["studies"] == result.studies
        assert told[name]["started_at"] is not None
        assert told[name]["ended_at"] is not None
    for state in rig.rows(scope):
        assert state["starter"] is False
        assert state["registry_timestamp"] == rig.fake.data_timestamp
        assert state["refreshed_at"] == state["asked_in_full_at"] == "2026-11-22T12:00:00Z"


def test_progress_is_told_scope_by_scope(rig: Rig) -> None:
    rig.refresh("ivig", "rintatolimod")
    statuses = [(step.scope, step.values["status"]) for step in rig.steps if "status" in step.values]
    once = list(dict.fromkeys(statuses))
    assert once == [(name, status) for name in ("rintatolimod", "ivig") for status in ("asking", "storing", "fresh")]
    counted = [step.values["fetched"] for step in rig.steps if step.scope == "ivig" and "fetched" in step.values]
    assert counted == sorted(counted)
    assert counted[-1] == len(held(rig, "ivig"))
    assert {(step.place, step.scopes) for step in rig.steps} == {(1, 2), (2, 2)}


def test_named_agents_only_and_smallest_first(rig: Rig) -> None:
    report = rig.refresh("methotrexate", "sizofiran")
    assert list(report.agents) == ["sizofiran", "methotrexate"]
    assert report.sweeps == {}
    assert {row["scope"] for row in rig.rows(answer)} == {"sizofiran", "methotrexate"}


def test_unknown_agent_is_refused_before_anything_is_written_or_asked(rig: Rig) -> None:
    with pytest.raises(Validation, match="hyperbaric_oxygen"):
        rig.refresh("ivig", "vitamin_c")
    assert rig.rows(refresh) == []
    assert rig.fake.requests == []


# -- what is spared ---------------------------------------------------------------------------------------------------


def test_unchanged_registry_costs_exactly_one_request(rig: Rig) -> None:
    rig.refresh()
    before, version = rig.data(), rig.store.version()
    report = rig.refresh()
    assert rig.paths() == ["/version"]
    assert report.requests == 1
    assert report.exit_code == 0
    assert {result.status for result in (*report.agents.values(), *report.sweeps.values())} == {"unchanged"}
    assert {name: result.studies for name, result in report.agents.items()} == {
        name: len(held(rig, name)) for name in AGENTS
    }
    assert rig.data() == before
    assert rig.store.version() == version
    assert {row["status"] for row in rig.rows(progress) if row["refresh_id"] == 2} == {"unchanged"}


def test_standing_still_over_a_weekend_is_no_change(rig: Rig) -> None:
    rig.fake.reload("2026-11-20T09:00:05")
    rig.refresh("ivig")
    for _ in range(3):
        rig.now += timedelta(days=1)
        assert rig.refresh("ivig").agents["ivig"].status == "unchanged"


def test_new_load_with_the_same_records_is_swept_slimly_and_changes_nothing(rig: Rig) -> None:
    rig.refresh("ivig", "rintatolimod")
    before = rig.data()
    rig.fake.reload()  # every record gets another versionHolder
    report = rig.refresh("ivig", "rintatolimod")
    assert report.exit_code == 0
    assert {request.params["fields"] for request in rig.fake.requests if request.path == "/studies"} == {SWEEP_FIELDS}
    assert not any(map(is_look_up, rig.fake.requests))
    assert {result[2:5] for result in report.agents.values()} == {(0, 0, 0)}
    assert {name: rows for name, rows in rig.data().items() if name != "study"} == {
        name: rows for name, rows in before.items() if name != "study"
    }


def test_clock_of_the_registry_may_jump(rig: Rig) -> None:
    rig.refresh("ivig")
    for stamp in ("2026-11-23T12:00:05", "2026-11-19T09:00:05", "2030-01-01T00:00:00"):
        rig.fake.reload(stamp)
        assert rig.refresh("ivig").agents["ivig"].status == "fresh"
        assert rig.refresh("ivig").requests == 1


def test_only_new_and_changed_records_are_fetched(rig: Rig) -> None:
    rig.refresh("ivig")
    changed, *same = held(rig, "ivig")
    rig.fake.edit(changed, **{TITLE: "Another title", UPDATED: "2026-11-21"})
    rig.fake.put(make_study("NCT77777777", title="New", interventions=[{"type": "BIOLOGICAL", "name": "IVIG"}]))
    rig.fake.reload()
    report = rig.refresh("ivig")
    (look_up,) = filter(is_look_up, rig.fake.requests[:-1])
    assert set(look_up.params["filter.ids"].split(",")) == {changed, "NCT77777777"}
    assert look_up.params["fields"] == FIELDS
    assert report.agents["ivig"][:5] == ("fresh", len(same) + 2, 1, 1, 0)
    titles = {row["nct_id"]: row["title"] for row in rig.rows(study)}
    assert (titles[changed], titles["NCT77777777"]) == ("Another title", "New")


def test_failed_scope_is_asked_again_alone_under_the_same_load(rig: Rig) -> None:
    rig.fake.fault("short-total", when=lambda request: "Ampligen" in request.params.get("query.intr", ""))
    report = rig.refresh("ivig", "rintatolimod")
    assert report.exit_code == 1
    assert (report.agents["ivig"].status, report.agents["rintatolimod"].status) == ("fresh", "failed")
    rig.fake.clear_faults()
    report = rig.refresh("ivig", "rintatolimod")
    assert (report.agents["ivig"].status, report.agents["rintatolimod"].status) == ("unchanged", "fresh")
    asked = [request.params.get("query.intr", "Ampligen") for request in rig.fake.requests]
    assert all("Ampligen" in names or "mismatched" in names for names in asked)


@pytest.mark.parametrize("how", ["full", "week", "question"])
def test_everything_is_asked_again(rig: Rig, how: str) -> None:
    rig.refresh("ivig")
    quiet = held(rig, "ivig")[0]
    rig.fake.edit(quiet, **{TITLE: "Edited without a new date"})
    assert rig.refresh("ivig").requests == 1
    rig.now += timedelta(days=7 if how == "week" else 0)
    watchlist = replace(WATCHLIST, conditions=WATCHLIST.conditions[1:]) if how == "question" else WATCHLIST
    report = rig.refresh("ivig", full=how == "full", watchlist=watchlist)
    assert {request.params["fields"] for request in rig.fake.requests if request.path == "/studies"} == {FIELDS}
    assert report.agents["ivig"].changed == 1
    assert {row["nct_id"]: row["title"] for row in rig.rows(study)}[quiet] == "Edited without a new date"


def test_a_column_that_a_release_has_added_is_filled_by_the_next_refresh(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    rig.refresh("rintatolimod")
    known = {row["nct_id"]: row["acronym"] for row in rig.rows(study)}
    assert any(known.values())
    with rig.store.writing() as connection:
        connection.execute(update(study).values(acronym=None))  # as a migration leaves it
        bump(connection)
    assert rig.refresh("rintatolimod").agents["rintatolimod"].status == "unchanged"
    monkeypatch.setattr("cache.refresh.plan.COLUMNS", (*COLUMNS, "acronym"))
    assert rig.refresh("rintatolimod").agents["rintatolimod"].changed == 0
    assert {row["nct_id"]: row["acronym"] for row in rig.rows(study)} == known


def test_an_unchanged_registry_costs_no_compiling_of_names(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    assert rig.refresh("ivig").exit_code == 0
    monkeypatch.setattr("cache.refresh.run.Matcher", lambda watchlist: pytest.fail("compiled"))
    assert rig.refresh("ivig", watchlist=replace(WATCHLIST)).agents["ivig"].status == "unchanged"


def test_registry_without_a_time_stamp_is_never_taken_as_unchanged(rig: Rig) -> None:
    rig.fake.fault("no-timestamp")
    first = rig.refresh("ivig")
    (state,) = rig.rows(scope)
    assert (first.exit_code, first.registry_timestamp) == (0, None)
    assert state["registry_timestamp"] == "2026-11-20"  # from the records' versionHolder
    rig.fake.reload()
    again = rig.refresh("ivig")
    assert (again.agents["ivig"].status, again.agents["ivig"].changed) == ("fresh", 0)
    assert rig.rows(scope)[0]["registry_timestamp"] == "2026-11-23"


# -- what moved -------------------------------------------------------------------------------------------------------


def test_status_set_by_the_registry_without_a_new_date_is_seen(rig: Rig) -> None:
    rig.refresh("ivig")
    nct_id = held(rig, "ivig")[0]
    rig.fake.edit(nct_id, **{STATUS: "UNKNOWN"})
    rig.fake.reload()
    assert rig.refresh("ivig").agents["ivig"].changed == 1
    assert {row["nct_id"]: row["overall_status"] for row in rig.rows(study)}[nct_id] == "UNKNOWN"


def test_posted_results_without_a_new_date_are_seen(rig: Rig) -> None:
    rig.refresh("ivig")
    nct_id = next(row["nct_id"] for row in rig.rows(study) if not row["has_results"])
    rig.fake.edit(nct_id, hasResults=True)
    rig.fake.reload()
    assert rig.refresh("ivig").agents["ivig"].changed == 1


def test_removed_record_is_asked_for_by_name_and_marked(rig: Rig) -> None:
    rig.refresh("rintatolimod")
    gone = held(rig, "rintatolimod")[0]
    rig.fake.remove(gone)
    rig.fake.reload()
    report = rig.refresh("rintatolimod")
    assert report.agents["rintatolimod"].left == 1
    assert f"/studies/{gone}" in rig.paths()
    row = {row["nct_id"]: row for row in rig.rows(study)}[gone]
    assert row["left_registry"] == "2026-11-22"
    assert row["title"]


def test_record_that_only_stopped_matching_is_not_called_gone(rig: Rig) -> None:
    rig.refresh("sizofiran")
    nct_id = held(rig, "sizofiran")[0]
    record = make_study(nct_id, title="Now about something else", interventions=[{"type": "DRUG", "name": "Water"}])
    rig.fake.put(record)
    rig.fake.reload()
    report = rig.refresh("sizofiran")
    assert report.agents["sizofiran"].left == 1
    assert nct_id not in held(rig, "sizofiran")
    assert f"/studies/{nct_id}" not in rig.paths()  # the look-up by ids has found it
    assert {row["nct_id"]: row["left_registry"] for row in rig.rows(study)}[nct_id] is None


def test_returning_record_is_taken_back(rig: Rig) -> None:
    rig.refresh("ivig")
    nct_id = held(rig, "ivig")[0]
    record = rig.fake.studies[nct_id]
    rig.fake.remove(nct_id)
    rig.fake.reload()
    rig.refresh("ivig")
    rig.fake.put(record)
    rig.fake.reload()
    rig.refresh("ivig")
    assert nct_id in held(rig, "ivig")
    assert {row["nct_id"]: row["left_registry"] for row in rig.rows(study)}[nct_id] is None


# -- what is not believed ---------------------------------------------------------------------------------------------


def test_scope_that_never_had_trials_may_stay_empty() -> None:
    with Rig(many(3)) as rig:
        report = rig.refresh("sizofiran")
        assert (report.exit_code, report.agents["sizofiran"][:2]) == (0, ("fresh", 0))
        assert rig.refresh("sizofiran").requests == 1


@pytest.mark.parametrize(
    ("count", "lost", "believed"), [(60, 20, True), (60, 21, False), (150, 30, True), (150, 31, False)]
)
def test_too_many_losses_at_once_are_not_believed(count: int, lost: int, believed: bool) -> None:
    with Rig(many(count), page_cap=40) as rig:
        rig.refresh("azathioprine")
        before = rig.data()
        for nct_id in held(rig, "azathioprine")[:lost]:
            rig.fake.remove(nct_id)
        rig.fake.reload()
        report = rig.refresh("azathioprine")
        result = report.agents["azathioprine"]
        if believed:
            assert (report.exit_code, result.left, result.studies) == (0, lost, count - lost)
            assert sum(row["left_registry"] is not None for row in rig.rows(study)) == lost
        else:
            assert report.exit_code == 3
            assert f"({lost} of {count})" in str(result.error)
            assert rig.data() == before
            assert not any("/studies/NCT" in path for path in rig.paths())


def test_unreadable_record_is_set_aside_and_has_not_left(rig: Rig) -> None:
    rig.refresh("ivig")
    before = held(rig, "ivig")
    rig.fake.fault("garbage-record", times=1)
    rig.fake.reload()
    report = rig.refresh("ivig", full=True)
    assert (report.exit_code, report.agents["ivig"].set_aside, report.agents["ivig"].left) == (1, 1, 0)
    (aside,) = rig.rows(set_aside)
    assert aside["nct_id"] in before
    assert aside["reason"]
    assert held(rig, "ivig") == before


@pytest.mark.parametrize("full", [True, False])
def test_while_a_record_without_an_id_is_unreadable_nobody_has_left(rig: Rig, full: bool) -> None:
    rig.refresh("ivig")
    before = held(rig, "ivig")
    rig.fake.fault("garbage-record-no-id", times=1)
    rig.fake.reload()
    report = rig.refresh("ivig", full=full)
    assert (report.exit_code, report.agents["ivig"].set_aside, report.agents["ivig"].left) == (1, 1, 0)
    assert held(rig, "ivig") == before
    rig.fake.reload()
    assert rig.refresh("ivig").agents["ivig"].set_aside == 0
    assert rig.rows(set_aside) == []


def test_changed_record_that_cannot_be_read_keeps_its_old_state(rig: Rig) -> None:
    rig.refresh("ivig")
    nct_id = held(rig, "ivig")[0]
    old = {row["nct_id"]: row["title"] for row in rig.rows(study)}[nct_id]
    rig.fake.edit(nct_id, **{TITLE: "New title", UPDATED: "2026-11-21"})
    rig.fake.fault("garbage-record-no-id", when=is_look_up)
    rig.fake.reload()
    report = rig.refresh("ivig")
    assert (report.exit_code, report.agents["ivig"].set_aside) == (1, 1)
    assert {row["nct_id"]: row["title"] for row in rig.rows(study)}[nct_id] == old
    rig.fake.clear_faults()
    rig.fake.reload()
    assert rig.refresh("ivig").agents["ivig"].changed == 1


def test_reload_in_mid_paging_starts_the_scope_again_under_the_new_load(rig: Rig) -> None:
    rig.fake.fault("reload-mid-paging", times=1)
    report = rig.refresh("ivig", "rintatolimod")
    assert report.exit_code == 0
    assert report.registry_timestamp == rig.fake.data_timestamp == "2026-11-23T09:00:05"
    assert held(rig, "rintatolimod") == found_at(rig, "rintatolimod")
    assert {row["registry_timestamp"] for row in rig.rows(scope)} == {"2026-11-23T09:00:05"}
    assert rig.refresh("ivig", "rintatolimod").requests == 1


def test_registry_whose_counts_are_always_wrong_is_not_asked_thrice_for_every_scope(rig: Rig) -> None:
    rig.fake.fault("no-total")
    assert rig.refresh().exit_code == 3
    version, tries, others = 1, 3, len(SCOPES) - 1
    assert len(rig.fake.requests) == version + tries + others


@pytest.mark.parametrize("fault", ["short-total", "duplicate-page", "no-total"])
def test_answer_that_is_not_whole_is_asked_again(rig: Rig, fault: str) -> None:
    rig.fake.fault(fault, times=2)
    report = rig.refresh("ivig")
    assert report.exit_code == 0
    assert held(rig, "ivig") == found_at(rig, "ivig")
