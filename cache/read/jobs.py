"""The newest refreshes as the pages and ``status`` watch them: read-only."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Row, select

from cache.store.lock import held
from cache.store.schema import progress, refresh
from cache.store.store import Store, utcnow
from fetchers.errors import Validation

# A running refresh beats about every second.
SILENCE = timedelta(seconds=60)


class JobScope(NamedTuple):
    """How far a refresh has come with one scope; counts are None until they are known."""

    scope: str
    place: int
    status: str  # waiting | asking | storing | fresh | unchanged | failed
    requests: int
    expected: int | None
    fetched: int
    studies: int | None
    new: int | None
    changed: int | None
    left: int | None
    set_aside: int | None
    error: str | None
    started_at: str | None
    ended_at: str | None


class Job(NamedTuple):
    """One refresh. ``alive``: it runs, and has beaten within a minute or its lock is held."""

    id: int
    state: str  # running | ended
    outcome: str | None  # fresh | partial | failed | cancelled | broken
    exit_code: int | None
    started_at: str
    ended_at: str | None
    beat_at: str
    cancel: bool
    requests: int
    bytes: int
    error: str | None
    registry_timestamp: str | None
    scopes: tuple[JobScope, ...]
    alive: bool


def latest_job(store: Store, now: Callable[[], datetime] = utcnow) -> Job | None:
    """The newest refresh with its scopes in the order they are asked; None when there never was one."""
    return next(iter(recent_jobs(store, 1, now)), None)


def recent_jobs(store: Store, limit: int, now: Callable[[], datetime] = utcnow) -> tuple[Job, ...]:
    """The newest refreshes, at most ``limit``, newest first, each with its scopes in the order they are asked."""
    newest = select(*(refresh.c[name] for name in Job._fields[:-2])).order_by(refresh.c.id.desc()).limit(limit)
    with store.reading() as connection:
        rows = connection.execute(newest).all()
        steps = select(progress.c.refresh_id, *(progress.c[name] for name in JobScope._fields))
        steps = steps.where(progress.c.refresh_id.in_([row.id for row in rows])).order_by(progress.c.place)
        scopes: dict[int, list[JobScope]] = {row.id: [] for row in rows}
        for refresh_id, *step in connection.execute(steps):
            scopes[refresh_id].append(JobScope(*step))
    return tuple(Job._make((*row, tuple(scopes[row.id]), _alive(store, row, now()))) for row in rows)


def _alive(store: Store, row: Row[Any], now: datetime) -> bool:
    return row.state == "running" and (_young(row.beat_at, now) or _locked(store))


def _young(beat_at: str, now: datetime) -> bool:
    return now - datetime.fromisoformat(beat_at) < SILENCE


def _locked(store: Store) -> bool:
    try:
        return held(store.engine)
    except Validation:  # a store whose lock cannot be tested: only the beat counts
        return False
