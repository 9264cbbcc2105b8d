"""Space that nothing uses goes back to the disk, and nothing else changes."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from cache.recovery.check import integrity
from cache.store.schema import study
from cache.store.tidy import give_back
from tests.fake_registry import agent_studies
from tests.rigs import databases
from tests.rigs.answering import Refresher, everything, record, rows
from tests.rigs.refresh import Rig
from tests.rigs.stores import opened
from tests.stores import make

pytestmark = pytest.mark.both_databases
only_a_file = pytest.mark.sqlite_alone("PostgreSQL uses empty pages again by itself")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A store as the last release left it: its staged rows are gone, their pages are not."""
    path = Path(shutil.copy(make.HERE / "results.sqlite3", tmp_path / "trials.sqlite3"))
    with closing(sqlite3.connect(path)) as connection:
        blob = ("x", "NCT00000001", "q", b"x" * 5_000)
        connection.executemany(
            "INSERT INTO staged (refresh_id, scope, nct_id, query, body) VALUES (1, ?, ?, ?, ?)", [blob] * 500
        )
        connection.commit()
        connection.execute("DELETE FROM staged")
        connection.commit()
    return path


def free(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        return int(connection.execute("PRAGMA freelist_count").fetchone()[0])


@only_a_file
def test_an_old_store_shrinks_and_loses_nothing(path: Path) -> None:
    assert free(path) > 400
    size = path.stat().st_size
    with opened(path) as store:
        before = everything(store)
        assert give_back(store)
        assert everything(store) == before
        assert integrity(store) == []
        assert not give_back(store)
    assert free(path) == 0
    assert path.stat().st_size < size / 5


@only_a_file
def test_the_first_refresh_shrinks_it(path: Path) -> None:
    with Rig(agent_studies(), url=f"sqlite:///{path}") as rig:
        rig.fake.reload("2027-01-05T09:00:05")
        assert rig.refresh("sizofiran").exit_code == 0
    assert free(path) < 20


@only_a_file
def test_a_reader_only_puts_it_off(path: Path) -> None:
    with opened(path) as store, closing(sqlite3.connect(path, isolation_level=None)) as reader:
        store.engine.dispose()
        reader.execute("BEGIN IMMEDIATE")
        with opened(path, patience=0.1) as hasty:
            assert not give_back(hasty)
            assert integrity(hasty) == []
        reader.execute("ROLLBACK")
        assert give_back(store)


def test_a_store_without_empty_pages_is_left_alone(tmp_path: Path) -> None:
    with opened(tmp_path / "new.sqlite3") as store:
        Refresher(store).answer("azathioprine", [record(1)])
        assert not give_back(store)
        assert len(rows(store, study, "nct_id")) == 1


def test_a_store_elsewhere_is_not_touched() -> None:
    store = databases.empty()
    assert not give_back(store)
    store.close()
