"""A digest in every row that a reader sees, so that a value altered behind the store's back is noticed.

Most rows are written with it (``cache.store.upsert``), and every update takes it away again; ``close`` ends a
transaction by giving one to each row that has none, and by noting how many rows there are. ``version.body`` is in no
digest: it has a hash of its own.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any
from uuid import uuid4

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Integer,
    LargeBinary,
    Select,
    Table,
    Text,
    bindparam,
    cast,
    func,
    select,
    type_coerce,
    update,
)
from sqlalchemy.types import NullType

from cache.store.engine import on_sqlite
from cache.store.schema import answer, event, match, meta, result, result_version, scope, study, version
from cache.store.upsert import digest, upsert

SEALED = (meta, study, version, answer, match, event, scope, result, result_version)
_AT_ONCE = 1_000


def close(connection: Connection) -> None:
    """Count and seal all rows: what every transaction that changes one of them ends with. The state gets a name that no
    other has, be it of this store or of a copy that has gone its own way since."""
    upsert(connection, meta, [{"key": "state", "value": uuid4().hex}])
    numbers = json.dumps(counts(connection))
    upsert(connection, meta, [{"key": "rows", "value": numbers}])
    seal(connection)


def keep_aside(connection: Connection, key: str, value: str) -> None:
    """Keep a single value in ``meta`` that no page shows: the data, and the name of their state, stay as they are."""
    upsert(connection, meta, [{"key": key, "value": value}])
    stored = _as_stored(meta, sqlite=on_sqlite(connection))
    note = connection.execute(stored.where(meta.c.key == "rows")).mappings().first()
    if note is not None and holds(note):  # an altered note stays altered
        rows = select(func.count()).select_from(meta).where(meta.c.key != "rows")
        told = json.loads(note["value"]) | {"meta": connection.scalars(rows).one()}
        upsert(connection, meta, [{"key": "rows", "value": json.dumps(told)}])
    seal(connection, (meta,))


def counts(connection: Connection) -> dict[str, int]:
    """How many rows there are of every sealed table, the note of these numbers itself left out."""
    return dict(connection.execute(_counting()).mappings().one())


@cache
def _counting() -> Select[Any]:
    queries = {table.name: select(func.count()).select_from(table) for table in SEALED}
    queries["meta"] = queries["meta"].where(meta.c.key != "rows")
    return select(*(query.scalar_subquery().label(name) for name, query in queries.items()))


def noted(connection: Connection) -> dict[str, int]:
    """What the last transaction counted; empty when that note is lost."""
    found = connection.scalar(select(meta.c.value).where(meta.c.key == "rows"))
    return dict(json.loads(found)) if found else {}


def seal(connection: Connection, tables: Sequence[Table] = SEALED) -> None:
    """Give every row without a digest its digest; before the transaction ends."""
    for table in tables:
        query = _unsealed(table, sqlite=on_sqlite(connection))
        while rows := connection.execute(query).all():
            statement = update(table).where(*this_row(table)).values(digest=bindparam("sealed"))
            names = [column.name for column in query.selected_columns]
            keys = [(f"this_{key.name}", names.index(key.name)) for key in table.primary_key]
            found = [
                {name: row[place] for name, place in keys} | {"sealed": _digest(zip(names, row, strict=True))}
                for row in rows
            ]
            connection.execute(statement, found)


@cache
def _unsealed(table: Table, *, sqlite: bool) -> Select[Any]:
    stored: Select[Any] = _as_stored(table, sqlite=sqlite)
    return stored.where(table.c.digest.is_(None)).limit(_AT_ONCE)


def broken(connection: Connection, table: Table) -> Iterator[tuple[Any, ...]]:
    """The keys of the rows that are not as they were sealed."""
    for row in connection.execute(_as_stored(table, sqlite=on_sqlite(connection))).mappings():
        if not holds(row):
            yield _key(table, row)


def holds(row: Mapping[Any, Any]) -> bool:
    """Whether a row is as it was sealed."""
    return bool(row["digest"] == digest_of(row))


def this_row(table: Table) -> list[ColumnElement[bool]]:
    """The condition of one row, to be executed with ``named`` keys."""
    return [key == bindparam(f"this_{key.name}", type_=NullType()) for key in table.primary_key]


def named(table: Table, key: Sequence[Any]) -> dict[str, Any]:
    """A key as the parameters of ``this_row``."""
    return {f"this_{column.name}": value for column, value in zip(table.primary_key, key, strict=True)}


def digest_of(row: Mapping[Any, Any]) -> str:
    """32 hexadecimal digits over the names and stored values of a row, its digest and its body left out.

    A column without a value counts for nothing, so that a later release can add one.
    """
    return _digest(row.items())


def _digest(values: Iterable[tuple[str, Any]]) -> str:
    return digest(sorted(one for one in values if one[1] is not None and one[0] not in ("digest", "body")))


def _key(table: Table, row: Mapping[Any, Any]) -> tuple[Any, ...]:
    return tuple(row[column.name] for column in table.primary_key)


def _as_stored(table: Table, *, sqlite: bool) -> Select[Any]:
    """Every value the way SQLite keeps it, undecoded: lists are texts, yes and no are numbers. So a row has the same
    digest wherever it lies."""
    columns: list[Column[Any]] = [one for one in table.c if not isinstance(one.type, LargeBinary)]
    return select(*(_undecoded(one, sqlite=sqlite).label(one.name) for one in columns))


def _undecoded(column: Column[Any], *, sqlite: bool) -> ColumnElement[Any]:
    if sqlite:
        return type_coerce(column, NullType())
    if isinstance(column.type, JSON):
        return cast(column, Text)
    return cast(column, Integer) if isinstance(column.type, Boolean) else column
