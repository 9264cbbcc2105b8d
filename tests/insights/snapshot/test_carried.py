"""A snapshot that takes over what did not change is, part by part, the one that is made of the whole store."""

import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from benchmarks.ours import SWEPT, keep, projected
from cache.read import records
from cache.snapshot import code, place
from cache.snapshot.compared import Material
from cache.snapshot.folder import Folder
from cache.store.store import Store, bump
from fetchers.matching.matcher import Matcher
from fetchers.record.study import Study, decode_study
from fetchers.watchlist.load import load
from insights import criteria
from insights.snapshot.parts import Held, Parts
from tests.rigs.records import MADE
from tests.rigs.snapshots import same
from tests.rigs.stores import opened

WATCHLIST = load()
MATCHER = Matcher(WATCHLIST)
TODAY = date(2026, 11, 27)
BODIES = [*projected(25, seed=5), *(study.body() for study in list(MADE.studies)[:15])]
STATUS, TYPES = ("RECRUITING", "COMPLETED", "UNKNOWN", "TERMINATED", "WITHDRAWN"), ("INTERVENTIONAL", "EXPANDED_ACCESS")
DATES = some.sampled_from(["2016", "2019-05", "2024-11-20", "2026-11-22", "2026-11", "2027-03-01", "2031"])


def at(record: dict[str, Any], path: str) -> dict[str, Any]:
    """The module at a path below the protocol section, made when it is not there."""
    here: dict[str, Any] = record["protocolSection"]
    for name in path.split("."):
        here = here.setdefault(name, {})
    return here


def _dated(name: str) -> Any:
    kinds = some.sampled_from(["ACTUAL", "ESTIMATED"])
    return some.tuples(some.just(f"statusModule.{name}"), some.fixed_dictionaries({"date": DATES, "type": kinds}))


EDIT = some.one_of(
    *(_dated(name) for name in ("startDateStruct", "primaryCompletionDateStruct", "completionDateStruct")),
    some.tuples(
        some.just("statusModule"),
        some.fixed_dictionaries({"overallStatus": some.sampled_from(STATUS), "whyStopped": some.just("No funding")}),
    ),
    some.tuples(some.just("designModule"), some.fixed_dictionaries({"studyType": some.sampled_from(TYPES)})),
    some.just(("eligibilityModule", {"eligibilityCriteria": "Inclusion Criteria:\n\n* Fukuda, and malaise after it"})),
    some.just(("conditionsModule", {"conditions": ["Chronic Fatigue Syndrome"]})),
    some.just(("referencesModule", {"references": [{"type": "RESULT", "citation": "J. 2015; about NCT10000001."}]})),
    some.just(("descriptionModule", {"briefSummary": "The main study of NCT10000002 and of NCT10000003."})),
    some.just(("contactsLocationsModule", {"locations": [{"country": "Norway"}, *2 * [{"country": "Sweden"}]]})),
)  # fmt: skip
NUMBERS = some.integers(0, len(BODIES) - 1)
STEP = some.fixed_dictionaries(
    {
        "edits": some.lists(some.tuples(NUMBERS, EDIT), max_size=4),
        "without": some.sets(NUMBERS, max_size=3),
        "day": some.sampled_from(["2026-11-20", "2026-11-23", "2026-12-24"]),
    }
)


def answer(store: Store, bodies: Mapping[int, bytes], day: str) -> None:
    """Let every scope answer with these records, each with those that belong to it."""
    studies = [decode_study(body) for body in bodies.values()]
    for agent in WATCHLIST.agents:
        mine = [one for one in studies if any(found.agent == agent.id for found in MATCHER.matches(one))]
        keep(store, agent.id, mine, MATCHER, f"{day}T09:00:05")
    keep(store, SWEPT, [one for one in studies if SWEPT in MATCHER.condition_groups(one)], MATCHER, f"{day}T09:00:05")


def edited(body: bytes, path: str, values: Mapping[str, Any]) -> bytes:
    record = json.loads(body)
    at(record, path).update(values)
    return json.dumps(record).encode()


