"""The events of a store as people read them: which, in which order, how they are grouped and counted."""

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cache.changes.changelog import (
    TOLD_BY_DEFAULT,
    WEIGHTS,
    Change,
    as_frame,
    at_least,
    by_trial,
    changelog,
    counted,
    refreshed,
    since_moment,
)
from cache.changes.differences import KINDS
from cache.store.store import Store
from fetchers.errors import Validation
from tests.rigs import databases
from tests.rigs import moved_stores as moved

pytestmark = pytest.mark.both_databases


@pytest.fixture
def store() -> Iterator[Store]:
    opened = databases.empty()
    yield opened
    opened.close()


def change(number: int, weight: str = "low", kind: str = "status") -> Change:
    return Change(number, f"NCT{number:08d}", "T", kind, weight, "A", "B", None, moved.SEEN, ())  # type: ignore[arg-type]


def test_newest_first_and_within_a_moment_the_last_written_first(store: Store) -> None:
    moved.live(store)
    moved.happened(store, 1, "status", at="2026-11-19T08:00:00Z")
    moved.happened(store, 2, "status", at="2026-11-21T08:00:00Z")
    moved.happened(store, 1, "phase", at="2026-11-21T08:00:00Z")
    found = changelog(store)
    assert [(one.nct_id[-1], one.kind) for one in found] == [("1", "phase"), ("2", "status"), ("1", "status")]
    assert [one.kind for one in changelog(store, limit=2)] == ["phase", "status"]
    assert found[0].title == "Trial 1"
    assert found[0].agents == ("ivig",)
    assert found[0].registry_date == "2026-11-18"


def test_filters(store: Store) -> None:
    moved.every_kind(store)
    moved.happened(store, 3, "status", at="2026-11-21T08:00:00Z")
    assert len(changelog(store)) == len(KINDS) + 1
    assert {one.nct_id for one in changelog(store, since="2026-11-20T08:00:01Z")} == {"NCT00000003"}
    assert len(changelog(store, since=moved.SEEN)) == len(KINDS) + 1
    assert {one.kind for one in changelog(store, kinds=["status", "arms"])} == {"status", "arms"}
    assert {one.weight for one in changelog(store, weights=TOLD_BY_DEFAULT)} == {"high", "medium", "low"}
    assert {one.nct_id for one in changelog(store, agents=["methotrexate"])} == {"NCT00000003"}
    assert changelog(store, agents=["tnf_inhibitors"]) == []
    assert {one.nct_id for one in changelog(store, nct_id="NCT00000003")} == {"NCT00000003"}
    assert changelog(store, agents=["ivig"], limit=1)[0].nct_id == "NCT00000001"


def test_a_change_of_a_trial_nobody_holds_any_more_is_told_too(store: Store) -> None:
    moved.happened(store, 77, "status")
    (one,) = changelog(store)
    assert (one.title, one.agents) == (None, ())


def test_the_frame_holds_the_same_as_the_list(store: Store) -> None:
    moved.every_kind(store)
    moved.happened(store, 4, "status", at="2026-11-10T08:00:00Z")
    frame, listed = as_frame(store, moved.SEEN), changelog(store, since=moved.SEEN)
    assert frame["id"].tolist() == [one.id for one in listed]
    assert frame["sentence"].tolist() == [one.sentence for one in listed]
    assert frame["agents"].tolist() == [["ivig"]] * len(KINDS)
    assert as_frame(store, "2030-01-01T00:00:00Z").empty


def test_a_json_object_has_the_keys_of_the_contract_and_both_dates(store: Store) -> None:
    moved.live(store)
    moved.happened(store, 1, "status")
    one = changelog(store)[0].as_json()
    assert set(one) >= {"nct_id", "kind", "weight", "before", "after", "registry_date", "seen_at"}
    assert (one["before"], one["after"], one["registry_date"], one["seen_at"]) == (
        "RECRUITING",
        "TERMINATED",
        "2026-11-18",
        moved.SEEN,
    )
    assert one["record"] == "https://clinicaltrials.gov/study/NCT00000001"
    assert one["sentence"] == "Status: recruiting → terminated"
    assert "id" not in one


def test_weights_from_the_heaviest_down() -> None:
    assert at_least("high") == ("high",)
    assert at_least("low") == TOLD_BY_DEFAULT
    assert at_least("noise") == WEIGHTS
    with pytest.raises(Validation, match=r"'heavy'.*high, medium, low, noise"):
        at_least("heavy")


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(1, 5), st.sampled_from(WEIGHTS))))
def test_groups_hold_everything_once_heaviest_first(pairs: list[tuple[int, str]]) -> None:
    changes = [change(number, weight)._replace(id=place) for place, (number, weight) in enumerate(pairs)]
    groups = by_trial(changes)
    assert sorted(one.id for group in groups for one in group) == list(range(len(changes)))
    assert len({group[0].nct_id for group in groups}) == len(groups)
    for group in groups:
        assert len({one.nct_id for one in group}) == 1
        keys = [(WEIGHTS.index(one.weight), one.id) for one in group]
        assert keys == sorted(keys)
    heads = [WEIGHTS.index(group[0].weight) for group in groups]
    assert heads == sorted(heads)
    assert sum(counted(changes).values()) == len(changes)
    assert tuple(counted(changes)) == WEIGHTS


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-20", "2026-11-20T00:00:00Z"),
        ("2026-11-20T09:30:00Z", "2026-11-20T09:30:00Z"),
        ("2026-11-20T09:30", "2026-11-20T09:30:00Z"),
        ("2026-11-20T00:30:00+01:00", "2026-11-19T23:30:00Z"),
    ],
)
def test_moments(text: str, moment: str) -> None:
    assert since_moment(text) == moment


@pytest.mark.parametrize("text", ["", "yesterday", "2026", "2026-13-01", "20261120", "0001-01-01T00:00:00+23:00", "²"])
def test_what_is_no_moment_is_said(text: str) -> None:
    with pytest.raises(Validation, match="--since needs a date or a moment"):
        since_moment(text, "--since")


def test_the_last_refresh_is_the_last_that_brought_something(store: Store) -> None:
    assert refreshed(store) == (None, None, None)
    moved.refreshed(store, "2026-11-01T08:00:00Z")
    moved.refreshed(store, "2026-11-10T08:00:00Z", "partial")
    moved.refreshed(store, "2026-11-12T08:00:00Z", "failed")
    moved.refreshed(store, "2026-11-13T08:00:00Z", "cancelled")
    assert refreshed(store) == ("2026-11-10T08:00:00Z", None, "2026-11-01T08:00:00Z")
    moved.happened(store, 1, "status")
    assert refreshed(store).events == moved.SEEN


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Bell\\&#39;s palsy \\> 5", "Bell's palsy > 5"),
        ("pain &amp; fatigue", "pain & fatigue"),
        ("slow\r\naccrual\x07", "slow\naccrual"),
    ],
)
def test_an_event_tells_its_texts_as_people_read_them(
    store: Store, monkeypatch: pytest.MonkeyPatch, written: str, read: str
) -> None:
    moved.live(store)
    monkeypatch.setitem(moved.MOVES, "why_stopped", ("medium", None, written))
    moved.happened(store, 1, "why_stopped")
    (one,) = changelog(store, kinds=["why_stopped"])
    assert (one.after, one.as_json()["after"]) == (read, read)
    assert " ".join(read.split()) in " ".join(one.sentence.split())
