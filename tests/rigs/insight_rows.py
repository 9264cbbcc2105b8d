"""Stores made of a few rows, for tests of the insights: one store in memory, emptied between two uses."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

import pandas as pd
from hypothesis import strategies as st
from sqlalchemy import delete, insert

from cache.read import questions as holdings
from cache.read import trials as queries
from cache.store.schema import answer, match, scope, study
from cache.store.store import Store
from fetchers.watchlist.model import Watchlist
from tests.rigs.trial_rows import SEEN, Why, asked, put, row, watchlist

LISTED = watchlist()
AGENTS = [agent.id for agent in LISTED.agents]
CONDITIONS = [condition.id for condition in LISTED.conditions]


class Frames(NamedTuple):
    """What the insights read."""

    trials: pd.DataFrame
    matches: pd.DataFrame
    scopes: pd.DataFrame
    answers: pd.DataFrame


@cache
def _store() -> Store:
    return Store.in_memory()


def frames(
    rows: Sequence[Mapping[str, Any]],
    why: Mapping[int, Iterable[Why]],
    states: Mapping[str, Mapping[str, Any]],
    held: Mapping[str, Mapping[int, Sequence[str]]] | None = None,
    listed: Watchlist = LISTED,
) -> Frames:
    """The frames of a store with these trials, matches by a trial's number and scopes.

    ``held``: for each scope, by a trial's number, the queries that brought it; without it one scope of no meaning holds
    all trials.
    """
    store = _store()
    with store.writing() as connection:
        for table in (match, answer, study, scope):
            connection.execute(delete(table))
    put(store, rows, why, held_by="somebody")
    for name, facts in states.items():
        asked(store, name, **facts)
    answers_ = [
        {"scope": name, "nct_id": f"NCT{number:08d}", "origin": "live", "asked": list(by), "first_seen": SEEN}
        for name, trials in (held or {}).items()
        for number, by in trials.items()
    ]
    if answers_:
        with store.writing() as connection:
            connection.execute(insert(answer), answers_)
    scopes = queries.scopes(store, listed)
    return Frames(queries.trials(store), queries.matches(store), scopes, holdings.answers(store))


class Made(NamedTuple):
    """A store as hypothesis made it."""

    rows: list[dict[str, Any]]
    why: dict[int, list[Why]]
    states: dict[str, dict[str, Any]]
    held: dict[str, dict[int, list[str]]]

    def frames(self) -> Frames:
        return frames(self.rows, self.why, self.states, self.held)


@st.composite
def stores(draw: Callable[[Any], Any]) -> Made:
    """Up to eight trials of every kind, matched to agents in every way, some of which were asked, some not."""
    numbers = range(1, 1 + draw(st.integers(0, 8)))
    one_of = st.sampled_from
    rows = [
        row(
            number,
            overall_status=draw(one_of(["RECRUITING", "COMPLETED", "WITHDRAWN", "SUSPENDED", "ON_HOLD", None])),
            study_type=draw(one_of(["INTERVENTIONAL", "OBSERVATIONAL", "EXPANDED_ACCESS", "OTHER_KIND", None])),
            phases=draw(one_of([["PHASE1", "PHASE2"], ["PHASE4"], ["NA"], [], None, ["PHASE9"]])),
            condition_groups=draw(st.lists(one_of(CONDITIONS), min_size=1, max_size=3, unique=True)),
            last_update_posted=draw(one_of(["2026-05-01", "2004", None])),
            left_registry=draw(one_of([None, None, None, "2026-01-01"])),
        )
        for number in numbers
    ]
    tier = one_of(
        [("given", "tested"), ("given", "background"), ("given", None), ("mentioned", None), ("excluded", None)]
    )
    why = {
        number: [Why(agent, *draw(tier)) for agent in draw(st.lists(one_of(AGENTS), unique=True, max_size=3))]
        for number in numbers
    }
    never = {"refreshed_at": None, "registry_timestamp": None}
    state = one_of([{}, {"error": "No."}, never, never | {"error": "No."}])
    states = {agent: draw(state) for agent in draw(st.lists(one_of(AGENTS), unique=True))}
    held: dict[str, dict[int, list[str]]] = {}
    for number, many in why.items():
        for one in many:
            if rows[number - 1]["left_registry"] is None and draw(st.booleans()):
                by = draw(st.lists(one_of([f"{one.agent}:{one.agent}", f"{one.agent}:old"]), unique=True))
                held.setdefault(one.agent, {})[number] = by
    return Made(rows, why, states, held)
