"""The files of a store: where they lie, what SQLite keeps beside them, how they are copied and put aside."""

import os
import re
import shutil
import sqlite3
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from cache.store.errors import Gone
from fetchers.errors import Validation

WAL = "-wal"
LOCK = ".refresh-lock"
# What a store with data leaves beside it: locks, words of a refresh, copies put aside.
_TRACES = (LOCK, ".refresh.log", ".rescue-lock", ".damaged-", ".before-restore-")

_IN_A_FILE = re.compile(r"(sqlite(?:\+pysqlite)?):///((?!:memory:|file:).+)", re.DOTALL)
_ENCODED = re.compile("%[0-9A-Fa-f]{2}")
# What SQLite or its driver reads at the end of an address.
_OPTION = re.compile(
    r"[?&](cache|cached_statements|check_same_thread|detect_types|immutable|isolation_level|mode|nolock|timeout|uri|vfs)="
)


def parsed(url: URL | str) -> URL:
    """The URL of a store in its parts; what follows ``sqlite:///`` is a path as it stands, whatever signs are in it.

    Raises Validation for a text that is no database URL, and for one that could mean another file than it names.
    """
    in_a_file = _IN_A_FILE.fullmatch(url) if isinstance(url, str) else None
    if in_a_file:
        return URL.create(in_a_file[1], database=_path_in(in_a_file[2]))
    try:
        parts = make_url(url)
    except (ArgumentError, ValueError) as error:
        raise Validation("TRIALS_CACHE_URL is not a database URL such as sqlite:///folder/trials.sqlite3.") from error
    if str(parts.database).startswith("file:") and not in_memory(parts):
        raise Validation("TRIALS_CACHE_URL: give the path itself after sqlite:///, without file: and options.")
    kind = parts.get_backend_name()
    if kind not in ("sqlite", "postgresql"):
        raise Validation(f"TRIALS_CACHE_URL: a store lies in an SQLite file or on PostgreSQL, not on {kind!r}.")
    # The one driver for PostgreSQL that is used; without its name SQLAlchemy would look for an older one.
    return parts.set(drivername="postgresql+psycopg") if kind == "postgresql" else parts


def _path_in(text: str) -> str:
    """The path; a code such as %20 is read by some as a space and by others as it stands, so it is refused."""
    code, option = _ENCODED.search(text), _OPTION.search(text)
    if code:
        raise Validation(
            f"TRIALS_CACHE_URL: the path {text} holds {code[0]}, which could stand for itself or for another sign. "
            "Write that sign itself, or choose a path without %."
        )
    if option:
        raise Validation(
            f"TRIALS_CACHE_URL: {text} ends in what looks like an option ({option[1]}). A store in a file takes no "
            "options; leave it out, or choose a path without it."
        )
    return text


def in_memory(url: URL) -> bool:
    """Whether an SQLite URL names no file."""
    return url.database in (None, "", ":memory:") or url.query.get("mode") == "memory"


def path_of(url: URL | str) -> Path | None:
    """The file of the store at ``url``; None for a store in memory or on a server. Raises Validation."""
    parts = parsed(url)
    if parts.get_backend_name() != "sqlite" or in_memory(parts):
        return None
    return Path(str(parts.database))


def place_of(url: URL) -> str:
    """What a store is called in messages: its file, or its server and database, never a password or an option."""
    if url.get_backend_name() == "sqlite":
        return str(url.database)
    asked = url.query.get("host", "")
    host = url.host or (asked if isinstance(asked, str) else ",".join(asked))
    plain = URL.create(
        "postgresql", username=url.username, host=None if host.startswith("/") else host or None, port=url.port,
        database=url.database,
    ).render_as_string()  # fmt: skip
    return f"{plain} ({host})" if host.startswith("/") else plain


def url_of(path: Path) -> str:
    """The URL of the store in this file."""
    return f"sqlite:///{path}"


def identity(url: str) -> str:
    """What tells a store's file from another one put in its place; empty when there is none (yet), and on a server."""
    try:
        path = path_of(url)
        if path is None:
            return ""
        found = os.stat(path)
    except (OSError, ValueError, Validation):
        return ""
    return f"{found.st_dev}:{found.st_ino}"


def beside(path: Path, ending: str) -> Path:
    """The file whose name is that of ``path`` and an ending."""
    return path.with_name(path.name + ending)


def is_empty(path: Path) -> bool:
    """Whether there is a file with nothing in it."""
    return path.is_file() and path.stat().st_size == 0


def refuse_if_gone(path: Path) -> None:
    """Raise Gone where a store has been and is no more: its file is missing or empty, and something of it is left."""
    if path.exists() and not is_empty(path):
        return
    left = _traces(path)
    if left:
        state = "is empty (0 bytes)" if path.exists() else "is gone"
        raise Gone(
            f"The store {path} {state}; there was one here, as {left[0]} beside it shows. Put a backup in its place "
            "with python -m cache restore --from FILE, or begin a new store with python -m cache refresh --new."
        )


def leave_trace(path: Path) -> None:
    """Make sure that this store will be missed, where its folder can be written."""
    with suppress(OSError):
        beside(path, LOCK).touch()


def _traces(path: Path) -> list[str]:
    """What is left of an earlier store."""
    try:
        names = sorted(one.name for one in path.parent.iterdir() if one.name.startswith(path.name))
    except OSError:
        return []
    wal = beside(path, WAL)
    pages = [wal.name] if wal.name in names and wal.stat().st_size else []
    return pages + [name for name in names if name.removeprefix(path.name).startswith(_TRACES)]


def family(path: Path) -> tuple[Path, Path, Path]:
    """The database file, and the two that SQLite keeps beside it."""
    return path, beside(path, WAL), beside(path, "-shm")


def free_name(path: Path, what: str, now: datetime) -> Path:
    """A name beside ``path`` that says what the file is and since when, and that no file has yet."""
    wanted = beside(path, f".{what}-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}")
    free, number = wanted, 1
    while free.exists():
        number += 1
        free = beside(wanted, f"-{number}")
    return free


def copy(path: Path, to: Path) -> None:
    """Copy a database that nobody is writing to, with the pages that are not folded into it yet; on disk at return."""
    for source, target in zip(family(path)[:2], family(to)[:2], strict=True):
        if source.exists():
            shutil.copyfile(source, target)
            sync(target)


def sync(path: Path) -> None:
    """Return only when the disk has the file."""
    with path.open("rb") as file:
        os.fsync(file.fileno())


def remove(path: Path) -> None:
    """Delete a database with the files beside it, as far as there are any."""
    for one in family(path):
        one.unlink(missing_ok=True)


def fold(path: Path) -> None:
    """Write the pages that SQLite keeps beside the database into it, so that the one file holds everything."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def put_in_place(new: Path, path: Path) -> None:
    """Let ``new`` take the place of ``path`` in one step; nobody may be using what lies there."""
    sync(new)
    for stale in family(path)[1:]:
        stale.unlink(missing_ok=True)
    new.replace(path)
