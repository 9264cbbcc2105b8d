"""Add rows, or replace them by primary key: the two statements that databases do best each in its own way.

On SQLite a row is sealed (``cache.store.seal``) as it is written when all of it is known, so that it is not read and
written a second time at the end of the transaction.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Connection, Dialect, Integer, Table, func, select
from sqlalchemy import insert as plain
from sqlalchemy.dialects import sqlite

from cache.store.engine import on_sqlite

# With fewer rows the way by COPY takes longer than it saves.
_BULK = 20


def insert(connection: Connection, table: Table, rows: Iterable[Mapping[str, Any]]) -> None:
    """Add rows; all of them name the same columns."""
    given = list(rows)
    if not given:
        return
    if on_sqlite(connection):
        _write(connection, table, _numbered(connection, table, given), replace=False)
    elif len(given) >= _BULK:
        from cache.store import postgres

        postgres.load(connection, table, given)
    else:
        connection.execute(plain(table), given)


def upsert(connection: Connection, table: Table, rows: Iterable[Mapping[str, Any]]) -> None:
    """Write whole rows: all of them name the same columns; a row with a known key replaces the named ones."""
    given = list(rows)
    if not given:
        return
    if on_sqlite(connection):
        _write(connection, table, given, replace=True)
        return
    from cache.store import postgres

    # No database applies ``onupdate`` here: a digest is taken away by hand.
    sealed = {"digest": None} if "digest" in table.c else {}
    given = [{**row, **sealed} for row in given]
    keys = [column.name for column in table.primary_key]
    others = [name for name in given[0] if name not in keys]
    postgres.upsert(connection, table, given, keys, others, bulk=len(given) >= _BULK)


def digest(told: Sequence[tuple[str, Any]]) -> str:
    """32 hexadecimal digits over the names and stored values of a row, in the order of the names."""
    # Plain ASCII: what Python calls printable differs from version to version.
    return hashlib.blake2b(ascii(told).encode(), digest_size=16).hexdigest()


class _Way(NamedTuple):
    """How rows of these columns are written: ``statement`` takes their values in this order, then a digest if it is
    ``sealed`` here. ``told``: the columns it is taken over, None when it cannot be taken yet."""

    statement: str
    makers: tuple[tuple[str, Callable[[Any], Any] | None], ...]
    sealed: bool
    told: tuple[tuple[str, int], ...] | None


@lru_cache(maxsize=100)
def _way(table: Table, names: tuple[str, ...], dialect: Dialect, replace: bool) -> _Way:
    keys = [column.name for column in table.primary_key]
    ours = "digest" in table.c and "digest" not in names
    written = (*names, "digest") if ours else names
    statement = sqlite.insert(table).values(dict.fromkeys(written))
    if replace:
        others = {name: statement.excluded[name] for name in written if name not in keys}
        statement = statement.on_conflict_do_update(index_elements=keys, set_=others)
    compiled = statement.compile(dialect=dialect, column_keys=list(written))
    order = [name for name in compiled.positiontup or () if name in names]
    kinds = {name: table.c[name].type.dialect_impl(dialect) for name in order}
    makers = tuple((name, kinds[name].bind_processor(dialect)) for name in order)
    # What a replaced row keeps in columns that are not named is in its digest, too.
    needed = {column.name for column in table.c} - {"digest", "body"} if replace else set(keys)
    told = tuple(sorted((name, at) for at, name in enumerate(order) if name != "body"))
    return _Way(str(compiled), makers, ours, told if ours and needed <= set(names) else None)


def _write(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]], *, replace: bool) -> None:
    # A row that was written before comes with its digest; one that replaces another gets a new one.
    names = tuple(name for name in rows[0] if name != "digest" or not replace)
    way = _way(table, names, connection.dialect, replace)
    made = []
    for row in rows:
        values = [make(row[name]) if make else row[name] for name, make in way.makers]
        if way.sealed:
            told = way.told and [(name, values[at]) for name, at in way.told if values[at] is not None]
            values.append(told and digest(told))
        made.append(tuple(values))
    connection.exec_driver_sql(way.statement, made)


def _numbered(connection: Connection, table: Table, rows: list[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
    """The rows with the numbers SQLite would give them, where it gives them: a digest is taken over them, too."""
    keys = list(table.primary_key)
    if "digest" not in table.c or len(keys) > 1 or keys[0].name in rows[0] or not isinstance(keys[0].type, Integer):
        return rows
    first = (connection.scalar(select(func.max(keys[0]))) or 0) + 1
    return [{keys[0].name: number, **row} for number, row in enumerate(rows, first)]
