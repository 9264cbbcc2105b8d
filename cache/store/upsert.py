"""Insert or replace rows by primary key, the one statement for which every database has a syntax of its own."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import sqlite


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
    if connection.dialect.name == "postgresql":
        from sqlalchemy.dialects import postgresql

        theirs = postgresql.insert(table)
        connection.execute(
            theirs.on_conflict_do_update(index_elements=keys, set_={name: theirs.excluded[name] for name in others}),
            given,
        )
    else:
        ours = sqlite.insert(table)
        connection.execute(
            ours.on_conflict_do_update(index_elements=keys, set_={name: ours.excluded[name] for name in others}), given
        )
