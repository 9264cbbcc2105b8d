"""One refresh at a time: a lock of the operating system beside an SQLite store, released when its process ends.

The lock says nothing about who holds it; the store's ``refresh`` table does (``cache.refresh.journal.running``). A
store in memory belongs to one process and needs none.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout
from sqlalchemy import Engine

from cache.store import files
from fetchers.errors import LocalTrouble, TrackerError, Validation

SUFFIX = files.LOCK
# Longer than another process takes to test the lock, too short to be noticed.
PATIENCE_SECONDS = 0.5


class Busy(TrackerError):
    """Another refresh of the same store is running."""


def lock_of(engine: Engine) -> Path | None:
    """Where the lock of this store lies; None for a store in memory. Raises Validation for other databases."""
    if engine.url.get_backend_name() != "sqlite":
        raise Validation(f"A store on {engine.url.get_backend_name()} cannot be refreshed yet; use an SQLite file.")
    path = files.path_of(engine.url)
    return None if path is None else files.beside(path, SUFFIX)


@contextmanager
def hold(engine: Engine, patience: float = PATIENCE_SECONDS) -> Iterator[None]:
    """Hold the lock for the length of the block. Raises Busy when it is held, LocalTrouble when it cannot be made."""
    path = lock_of(engine)
    if path is None:
        yield
        return
    lock = FileLock(path)
    try:
        lock.acquire(timeout=patience, poll_interval=0.05)
    except Timeout as error:
        raise Busy("Another refresh is running; watch it with: python -m cache status.") from error
    except OSError as error:
        raise LocalTrouble(
            f"The lock {path} cannot be taken: {error.strerror or error}. Make the store's folder writable."
        ) from error
    try:
        yield
    finally:
        lock.release()


def held(engine: Engine) -> bool:
    """Whether some process holds the lock at this moment; False also when that cannot be found out."""
    try:
        with hold(engine, patience=0):
            return False
    except Busy:
        return True
    except LocalTrouble:
        return False
