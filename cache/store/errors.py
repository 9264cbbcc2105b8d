"""What can go wrong on this machine's side, and the one place where errors of the database are translated."""

import errno
import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from cache.store.packing import BrokenBody
from fetchers.errors import LocalTrouble


class Damaged(LocalTrouble):
    """The store is no database, or parts of it cannot be read. ``cache.recovery.rescue`` can save what is left."""


class Gone(LocalTrouble):
    """There was a store with data, and its file is missing or empty. Only a user can say whether to begin anew."""


class NewerStore(LocalTrouble):
    """A newer version of this product has written the store. It is never touched."""


class Locked(LocalTrouble):
    """Another process keeps the store busy for longer than we wait. It is never touched."""


class Unreachable(LocalTrouble):
    """The database server does not answer, or it ended our connection. What was stored before is there."""


_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_FORBIDDEN = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})
_NO_PATH = frozenset({errno.ENOTDIR, errno.EEXIST, errno.ENOENT, errno.EISDIR, errno.ENAMETOOLONG, errno.ELOOP})

_BUSY = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_BROKEN = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT})
_CLOSED = frozenset({sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH})

# What PostgreSQL calls them (SQLSTATE).
_STATES_BUSY = frozenset({"55P03", "40001", "40P01", "57014"})
_STATES_FULL = frozenset({"53100"})
_STATES_CROWDED = frozenset({"53200", "53300", "53400"})
_STATES_CLOSED = frozenset({"42501", "25006"})
_STATES_BROKEN = frozenset({"42P01", "42703", "XX001", "XX002"})
_STATES_AWAY = frozenset({"57P01", "57P02", "57P03", "57P04", "57P05"})


@contextmanager
def local_troubles(place: str | Path) -> Iterator[None]:
    """Turn errors of the database driver and the file system into LocalTrouble and its kinds, naming ``place``.

    Mistakes of the program (a broken constraint, a wrong statement) pass unchanged.
    """
    try:
        yield
    except DBAPIError as error:
        _raise(_of_driver(error.orig, place) or _of_server(error, place), error)
    except sqlite3.Error as error:
        _raise(_of_driver(error, place), error)
    except PoolTimeout as error:
        raise Locked(f"The store {place} is busy in this process; try again in a moment.") from error
    except BrokenBody as error:
        raise _damaged(place, f"a stored record cannot be unpacked: {error}") from error
    except json.JSONDecodeError as error:
        raise _damaged(place, "a stored list cannot be read") from error
    except OSError as error:
        _raise(_of_system(error, place), error)


def _raise(trouble: LocalTrouble | None, cause: BaseException) -> None:
    if trouble is None:
        raise cause
    raise trouble from cause


def _of_driver(error: BaseException | None, place: str | Path) -> LocalTrouble | None:
    if not isinstance(error, sqlite3.Error):
        return None
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:
        # Raised by the driver itself, not by SQLite: bytes in a text column that are no text.
        return _damaged(place, str(error)) if "Could not decode" in str(error) else None
    # A header with nonsense in it has no code of its own; nor has a file that was cut to nothing while it was open.
    if code & 0xFF in _BROKEN or any(words in str(error) for words in ("unsupported file format", "no such table")):
        return _damaged(place, str(error))
    return _of_code(code & 0xFF, error, place)


def _of_server(error: DBAPIError, place: str | Path) -> LocalTrouble | None:
    """What a database server said, which names its errors itself; it says nothing when the connection is gone."""
    state: str | None = getattr(error.orig, "sqlstate", None)
    said = str(error.orig).strip().partition("\n")[0]
    if state in _STATES_AWAY or (state or "").startswith("08") or (isinstance(error, OperationalError) and not state):
        return Unreachable(
            f"The database of the store {place} cannot be reached, or it ended the connection ({said}). "
            "What was stored before is safe; try again when it runs."
        )
    if state in _STATES_BUSY:
        return Locked(f"The store {place} is locked by another process. Wait until it is done, or end it.")
    if state in _STATES_CROWDED:
        return Locked(f"The database of the store {place} has no room for more at the moment ({said}). Try again.")
    if state in _STATES_FULL:
        return full(place)
    if state in _STATES_CLOSED:
        return LocalTrouble(f"The database lets nobody write to the store {place} under this name ({said}).")
    return _damaged(place, said) if state in _STATES_BROKEN else None


def _of_code(code: int, error: sqlite3.Error, place: str | Path) -> LocalTrouble | None:
    if code in _BUSY:
        return Locked(f"The store {place} is locked by another process. Wait until it is done, or end it.")
    if code == sqlite3.SQLITE_FULL:
        return full(place)
    if code in _CLOSED:
        return closed(place)
    if code == sqlite3.SQLITE_IOERR:
        return LocalTrouble(f"The disk under {place} reports an error ({error}). Check the disk and its free space.")
    return None


def _of_system(error: OSError, place: str | Path) -> LocalTrouble | None:
    named = error.filename or place
    if error.errno in _FULL:
        return full(place)
    if error.errno in _FORBIDDEN:
        return closed(named)
    if error.errno in _NO_PATH:
        return LocalTrouble(
            f"{named} cannot be used for the store {place} ({error.strerror}). Set TRIALS_CACHE_URL to a usable path."
        )
    return None


def full(place: str | Path) -> LocalTrouble:
    """No space is left; what was stored before stays as it was."""
    return LocalTrouble(f"The disk is full: {place} could not be written. Nothing stored was lost; free some space.")


def closed(place: str | Path) -> LocalTrouble:
    """The file system does not let us write (or read) there."""
    return LocalTrouble(
        f"{place} cannot be opened for writing. Make the folder and the file writable, "
        "or set TRIALS_CACHE_URL to another place."
    )


def _damaged(place: str | Path, reason: str) -> Damaged:
    return Damaged(f"The store {place} is damaged ({reason}).")
