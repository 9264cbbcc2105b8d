"""What keeping an answer does to the store: holders, versions, events, the starter giving way, all or nothing."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple, cast

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cache.ingest import derive as deriving
from cache.ingest import keep as answers
from cache.ingest import leavers as leaving
from cache.ingest import merge as merging
from cache.ingest import staging as collecting
from cache.ingest.keep import ScopeReport, fail
from cache.ingest.load_starter import load_starter
from cache.ingest.staging import Known, known, leavers, set_aside
from cache.read import trials as reading
from cache.starter import StarterRecord
from cache.store.errors import Damaged
from cache.store.packing import hash_of
from cache.store.schema import answer, event, match, meta, scope, study, version
from cache.store.schema import set_aside as aside
from cache.store.store import Store, bump
from fetchers.errors import Incomplete
from fetchers.matching.matcher import Match
from fetchers.record.study import Study, decode_study
from fetchers.registry.pages import SetAside
from fetchers.watchlist.model import Watchlist
from tests.rigs import databases
from tests.rigs.answering import SWEEP, NameMatcher, Refresher, everything, record, rows, stored_bodies

pytestmark = pytest.mark.both_databases

AZA, MTX = "azathioprine", "methotrexate"


class Named(NamedTuple):
    id: str
    swept: bool = False


class Watched(NamedTuple):
    """As much of a watch-list as loading the starter looks at."""

    agents: tuple[Named, ...] = (Named(AZA), Named(MTX))
    conditions: tuple[Named, ...] = (Named(SWEEP, True), Named("lupus"), Named("other"))


@pytest.fixture
def store() -> Iterator[Store]:
    store = databases.empty()
    yield store
    store.close()


@pytest.fixture
def refresher(store: Store) -> Refresher:
    return Refresher(store)


def starter(number: int, *names: str, me_cfs: bool = False) -> StarterRecord:
    conditions = {"conditions": ["ME/CFS"] if me_cfs else ["Lupus"]}
    return StarterRecord(record(number, *names, conditions=conditions), "2025-05", "a table", None)


def load(store: Store, *records: StarterRecord) -> int:
    return load_starter(store, records, NameMatcher(), cast(Watchlist, Watched()))


def nct(number: int) -> str:
    return f"NCT{number:08d}"


def held(store: Store, name: str) -> list[str]:
    return [row[1] for row in rows(store, answer, "scope", "nct_id", "ended_at") if row[0] == name and row[2] is None]


def test_the_first_answer_stores_studies_versions_matches_and_the_scope(store: Store, refresher: Refresher) -> None:
    one = record(1, AZA, title="One")
    report = refresher.answer(AZA, [one, record(2)])
    assert report == ScopeReport(studies=2, new=2, changed=0, left=0, set_aside=0)
    assert rows(store, study, "nct_id", "origin", "title", "body_hash")[0] == (
        nct(1),
        "live",
        "One",
        hash_of(one.body()),
    )
    assert rows(store, match, "nct_id", "agent", "tier", "role", "found_by") == [
        (nct(1), AZA, "given", "tested", [AZA]),
        (nct(2), AZA, "mentioned", None, []),  # the registry returned it, so it belongs, whatever we find in it
    ]
    assert decode_study(stored_bodies(store)[0][1]) == one
    timestamp = rows(store, version, "registry_timestamp")[0]
    assert timestamp == "2026-03-01T09:00:05"
    expected = (AZA, "agent", False, "2026-03-02T09:00:00Z", "2026-03-02T09:00:00Z", "q1", None)
    assert rows(store, scope, "scope", "kind", "starter", "refreshed_at", "asked_in_full_at", "question", "error") == [
        expected
    ]


def test_the_version_rises_once_with_every_change_a_reader_may_see(store: Store, refresher: Refresher) -> None:
    assert store.version() == 0
    refresher.begin()
    refresher.stage(AZA, [record(1)])
    set_aside(store, refresher.id, AZA, [SetAside(None, "no id")])
    assert store.version() == 0
    refresher.keep(AZA)
    assert store.version() == 1
    fail(store, refresher.id, AZA, "The registry is down.")
    assert store.version() == 2


def test_queries_that_brought_a_trial_are_told_once_each_in_order(store: Store, refresher: Refresher) -> None:
    refresher.begin()
    for query in ("b", "a", "b"):
        refresher.stage(AZA, [record(1)], query=query)
    refresher.keep(AZA)
    assert rows(store, answer, "asked") == [[f"{AZA}:b", f"{AZA}:a"]]
    assert len(rows(store, version, "id")) == 1


def test_an_equal_body_makes_no_version_and_an_edited_one_does(store: Store, refresher: Refresher) -> None:
    refresher.answer(AZA, [record(1, title="Old")])
    assert refresher.answer(AZA, [record(1, title="Old")]).changed == 0
    assert len(rows(store, version, "id")) == 1
    assert refresher.answer(AZA, [record(1, title="New")]) == ScopeReport(1, 0, 1, 0, 0)
    assert [decode_study(body).identification.brief_title for _, body in stored_bodies(store)] == [
        "Old",
        "New",
    ]
    assert rows(store, study, "title", "first_seen", "fetched_at") == [
        ("New", "2026-03-02T09:00:00Z", "2026-03-04T09:00:00Z")
    ]


def test_a_record_that_returns_to_an_earlier_state_is_a_version_of_its_own(store: Store, refresher: Refresher) -> None:
    for title in ("A", "B", "A"):
        refresher.answer(AZA, [record(1, title=title)])
    assert len(rows(store, version, "id")) == 3


def test_a_trial_of_two_agents_gets_one_version_and_two_matches(store: Store, refresher: Refresher) -> None:
    refresher.begin()
    for name in (AZA, MTX):
        refresher.stage(name, [record(1, AZA)])
        assert refresher.keep(name).new == 1
    assert len(rows(store, version, "id")) == 1
    assert rows(store, match, "agent", "tier") == [(AZA, "given"), (MTX, "mentioned")]


def test_a_newer_body_renews_the_matches_of_every_agent_that_holds_it(store: Store, refresher: Refresher) -> None:
    refresher.answer(MTX, [record(1, AZA, MTX)])
    refresher.answer(AZA, [record(1, AZA)])
    assert rows(store, match, "agent", "tier") == [(AZA, "given"), (MTX, "mentioned")]


def test_a_sweep_brings_the_agents_found_in_its_records_only(store: Store, refresher: Refresher) -> None:
    refresher.answer(SWEEP, [record(1, AZA), record(2)])
    assert rows(store, match, "nct_id", "agent", "tier") == [(nct(1), AZA, "given")]
    assert held(store, SWEEP) == [nct(1), nct(2)]


def test_trials_a_sweep_saw_unchanged_keep_their_row(store: Store, refresher: Refresher) -> None:
    refresher.answer(AZA, [record(1, title="One"), record(2)])
    before = rows(store, study, "nct_id", "title", "body_hash")
    report = refresher.answer(AZA, [record(3)], unchanged=[nct(1), nct(2)])
    assert report == ScopeReport(studies=3, new=1, changed=0, left=0, set_aside=0)
    assert rows(store, study, "nct_id", "title", "body_hash")[:2] == before
    assert list(reading.trials(store)["fetched_at"]) == ["2026-03-03T09:00:00Z"] * 3


def test_an_agent_that_is_watched_no_more_does_not_stand_in_the_way(store: Store, refresher: Refresher) -> None:
    refresher.answer("ivig", [record(1, AZA)])
    refresher.answer(AZA, [record(1, AZA, title="New")])
    assert rows(store, match, "agent") == [AZA]


def test_a_new_question_matches_unchanged_trials_anew(store: Store, refresher: Refresher) -> None:
    refresher.answer(AZA, [record(1, AZA)])
    refresher.matcher = NameMatcher(tier="excluded")
    refresher.answer(AZA, [], unchanged=[nct(1)])
    assert rows(store, match, "tier") == ["given"]
    refresher.answer(AZA, [], unchanged=[nct(1)], question="q2")
    assert rows(store, match, "tier") == ["excluded"]


def test_an_unchanged_trial_whose_record_is_not_stored_fails_the_scope(store: Store, refresher: Refresher) -> None:
    with pytest.raises(Incomplete, match="NCT00000009"):
        refresher.answer(AZA, [], unchanged=[nct(9)])
    assert rows(store, answer, "nct_id") == []


def test_a_trial_that_only_stopped_matching_keeps_record_and_versions(store: Store, refresher: Refresher) -> None:
    refresher.answer(AZA, [record(1, AZA), record(2, AZA)])
    report = refresher.answer(AZA, [record(2, AZA)])
    assert report == ScopeReport(studies=1, new=0, changed=0, left=1, set_aside=0)
    assert rows(store, study, "nct_id", "left_registry") == [(nct(1), None), (nct(2), None)]
    assert rows(store, answer, "nct_id", "ended_at") == [(nct(1), "2026-03-03T09:00:00Z"), (nct(2), None)]
    assert rows(store, match, "nct_id") == [nct(2)]
    assert len(rows(store, version, "id")) == 2


def test_a_leaver_that_a_sweep_still_holds_keeps_what_is_found_in_it(store: Store, refresher: Refresher) -> None:
    refresher.answer(SWEEP, [record(1, AZA), record(2)])
    refresher.answer(AZA, [record(1, AZA), record(2)])
    assert rows(store, match, "nct_id", "tier") == [(nct(1), "given"), (nct(2), "mentioned")]
    refresher.answer(AZA, [record(3)])
    assert rows(store, match, "nct_id", "tier") == [(nct(1), "given"), (nct(3), "mentioned")]


def test_a_vanished_trial_is_marked_with_the_day_and_found_under_its_agent(store: Store, refresher: Refresher) -> None:
    refresher.answer(AZA, [record(1, AZA), record(2)])
    refresher.answer(AZA, [record(2)], vanished=[nct(1), nct(2)])  # the second is there again: not a leaver
    assert rows(store, study, "nct_id", "left_registry") == [(nct(1), "2026-03-03"), (nct(2), None)]
    assert rows(store, match, "nct_id") == [nct(1), nct(2)]
    assert held(store, AZA) == [nct(2)]
    assert set(known(store, AZA)) == {nct(2)}


def test_a_vanished_trial_keeps_its_first_day_and_all_its_matches(store: Store, refresher: Refresher) -> None:
    for name in (AZA, MTX):
        refresher.answer(name, [record(1, AZA, MTX), record(2)])
    refresher.answer(AZA, [record(2)], vanished=[nct(1)])
    refresher.answer(MTX, [record(2)], vanished=[nct(1)])
    assert rows(store, study, "nct_id", "left_registry")[0] == (nct(1), "2026-03-04")
    assert [agent for trial, agent in rows(store, match, "nct_id", "agent") if trial == nct(1)] == [AZA, MTX]
    assert rows(store, event, "kind") == ["left_registry"]


def test_a_trial_known_to_have_left_keeps_its_matches_when_the_next_agent_loses_it(
    store: Store, refresher: Refresher
) -> None:
    for name in (AZA, MTX):
        refresher.answer(name, [record(1, AZA, MTX), record(2)])
    refresher.answer(AZA, [record(2)], vanished=[nct(1)])
    refresher.answer(MTX, [record(2)])
    assert [agent for trial, agent in rows(store, match, "nct_id", "agent") if trial == nct(1)] == [AZA, MTX]


def test_a_trial_that_comes_back_is_no_longer_marked(store: Store, refresher: Refresher) -> None:
    refresher.answer(AZA, [record(1), record(2)])
    refresher.answer(AZA, [record(2)], vanished=[nct(1)])
    report = refresher.answer(AZA, [record(1), record(2)])
    assert (report.new, report.changed) == (1, 0)
    assert rows(store, study, "left_registry") == [None, None]
    assert rows(store, answer, "first_seen", "ended_at")[0] == ("2026-03-02T09:00:00Z", None)
    assert rows(store, event, "kind", "before", "after") == [
        ("left_registry", None, "2026-03-03"),
        ("returned", "2026-03-03", "2026-03-04"),
    ]
    assert len(rows(store, version, "id")) == 2


@pytest.mark.parametrize(
    ("condition", "read"),
    [("ME/CFS", ["case_definition", "post_exertional_malaise"]), ("Arthritis", ["post_exertional_malaise"])],
)
def test_what_criteria_newly_name_is_told_in_focus(
    store: Store, refresher: Refresher, condition: str, read: list[str]
) -> None:
    for text in ("Fukuda criteria", "Canadian criteria, post-exertional malaise"):
        refresher.answer(
            AZA, [record(1, eligibility={"eligibilityCriteria": text}, conditions={"conditions": [condition]})]
        )
    assert rows(store, event, "kind") == ["eligibility", *read]


def test_events_tell_what_moved_and_a_first_load_makes_none(store: Store, refresher: Refresher) -> None:
    refresher.answer(AZA, [record(1, status={"overallStatus": "RECRUITING"})])
    assert rows(store, event, "id") == []
    stopped = {"overallStatus": "TERMINATED", "lastUpdatePostDateStruct": {"date": "2026-03-01"}}
    refresher.answer(AZA, [record(1, status=stopped), record(2)])
    columns = ("nct_id", "kind", "weight", "before", "after", "registry_date", "seen_at", "refresh_id")
    assert rows(store, event, *columns) == [
        (nct(1), "status", "high", "RECRUITING", "TERMINATED", "2026-03-01", "2026-03-03T09:00:00Z", 2),
        (nct(2), "new_trial", "high", None, {"title": "A trial", "status": None}, None, "2026-03-03T09:00:00Z", 2),
    ]


def test_a_change_first_seen_by_the_first_load_of_another_agent_is_told(store: Store, refresher: Refresher) -> None:
    refresher.answer(AZA, [record(1, status={"overallStatus": "RECRUITING"})])
    refresher.answer(MTX, [record(1, status={"overallStatus": "COMPLETED"}), record(2)])
    assert rows(store, event, "nct_id", "kind") == [(nct(1), "status")]
    refresher.answer(AZA, [record(1, status={"overallStatus": "COMPLETED"})])
    assert len(rows(store, event, "id")) == 1


def test_a_trial_new_to_an_answered_agent_is_new_though_a_first_load_came_first(
    store: Store, refresher: Refresher
) -> None:
    refresher.answer(AZA, [record(1)])
    refresher.begin()
    refresher.stage(MTX, [record(2)])
    refresher.keep(MTX)
    refresher.stage(AZA, [record(1), record(2)])
    refresher.keep(AZA)
    assert rows(store, event, "nct_id", "kind") == [(nct(2), "new_trial")]


def test_a_trial_known_for_long_is_not_new_when_another_agent_gets_it(store: Store, refresher: Refresher) -> None:
    refresher.answer(AZA, [record(1)])
    refresher.answer(MTX, [record(2)])
    assert refresher.answer(MTX, [record(1), record(2)]).new == 1
    assert rows(store, event, "id") == []


def test_leavers_are_what_the_staged_answer_lacks(store: Store, refresher: Refresher) -> None:
    refresher.answer(AZA, [record(1), record(2), record(3), record(4)])
    refresher.begin()
    refresher.stage(AZA, [record(1)], unchanged=[nct(2)])
    refresher.stage(MTX, [record(3)])
    set_aside(store, refresher.id, AZA, [SetAside(nct(4), "a wrong type")])
    assert leavers(refresher.staging(AZA)) == (nct(3),)
    set_aside(store, refresher.id, AZA, [SetAside(None, "no id at all")])
    assert leavers(refresher.staging(AZA)) == ()


def test_a_trial_whose_record_was_set_aside_stays_as_it_was(store: Store, refresher: Refresher) -> None:
    refresher.answer(AZA, [record(1, title="Old"), record(2)])
    refresher.begin()
    refresher.stage(AZA, [record(2)])
    set_aside(store, refresher.id, AZA, [SetAside(nct(1), "a wrong type"), SetAside(nct(1), "seen by another query")])
    assert refresher.keep(AZA, vanished=[nct(1)]) == ScopeReport(studies=1, new=0, changed=0, left=0, set_aside=1)
    assert held(store, AZA) == [nct(1), nct(2)]
    assert rows(store, study, "title", "left_registry")[0] == ("Old", None)
    assert rows(store, aside, "nct_id", "reason") == [(nct(1), "a wrong type")]
    refresher.answer(AZA, [record(1), record(2)])
    assert rows(store, aside, "nct_id") == []


def test_known_tells_what_a_slim_sweep_compares(store: Store, refresher: Refresher) -> None:
    status = {"overallStatus": "RECRUITING", "lastUpdatePostDateStruct": {"date": "2026-01-05"}}
    load(store, starter(3, AZA))
    refresher.answer(AZA, [record(1, status=status), record(2)])
    refresher.answer(MTX, [record(4)])
    assert known(store, AZA) == {nct(1): Known("2026-01-05", "RECRUITING", False), nct(2): Known(None, None, False)}


def test_known_leaves_out_what_has_to_be_asked_again(store: Store, refresher: Refresher) -> None:
    refresher.answer(AZA, [record(1), record(2)])
    with store.writing() as connection:
        connection.execute(version.delete().where(version.c.nct_id == nct(1)))
    assert set(known(store, AZA)) == {nct(2)}


def test_failing_forgets_the_staged_and_keeps_the_old_answer(store: Store, refresher: Refresher) -> None:
    refresher.answer(AZA, [record(1, title="Old")])
    before = everything(store, skip=[scope, meta, aside])
    refresher.forget()
    refresher.stage(AZA, [record(1, title="New"), record(2)])
    set_aside(store, refresher.id, AZA, [SetAside(None, "no id")])
    fail(store, refresher.id, AZA, "The registry is down.", now=lambda: refresher.now)
    assert everything(store, skip=[scope, meta, aside]) == before
    assert rows(store, aside, "id") == []
    assert rows(store, scope, "refreshed_at", "error", "error_at") == [
        ("2026-03-02T09:00:00Z", "The registry is down.", "2026-03-02T09:00:00Z")
    ]
    refresher.answer(AZA, [record(1)])
    assert rows(store, scope, "error", "error_at") == [(None, None)]


def test_a_scope_that_failed_at_its_first_try_is_no_answer(store: Store, refresher: Refresher) -> None:
    fail(store, 1, SWEEP, "The registry is down.", kind="sweep")
    assert rows(store, scope, "scope", "kind", "starter", "refreshed_at") == [(SWEEP, "sweep", False, None)]
    refresher.answer(SWEEP, [record(1)])
    assert rows(store, event, "id") == []


@pytest.mark.parametrize("step", ["live_facts", "upsert", "replace_matches", "rematch", "_count_aside", "bump"])
def test_a_failure_anywhere_leaves_everything_as_it_was(
    store: Store, refresher: Refresher, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    load(store, starter(7, MTX))
    refresher.derives_ahead = False
    refresher.answer(AZA, [record(1, title="Old"), record(2)])
    refresher.begin()
    refresher.stage(AZA, [record(1, title="New"), record(3)])
    before = everything(store)

    def broken(*_args: object, **_named: object) -> None:
        raise RuntimeError(step)

    for module in (answers, merging, deriving, leaving):
        if hasattr(module, step):
            monkeypatch.setattr(module, step, broken)
    with pytest.raises(RuntimeError, match=step):
        refresher.keep(AZA)
    assert everything(store) == before
    monkeypatch.undo()
    assert refresher.keep(AZA) == ScopeReport(studies=2, new=1, changed=1, left=1, set_aside=0)


def test_what_was_not_derived_ahead_is_derived_while_keeping(store: Store, refresher: Refresher) -> None:
    refresher.derives_ahead = False
    refresher.answer(AZA, [record(1, AZA, title="Old"), record(2)])
    assert refresher.answer(AZA, [record(1, AZA, title="New")], unchanged=[nct(2)], question="q2").changed == 1
    assert rows(store, study, "title") == ["New", "A trial"]
    assert rows(store, match, "tier") == ["given", "mentioned"]


def test_only_the_replaced_state_of_a_changed_record_is_decoded(
    store: Store, refresher: Refresher, monkeypatch: pytest.MonkeyPatch
) -> None:
    decoded: list[str] = []

    def watched(body: bytes) -> Study:
        study = decode_study(body)
        decoded.append(str(study.identification.brief_title))
        return study

    monkeypatch.setattr(deriving, "decode_study", watched)
    refresher.answer(AZA, [record(1, AZA, title="Old"), record(2)])
    report = refresher.answer(AZA, [record(1, AZA, title="New"), record(2), record(3)])
    assert (report.new, report.changed) == (1, 1)
    assert decoded == ["Old"]


def test_what_was_derived_before_another_scope_came_is_derived_again(store: Store, refresher: Refresher) -> None:
    refresher.begin()
    refresher.stage(MTX, [record(1, AZA, MTX)])
    refresher.stage(AZA, [record(1, AZA, MTX)])
    for scope_id in (AZA, MTX):
        refresher.keep(scope_id)
    assert rows(store, match, "nct_id", "agent", "tier") == [(nct(1), AZA, "given"), (nct(1), MTX, "given")]
    assert len(rows(store, version, "id")) == 1


def test_other_writers_get_their_turn_while_records_are_worked_out(store: Store, refresher: Refresher) -> None:
    class Busy(NameMatcher):
        def match(self, study: Study, agent_id: str, *, asked: bool) -> Match | None:
            with store.writing() as connection:
                bump(connection)
            return super().match(study, agent_id, asked=asked)

    refresher.matcher = Busy()
    refresher.answer(AZA, [record(1), record(2)])
    assert store.version() == 3


def test_memory_holds_one_chunk_at_a_time(store: Store, refresher: Refresher, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collecting, "AT_ONCE", 2)
    taken: list[int] = []
    take = merging.Merge._take

    def watch(self: merging.Merge, arrived: Mapping[str, deriving.Arrival]) -> None:
        taken.append(len(arrived))
        take(self, arrived)

    monkeypatch.setattr(merging.Merge, "_take", watch)
    assert refresher.answer(AZA, [record(number) for number in range(1, 6)]).studies == 5
    assert taken == [2, 2, 1]
    assert held(store, AZA) == [nct(number) for number in range(1, 6)]


def test_a_stored_record_that_is_damaged_is_called_so(store: Store, refresher: Refresher) -> None:
    refresher.answer(AZA, [record(1)])
    with store.writing() as connection:
        connection.execute(version.update().values(body=b"\x78\x9cnonsense"))
    with pytest.raises(Damaged, match="cannot be unpacked"):
        refresher.answer(AZA, [], unchanged=[nct(1)], question="q2")


def test_the_starter_is_held_by_the_agents_it_names_and_its_swept_conditions(store: Store) -> None:
    assert load(store, starter(1, AZA), starter(2, AZA, MTX, me_cfs=True), starter(3)) == 2
    assert rows(store, answer, "scope", "nct_id", "origin") == [
        (AZA, nct(1), "starter"),
        (AZA, nct(2), "starter"),
        (SWEEP, nct(2), "starter"),
        (MTX, nct(2), "starter"),
    ]
    assert rows(store, match, "nct_id", "agent") == [(nct(1), AZA), (nct(2), AZA), (nct(2), MTX)]
    assert rows(store, study, "nct_id", "origin", "phases", "countries", "as_of", "source") == [
        (nct(1), "starter", None, None, "2025-05", "a table"),
        (nct(2), "starter", None, None, "2025-05", "a table"),
    ]
    assert rows(store, scope, "scope", "kind", "starter", "refreshed_at") == [
        (AZA, "agent", True, None),
        (SWEEP, "sweep", True, None),
        (MTX, "agent", True, None),
    ]
    assert rows(store, version, "nct_id", "origin", "registry_timestamp") == [
        (nct(1), "starter", None),
        (nct(2), "starter", None),
    ]
    assert store.version() == 1


def test_loading_the_starter_again_changes_nothing(store: Store) -> None:
    load(store, starter(1, AZA))
    before = everything(store)
    assert load(store, starter(1, AZA), starter(2, MTX)) == 0
    assert everything(store) == before


def test_starter_rows_give_way_and_never_count_as_left(store: Store, refresher: Refresher) -> None:
    load(store, starter(1, AZA), starter(2, AZA, MTX), starter(3, AZA, me_cfs=True))
    report = refresher.answer(AZA, [record(1, AZA, title="Live")])
    assert report == ScopeReport(studies=1, new=1, changed=0, left=0, set_aside=0)
    assert rows(store, study, "nct_id", "origin", "title") == [
        (nct(1), "live", "Live"),
        (nct(2), "starter", "A trial"),  # methotrexate still shows it
        (nct(3), "starter", "A trial"),  # and the swept condition this one
    ]
    assert rows(store, match, "nct_id", "agent") == [(nct(1), AZA), (nct(2), MTX)]
    assert rows(store, version, "nct_id", "origin") == [(nct(2), "starter"), (nct(3), "starter"), (nct(1), "live")]
    assert rows(store, event, "id") == []
    assert rows(store, scope, "scope", "starter") == [(AZA, False), (SWEEP, True), (MTX, True)]
    refresher.answer(MTX, [])
    refresher.answer(SWEEP, [])
    assert rows(store, study, "nct_id") == [nct(1)]
    assert rows(store, version, "nct_id") == [nct(1)]


def test_a_live_record_replaces_the_starter_row_of_another_scope_too(store: Store, refresher: Refresher) -> None:
    load(store, starter(1, AZA, MTX))
    refresher.answer(MTX, [record(1, AZA, title="Live")])
    assert rows(store, study, "origin", "title", "source") == [("live", "Live", None)]
    assert rows(store, answer, "scope", "origin") == [(AZA, "starter"), (MTX, "live")]
    assert rows(store, match, "agent", "tier") == [(AZA, "given"), (MTX, "mentioned")]
    assert set(known(store, AZA)) == set()
    refresher.answer(AZA, [record(2)])
    assert rows(store, match, "nct_id", "agent") == [(nct(1), MTX), (nct(2), AZA)]


def test_the_starter_leaves_live_records_alone(store: Store, refresher: Refresher) -> None:
    refresher.answer(AZA, [record(1, AZA, title="Live")])
    assert load(store, starter(1, AZA, MTX), starter(2, AZA, MTX)) == 1
    assert rows(store, study, "nct_id", "title") == [(nct(1), "Live"), (nct(2), "A trial")]
    assert rows(store, answer, "scope", "nct_id", "origin") == [(AZA, nct(1), "live"), (MTX, nct(2), "starter")]


TITLES = st.sampled_from("ABC")
STEP = st.tuples(st.sampled_from([AZA, MTX, SWEEP]), st.dictionaries(st.integers(1, 5), TITLES), st.booleans())


# A trial leaves the registry, stops answering one scope meanwhile, and comes back in another scope.
RETURN = [(SWEEP, {1: "A"}, False), (AZA, {1: "A"}, False), (MTX, {1: "A"}, False)]
RETURN += [(AZA, {}, True), (MTX, {}, False), (SWEEP, {1: "A"}, False)]


@settings(max_examples=30, deadline=None)
@example(RETURN)
@given(st.lists(STEP, max_size=8))
def test_after_any_answers_the_store_holds_the_last_ones_and_every_distinct_state(
    steps: list[tuple[str, dict[int, str], bool]],
) -> None:
    store = databases.empty()
    refresher = Refresher(store)
    last: dict[str, set[str]] = {}
    states: dict[str, list[str]] = {}
    for name, trials, gone in steps:
        studies: list[Study] = [record(number, AZA, title=title) for number, title in trials.items()]
        vanished = [nct(number) for number in range(1, 6)] if gone else []
        report = refresher.answer(name, studies, vanished=vanished)
        arrived = {nct(number) for number in trials}
        before = last.get(name, set())
        assert (report.new, report.left) == (len(arrived - before), len(before - arrived))
        last[name] = arrived
        for number, title in trials.items():
            seen = states.setdefault(nct(number), [])
            if seen[-1:] != [title]:
                seen.append(title)
    for name, trials_held in last.items():
        assert set(held(store, name)) == trials_held
    stored: dict[str, list[str | None]] = {}
    for nct_id, body in stored_bodies(store):
        stored.setdefault(nct_id, []).append(decode_study(body).identification.brief_title)
    assert stored == states
    _assert_matches_follow(store, last)
    store.close()


def _assert_matches_follow(store: Store, last: dict[str, set[str]]) -> None:
    """Every record names azathioprine, so whoever is held by any scope matches it; methotrexate only when asked."""
    left = {nct_id for nct_id, day in rows(store, study, "nct_id", "left_registry") if day}
    expected = {(nct_id, AZA) for ids in (last.get(AZA, set()), last.get(SWEEP, set())) for nct_id in ids}
    expected |= {(nct_id, MTX) for nct_id in last.get(MTX, set())}
    found = set(rows(store, match, "nct_id", "agent"))
    assert expected <= found
    assert {nct_id for nct_id, _ in found - expected} <= left
