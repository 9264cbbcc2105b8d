"""The journal of refreshes, written while one runs: for everybody who watches it, and for the next one.

One ``refresh`` row a run, one ``progress`` row a scope. Every function is one short transaction; none of them counts
as a change of the data (``Store.version``).
"""

import os
import socket
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, and_, bindparam, delete, func, insert, or_, select, update

from cache.refresh.plan import ScopeState
from cache.store.schema import answer, progress, refresh, scope, set_aside
from cache.store.store import Store, timestamp

BROKEN = "The refresh ended without a message (its process was killed or the machine stopped)."
CANCELLED = "The refresh was cancelled."
_UNFINISHED = ("waiting", "asking", "storing")
# Written several times a scope: what is made once need not be understood again.
_MARK = update(progress).where(
    progress.c.refresh_id == bindparam("this_refresh"), progress.c.scope == bindparam("this_scope")
)


class Running(NamedTuple):
    """The refresh that has not ended: who runs it and since when (UTC)."""

    id: int
    pid: int | None
    host: str | None
    started_at: str


def running(store: Store) -> Running | None:
    """The newest refresh that has not ended; whether its process still lives, only the lock knows."""
    columns = (refresh.c[name] for name in Running._fields)
    query = select(*columns).where(refresh.c.state == "running").order_by(refresh.c.id.desc()).limit(1)
    with store.reading() as connection:
        row = connection.execute(query).first()
    return Running(*row) if row else None


def begun_since(store: Store, moment: datetime) -> str | None:
    """When the newest refresh began that began no earlier than ``moment`` and has asked anything; None without one."""
    recent = (refresh.c.started_at >= timestamp(moment), refresh.c.requests > 0)
    query = select(func.max(refresh.c.started_at)).where(*recent)
    with store.reading() as connection:
        found: str | None = connection.scalar(query)
        return found


def newest(store: Store) -> int | None:
    """The number of the newest refresh; None when there never was one."""
    with store.reading() as connection:
        found: int | None = connection.scalar(select(func.max(refresh.c.id)))
        return found


def spent(store: Store, since: datetime) -> int:
    """How many requests were sent by all refreshes that were alive at any time since then, whoever started them."""
    query = select(func.coalesce(func.sum(refresh.c.requests), 0)).where(refresh.c.beat_at >= timestamp(since))
    with store.reading() as connection:
        return int(connection.scalar(query) or 0)


def states(store: Store) -> dict[str, ScopeState]:
    """What is known of every scope that was ever answered or asked."""
    held = (
        select(answer.c.scope, func.count().label("studies"))
        .where(answer.c.origin == "live", answer.c.ended_at.is_(None))
        .group_by(answer.c.scope)
        .subquery()
    )
    columns = (*(scope.c[name] for name in ScopeState._fields[:-1]), func.coalesce(held.c.studies, 0))
    query = select(scope.c.scope, *columns).join_from(scope, held, scope.c.scope == held.c.scope, isouter=True)
    with store.reading() as connection:
        return {name: ScopeState(*values) for name, *values in connection.execute(query)}


def doubted_loads(store: Store, name: str, words: str) -> set[str]:
    """The data loads whose answer for this scope was not believed (its reason holds ``words``) since the last one that
    was; where a load has no time stamp, the day it was asked on stands for it."""
    load = func.coalesce(refresh.c.registry_timestamp, func.substr(refresh.c.started_at, 1, 10))
    mine = progress.c.scope == name
    kept = select(func.max(progress.c.refresh_id)).where(mine, progress.c.status == "fresh").scalar_subquery()
    query = select(load).join_from(progress, refresh, progress.c.refresh_id == refresh.c.id)
    query = query.where(mine, progress.c.status == "failed", progress.c.error.contains(words))
    with store.reading() as connection:
        return set(connection.scalars(query.where(progress.c.refresh_id > func.coalesce(kept, 0))))


