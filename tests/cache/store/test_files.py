"""The files of a store: told apart, copied, put aside and put in place."""

import os
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from cache.recovery import backup as backups
from cache.store import files
from cache.store.batches import batches
from cache.store.errors import local_troubles
from cache.store.lock import hold
from cache.store.store import Store
from fetchers.errors import LocalTrouble, Validation

NOW = datetime(2026, 11, 22, 12, 0, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    "url", ["sqlite://", "sqlite:///:memory:", "sqlite:///file:x?mode=memory&uri=true", "postgresql://host/trials"]
)
def test_a_store_in_no_file_has_no_path(url: str) -> None:
    assert files.path_of(url) is None


@pytest.mark.parametrize("name", ["a b", "what?", "a?b=c", "100%", "5% of #7", "#1", "?#%", "a+b@c:d"])
def test_a_store_is_made_at_the_path_its_url_names_and_nowhere_else(tmp_path: Path, name: str) -> None:
    path = tmp_path / name / f"{name}.sqlite3"
    url = f"sqlite:///{path}"
    assert files.path_of(url) == path
    assert files.url_of(path) == url
    Store.open(url).close()
    with hold(create_engine(files.parsed(url))):
        pass
    Store.open(url, readonly=True).close()
    backups.backup(url, path.with_name("copy"))
    backups.restore(url, path.with_name("copy"), lambda: NOW)
    assert files.identity(url)
    assert [one.name for one in tmp_path.iterdir()] == [name]
    assert {one.name for one in path.parent.iterdir()} == {
        path.name, f"{path.name}.refresh-lock", f"{path.name}.before-restore-20261122T120005Z", "copy",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("sqlite:///my%20store.sqlite3", "holds %20"),
        ("sqlite:////data/50%41.sqlite3", "holds %41"),
        ("sqlite:////data%2Ftrials.sqlite3", "holds %2F"),
        ("sqlite:///trials.sqlite3?mode=ro", "an option .mode."),
        ("sqlite:///trials.sqlite3?x=1&timeout=20", "an option .timeout."),
        ("sqlite:///file:trials.sqlite3?uri=true", "without file:"),
        ("sqlite:///file:trials.sqlite3", "without file:"),
    ],
)
def test_a_url_that_could_mean_another_file_is_refused(
    text: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(Validation, match=f"TRIALS_CACHE_URL.*{words}"):
        Store.open(text)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("url", ["", "no url", "sqlite:/x", "://"])
def test_a_text_that_is_no_url_is_told(url: str) -> None:
    with pytest.raises(Validation, match="TRIALS_CACHE_URL"):
        files.path_of(url)
    assert files.identity(url) == ""


def test_another_file_in_the_same_place_is_another_store(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    url = files.url_of(one)
    assert files.identity(url) == ""
    one.touch()
    two.touch()
    before = files.identity(url)
    assert before == files.identity(url)
    two.replace(one)
    assert files.identity(url) != before


def test_names_that_are_taken_are_numbered(tmp_path: Path) -> None:
    store = tmp_path / "trials.sqlite3"
    names = []
    for _ in range(3):
        free = files.free_name(store, "damaged", NOW)
        free.touch()
        names.append(free.name)
    stamp = "trials.sqlite3.damaged-20261122T120005Z"
    assert names == [stamp, f"{stamp}-2", f"{stamp}-3"]


def test_a_copy_holds_what_is_not_folded_in_yet(tmp_path: Path) -> None:
    path, copy = tmp_path / "a", tmp_path / "b"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE t (x)")
        connection.commit()
        files.copy(path, copy)
    assert files.beside(copy, files.WAL).exists()
    files.fold(copy)
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [("t",)]
    files.remove(copy)
    assert [one.name for one in tmp_path.iterdir()] == ["a"]


def test_what_takes_a_place_leaves_no_stale_pages_beside_it(tmp_path: Path) -> None:
    path, new = tmp_path / "store", tmp_path / "new"
    for name in (*files.family(path), new):
        name.write_text(name.name)
    files.put_in_place(new, path)
    assert {one.name: one.read_text() for one in tmp_path.iterdir()} == {"store": "new"}


def test_batches_hold_every_key_once_in_order() -> None:
    assert list(batches({5, 3, 1, 4, 2}, size=2)) == [[1, 2], [3, 4], [5]]
    assert list(batches([])) == []


@pytest.mark.parametrize("bad", ["no url", "", "://"])
def test_a_url_that_is_none_is_a_mistake_of_the_configuration(bad: str) -> None:
    with pytest.raises(Validation, match="TRIALS_CACHE_URL"):
        Store.open(bad)


def test_a_database_without_a_driver_is_a_mistake_of_the_configuration() -> None:
    with pytest.raises(Validation, match="an SQLite file or on PostgreSQL, not on 'nosuchbase'"):
        Store.open("nosuchbase://host/name")


def test_troubles_of_the_file_system_say_what_to_do() -> None:
    cases = {28: "disk is full", 122: "disk is full", 13: "writable", 30: "writable", 20: "TRIALS_CACHE_URL"}
    for number, words in cases.items():
        with pytest.raises(LocalTrouble, match=words), local_troubles("the store"):
            raise OSError(number, os.strerror(number), "a/file")
    with pytest.raises(ConnectionResetError), local_troubles("the store"):
        raise ConnectionResetError(104, "not ours")
    with pytest.raises(ValueError, match="not ours"), local_troubles("in memory"):
        raise ValueError("not ours")
