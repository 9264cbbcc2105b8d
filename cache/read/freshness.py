"""How old the store is and what each of its scopes holds: read-only, without pandas."""

from collections.abc import Collection
from datetime import date
from typing import NamedTuple

from sqlalchemy import ColumnElement, exists, func, or_, select

from cache.codes import TIERS
from cache.read import unread as unreads
from cache.starter import snapshot_date
from cache.store.schema import answer, match, scope, study
from cache.store.store import Store
from fetchers.watchlist.model import Watchlist


class Freshness(NamedTuple):
    """How old what is shown is: the newest date of its parts, and which parts are older."""

    registry_timestamp: str | None  # newest data load of an agent that was asked live
    fetched_at: str | None  # the moment (UTC) of the newest full answer of an agent
    starter: bool  # some agent still shows the starter snapshot
    live: bool  # some agent shows the registry's own answer
    starter_date: str | None  # day of the snapshot, while it is shown
    failed: tuple[str, ...]  # scopes whose last attempt failed
    version: int  # of the store
    older: tuple[tuple[str, str], ...] = ()  # scopes whose data load is of an earlier day, with that load
    unread: int = 0  # records that could not be read, or of which a part could not

    @property
    def day(self) -> date | None:
        """The day of the data; None when nothing says it."""
        told = self.registry_timestamp if self.live else self.starter_date
        return date.fromisoformat(told[:10]) if told else None


class ScopeRow(NamedTuple):
    """An agent or a swept condition; the counts are of trials."""

    scope: str
    name: str
    kind: str  # agent | sweep
    starter: bool
    refreshed_at: str | None
    registry_timestamp: str | None
    error: str | None
    error_at: str | None
    studies: int
    given: int
    mentioned: int
    excluded: int


def shown() -> ColumnElement[bool]:
    """A trial some scope still holds, or one that is remembered because the registry dropped it."""
    held = exists().where(answer.c.nct_id == study.c.nct_id, answer.c.ended_at.is_(None))
    return or_(study.c.left_registry.is_not(None), held)


def present(store: Store) -> int:
    """How many of the trials that are shown are still in the registry."""
    query = select(func.count()).select_from(study).where(shown(), study.c.left_registry.is_(None))
    with store.reading() as connection:
        return connection.scalars(query).one()


def scope_rows(store: Store, watchlist: Watchlist) -> list[ScopeRow]:
    """One row for each agent and each swept condition, in the watch-list's order, always all of them.

    ``refreshed_at`` is None until a refresh of the scope has succeeded. ``studies`` counts the trials
    the scope's own answer holds; ``given``, ``mentioned`` and ``excluded`` count the trials matched to an agent
    wherever they were found. Trials that left the registry are in none of the counts.
    """
    columns = [scope.c.starter, scope.c.refreshed_at, scope.c.registry_timestamp, scope.c.error, scope.c.error_at]
    present = study.c.left_registry.is_(None)
    held = select(answer.c.scope, func.count()).join_from(answer, study, answer.c.nct_id == study.c.nct_id)
    held = held.where(answer.c.ended_at.is_(None), present).group_by(answer.c.scope)
    tiers = select(match.c.agent, match.c.tier, func.count()).join_from(match, study, match.c.nct_id == study.c.nct_id)
    tiers = tiers.where(shown(), present).group_by(match.c.agent, match.c.tier)
    with store.reading() as connection:
        states = {row[0]: tuple(row[1:]) for row in connection.execute(select(scope.c.scope, *columns))}
        studies = {row[0]: row[1] for row in connection.execute(held)}
        counts = {(agent, tier): count for agent, tier, count in connection.execute(tiers)}
    names = [(agent.id, agent.name, "agent") for agent in watchlist.agents]
    names += [(condition.id, condition.name, "sweep") for condition in watchlist.conditions if condition.swept]
    unknown = (False, None, None, None, None)
    return [
        ScopeRow._make(
            (
                *named,
                *states.get(named[0], unknown),
                studies.get(named[0], 0),
                *(counts.get((named[0], tier), 0) for tier in TIERS),
            )
        )
        for named in names
    ]


def freshness(store: Store, agents: Collection[str] | None = None) -> Freshness:
    """How fresh the store is, over its scopes (of the agents only the named ones, when the watch-list has changed)."""
    columns = [
        scope.c.scope,
        scope.c.kind,
        scope.c.starter,
        scope.c.refreshed_at,
        scope.c.registry_timestamp,
        scope.c.error,
    ]
    with store.reading() as connection:
        # Posted results tell of themselves (``cache.read.results``).
        rows = connection.execute(select(*columns).where(scope.c.kind != "results").order_by(scope.c.scope)).all()
        newest = connection.scalar(select(func.max(study.c.as_of)).where(study.c.origin == "starter"))
        unread = unreads.total(connection)
    counted = [row for row in rows if row.kind == "agent" and (agents is None or row.scope in agents)]
    live = [row for row in counted if row.refreshed_at]
    latest = max((row.registry_timestamp for row in live if row.registry_timestamp), default=None)
    loads = [(row.scope, row.registry_timestamp) for row in rows if row.kind != "agent" or row in live]
    starter = any(row.starter for row in counted)
    return Freshness(
        registry_timestamp=latest,
        fetched_at=max((row.refreshed_at for row in live), default=None),
        starter=starter,
        live=bool(live),
        starter_date=(newest or snapshot_date()) if starter else None,
        failed=tuple(row.scope for row in rows if row.error and (row.kind != "agent" or row in counted)),
        version=store.version(),
        older=tuple((name, load) for name, load in loads if load and latest and load[:10] < latest[:10]),
        unread=unread,
    )
