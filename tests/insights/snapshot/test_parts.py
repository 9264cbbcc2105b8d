"""What is read from a snapshot is what the store says: every part, on generated records and on those at hand."""

import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from benchmarks.ours import SWEPT, keep, projected
from cache.filters import counts
from cache.filters.filter import Filter
from cache.read import trials as queries
from cache.search.find import finder
from cache.snapshot import place
from cache.store.schema import study
from cache.store.store import Store, bump
from fetchers.matching.matcher import Matcher
from fetchers.record.study import Study, decode_study
from fetchers.watchlist.load import load
from insights.snapshot.parts import Held, Parts
from tests.rigs.records import MADE, REAL
from tests.rigs.snapshots import same
from tests.rigs.stores import opened

WATCHLIST = load()
TODAY = date(2026, 11, 27)
STUDIES = {
    "generated": lambda: [decode_study(body) for body in projected(120, seed=3)],
    "made by hand": lambda: list(MADE.studies),
    **({"real": lambda: list(REAL.studies)} if REAL.path.exists() else {}),
}


def fill(path: Path, studies: list[Study]) -> None:
    matcher = Matcher(WATCHLIST)
    with opened(path) as store:
        for agent in WATCHLIST.agents:
            mine = [one for one in studies if any(found.agent == agent.id for found in matcher.matches(one))]
            keep(store, agent.id, mine, matcher)
        keep(store, SWEPT, [one for one in studies if SWEPT in matcher.condition_groups(one)], matcher)


@pytest.fixture(scope="module", params=STUDIES)
def filled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("filled") / "store.sqlite3"
    fill(path, STUDIES[request.param]())
    return path


@pytest.fixture(scope="module")
def store(filled: Path) -> Iterator[Store]:
    with opened(filled) as one:
        yield one


@pytest.fixture(scope="module")
def slow(store: Store) -> Parts:
    """Everything made of the store, nothing kept."""
    parts = Parts(store, WATCHLIST, Held(store.state(), None))
    assert len(list(parts.every(TODAY))) == 22
    return parts


@pytest.fixture(scope="module")
def quick(store: Store) -> Parts:
    """Everything read from a snapshot that was made before."""
    for _ in Parts(store, WATCHLIST, Held.of(store, WATCHLIST)).every(TODAY):
        pass
    assert place.is_whole(store, WATCHLIST)
    held = Held.of(store, WATCHLIST)
    untouchable: Any = _Untouchable()
    parts = Parts(untouchable, WATCHLIST, held)
    for _ in parts.every(TODAY):
        pass
    return parts


class _Untouchable:
    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"the store was asked for its {name}")


def test_every_part_is_what_the_store_says(slow: Parts, quick: Parts) -> None:
    assert set(slow.held.parts) == set(quick.held.parts)
    assert len(slow.held.parts) > 30
    for name, part in slow.held.parts.items():
        same(part, quick.held.parts[name])


