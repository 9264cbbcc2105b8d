"""A verdict that changes is a change among the others, told of the trial that moved it; a baseline is none."""

from datetime import UTC, datetime
from typing import Any

import pytest

from cache.changes.changelog import Change, changelog
from cache.changes.verdicts import Judged, Told, note
from cache.snapshot import place
from cache.store.store import Store
from tests.rigs import databases
from tests.rigs import moved_stores as moved

pytestmark = pytest.mark.both_databases

NOW = datetime(2026, 11, 27, 9, tzinfo=UTC)
ONE, TWO, THREE = (f"NCT{number:08d}" for number in (1, 2, 3))


@pytest.fixture
def store() -> Store:
    store = databases.empty()
    moved.live(store)
    return store


def judge(store: Store, verdict: str, *ids: str, rules: str = "r1", sample: bool = False, **how: Any) -> list[str]:
    judged = {"c1": Judged(verdict, f"rule of {verdict}", sample, ids), "c2": Judged("partly", "x", False, (ONE,))}
    version = how.get("version", store.version())
    told = {"c1": Told("A trial runs.", f"{verdict} it is.", "2026-11-19"), "c2": Told("Two.", "So.", None)}
    return note(store, rules, judged, told, version=version, now=NOW)


def told(store: Store) -> list[Change]:
    return changelog(store, kinds=["verdict"])


def test_the_first_judgement_is_a_baseline(store: Store) -> None:
    assert not place.is_judged(store)
    version, state = store.version(), store.state()
    assert judge(store, "not_found") == []
    assert told(store) == []
    assert place.is_judged(store)
    assert (store.version(), store.state()) == (version, state), "no reader sees what was kept"


def test_a_change_is_told_of_the_trial_that_moved_it(store: Store) -> None:
    judge(store, "partly", ONE, THREE)
    moved.happened(store, 2, "status")
    assert not place.is_judged(store)
    assert judge(store, "supported", ONE, TWO) == ["c1"]
    assert place.is_judged(store)
    (change,) = told(store)
    assert (change.nct_id, change.weight, change.registry_date) == (TWO, "high", "2026-11-19")
    assert change.before == {"claim": "c1", "verdict": "partly", "rule": "rule of partly"}
    assert change.after == {
        "claim": "c1", "words": "A trial runs.", "verdict": "supported", "rule": "rule of supported",
        "because": "supported it is.", "entered": [TWO], "left": [THREE],
    }  # fmt: skip
    assert change.sentence == "Verdict on claim c1, “A trial runs.”: partly → supported. supported it is."
    assert change.claim == "c1"
    assert change.as_json()["nct_id"] == TWO
    assert judge(store, "supported", ONE, TWO) == [], "told once"
    assert len(told(store)) == 1


def test_a_trial_that_stays_and_moves_is_the_one_it_is_told_of(store: Store) -> None:
    judge(store, "partly", ONE, THREE)
    moved.happened(store, 1, "status")
    judge(store, "contradicted", ONE, THREE)
    assert [one.nct_id for one in told(store)] == [ONE]


def test_other_rules_are_no_change_of_the_registry(store: Store) -> None:
    judge(store, "partly", ONE)
    assert judge(store, "supported", ONE, rules="r2") == []
    assert judge(store, "contradicted", ONE, rules="r2") == ["c1"]


@pytest.mark.parametrize(("verdict", "sample"), [("not_asked", False), ("partly", True)])
def test_what_was_not_asked_of_the_registry_is_a_baseline(store: Store, verdict: str, sample: bool) -> None:
    judge(store, verdict, ONE, sample=sample)
    assert judge(store, "supported", ONE) == []
    assert judge(store, verdict, ONE, sample=sample) == []
    assert told(store) == []


def test_what_was_judged_by_older_data_is_not_kept(store: Store) -> None:
    judge(store, "partly", ONE)
    version = store.version()
    moved.happened(store, 1, "status")
    assert judge(store, "supported", ONE, version=version) == []
    assert not place.is_judged(store)
    assert judge(store, "supported", ONE) == ["c1"]


def test_a_starter_store_has_nothing_to_judge() -> None:
    assert place.is_judged(databases.empty())
