"""One refresh at a time: a lock of the operating system beside an SQLite store, of the session on PostgreSQL. It is
released when its process ends, however it ends.

The lock says nothing about who holds it; the store's ``refresh`` table does (``cache.refresh.journal.running``). A
store in memory belongs to one process and needs none.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, NamedTuple

from filelock import FileLock, Timeout
from sqlalchemy import URL, Engine
from sqlalchemy.exc import DBAPIError

from cache.store import files
from cache.store.engine import of_sqlite
from cache.store.errors import local_troubles
from fetchers.errors import LocalTrouble, TrackerError

if TYPE_CHECKING:
    from cache.store.postgres import Session

SUFFIX = files.LOCK
# Longer than another process takes to test the lock, too short to be noticed.
PATIENCE_SECONDS = 0.5
_EVERY = 0.05


class Purpose(NamedTuple):
    """What only one process may do at a time: the ending of the lock's file, its number on a server, and what others
    are told meanwhile."""

    suffix: str
    number: int
    busy: str


REFRESH = Purpose(SUFFIX, 7_421_002, "Another refresh is running; watch it with: python -m cache status.")


class Busy(TrackerError):
    """Another refresh of the same store is running."""


class Held:
    """The lock as long as it is ours; ``check`` asks whether it still is."""

    def check(self) -> None:
        """Raise LocalTrouble when it was lost: another refresh may begin. Only a server's can be."""


class _HeldOnServer(Held):
    def __init__(self, session: "Session", place: str) -> None:
        self._session, self._place = session, place

    def check(self) -> None:
        with local_troubles(self._place):
            self._session.touch()


@contextmanager
def hold(engine: Engine, patience: float = PATIENCE_SECONDS, purpose: Purpose = REFRESH) -> Iterator[Held]:
    """Hold the lock for the length of the block. Raises Busy when it is held, LocalTrouble when it cannot be made."""
    if not of_sqlite(engine.url):
        with _on_server(engine.url, patience, purpose) as held_there:
            yield held_there
        return
    path = files.path_of(engine.url)
    if path is None:
        yield Held()
        return
    lock = FileLock(files.beside(path, purpose.suffix))
    try:
        lock.acquire(timeout=patience, poll_interval=_EVERY)
    except Timeout as error:
        raise Busy(purpose.busy) from error
    except OSError as error:
        raise LocalTrouble(
            f"The lock {lock.lock_file} cannot be taken: {error.strerror or error}. Make the store's folder writable."
        ) from error
    try:
        yield Held()
    finally:
        lock.release()


@contextmanager
def _on_server(url: URL, patience: float, purpose: Purpose) -> Iterator[Held]:
    from cache.store.postgres import Session

    place = files.place_of(url)
    session = Session(url, purpose.number)
    try:
        with local_troubles(place):
            deadline = time.monotonic() + patience
            while not session.take():
                if time.monotonic() >= deadline:
                    raise Busy(purpose.busy)
                time.sleep(_EVERY)
        yield _HeldOnServer(session, place)
    finally:
        with suppress(DBAPIError):  # a session that is gone has let go of the lock
            session.close()


def held(engine: Engine) -> bool:
    """Whether some process holds the lock at this moment; False also when that cannot be found out."""
    try:
        if not of_sqlite(engine.url):
            from cache.store.postgres import is_held

            with local_troubles(files.place_of(engine.url)), engine.connect() as connection:
                return is_held(connection, REFRESH.number)
        with hold(engine, patience=0):
            return False
    except Busy:
        return True
    except LocalTrouble:
        return False