CODES = [("RECRUITING",), ("COMPLETED", "UNKNOWN"), ("NOT_RECORDED",)]
WANTED = some.builds(
    Filter,
    agents=some.sets(some.sampled_from([one.id for one in WATCHLIST.agents]), max_size=3).map(tuple),
    tiers=some.sampled_from([("given",), ("mentioned",), ("given", "mentioned", "excluded")]),
    background=some.booleans(),
    conditions=some.sets(some.sampled_from([one.id for one in WATCHLIST.conditions]), max_size=3).map(tuple),
    everywhere=some.booleans(),
    phases=some.sampled_from([(), ("PHASE2", "PHASE3"), ("NA",)]),
    statuses=some.sampled_from([(), *CODES]),
    countries=some.sampled_from([(), ("United States",), ("Germany", "Norway")]),
    year_from=some.none() | some.integers(2000, 2026),
    results=some.none() | some.booleans(),
    text=some.sampled_from(["", "pain", "a e", "nowhere-at-all"]),
    frame=some.booleans(),
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(wanted=WANTED)
def test_a_filter_lets_the_same_through(slow: Parts, quick: Parts, wanted: Filter) -> None:
    # The plain way: lists as Python objects, texts and codes as pandas reads them.
    trials = slow.trials().astype(dict.fromkeys(queries.LISTS, object))
    expected = wanted.apply(trials, slow.matches(), WATCHLIST, finder(slow.store, WATCHLIST))
    found = wanted.apply(quick.trials(), quick.matches(), WATCHLIST, finder(slow.store, WATCHLIST))
    shown = [name for name in queries.LISTS if name in found.trials]  # where the sites lie is only looked through
    pd.testing.assert_frame_equal(found.trials.astype(dict.fromkeys(shown, object)), expected.trials)
    pd.testing.assert_frame_equal(found.pairs, expected.pairs)
    assert counts.key_figures(found) == counts.key_figures(expected)
    pd.testing.assert_frame_equal(counts.status_by_phase(found), counts.status_by_phase(expected))
    groups = wanted.groups(WATCHLIST)
    if groups:
        inside = [bool(one) and not set(groups).isdisjoint(one) for one in found.trials["condition_groups"]]
        assert all(inside) or wanted.frame


def test_a_part_that_does_not_fit_is_made_anew(filled: Path, tmp_path: Path, slow: Parts) -> None:
    path = tmp_path / "store.sqlite3"
    path.write_bytes(filled.read_bytes())
    with opened(path) as store:
        first = Parts(store, WATCHLIST, Held.of(store, WATCHLIST))
        first.verdicts()
        folder = first.held.folder
        assert folder is not None
        for file in folder.path.glob("verdicts.*"):
            os.truncate(file, file.stat().st_size // 2)
        again = Parts(store, WATCHLIST, Held.of(store, WATCHLIST))
        pd.testing.assert_frame_equal(again.verdicts(), slow.verdicts())
        assert folder.load("verdicts") is not None
        # Bytes that fit their manifest and are of something else.
        folder.save("registration", [b"\x01", b"no columns"])
        pd.testing.assert_frame_equal(again.registration(), slow.registration())


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Store]:
    fill(tmp_path / "store.sqlite3", list(MADE.studies)[:20])
    with opened(tmp_path / "store.sqlite3") as store:
        yield store


def test_everything_read_is_of_one_state_whatever_is_written_meanwhile(own: Store) -> None:
    with own.steady() as still:
        parts = Parts(still, WATCHLIST, Held.of(still, WATCHLIST))
        before = len(parts.trials())
        with own.writing() as connection:
            connection.execute(study.update().values(title="Another title"))
            bump(connection)
        assert still.state() != own.state()
        assert len(parts.facts()) == before
        assert "Another title" not in set(parts.me_cfs().trials["title"])
        folder = parts.held.folder
    with own.steady() as later:
        again = Parts(later, WATCHLIST, Held.of(later, WATCHLIST))
        assert set(again.trials()["title"]) == {"Another title"}
        assert folder is not None
        assert again.held.folder is not None
        assert folder.path != again.held.folder.path
        assert not folder.path.exists()


def test_a_store_of_the_same_version_with_other_content_has_parts_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite3"
    fill(path, list(MADE.studies)[:20])
    with opened(path) as store:
        copy = path.read_bytes()
        states = []
        for title in ("One", "Other"):
            with store.writing() as connection:
                connection.execute(study.update().values(title=title))
                bump(connection)
            version, state = store.version(), store.state()
            states.append((version, state))
            parts = Parts(store, WATCHLIST, Held.of(store, WATCHLIST))
            assert set(parts.trials()["title"]) == {title}
            store.close()
            if title == "One":
                for ending in ("-wal", "-shm"):
                    path.with_name(path.name + ending).unlink(missing_ok=True)
                path.write_bytes(copy)
    assert states[0][0] == states[1][0]
    assert states[0][1] != states[1][1]


def test_where_nothing_can_be_kept_everything_is_made(own: Store) -> None:
    home = place.home(Path(own.place))
    home.write_text("a file where the folder should be")
    parts = Parts(own, WATCHLIST, Held.of(own, WATCHLIST))
    assert list(parts.every(TODAY))[-1] == "claims"
    assert home.read_text().startswith("a file")
    assert not place.is_whole(own, WATCHLIST)


def test_a_store_of_an_earlier_release_has_a_state_as_well(own: Store) -> None:
    with own.writing() as connection:
        connection.exec_driver_sql("DELETE FROM meta WHERE key = 'state'")
    first = own.state()
    assert first == own.state()
    assert first.startswith(f"{own.version()}-")
    with own.writing() as connection:
        bump(connection)
    assert own.state() != first
