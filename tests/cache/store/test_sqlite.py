"""What only a store in a file of SQLite can meet: other programs' files, damage, closed folders, a full disk."""

import os
import sqlite3
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import text

from cache.store.errors import Damaged, Locked, NewerStore
from cache.store.migrations import HEAD
from cache.store.schema import study
from cache.store.store import Store, bump
from fetchers.errors import LocalTrouble
from fetchers.settings import ROOT
from tests.rigs.answering import Refresher, record, rows
from tests.rigs.stores import opened


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "folder" / "trials.sqlite3"


def url(path: Path) -> str:
    return f"sqlite:///{path}"


@contextmanager
def as_nobody() -> Iterator[None]:
    """Root may write everywhere, so a test about permissions takes another user's for a moment."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def test_opening_makes_the_folder_and_an_empty_store(path: Path) -> None:
    with opened(path) as store:
        assert store.version() == 0
        assert rows(store, study, "nct_id") == []
        with store.reading() as connection:
            assert connection.scalar(text("PRAGMA journal_mode")) == "wal"
            assert connection.scalar(text("PRAGMA foreign_keys")) == 1
            assert connection.scalar(text("PRAGMA synchronous")) == 2
            assert connection.scalar(text("PRAGMA busy_timeout")) == 10_000
            assert connection.scalar(text("SELECT version_num FROM alembic_version")) == HEAD
    assert path.is_file()


def test_opening_again_neither_writes_nor_loads_alembic(path: Path) -> None:
    with opened(path):
        pass
    before = path.read_bytes()
    script = (
        "import sys, time; from cache.store.store import Store\n"
        "Store.open(sys.argv[1]).close(); began = time.perf_counter()\n"
        "store = Store.open(sys.argv[1]); print(time.perf_counter() - began); store.version()\n"
        "print('alembic' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, url(path)], capture_output=True, text=True, check=True, cwd=ROOT
    )
    seconds, alembic = done.stdout.split()
    assert alembic == "False"
    assert float(seconds) < 0.5  # 8 ms on a quiet machine
    assert path.read_bytes() == before


def test_a_store_in_memory_serves_many_threads_and_ends_with_itself() -> None:
    store = Store.in_memory()

    def write() -> None:
        for _ in range(10):
            with store.writing() as connection:
                bump(connection)

    threads = [threading.Thread(target=write) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert store.version() == 50
    assert Store.in_memory().version() == 0
    store.close()


def test_a_memory_url_opens_a_store_in_memory() -> None:
    store = Store.open("sqlite://")
    assert store.version() == 0
    store.close()


def test_a_newer_store_is_left_untouched(path: Path) -> None:
    with opened(path):
        pass
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = 'f00d'")
        connection.execute("DROP TABLE study")
        connection.commit()
    before = path.read_bytes()
    for readonly in (False, True):
        with pytest.raises(NewerStore, match="newer version of this product"):
            Store.open(url(path), readonly=readonly)
    assert path.read_bytes() == before


def test_another_programs_database_is_left_untouched(path: Path) -> None:
    path.parent.mkdir(parents=True)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE songs (name TEXT)")
        connection.commit()
    before = path.read_bytes()
    with pytest.raises(LocalTrouble, match="something else") as caught:
        Store.open(url(path))
    assert not isinstance(caught.value, Damaged)
    assert path.read_bytes() == before


@pytest.mark.parametrize("at", [0, 100, 4096 * 3])
def test_a_damaged_store_is_called_so_by_name(path: Path, at: int) -> None:
    with opened(path) as store:
        Refresher(store).answer("azathioprine", [record(number) for number in range(1, 50)])
    with path.open("r+b") as file:
        file.seek(at)
        file.write(b"\xff" * 4096)
    before = path.read_bytes()
    with pytest.raises(Damaged, match=r"deep/folder/trials\.sqlite3 is damaged"):
        Store.open(url(path))
    assert path.read_bytes() == before


def test_a_store_that_lacks_a_table_is_damaged(path: Path) -> None:
    with opened(path) as store, store.writing() as connection:
        connection.execute(text("DROP TABLE answer"))
    with pytest.raises(Damaged, match=r"tables are missing: answer"):
        Store.open(url(path))


def test_damage_met_while_reading_is_called_so(path: Path) -> None:
    with opened(path) as store:
        Refresher(store).answer("azathioprine", [record(1)])
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("UPDATE study SET condition_groups = '[not json'")
            connection.commit()
        with pytest.raises(Damaged, match="a stored list cannot be read"):
            rows(store, study, "condition_groups")
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("UPDATE study SET title = CAST(x'ff' AS TEXT)")
            connection.commit()
        with pytest.raises(Damaged, match="Could not decode"):
            rows(store, study, "title")


def test_a_store_locked_by_another_process_is_left_untouched(path: Path) -> None:
    with opened(path):
        pass
    script = (
        "import sqlite3, sys; connection = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "connection.execute('PRAGMA locking_mode = EXCLUSIVE'); connection.execute('BEGIN IMMEDIATE')\n"
        "print('locked', flush=True); sys.stdin.read()"
    )
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen([sys.executable, "-c", script, str(path)], text=True, **pipes) as other:  # type: ignore[call-overload]
        assert other.stdout.readline() == "locked\n"
        for readonly in (False, True):
            with pytest.raises(Locked, match="locked by another process"):
                Store.open(url(path), patience=0.1, readonly=readonly)
        other.communicate("")
    with opened(path) as store:
        assert store.version() == 0
    assert [one.name for one in path.parent.iterdir()] == [path.name]


def test_a_writer_that_waits_too_long_is_told_who_is_to_blame(path: Path) -> None:
    with opened(path):
        pass
    store = Store.open(url(path), patience=0.1)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(Locked, match="locked by another process"), store.writing():
            pass
        assert store.version() == 0
    store.close()


def test_a_path_below_a_file_says_which_path_and_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(LocalTrouble, match=r"file.* cannot be used.*TRIALS_CACHE_URL"):
        Store.open(url(tmp_path / "file" / "folder" / "trials.sqlite3"))
    with pytest.raises(LocalTrouble, match="is a folder"):
        Store.open(url(tmp_path))


@pytest.fixture
def open_to_all() -> Iterator[Path]:
    """A folder that every user of the machine can reach."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


