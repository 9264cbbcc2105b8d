"""Connections to the store: which database it is, how that is opened, and where its transactions begin.

What only one of the databases can do is asked for here, or behind ``on_sqlite``; all else is the same for both.
"""

import sqlite3
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry, NullPool, QueuePool

from cache.store.files import WAL, beside, in_memory

# Execution option of transactions that write: they wait for other writers at BEGIN, not at the first write.
WRITING = "writing"
# Kept open, and opened at most beside them. A page that runs and a program that asks hold one and may need a second, so
# there must be more than can be held at once (``dashboard.web.turns`` and ``door``), or each would wait for the others.
POOL = {"pool_size": 10, "max_overflow": 40}


def of_sqlite(url: URL) -> bool:
    """Whether this is the address of an SQLite store."""
    return url.get_backend_name() == "sqlite"


def on_sqlite(bound: Connection | Engine) -> bool:
    """Whether this is an SQLite store; else it is one on PostgreSQL."""
    return bound.dialect.name == "sqlite"


def engine_of(url: URL, *, patience: float, readonly: bool = False) -> Engine:
    """An engine for ``url``, set up as the store needs it. ``patience``: seconds to wait for a lock.

    Raises Validation when no driver for the URL is installed. Nothing is opened yet.
    """
    if not of_sqlite(url):
        from cache.store import postgres  # loads that dialect: not in every process

        engine = postgres.engine_of(url, POOL, patience=patience, readonly=readonly)
        event.listen(engine, "begin", _begin)
        return engine
    if in_memory(url):
        # The data lives in the connection: one, handed from thread to thread, never opened a second time.
        pool: dict[str, Any] = {"poolclass": QueuePool, "pool_size": 1, "max_overflow": 0, "pool_timeout": patience}
    else:
        pool = {"poolclass": NullPool} if readonly else {**POOL}
    if readonly:
        pool["creator"] = lambda: _open_readonly(Path(url.database or ""), patience)
    arguments = {} if readonly else {"timeout": patience, "check_same_thread": False}
    engine = create_engine(url, connect_args=arguments, **pool)
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _open_readonly(path: Path, patience: float) -> sqlite3.Connection:
    """A connection that cannot write.

    Where not even SQLite's own side files can be made (a read-only folder) the file is read as it lies there, which
    is right only while no such files hold newer pages; connections are not kept, so the next one sees new data.
    """
    name = f"file:{quote(str(path.absolute()))}?mode=ro"
    options: dict[str, Any] = {"uri": True, "timeout": patience, "check_same_thread": False, "isolation_level": None}
    connection: sqlite3.Connection = sqlite3.connect(name, **options)
    try:
        connection.execute("SELECT 1 FROM sqlite_master").fetchone()
    except sqlite3.OperationalError as error:
        connection.close()
        wal = beside(path, WAL)
        closed = (error.sqlite_errorcode & 0xFF) in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY)
        if not closed or (wal.exists() and wal.stat().st_size):
            raise
        connection = sqlite3.connect(name + "&immutable=1", **options)
    return connection


def _prepare(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    # By itself the driver begins a transaction too late for DDL and for reads; _begin does it instead.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.close()


def _begin(connection: Connection) -> None:
    writing = connection.get_execution_options().get(WRITING, False)
    if on_sqlite(connection):
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
    else:
        from cache.store import postgres

        postgres.begin(connection, writing=writing)


def settle(connection: Connection) -> None:
    """What a database needs after its tables were made or altered."""
    if not on_sqlite(connection):
        from cache.store import postgres

        postgres.sort_by_bytes(connection)


def continue_ids(connection: Connection) -> None:
    """Let numbers that the database gives go on after those that were written as they came."""
    if not on_sqlite(connection):
        from cache.store import postgres

        postgres.continue_ids(connection)