def made(store: Store, *, kept: bool) -> dict[str, Any]:
    """All parts of the store as it is; ``kept``: in its folder, so that they are the source of the next ones."""
    held = Held.of(store, WATCHLIST) if kept else Held(store.state(), None)
    for _ in Parts(store, WATCHLIST, held).every(TODAY):
        pass
    return held.parts


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with a whole snapshot."""
    path = tmp_path_factory.mktemp("begun") / "store.sqlite3"
    with opened(path) as store:
        answer(store, dict(enumerate(BODIES)), "2026-11-20")
        made(store, kept=True)
    return path


@pytest.fixture
def store(begun: Path, tmp_path: Path) -> Iterator[Store]:
    shutil.copytree(begun.parent, tmp_path, dirs_exist_ok=True)
    with opened(tmp_path / begun.name) as one:
        yield one


def same_parts(found: Mapping[str, Any], expected: Mapping[str, Any]) -> None:
    # A part that only others are made of is not looked at when they are there.
    assert set(expected) >= set(found)
    assert len(found) > 30
    for name, part in found.items():
        same(part, expected[name])


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=some.lists(STEP, min_size=1, max_size=2))
def test_what_is_taken_over_is_what_would_be_made(
    begun: Path, tmp_path_factory: pytest.TempPathFactory, steps: list[dict[str, Any]]
) -> None:
    folder = tmp_path_factory.mktemp("steps")
    shutil.copytree(begun.parent, folder, dirs_exist_ok=True)
    bodies = dict(enumerate(BODIES))
    with opened(folder / begun.name) as store:
        for step in steps:
            for number, (path, values) in step["edits"]:
                bodies[number] = edited(bodies[number], path, values)
            answer(store, {n: body for n, body in bodies.items() if n not in step["without"]}, step["day"])
            same_parts(made(store, kept=True), made(store, kept=False))


@pytest.mark.parametrize("day", ["2026-11-21", "2027-03-02", "2032-01-01"])
def test_time_alone_overtakes_what_it_overtakes(store: Store, day: str) -> None:
    answer(store, dict(enumerate(BODIES)), day)
    same_parts(made(store, kept=True), made(store, kept=False))


def read_ids(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ids of the records that are read from now on."""
    read: list[str] = []
    real: Callable[..., Iterator[Study]] = records.studies

    def noted(store: Store, nct_ids: Any = None) -> Iterator[Study]:
        read.extend(nct_ids or ())
        return real(store, nct_ids)

    monkeypatch.setattr(records, "studies", noted)
    return read


def test_only_records_that_changed_are_read_again(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = [json.loads(body)["protocolSection"]["identificationModule"]["nctId"] for body in BODIES]
    shown = Parts(store, WATCHLIST, Held.of(store, WATCHLIST)).me_cfs().trials["nct_id"]
    first, bodies = shown[0], dict(enumerate(BODIES))
    number = ids.index(first)
    bodies[number] = edited(bodies[number], "eligibilityModule", {"eligibilityCriteria": "* Fukuda"})
    answer(store, bodies, "2026-11-23")
    read = read_ids(monkeypatch)
    parts = made(store, kept=True)
    assert set(read) == {first}
    assert first in set(parts["me_cfs"].findings["nct_id"])


@pytest.mark.parametrize("harm", ["no manifest", "cut off", "other code"])
def test_a_snapshot_that_does_not_fit_is_no_source(store: Store, harm: str, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder,) = [one for one in place.home(Path(store.place)).iterdir() if one.is_dir()]
    if harm == "no manifest":
        place.manifest(folder, place.WHOLE).unlink()
    elif harm == "cut off":
        for part in folder.glob("*.[0-9a-f]*"):
            os.truncate(part, part.stat().st_size // 2)
    else:
        monkeypatch.setattr(code, "digest", lambda: "another")
    with store.writing() as connection:
        bump(connection)
    monkeypatch.setattr(criteria, "table", lambda studies: pd.DataFrame({"nct_id": [s.nct_id for s in studies]}))
    held = Held.of(store, WATCHLIST)
    found = Parts(store, WATCHLIST, held).me_cfs()
    assert list(found.findings["nct_id"]) == list(found.trials["nct_id"]) != []


def test_the_last_whole_snapshot_stays_until_the_next_is_whole(store: Store) -> None:
    home = place.home(Path(store.place))
    (first,) = [one for one in home.iterdir() if one.is_dir()]
    for _ in range(2):
        with store.writing() as connection:
            bump(connection)
        held = Held.of(store, WATCHLIST)
        Parts(store, WATCHLIST, held).trials()
        assert held.folder is not None
        assert {one for one in home.iterdir() if one.is_dir()} == {first, held.folder.path}
        assert held.folder.earlier() is not None
    made(store, kept=True)
    assert [one for one in home.iterdir() if one.is_dir()] == [place.folder(store, WATCHLIST)]
    assert Folder(first).earlier() is not None


def test_missing_values_are_the_same_and_new_rows_are_not() -> None:
    before = pd.DataFrame(
        {"nct_id": ["A", "B", "C"], "text": ["x", None, None], "size": pd.array([1, None, 3], "Int64")}
    )
    now = pd.DataFrame({"nct_id": ["A", "B", "C", "D"], "text": ["x", None, "y", None]})
    now["size"] = pd.array([2, None, 3, None], "Int64")
    material = Material(now, before)
    assert material.same(["text"]).tolist() == [True, True, False, False]
    assert material.same(["text", "size"]).tolist() == [False, True, False, False]


def test_dates_that_may_lie_ahead_are_not_over() -> None:
    days = ["2026-11-20", "2026-11", "2026", "2026-10", None, "2026-11-21"]
    ids = [f"NCT{number}" for number in range(len(days))]
    before = pd.DataFrame({"nct_id": ids, "end": days, "day": [*5 * ["2026-11-20"], None]})
    material = Material(before.assign(day="2026-12-24"), before)
    assert material.over(["end"], "day").tolist() == [True, False, False, True, True, False]
    assert material.over_by(["end"], "2026-12-24").tolist() == [True, True, False, True, True, True]
