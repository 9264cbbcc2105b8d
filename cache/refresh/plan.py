"""What a refresh asks, in which order, and how thoroughly: pure decisions, no store and no network.

A scope is an agent or a swept condition. Small scopes go first, so that a cancelled or broken refresh keeps as
many answers as possible.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from cache.ingest.keep import Kind
from cache.store.schema import REGISTRY_SCOPE, study
from fetchers.matching.matcher import RULES
from fetchers.registry.fields import FIELDS
from fetchers.registry.queries import Query, agent_queries, sweep_queries, whole_query
from fetchers.watchlist.model import Watchlist

Mode = Literal["unchanged", "sweep", "full"]

# A column that a release adds is filled by the next refresh, which derives every record anew.
COLUMNS = tuple(sorted(study.c.keys()))

# The registry edits some records without moving their update date, so everything is asked for again this often.
FULL_EVERY = timedelta(days=7)
WHOLE_SIZE = 600_000  # about as many studies as the registry has


class PlannedScope(NamedTuple):
    """One scope with the queries that make it up, and about how many trials it will hold."""

    scope: str
    kind: Kind
    queries: tuple[Query, ...]
    size: int = 0


class ScopeState(NamedTuple):
    """What the store knows of a scope's last answers; None where there was none."""

    refreshed_at: str | None
    asked_in_full_at: str | None
    registry_timestamp: str | None
    question: str | None
    error: str | None
    starter: bool
    studies: int  # live trials it holds

    @property
    def is_live(self) -> bool:
        return self.refreshed_at is not None and not self.starter


def question(watchlist: Watchlist) -> str:
    """A fingerprint of everything that shapes an answer on our side: watch-list, fields asked for, matching rules, and
    the columns that records are read into."""
    text = "\n".join((watchlist.digest, FIELDS, RULES, *COLUMNS))
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def plan(watchlist: Watchlist, agents: Sequence[str], sizes: Mapping[str, int]) -> tuple[PlannedScope, ...]:
    """The scopes to ask, smallest first: the named agents, or all agents and sweeps when none is named, and the whole
    registry where the watch-list asks for everything.

    ``sizes`` holds the measured size of scopes that have been answered. Raises Validation for an unknown agent id.
    """
    sought = [watchlist.agent(agent_id) for agent_id in dict.fromkeys(agents)] or watchlist.agents
    scopes = [PlannedScope(agent.id, "agent", agent_queries(agent), agent.expected_size) for agent in sought]
    for condition in () if agents else watchlist.swept:
        scopes.append(PlannedScope(condition.id, "sweep", sweep_queries(condition), condition.expected_size))
    if watchlist.everything and not agents:
        scopes.append(PlannedScope(REGISTRY_SCOPE, "sweep", (whole_query(REGISTRY_SCOPE),), WHOLE_SIZE))
    measured = (one._replace(size=sizes.get(one.scope, one.size)) for one in scopes)
    return tuple(sorted(measured, key=lambda one: one.size))


def mode_of(state: ScopeState | None, *, timestamp: str | None, question: str, now: datetime, full: bool) -> Mode:
    """Whether a scope is left alone, swept for what is new and changed, or asked for in full.

    ``unchanged`` only when its answer is live and whole, was made under this data load with the same question, nothing
    failed since, and everything was asked for in full within FULL_EVERY.
    """
    if full or state is None or not state.is_live or state.question != question:
        return "full"
    if state.asked_in_full_at is None or now - datetime.fromisoformat(state.asked_in_full_at) >= FULL_EVERY:
        return "full"
    if timestamp is not None and state.registry_timestamp == timestamp and state.error is None:
        return "unchanged"
    return "sweep"
