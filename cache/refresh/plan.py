"""What a refresh asks, in which order, and how: pure decisions, no store and no network.

A scope is an agent or a swept condition. Small scopes go first, so that a cancelled or broken refresh has kept as
many whole answers as possible.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from fetchers.matching.matcher import RULES
from fetchers.registry.fields import FIELDS
from fetchers.registry.queries import Query, agent_queries, sweep_queries
from fetchers.watchlist.load import Agent, Watchlist

Kind = Literal["agent", "sweep"]
Way = Literal["unchanged", "sweep", "full"]

# The registry edits some records without moving their update date, so everything is asked for again this often.
FULL_EVERY = timedelta(days=7)
# Only to order scopes that were never answered; a scope's own size takes over with its first live answer.
GUESSED_SIZES = {
    "sizofiran": 5,
    "autologous_lymph_node_cells": 6,
    "rintatolimod": 15,
    "me_cfs": 400,
    "azathioprine": 500,
    "hyperbaric_oxygen": 600,
    "ivig": 900,
    "methotrexate": 3_500,
    "tnf_inhibitors": 3_800,
    "corticosteroids": 12_000,
}
_GUESSED_PER_MEMBER = 300


class Asked(NamedTuple):
    """One scope with the questions that make it up."""

    scope: str
    kind: Kind
    queries: tuple[Query, ...]


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
    """A fingerprint of everything that shapes an answer on our side: watch-list, fields asked for, matching rules."""
    text = "\n".join((watchlist.digest, FIELDS, RULES))
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def plan(watchlist: Watchlist, agents: Sequence[str], sizes: Mapping[str, int]) -> tuple[Asked, ...]:
    """The scopes to ask, smallest first: the named agents, or all agents and sweeps when none is named.

    ``sizes`` holds the measured size of scopes that have been answered. Raises Validation for an unknown agent id.
    """
    asked = [
        Asked(agent.id, "agent", agent_queries(agent))
        for agent in ([watchlist.agent(agent_id) for agent_id in dict.fromkeys(agents)] or watchlist.agents)
    ]
    if not agents:
        swept = (condition for condition in watchlist.conditions if condition.swept)
        asked += [Asked(condition.id, "sweep", sweep_queries(condition)) for condition in swept]
    guesses = {agent.id: guessed_size(agent) for agent in watchlist.agents}
    known = {**GUESSED_SIZES, **guesses, **sizes}
    return tuple(sorted(asked, key=lambda one: known.get(one.scope, _GUESSED_PER_MEMBER)))


def guessed_size(agent: Agent) -> int:
    """A rough number of trials of an agent that was never asked for."""
    members = sum(member.on for member in agent.members)
    return GUESSED_SIZES.get(agent.id, _GUESSED_PER_MEMBER * max(members, 1))


def way(state: ScopeState | None, *, timestamp: str | None, question: str, now: datetime, full: bool) -> Way:
    """How this scope is to be asked.

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
