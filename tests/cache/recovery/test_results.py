"""Posted results survive what the records survive: checks see them, a rescue keeps them, a backup counts them."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from cache.read import results as read
from cache.recovery.backup import backup, restore
from cache.recovery.check import integrity
from cache.recovery.derived import Derivation
from cache.recovery.rescue import rescue
from cache.refresh.results import Reading
from cache.store.seal import close
from cache.store.store import Store
from fetchers.errors import LocalTrouble
from tests.cache.refresh.test_results import nct, trial
from tests.rigs.refresh import MATCHER, WATCHLIST, Rig, url_of

RULES = Derivation.of(WATCHLIST, MATCHER)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    fill(tmp_path, 1, 2)
    return tmp_path / "trials.sqlite3"


def fill(folder: Path, *numbers: int) -> None:
    with Rig([trial(number) for number in numbers], page_cap=100, url=url_of(folder)) as rig:
        assert rig.refresh("azathioprine", results=Reading()).exit_code == 0


def run(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        assert connection.execute(statement).rowcount > 0


def complaints(path: Path) -> list[str]:
    store = Store.open(f"sqlite:///{path}")
    try:
        return integrity(store, RULES)
    finally:
        store.close()


def states(path: Path) -> list[str]:
    store = Store.open(f"sqlite:///{path}")
    try:
        return [one.state for one in read.posted(store, [nct(1), nct(2)]).values()]
    finally:
        store.close()


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        (
            "UPDATE result_version SET body = x'00' WHERE id = 1",
            f"Version of results 1 of {nct(1)} cannot be read back",
        ),
        ("UPDATE result_version SET nct_id = 'NCT00000001' WHERE id = 1", "The version of results 1 is not as it was"),
        (
            "UPDATE result SET read_at = '2001-01-01T00:00:00Z'",
            f"The state of results {nct(1)} is not as it was stored.",
        ),
        ("DELETE FROM result_version WHERE id = 2", "Rows of the table result_version were lost"),
        ("DELETE FROM result_version WHERE id = 2", f"The newest results of {nct(2)} are not those its state names"),
    ],
)
def test_what_is_altered_is_noticed_and_rescued(path: Path, tmp_path: Path, statement: str, words: str) -> None:
    assert complaints(path) == []
    run(path, statement)
    assert words in " ".join(complaints(path))
    rescue(f"sqlite:///{path}", RULES)
    assert complaints(path) == []
    assert "read" in states(path)
    with Rig([trial(1), trial(2)], page_cap=100, url=url_of(tmp_path)) as rig:
        rig.fake.reload()
        assert rig.refresh("azathioprine", results=Reading()).exit_code == 0
    assert states(path) == ["read", "read"]
    assert complaints(path) == []
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT count(*) FROM result_version").fetchone() == (2,)


def test_a_whole_store_is_rescued_with_its_results(path: Path) -> None:
    run(path, "UPDATE study SET title = 'another' WHERE rowid = 1")
    rescue(f"sqlite:///{path}", RULES)
    assert states(path) == ["read", "read"]


def test_a_backup_has_them_and_is_not_overwritten_by_a_store_without(path: Path, tmp_path: Path) -> None:
    backup(f"sqlite:///{path}", tmp_path / "copy.sqlite3")
    run(path, "DELETE FROM result_version")
    run(path, "DELETE FROM result")
    store = Store.open(f"sqlite:///{path}")
    with store.writing() as connection:
        close(connection)
    store.close()
    with pytest.raises(LocalTrouble, match="2 versions"):
        backup(f"sqlite:///{path}", tmp_path / "copy.sqlite3", force=True)
    restore(f"sqlite:///{path}", tmp_path / "copy.sqlite3")
    assert states(path) == ["read", "read"]
