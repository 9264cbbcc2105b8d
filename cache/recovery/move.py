"""Moves a store from one database to another, row by row as it lies: nothing is decoded, made anew or left behind."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, Table, func, select

from cache.recovery.check import integrity
from cache.search import index
from cache.store import files
from cache.store.engine import continue_ids
from cache.store.errors import Damaged
from cache.store.lock import hold
from cache.store.schema import metadata, scope, searched, study, version
from cache.store.store import Store
from cache.store.upsert import insert
from fetchers.errors import LocalTrouble, Validation

# So many rows are on their way at a time.
_AT_ONCE = 500


class Moved(NamedTuple):
    """What the other store holds now."""

    place: str
    trials: int
    versions: int


def move(url: str, to: str) -> Moved:
    """Copy the whole store at ``url`` into an empty one at ``to``; what lies at ``url`` stays as it is.

    Every row is the same there, ids, versions, changes, marks and digests included. No refresh of either can run
    meanwhile. Raises Validation when both are the same or ``to`` holds data already, Damaged for a store that is not
    sound, Busy, and LocalTrouble when one cannot be read or written: the other then holds nothing.
    """
    if files.parsed(url) == files.parsed(to):
        raise Validation(f"{files.place_of(files.parsed(to))} is the store itself; name another place.")
    source = Store.open(url)
    try:
        with hold(source.engine):
            complaint = next(iter(integrity(source)), None)
            if complaint:
                raise Damaged(f"The store {source.place} is damaged, so it was not moved. {complaint}")
            target = Store.open(to)
            try:
                with hold(target.engine):
                    return _moved(source, target)
            finally:
                target.close()
    finally:
        source.close()


def _moved(source: Store, target: Store) -> Moved:
    with source.steady() as still, still.reading() as there, target.writing() as here:
        if here.scalar(select(func.count()).select_from(scope)) or here.scalar(
            select(func.count()).select_from(version)
        ):
            raise Validation(
                f"{target.place} holds a store already; nothing was moved. Name an empty database or file."
            )
        for table in reversed(metadata.sorted_tables):
            here.execute(table.delete())
        for table in metadata.sorted_tables:
            # The words of a record are kept in each database in its own way.
            if table is not searched:
                _copy(there, here, table)
        continue_ids(here)
        index.rebuild(here)
    complaint = next(iter(integrity(target)), None)
    if complaint:
        raise LocalTrouble(f"{target.place} does not hold what was sent to it: {complaint}")
    with target.reading() as connection:
        counts = [connection.scalar(select(func.count()).select_from(table)) or 0 for table in (study, version)]
    return Moved(target.place, *counts)


def _copy(there: Connection, here: Connection, table: Table) -> None:
    for rows in _pieces(there, table):
        insert(here, table, [dict(row._mapping) for row in rows])


def _pieces(there: Connection, table: Table) -> Iterator[list[Row[Any]]]:
    query = select(table).order_by(*table.primary_key.columns).execution_options(yield_per=_AT_ONCE)
    found = there.execute(query)
    for piece in found.partitions(_AT_ONCE):
        yield list(piece)