def test_a_folder_that_may_not_be_written_is_named(open_to_all: Path) -> None:
    path = open_to_all / "closed" / "trials.sqlite3"
    path.parent.mkdir()
    path.parent.chmod(0o555)
    with as_nobody(), pytest.raises(LocalTrouble, match=r"closed.*writable"):
        Store.open(url(path))
    with as_nobody(), pytest.raises(LocalTrouble, match=r"further.*writable"):
        Store.open(url(path.parent / "further" / "trials.sqlite3"))


def test_a_store_in_a_closed_folder_can_be_read_and_not_written(open_to_all: Path) -> None:
    path = open_to_all / "closed" / "trials.sqlite3"
    with opened(path) as store:
        Refresher(store).answer("azathioprine", [record(1)])
    path.chmod(0o444)
    path.parent.chmod(0o555)
    with as_nobody():
        with opened(path, readonly=True) as store:
            assert store.version() == 1
            assert rows(store, study, "nct_id") == ["NCT00000001"]
            with pytest.raises(LocalTrouble, match="cannot be opened for writing"), store.writing() as connection:
                bump(connection)
        with pytest.raises(LocalTrouble):
            Store.open(url(path))


def test_a_reader_of_a_closed_folder_sees_what_was_stored_since(open_to_all: Path) -> None:
    path = open_to_all / "closed" / "trials.sqlite3"
    with opened(path):
        pass
    path.parent.chmod(0o555)
    with as_nobody():
        reader = Store.open(url(path), readonly=True)
        assert reader.version() == 0
    path.parent.chmod(0o755)
    with opened(path) as store, store.writing() as connection:
        bump(connection)
    path.parent.chmod(0o555)
    with as_nobody():
        assert reader.version() == 1
    reader.close()
    path.parent.chmod(0o755)


def test_reading_only_needs_a_store_that_exists(path: Path) -> None:
    with pytest.raises(LocalTrouble, match="no store at"):
        Store.open(url(path), readonly=True)
    assert not path.parent.exists()
    path.parent.mkdir(parents=True)
    path.touch()
    with pytest.raises(LocalTrouble, match="does not exist yet"):
        Store.open(url(path), readonly=True)


def test_a_full_disk_is_called_so_and_loses_nothing(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with opened(path) as store:
        refresher = Refresher(store)
        refresher.answer("azathioprine", [record(1, title="Old")])
    full = Store.open(url(path))
    with full.engine.connect() as connection:
        pages = connection.scalar(text("PRAGMA page_count"))
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 1}")
        connection.rollback()
        connection.detach()  # the limit belongs to this connection, so it has to be the one that writes
        monkeypatch.setattr(full.engine.pool, "_creator", lambda *_: connection.connection.dbapi_connection)
        refresher = Refresher(full)
        refresher.id = 1
        with pytest.raises(LocalTrouble, match="disk is full"):
            refresher.answer("azathioprine", [record(number, title="New" * 3000) for number in range(1, 200)])
    full.close()
    with opened(path) as store:
        assert rows(store, study, "title") == ["Old"]
        assert store.version() == 1
