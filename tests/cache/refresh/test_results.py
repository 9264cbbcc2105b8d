"""The second step of a refresh: posted results, within a budget, resumable, and harmless to the rest when it fails."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from cache.changes.wording import describe
from cache.read import results as read
from cache.read.results import Posted
from cache.recovery.check import integrity
from cache.refresh import results as step
from cache.refresh.heartbeat import Heartbeat
from cache.refresh.results import NONE_GIVEN, NOT_GIVEN, Budget, Reading
from cache.store.schema import event, result_version
from tests.fake_registry import Request, make_study
from tests.fake_registry.listing import DEEP
from tests.fake_registry.results import results_section
from tests.rigs.refresh import Rig

pytestmark = pytest.mark.both_databases

READING = Reading("documents")
UPDATED = "protocolSection.statusModule.lastUpdatePostDateStruct.date"
VALUE = "resultsSection"


def trial(number: int, *, condition: str = "Lupus Erythematosus, Systemic", **facts: Any) -> dict[str, Any]:
    drugs = [{"type": "DRUG", "name": "Azathioprine"}]
    given = {"has_results": True, "conditions": [condition], "interventions": drugs} | facts
    return make_study(f"NCT{72_000_000 + number}", title=f"Trial {number}", **given)


def nct(number: int) -> str:
    return f"NCT{72_000_000 + number}"


@pytest.fixture
def rig() -> Iterator[Rig]:
    studies = [trial(1), trial(2), trial(3), trial(4, condition="Headache"), trial(5, has_results=False)]
    with Rig(studies, page_cap=1000) as rig:
        yield rig


def asked(rig: Rig) -> list[list[str]]:
    """The ids of each request for results."""
    return [request.params["filter.ids"].split(",") for request in rig.fake.requests if is_results(request)]


def is_results(request: Request) -> bool:
    return "FlowGroupId" in request.params.get("fields", "")


def posted(rig: Rig, number: int) -> Posted:
    return read.posted(rig.store, [nct(number)])[nct(number)]


def first_value(one: Posted) -> str | None:
    assert one.results is not None
    return one.results.primary[0].classes[0].categories[0].measurements[0].value


def test_results_of_given_trials_in_the_documents_conditions_are_read(rig: Rig) -> None:
    report = rig.refresh(results=READING)
    assert (report.exit_code, asked(rig)) == (0, [[nct(1), nct(2), nct(3)]])
    assert report.results is not None
    assert (report.results.status, report.results.studies, report.results.new) == ("fresh", 3, 3)
    assert posted(rig, 1).state == "read"
    assert first_value(posted(rig, 1)) == "4.2"
    assert posted(rig, 1).registry_date == "2026-01-15"
    assert {posted(rig, 4).state, posted(rig, 5).state} == {"not_asked"}
    state = read.state(rig.store)
    assert (state.wanted, state.read, state.failed, state.error) == (3, 3, 0, None)
    assert state.requests == 1
    assert state.bytes > 0
    assert read.said(state) == "results: 3 of 3 read"
    assert integrity(rig.store) == []


def test_only_the_pieces_used_are_asked_for(rig: Rig) -> None:
    rig.refresh(results=READING)
    fields = next(request.params["fields"] for request in rig.fake.requests if is_results(request)).split(",")
    assert not [name for name in fields if "PointOfContact" in name or name.startswith(("Baseline", "SeriousEvent"))]
    with rig.store.reading() as connection:
        bodies = [row.nct_id for row in connection.execute(result_version.select())]
    assert sorted(bodies) == [nct(1), nct(2), nct(3)]


def test_all_reads_the_others_last(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(step, "BATCH", 2)
    rig.fake.put(trial(0, condition="Headache"))
    rig.refresh(results=Reading("all"))
    assert asked(rig) == [[nct(1), nct(2)], [nct(3), nct(0)], [nct(4)]]


def test_none_reads_none(rig: Rig) -> None:
    report = rig.refresh()
    assert (asked(rig), report.results, report.as_json()["results"]) == ([], None, None)
    assert posted(rig, 1) == Posted(nct(1), "not_asked", None, None, None, None)
    assert read.said(read.state(rig.store)) == "results: none asked for yet"


def test_nothing_is_asked_twice_until_its_record_moves(rig: Rig) -> None:
    rig.refresh(results=READING)
    version = rig.store.version()
    report = rig.refresh(results=READING)
    assert (report.requests, report.exit_code) == (1, 0)
    assert report.results is not None
    assert (report.results.status, report.results.studies) == ("unchanged", 3)
    assert rig.store.version() == version
    rig.fake.edit(nct(2), **{UPDATED: "2026-11-21"})
    rig.fake.reload()
    rig.refresh(results=READING)
    assert asked(rig) == [[nct(2)]]
    assert posted(rig, 2).registry_date == "2026-11-21"


def test_a_changed_primary_result_is_an_event_with_before_and_after(rig: Rig) -> None:
    rig.refresh(results=READING)
    rig.fake.edit(nct(2), **{UPDATED: "2026-11-21", VALUE: results_section("4.7")})
    rig.fake.reload()
    report = rig.refresh(results=READING)
    assert report.results is not None
    assert (report.results.changed, first_value(posted(rig, 2))) == (1, "4.7")
    (told,) = [row for row in rig.rows(event) if row["nct_id"] == nct(2)]
    assert (told["kind"], told["weight"], told["registry_date"]) == ("results_posted", "high", "2026-11-21")
    assert describe(told["kind"], told["before"], told["after"]) == (
        "Results: primary result changed: “Fatigue, change from baseline”, Drug: 4.2 (1.1) → 4.7 (1.1)"
    )
    assert integrity(rig.store) == []


def test_a_change_elsewhere_in_the_results_is_kept_but_no_event(rig: Rig) -> None:
    rig.refresh(results=READING)
    section = results_section()
    section["adverseEventsModule"]["eventGroups"][0]["seriousNumAffected"] = 2
    rig.fake.edit(nct(2), **{UPDATED: "2026-11-21", VALUE: section})
    rig.fake.reload()
    rig.refresh(results=READING)
    one = posted(rig, 2)
    assert one.results is not None
    assert one.results.harms.event_groups[0].serious_num_affected == 2
    assert [row for row in rig.rows(event) if row["nct_id"] == nct(2)] == []
    assert len([row for row in rig.rows(result_version) if row["nct_id"] == nct(2)]) == 2


def test_a_refresh_that_is_cancelled_goes_on_where_it_stopped(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(step, "BATCH", 1)
    stop = Heartbeat()

    def interrupt(request: Request) -> bool:
        if is_results(request) and nct(2) in request.params["filter.ids"]:
            stop.interrupt()
        return False

    rig.fake.fault("500", when=interrupt)
    report = rig.refresh(results=READING, heartbeat=stop)
    assert report.exit_code == 130
    assert posted(rig, 1).state == "read"
    rig.fake.clear_faults()
    rig.refresh(results=READING)
    assert nct(1) not in {nct_id for ids in asked(rig) for nct_id in ids}
    assert read.state(rig.store).read == 3


def test_results_that_are_withdrawn_stay_and_say_so(rig: Rig) -> None:
    rig.refresh(results=READING)
    rig.fake.edit(nct(3), **{UPDATED: "2026-11-21", VALUE: None, "hasResults": False})
    rig.fake.reload()
    report = rig.refresh(results=READING)
    one = posted(rig, 3)
    assert (report.exit_code, asked(rig)) == (0, [])
    assert (one.state, one.error, first_value(one)) == ("read", read.WITHDRAWN, "4.2")
    assert read.state(rig.store).wanted == 2


def test_a_record_without_the_results_it_announces_keeps_the_old_ones(rig: Rig) -> None:
    rig.refresh(results=READING)
    rig.fake.edit(nct(3), **{UPDATED: "2026-11-21", VALUE: None})
    rig.fake.reload()
    report = rig.refresh(results=READING)
    assert report.exit_code == 1
    assert report.results is not None
    assert report.results.error is not None
    assert nct(3) in report.results.error
    one = posted(rig, 3)
    assert (one.state, one.error, first_value(one)) == ("read", NONE_GIVEN, "4.2")
    assert read.said(read.state(rig.store)) == "results: 3 of 3 read, 1 could not be read"
    rig.refresh(results=READING)
    assert asked(rig) == []  # not again under the same data load
    rig.fake.edit(nct(3), **{VALUE: results_section("5.0")})
    rig.fake.reload()
    rig.refresh(results=READING)
    assert (asked(rig), first_value(posted(rig, 3)), posted(rig, 3).error) == ([[nct(3)]], "5.0", None)


def test_a_record_that_does_not_come_is_told(rig: Rig) -> None:
    rig.refresh()
    rig.fake.remove(nct(3))
    rig.refresh(results=READING)
    assert (posted(rig, 3).state, posted(rig, 3).error) == ("failed", NOT_GIVEN)
    assert posted(rig, 1).state == "read"


def test_the_budget_of_a_refresh_holds_and_the_next_goes_on(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(step, "BATCH", 1)
    small = READING._replace(total=Budget(2, 10**9))
    report = rig.refresh(results=small)
    assert (report.exit_code, asked(rig)) == (0, [[nct(1)], [nct(2)]])
    state = read.state(rig.store)
    assert (read.said(state), state.refreshed_at) == ("results: 2 of 3 read", None)
    assert state.error == (
        "1 trial left for the next refresh: one refresh reads posted results with at most 2 requests and 1000 MB."
    )
    rig.refresh(results=small)
    assert asked(rig) == [[nct(3)]]
    state = read.state(rig.store)
    assert (read.said(state), state.error) == ("results: 3 of 3 read", None)
    assert state.refreshed_at is not None


def test_the_budget_in_bytes_holds_against_huge_results(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(step, "BATCH", 1)
    section = results_section()
    noise = "".join(chr(0x4E00 + number * 7919 % 20_000) for number in range(200_000))
    section["outcomeMeasuresModule"]["outcomeMeasures"][0]["description"] = noise
    rig.fake.edit(nct(1), **{VALUE: section})
    rig.refresh(results=READING._replace(total=Budget(100, 100_000)))
    assert asked(rig) == [[nct(1)]]
    state = read.state(rig.store)
    assert state.bytes > 100_000
    assert (state.read, state.error is not None) == (1, True)


def test_the_budget_of_an_hour_counts_earlier_refreshes(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(step, "BATCH", 1)
    hourly = READING._replace(total=Budget(1, 10**9), hourly=Budget(2, 10**9))
    for expected in ([[nct(1)]], [[nct(2)]], []):
        rig.refresh(results=hourly)
        assert asked(rig) == expected
    assert "one hour reads" in (read.state(rig.store).error or "")
    rig.now += timedelta(minutes=61)
    rig.refresh(results=hourly)
    assert asked(rig) == [[nct(3)]]


@pytest.mark.parametrize(
    "fault", ["cut-json", "cut-body", "reset", "stall", "slow-body", "html-200", "503", "short-total"]
)
def test_a_step_that_fails_harms_nothing_else(rig: Rig, fault: str) -> None:
    rig.refresh(results=READING)
    before = posted(rig, 1)
    for number in (1, 2, 3):
        rig.fake.edit(nct(number), **{UPDATED: "2026-11-21"})
    rig.fake.reload()
    rig.fake.fault(fault, when=is_results)
    report = rig.refresh(results=READING, timeout=0.3, attempts=2)
    assert report.exit_code == 1
    assert report.error is None
    assert {one.status for one in report.agents.values()} <= {"fresh", "unchanged"}
    assert report.results is not None
    assert (report.results.status, report.results.studies) == ("failed", 3)
    after = posted(rig, 1)
    assert after.error
    assert after == before._replace(error=after.error)
    state = read.state(rig.store)
    assert (state.read, state.failed, state.error) == (3, 3, report.results.error)
    assert integrity(rig.store) == []
    rig.fake.clear_faults()
    assert rig.refresh(results=READING).exit_code == 0
    assert (posted(rig, 1).error, posted(rig, 1).registry_date) == (None, "2026-11-21")
    assert (read.state(rig.store).failed, read.state(rig.store).error) == (0, None)


def test_a_refusal_ends_the_step_at_once(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(step, "BATCH", 1)
    rig.fake.fault("403", when=is_results)
    report = rig.refresh(results=READING)
    assert (report.exit_code, len(asked(rig))) == (1, 1)
    assert {posted(rig, number).state for number in (2, 3)} == {"not_asked"}


def test_a_batch_that_fails_costs_its_own_trials(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(step, "BATCH", 1)
    rig.fake.fault("cut-json", when=lambda request: is_results(request) and nct(2) in request.params["filter.ids"])
    report = rig.refresh(results=READING, attempts=1)
    assert report.exit_code == 1
    assert [posted(rig, number).state for number in (1, 2, 3)] == ["read", "failed", "read"]
    assert read.state(rig.store).refreshed_at is None  # so it is asked again under the same data load
    rig.fake.clear_faults()
    rig.refresh(results=READING)
    assert (asked(rig), posted(rig, 2).state) == ([[nct(2)]], "read")


def test_two_batches_that_fail_end_the_step_and_it_goes_on_with_the_others(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(step, "BATCH", 1)
    rig.fake.fault("503", times=2, when=is_results)
    report = rig.refresh(results=READING, attempts=1)
    assert report.results is not None
    assert (report.results.status, asked(rig)) == ("failed", [[nct(1)], [nct(2)]])
    rig.refresh(results=READING)
    assert asked(rig) == [[nct(3)], [nct(1)], [nct(2)]]
    assert read.state(rig.store).read == 3


def test_a_record_of_garbage_is_told_with_its_reason(rig: Rig) -> None:
    rig.fake.fault("garbage-record", times=1, when=is_results)
    report = rig.refresh(results=READING)
    assert [posted(rig, number).state for number in (1, 2, 3)] == ["failed", "read", "read"]
    assert (posted(rig, 1).error, report.exit_code) == (NONE_GIVEN, 1)
    assert report.results is not None
    assert (report.results.set_aside, read.state(rig.store).read) == (1, 2)


def test_a_leaf_nested_without_end_harms_no_results_that_lie_beside_it(rig: Rig) -> None:
    rig.fake.fault("deep-record", times=1, when=is_results)
    assert rig.refresh(results=READING).exit_code == 0
    assert {first_value(posted(rig, number)) for number in (1, 2, 3)} == {"4.2"}
    assert {posted(rig, number).error for number in (1, 2, 3)} == {None}


def test_a_leaf_nested_without_end_in_the_results_costs_itself_and_is_told(rig: Rig) -> None:
    section = results_section("4.7")
    section["outcomeMeasuresModule"]["outcomeMeasures"][0]["description"] = DEEP
    rig.fake.edit(nct(2), **{VALUE: section})
    assert rig.refresh(results=READING).exit_code == 0
    assert [first_value(posted(rig, number)) for number in (1, 2, 3)] == ["4.2", "4.7", "4.2"]
    found = posted(rig, 2).results
    assert found is not None
    assert found.primary[0].description is None
    assert [one.path for one in found.unreadable] == [
        "resultsSection.outcomeMeasuresModule.outcomeMeasures.description"
    ]


def test_a_section_that_is_no_object_costs_its_trial_only(rig: Rig) -> None:
    rig.fake.edit(nct(2), **{VALUE: "garbage"})
    rig.refresh(results=READING)
    assert [posted(rig, number).state for number in (1, 2, 3)] == ["read", "failed", "read"]
    assert posted(rig, 2).error


def test_a_reload_in_between_is_asked_again(rig: Rig) -> None:
    rig.fake.fault("short-total", times=1, when=is_results)
    assert rig.refresh(results=READING).exit_code == 0
    assert len(asked(rig)) == 2


def test_one_agent_reads_the_results_of_its_own_trials(rig: Rig) -> None:
    drugs = [{"type": "DRUG", "name": "Methotrexate"}]
    rig.fake.put(trial(6, interventions=drugs))
    rig.refresh(results=READING)
    rig.fake.put(trial(7, interventions=drugs))
    rig.fake.reload()
    rig.refresh("azathioprine", results=READING)
    assert asked(rig) == []
    rig.refresh("methotrexate", results=READING)
    assert asked(rig) == [[nct(7)]]
    assert read.said(read.state(rig.store)) == "results: 5 of 5 read"


def test_one_agent_does_not_hide_that_others_were_left_for_later(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(step, "BATCH", 1)
    rig.refresh(results=READING._replace(total=Budget(2, 10**9)))
    left = read.state(rig.store).error
    assert left is not None
    rig.refresh("methotrexate", results=READING)
    assert (asked(rig), read.state(rig.store).error) == ([], left)


def test_what_a_full_refresh_lost_is_asked_again_under_the_same_data_load(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(step, "BATCH", 1)
    rig.refresh(results=READING)
    rig.fake.fault("503", when=lambda request: is_results(request) and nct(2) in request.params["filter.ids"])
    assert rig.refresh(results=READING, full=True, attempts=1).exit_code == 1
    assert posted(rig, 2).error
    rig.fake.clear_faults()
    rig.refresh(results=READING)
    assert (asked(rig), posted(rig, 2).error) == ([[nct(2)]], None)


def test_another_list_of_fields_reads_all_anew(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    rig.refresh(results=READING)
    monkeypatch.setattr("cache.ingest.posted.QUESTION", "another")
    rig.refresh(results=READING)
    assert asked(rig) == [[nct(1), nct(2), nct(3)]]
    assert len(rig.rows(result_version)) == 3


def test_a_full_refresh_reads_all_anew(rig: Rig) -> None:
    rig.refresh(results=READING)
    rig.refresh(results=READING, full=True)
    assert asked(rig) == [[nct(1), nct(2), nct(3)]]


def test_progress_is_told_in_trials_read(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(step, "BATCH", 1)
    rig.refresh(results=READING)
    told = [one.values for one in rig.steps if one.scope == "results"]
    assert [one["fetched"] for one in told if "fetched" in one] == [0, 1, 2, 3]
    assert [one["expected"] for one in told if one.get("expected")] == [3]
