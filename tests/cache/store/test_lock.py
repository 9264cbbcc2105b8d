"""One refresh at a time, across processes, and no lease of the dead."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine

from cache.store.lock import Busy, held, hold
from fetchers.errors import LocalTrouble
from fetchers.settings import ROOT
from tests.rigs import databases
from tests.rigs.stores import opened

pytestmark = pytest.mark.both_databases

HOLDER = """
import sys, time
from cache.store.engine import engine_of
from cache.store.files import parsed
from cache.store.lock import hold
with hold(engine_of(parsed(sys.argv[1]), patience=5)):
    print("held", flush=True)
    time.sleep(60)
"""


def holding_process(url: str) -> subprocess.Popen[str]:
    process = subprocess.Popen([sys.executable, "-c", HOLDER, url], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def end(process: subprocess.Popen[str], number: signal.Signals) -> None:
    process.send_signal(number)
    process.communicate(timeout=10)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "trials.sqlite3"


@pytest.fixture
def engine(path: Path) -> Iterator[Engine]:
    with opened(path) as store:
        yield store.engine


@pytest.fixture
def other(engine: Engine, path: Path) -> Iterator[Engine]:
    """The same store, as another process has it."""
    with opened(path) as store:
        yield store.engine


def test_second_holder_is_refused_until_the_first_lets_go(engine: Engine, other: Engine) -> None:
    with hold(engine), pytest.raises(Busy, match="Another refresh is running"), hold(other, patience=0):
        pytest.fail("the lock was given twice")
    with hold(other, patience=0) as lock:
        lock.check()
        assert held(engine)
    assert not held(engine)


def test_lock_is_let_go_when_the_block_fails(engine: Engine) -> None:
    with pytest.raises(KeyError), hold(engine):
        raise KeyError
    assert not held(engine)


def test_lock_holds_across_processes_and_dies_with_its_holder(engine: Engine, path: Path) -> None:
    process = holding_process(databases.url(path))
    try:
        assert held(engine)
        with pytest.raises(Busy), hold(engine, patience=0.1):
            pytest.fail("the lock of a living process was taken")
    finally:
        end(process, signal.SIGKILL)
    with hold(engine, patience=5):
        pass


def test_a_mere_look_does_not_turn_a_refresh_away(engine: Engine, other: Engine) -> None:
    looked, done = threading.Event(), threading.Event()

    def look() -> None:
        with hold(other, patience=0):
            looked.set()
            done.wait(0.2)

    thread = threading.Thread(target=look)
    thread.start()
    looked.wait(5)
    with hold(engine):  # waits for the look to be over
        assert held(other)
    done.set()
    thread.join()


def test_two_stores_have_two_locks(engine: Engine, tmp_path: Path) -> None:
    with opened(tmp_path / "other.sqlite3") as two, hold(engine), hold(two.engine, patience=0):
        assert held(engine)
        assert held(two.engine)


@pytest.mark.sqlite_alone("no store on PostgreSQL is in memory")
def test_memory_store_needs_no_lock() -> None:
    engine = create_engine("sqlite://")
    with hold(engine), hold(engine):
        assert not held(engine)


@pytest.mark.sqlite_alone("only there the lock is a file beside the store")
def test_impossible_place_is_local_trouble_and_says_where(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    engine = create_engine(f"sqlite:///{tmp_path / 'file' / 'trials.sqlite3'}")
    with pytest.raises(LocalTrouble, match=r"trials\.sqlite3\.refresh-lock cannot be taken"), hold(engine):
        pytest.fail("a lock below a file")
    assert not held(engine)


# Everything is loaded before the process becomes somebody else, who may not be able to read this checkout.
UNPRIVILEGED = """
import os
from sqlalchemy import create_engine
from cache.store.lock import held, hold
from fetchers.errors import LocalTrouble
engine = create_engine("sqlite:///trials.sqlite3")
with hold(engine):
    pass
os.remove("trials.sqlite3.refresh-lock")
os.chmod(".", 0o555)
if os.geteuid() == 0:
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
try:
    with hold(engine):
        print("a lock in a read-only folder")
except LocalTrouble as error:
    print(error, held(engine), sep="\\n")
"""


@pytest.mark.sqlite_alone("only there the lock is a file beside the store")
def test_read_only_folder_is_local_trouble(tmp_path: Path) -> None:
    command = [sys.executable, "-c", UNPRIVILEGED]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    try:
        done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, timeout=60, check=False)
    finally:
        tmp_path.chmod(0o700)
    said, is_held = done.stdout.splitlines() or [done.stderr, ""]
    assert said == (
        "The lock trials.sqlite3.refresh-lock cannot be taken: Permission denied. Make the store's folder writable."
    )
    assert is_held == "False"
    assert list(tmp_path.iterdir()) == []
