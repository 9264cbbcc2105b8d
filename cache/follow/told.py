"""Which changes those who follow a view are told: of trials that were in it before the change, or are after it.

A trial that stops recruiting leaves a view of recruiting trials by that very change; so the state a trial was in is
worked out backwards from the state it is in now, as far as events tell it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

import pandas as pd
from sqlalchemy import Row, select

from cache.changes.changelog import Change, at_least, changelog
from cache.filters.filter import Filter
from cache.filters.select import among
from cache.follow.view import Followed
from cache.read import frames, lists
from cache.search.find import Finder
from cache.store.batches import batches
from cache.store.schema import event, match
from cache.store.store import Store
from fetchers.watchlist.model import Watchlist

# Kinds of change by which a trial can enter or leave a view.
MOVING = ("status", "phase", "start_date", "results_posted", "countries")
_MOVED = ("statuses", "phases", "year_from", "year_to", "results", "countries")


class Frames:
    """The frames a filter reads, each made once, when it is needed, and what finds its words."""

    def __init__(
        self, trials: Callable[[], pd.DataFrame], matches: Callable[[], pd.DataFrame], watchlist: Watchlist,
        finder: Finder,
    ) -> None:  # fmt: skip
        self._trials, self._matches, self.watchlist, self.finder = trials, matches, watchlist, finder

    @cached_property
    def trials(self) -> pd.DataFrame:
        return self._trials()

    @cached_property
    def matches(self) -> pd.DataFrame:
        return self._matches()


def shown(view: Followed, have: Frames) -> pd.DataFrame:
    """The trials of a view as they are now."""
    if view.trials:
        return have.trials[among(have.trials["nct_id"], view.trials)]
    if view.agents:
        mine = have.matches["agent"].isin(list(view.agents)).to_numpy(dtype=bool)
        return have.trials[among(have.trials["nct_id"], have.matches["nct_id"][mine])]
    if view.wanted is None:
        return have.trials
    return view.wanted.apply(have.trials, have.matches, have.watchlist, have.finder).trials


def told(
    store: Store, view: Followed, have: Frames, *, after: int = 0, through: int | None = None, limit: int | None = None
) -> list[Change]:
    """The changes of a view, newest first; ``after``, ``through``: of these numbers only, first left out, last not."""
    return numbered(store, numbers(store, view, have, after=after, through=through)[:limit])


def numbers(store: Store, view: Followed, have: Frames, *, after: int = 0, through: int | None = None) -> list[int]:
    """The numbers of the changes that ``told`` tells, without their texts."""
    rows = _rows(store, view, after, through)
    if view.wanted is not None:
        rows = list(_inside(rows, _befores(store, rows), replace(view.wanted, left=True), have))
    weights = at_least(view.weight)
    return [row.id for row in rows if row.weight in weights and (not view.kinds or row.kind in view.kinds)]


def numbered(store: Store, wanted: Sequence[int]) -> list[Change]:
    """The changes of these numbers, in their order."""
    found = {one.id: one for some in batches(wanted) for one in changelog(store, ids=some)}
    return [found[id] for id in wanted if id in found]


def _rows(store: Store, view: Followed, after: int, through: int | None) -> list[Row[Any]]:
    """The events that come into question, newest first, without their texts."""
    query = select(event.c.id, event.c.nct_id, event.c.kind, event.c.weight).where(event.c.id > after)
    if through is not None:
        query = query.where(event.c.id <= through)
    if view.since is not None:
        query = query.where(event.c.seen_at >= view.since)
    if view.trials:
        query = query.where(event.c.nct_id.in_(view.trials))
    if view.agents:
        query = query.where(event.c.nct_id.in_(select(match.c.nct_id).where(match.c.agent.in_(view.agents))))
    with store.reading() as connection:
        return list(connection.execute(query.order_by(event.c.seen_at.desc(), event.c.id.desc())))


def _befores(store: Store, rows: Sequence[Row[Any]]) -> dict[int, Any]:
    """What moved, before it did, by the number of the event."""
    if not rows:
        return {}
    query = select(event.c.id, event.c.before).where(
        event.c.kind.in_(MOVING), event.c.id >= min(row.id for row in rows)
    )
    with store.reading() as connection:
        return {row.id: row.before for row in connection.execute(query)}


def _inside(rows: Sequence[Row[Any]], befores: Mapping[int, Any], wanted: Filter, have: Frames) -> Iterator[Row[Any]]:
    """The events before or after which their trial passes. ``steps``: how many moves of a trial are taken back."""
    moves: dict[str, list[tuple[str, Any]]] = {}
    can_move = any(getattr(wanted, name) != getattr(Filter(), name) for name in _MOVED)
    for row in rows if can_move else ():
        if row.id in befores:
            moves.setdefault(row.nct_id, []).append((row.kind, befores[row.id]))
    passing = [_ids(have.trials, wanted, have)]
    for step in range(1, max(map(len, moves.values()), default=0) + 1):
        earlier = {id: dict(done[:step]) for id, done in moves.items() if len(done) >= step}
        passing.append(_ids(as_before(have.trials, earlier), wanted, have))
    steps: dict[str, int] = {}
    for row in rows:
        step = steps.get(row.nct_id, 0)
        moved = can_move and row.id in befores
        steps[row.nct_id] = step + moved
        if row.nct_id in passing[step] or (moved and row.nct_id in passing[step + 1]):
            yield row


def _ids(trials: pd.DataFrame, wanted: Filter, have: Frames) -> set[str]:
    return set(wanted.apply(trials, have.matches, have.watchlist, have.finder).trials["nct_id"])


def as_before(trials: pd.DataFrame, earlier: Mapping[str, Mapping[str, Any]]) -> pd.DataFrame:
    """The rows of these trials with what an event says they were before, by its kind."""
    mine = trials[among(trials["nct_id"], earlier)].reset_index(drop=True)
    befores = [earlier[id] for id in mine["nct_id"]]

    def column(kind: str, name: str) -> list[Any]:
        now = mine[name].astype(object).where(mine[name].notna(), None)
        return [one.get(kind, known) for one, known in zip(befores, now, strict=True)]

    starts = [_day(one) for one in column("start_date", "start_date")]
    posted = column("results_posted", "has_results")
    types = [None if pd.isna(one) else str(one) for one in mine["study_type"].astype(object)]
    return mine.assign(
        overall_status=frames.categories(column("status", "overall_status"), mine["overall_status"].cat.categories),
        lane=frames.lanes(column("phase", "phases"), types),
        start_year=frames.years(starts),
        has_results=frames.booleans([one if isinstance(one, bool) else None for one in posted]),
        countries=lists.series(column("countries", "countries")),
    )


def _day(value: Any) -> str | None:
    """A date as its column has it; an event has it with its type."""
    return value.get("date") if isinstance(value, dict) else value


def newest(store: Store) -> int:
    """The number of the newest event; 0 without one."""
    with store.reading() as connection:
        return connection.scalar(select(event.c.id).order_by(event.c.id.desc()).limit(1)) or 0
