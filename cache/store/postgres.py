"""PostgreSQL: how its connections are opened, its locks, the order of its texts, and loading by COPY.

Nothing here is asked directly: ``cache.store.engine`` decides which database is meant.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import (
    URL,
    ColumnClause,
    Connection,
    Engine,
    Table,
    TableClause,
    create_engine,
    event,
    func,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.pool import ConnectionPoolEntry, NullPool

from fetchers.errors import Validation

DRIVER = "postgresql+psycopg"

# The advisory lock of whoever writes to a store, for the length of a transaction. Several stores may lie in one
# database, each in a schema of its own.
_WRITERS = 7_421_001
# What SQLite's full-text table is here: the words of a record beside it, as they come, without grammar.
LEXEMES = (
    "ALTER TABLE searched ADD COLUMN words tsvector",
    "CREATE INDEX ix_searched_words ON searched USING gin (words)",
    "CREATE INDEX ix_searched_unread ON searched (id) WHERE words IS NULL",
)
_STORE = "hashtext(current_schema())"


def engine_of(url: URL, pool: Mapping[str, int], *, patience: float, readonly: bool) -> Engine:
    """An engine whose readers see one state each and cannot write, and whose writers come one after the other."""
    options = {"connect_timeout": str(max(2, math.ceil(patience))), "application_name": "trial-tracker"}
    try:
        engine = create_engine(
            url.update_query_dict({name: value for name, value in options.items() if name not in url.query}),
            pool_pre_ping=True,  # a connection that the server has closed meanwhile is replaced, unnoticed
            **pool,
        )
    except (ArgumentError, NoSuchModuleError, ImportError) as error:
        raise Validation(
            f"TRIALS_CACHE_URL: no driver for {url.drivername!r} is installed; "
            "python -m pip install -r requirements-server.txt brings it."
        ) from error

    def prepare(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        cursor = connection.cursor()
        cursor.execute(f"SET lock_timeout = {max(1, round(patience * 1000))}")
        if readonly:
            cursor.execute("SET default_transaction_read_only = on")
        cursor.close()
        connection.commit()

    event.listen(engine, "connect", prepare)
    return engine


def begin(connection: Connection, *, writing: bool) -> None:
    """The first statement of a transaction."""
    if writing:
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITERS}, {_STORE})")
    else:
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")


class Session:
    """A connection of its own that holds an advisory lock; the lock is gone when it ends, whatever ends it."""

    def __init__(self, url: URL, number: int) -> None:
        self._number = number
        self._engine = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
        self._connection: Connection | None = None
        self._lost: DBAPIError | None = None

    def take(self) -> bool:
        """Try to get the lock; whether it is ours now."""
        if self._connection is None:
            self._connection = self._engine.connect()
        asked = text(f"SELECT pg_try_advisory_lock({self._number}, {_STORE})")
        return bool(self._connection.scalar(asked))

    def touch(self) -> None:
        """Ask the server for a sign of life; an error when the session, and so the lock, is gone: each time alike."""
        if self._lost is not None:
            raise self._lost
        if self._connection is not None:
            try:
                self._connection.exec_driver_sql("SELECT 1")
            except DBAPIError as error:
                self._lost = error
                raise

    def close(self) -> None:
        """Let go of the lock, at once: the server would notice the end of the session only a little later."""
        try:
            if self._connection is not None and self._lost is None:
                self._connection.exec_driver_sql("SELECT pg_advisory_unlock_all()")
        finally:
            if self._connection is not None:
                self._connection.close()
            self._engine.dispose()


def is_held(connection: Connection, number: int) -> bool:
    """Whether some session holds this advisory lock of the store."""
    found = text(
        "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 2 "
        "AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) "
        "AND classid = :lock AND objid::bigint = hashtext(current_schema())::bigint & 4294967295"
    )
    return bool(connection.scalar(found, {"lock": number}))


def sort_by_bytes(connection: Connection) -> None:
    """Let every text sort and compare as it does in SQLite and in Python, whatever language the database is set to."""
    query = text(
        "SELECT table_name, column_name, udt_name, character_maximum_length FROM information_schema.columns "
        "WHERE table_schema = current_schema() AND udt_name IN ('varchar', 'text') AND collation_name IS NULL "
        "AND table_name IN (SELECT tablename FROM pg_tables WHERE schemaname = current_schema())"
    )
    changes: dict[str, list[str]] = {}
    quoted = connection.dialect.identifier_preparer.quote
    for table, column, kind, length in connection.execute(query):
        size = f"({length})" if length else ""
        changes.setdefault(table, []).append(f'ALTER COLUMN {quoted(column)} TYPE {kind}{size} COLLATE "C"')
    for table, ones in sorted(changes.items()):
        connection.exec_driver_sql(f"ALTER TABLE {quoted(table)} {', '.join(ones)}")


def continue_ids(connection: Connection) -> None:
    """Set every sequence behind the highest id of its table."""
    query = text(
        "SELECT table_name, column_name, pg_get_serial_sequence(quote_ident(table_name), column_name) "
        "FROM information_schema.columns WHERE table_schema = current_schema() AND column_default LIKE 'nextval(%'"
    )
    quoted = connection.dialect.identifier_preparer.quote
    for table, column, sequence in connection.execute(query).all():
        last = connection.scalar(text(f"SELECT max({quoted(column)}) FROM {quoted(table)}"))  # noqa: S608 - our own names
        connection.execute(select(func.setval(sequence, last or 1, last is not None)))


def load(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]], into: str | None = None) -> None:
    """Add whole rows, all with the same columns, by COPY; ``into``: to the temporary table of this name instead."""
    quoted = connection.dialect.identifier_preparer.quote
    names = list(rows[0])
    kinds = [table.c[name].type.dialect_impl(connection.dialect) for name in names]
    ways = [kind.bind_processor(connection.dialect) for kind in kinds]
    columns = ", ".join(map(quoted, names))
    statement = f"COPY {quoted(into or table.name)} ({columns}) FROM STDIN"
    dbapi = connection.dialect.loaded_dbapi
    cursor: Any = connection.connection.cursor()
    try:
        with cursor.copy(statement) as target:
            for row in rows:
                target.write_row([way(row[name]) if way else row[name] for name, way in zip(names, ways, strict=True)])
    except dbapi.Error as error:  # SQLAlchemy does not see what the driver does by itself
        raise DBAPIError(statement, None, error) from error
    finally:
        cursor.close()


@contextmanager
def arrivals(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Rows in a temporary table that looks like ``table``, under the name that is handed over."""
    quoted = connection.dialect.identifier_preparer.quote
    name = f"arrived_{table.name}"
    columns = ", ".join(map(quoted, rows[0]))
    connection.exec_driver_sql(
        f"CREATE TEMPORARY TABLE {name} ON COMMIT DROP AS SELECT {columns} FROM {quoted(table.name)} WITH NO DATA"  # noqa: S608
    )
    load(connection, table, rows, into=name)
    yield name
    connection.exec_driver_sql(f"DROP TABLE {name}")


def upsert(
    connection: Connection,
    table: Table,
    rows: Sequence[Mapping[str, Any]],
    keys: Sequence[str],
    others: Sequence[str],
    *,
    bulk: bool,
) -> None:
    """Add rows; of one whose ``keys`` are there already the ``others`` are replaced."""
    if not bulk:
        new = insert(table)
        values = {name: new.excluded[name] for name in others}
        connection.execute(new.on_conflict_do_update(index_elements=keys, set_=values), rows)
        return
    with arrivals(connection, table, rows) as arrived:
        names = [*keys, *others]
        source = TableClause(arrived, *(ColumnClause(name) for name in names))
        new = insert(table).from_select(names, select(source))
        values = {name: new.excluded[name] for name in others}
        connection.execute(new.on_conflict_do_update(index_elements=keys, set_=values))
