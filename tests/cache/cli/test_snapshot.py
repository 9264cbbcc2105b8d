"""After a refresh, what the pages read is made before anybody waits for it."""

import subprocess
from argparse import Namespace
from pathlib import Path

import pytest

from cache import __main__ as commands
from cache.exit_codes import CANCELLED, DONE, SOME_FAILED
from cache.opening import open_store
from cache.snapshot import place
from cache.store.store import Store, bump
from fetchers.settings import Settings
from fetchers.watchlist.load import load
from tests.rigs.stores import opened
from tests.rigs.trial_rows import asked

REFRESH = Namespace(command="refresh")


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A store with the starter snapshot, the one of the environment."""
    path = tmp_path / "store.sqlite3"
    monkeypatch.setenv("TRIALS_CACHE_URL", f"sqlite:///{path}")
    monkeypatch.delenv("TRIALS_WATCHLIST", raising=False)
    monkeypatch.setattr(place, "_LARGE", 1)
    open_store(Settings.from_env(), load()).close()
    return path


def whole(path: Path) -> bool:
    with opened(path) as store:
        return place.is_whole(store, load())


def test_a_refresh_has_it_made_once_for_each_state(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not whole(path)
    commands.prepare(REFRESH, DONE)
    assert whole(path)
    with monkeypatch.context() as idle:
        idle.setattr(subprocess, "run", lambda *_, **__: pytest.fail("it is there already"))
        commands.prepare(REFRESH, DONE)
    with opened(path) as store, store.writing() as connection:
        bump(connection)
    assert not whole(path)
    (before,) = (one for one in place.home(path).iterdir() if one.is_dir())
    commands.prepare(REFRESH, SOME_FAILED)
    assert whole(path)
    assert not before.exists()


@pytest.mark.usefixtures("path")
def test_a_small_store_is_left_to_its_first_visitor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(place, "_LARGE", 1_000_000)
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: pytest.fail("the store is small"))
    commands.prepare(REFRESH, DONE)


def test_the_claims_are_judged_after_a_refresh_also_of_a_small_store(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(place, "_LARGE", 1_000_000)
    with opened(path) as store:
        asked(store, "lupus", kind="sweep")
        assert not place.is_judged(store)
    commands.prepare(REFRESH, DONE)
    with opened(path) as store:
        assert place.is_judged(store)
    assert not whole(path)
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: pytest.fail("they are judged already"))
    commands.prepare(REFRESH, DONE)


@pytest.mark.parametrize(
    ("options", "code"), [(REFRESH, CANCELLED), (Namespace(command="status"), DONE), (Namespace(command="serve"), DONE)]
)
@pytest.mark.usefixtures("path")
def test_nothing_else_has_it_made(options: Namespace, code: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: pytest.fail("nobody asked for it"))
    commands.prepare(options, code)


def test_a_store_that_cannot_be_opened_is_no_trouble_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRIALS_CACHE_URL", f"sqlite:///{tmp_path / 'none.sqlite3'}")
    commands.prepare(REFRESH, DONE)
    assert list(tmp_path.iterdir()) == []


def test_a_store_in_memory_needs_none() -> None:
    store = Store.in_memory()
    assert place.is_whole(store, load())
    store.close()
