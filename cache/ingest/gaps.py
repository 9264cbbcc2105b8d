"""Leaves that could not be read, filled from earlier versions: what is not known has not changed."""

from collections.abc import Iterable
from typing import Any

import msgspec
from sqlalchemy import Connection, select

from cache.store.bodies import whole
from cache.store.schema import version
from fetchers.record.study import Study, decode_study


def filled(record: Study, older: Study) -> Study:
    """``record`` with its unreadable leaves as they stood in ``older``; a list of which a part is unreadable is
    taken from there as a whole."""
    if not record.unreadable:
        return record
    value, before = msgspec.to_builtins(record), msgspec.to_builtins(older)
    for leaf in record.unreadable:
        _take(value, before, leaf.path.split("."))
    return msgspec.structs.replace(msgspec.convert(value, Study), unreadable=())


def as_last_read(connection: Connection, newest: Study) -> Study:
    """The newest stored version of a trial, with what could not be read in it as earlier versions have it."""
    if not newest.unreadable:
        return newest
    query = select(version.c.id, version.c.body).where(version.c.nct_id == newest.nct_id, version.c.origin == "live")
    packed = {row[0]: row[1] for row in connection.execute(query.order_by(version.c.id))}
    return folded(decode_study(body) for body in whole(connection, packed).values())


def folded(versions: Iterable[Study]) -> Study:
    """The newest of these versions, oldest first, with every leaf as it was last read."""
    first, *later = versions
    for record in later:
        first = filled(record, first)
    return first


def _take(value: dict[str, Any], before: dict[str, Any], path: list[str]) -> None:
    key, *below = path
    old = before.get(key)
    if below and not isinstance(value.get(key), tuple) and not isinstance(old, tuple):
        _take(value.setdefault(key, {}), old or {}, below)
        if not value[key]:
            del value[key]
    elif old is None:
        value.pop(key, None)
    else:
        value[key] = old