def begin(store: Store, scopes: Sequence[str], *, full: bool, now: datetime) -> int:
    """Open a refresh over ``scopes`` in this order and return its id; call it only while holding the lock.

    A refresh found running then has died: it is marked ``broken``.
    """
    at = timestamp(now)
    with store.writing() as connection:
        dead = list(connection.scalars(select(refresh.c.id).where(refresh.c.state == "running")))
        for dead_id in dead:
            _close_progress(connection, dead_id, BROKEN, at)
        ended = {"state": "ended", "outcome": "broken", "error": BROKEN, "ended_at": at}
        connection.execute(update(refresh).where(refresh.c.id.in_(dead)).values(**ended))
        result = connection.execute(
            insert(refresh).values(
                state="running", started_at=at, beat_at=at, pid=os.getpid(), host=socket.gethostname(),
                full=full, cancel=False, requests=0, bytes=0,
            )
        )  # fmt: skip
        refresh_id = int(result.inserted_primary_key[0])  # type: ignore[index]
        rows = [
            {"refresh_id": refresh_id, "scope": name, "place": place, "status": "waiting", "requests": 0, "fetched": 0}
            for place, name in enumerate(scopes)
        ]
        connection.execute(insert(progress), rows)
    return refresh_id


def mark(store: Store, refresh_id: int, name: str, **values: Any) -> None:
    """Record how far one scope has come (columns of ``progress``)."""
    with store.writing() as connection:
        connection.execute(_MARK, {"this_refresh": refresh_id, "this_scope": name, **values})


def beat(store: Store, refresh_id: int, *, requests: int, size: int, now: datetime) -> bool:
    """Record that the refresh is alive, and its traffic so far; True when it has been asked to stop."""
    this = refresh.c.id == refresh_id
    values = {"beat_at": timestamp(now), "requests": requests, "bytes": size}
    with store.writing() as connection:
        connection.execute(update(refresh).where(this).values(**values))
        return bool(connection.scalar(select(refresh.c.cancel).where(this)))


def request_cancel(store: Store) -> Running | None:
    """Ask the running refresh to stop; it does so between two requests. None when none is running."""
    found = running(store)
    if found is not None:
        with store.writing() as connection:
            connection.execute(update(refresh).where(refresh.c.id == found.id).values(cancel=True))
    return found


def forget_set_aside(store: Store, refresh_id: int, name: str) -> None:
    """Delete the records that one scope of this refresh has set aside."""
    mine = (set_aside.c.refresh_id == refresh_id, set_aside.c.scope == name)
    with store.writing() as connection:
        connection.execute(delete(set_aside).where(*mine))


def end(store: Store, refresh_id: int, *, now: datetime, error: str | None, **values: Any) -> None:
    """Close a refresh: ``values`` are columns of ``refresh``; scopes without an end get ``error`` as their reason."""
    at = timestamp(now)
    with store.writing() as connection:
        _close_progress(connection, refresh_id, error or CANCELLED, at)
        row = {"state": "ended", "ended_at": at, "beat_at": at, "error": error, **values}
        connection.execute(update(refresh).where(refresh.c.id == refresh_id).values(**row))


def _close_progress(connection: Connection, refresh_id: int, error: str, at: str) -> None:
    """Count unfinished scopes as failed, and delete what they set aside."""
    open_rows = and_(progress.c.refresh_id == refresh_id, progress.c.status.in_(_UNFINISHED))
    # A process can die between keeping an answer and recording it.
    unkept = or_(scope.c.refreshed_at.is_(None), scope.c.refreshed_at < progress.c.started_at)
    query = select(progress.c.scope).join_from(progress, scope, progress.c.scope == scope.c.scope, isouter=True)
    names = list(connection.scalars(query.where(open_rows, unkept)))
    connection.execute(delete(set_aside).where(set_aside.c.refresh_id == refresh_id, set_aside.c.scope.in_(names)))
    connection.execute(update(progress).where(open_rows).values(status="failed", error=error, ended_at=at))
