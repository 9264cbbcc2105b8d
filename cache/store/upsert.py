"""Add rows, or replace them by primary key: the two statements that databases do best each in its own way."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy import insert as plain
from sqlalchemy.dialects import sqlite

from cache.store.engine import on_sqlite

# With fewer rows the way by COPY takes longer than it saves.
_BULK = 20


def insert(connection: Connection, table: Table, rows: Iterable[Mapping[str, Any]]) -> None:
    """Add rows; all of them name the same columns."""
    given = list(rows)
    if not on_sqlite(connection) and len(given) >= _BULK:
        from cache.store import postgres

        postgres.load(connection, table, given)
    elif given:
        connection.execute(plain(table), given)


def upsert(connection: Connection, table: Table, rows: Iterable[Mapping[str, Any]]) -> None:
    """Write whole rows: all of them name the same columns; a row with a known key replaces the named ones."""
    # No database applies ``onupdate`` here: a digest is taken away by hand.
    sealed = {"digest": None} if "digest" in table.c else {}
    given = [dict(row) | sealed for row in rows]
    if not given:
        return
    keys = [column.name for column in table.primary_key]
    others = [name for name in given[0] if name not in keys]
    # Both dialects have the same methods, but no common type.
    if on_sqlite(connection):
        ours = sqlite.insert(table)
        connection.execute(
            ours.on_conflict_do_update(index_elements=keys, set_={name: ours.excluded[name] for name in others}), given
        )
    else:
        from cache.store import postgres

        postgres.upsert(connection, table, given, keys, others, bulk=len(given) >= _BULK)
