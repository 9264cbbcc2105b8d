"""Which trials and which (trial, agent) pairs a filter lets through: pure, over the frames of ``cache.read.trials``."""

from collections.abc import Collection, Iterable
from functools import cached_property
from typing import Any, TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from cache.codes import NOT_RECORDED
from cache.read.lists import holding
from fetchers.watchlist.model import Watchlist

Mask: TypeAlias = npt.NDArray[np.bool_]
Taken = TypeVar("Taken", pd.DataFrame, "pd.Series[Any]")
PAIR_COLUMNS = ["nct_id", "agent", "tier", "role", "found_by", "found_in"]


class Selection:
    """What a filter lets through; not to be written to.

    ``pairs`` has one row for each (trial, agent) that let a trial in: nct_id, agent, tier, role, found_by, found_in,
    and the trial's lane and overall_status (as categories), so that agents can be counted by phase without joining
    again.
    """

    def __init__(self, trials: pd.DataFrame, pairs: pd.DataFrame, chosen: Mask | None = None) -> None:
        """``chosen``: the rows of ``trials`` that are let through; None: all."""
        self.pairs = pairs
        self._every = trials
        self._chosen = None if chosen is None or chosen.all() else chosen

    @cached_property
    def trials(self) -> pd.DataFrame:
        """The columns of ``queries.trials`` but the places, in its order, with a fresh RangeIndex. Taken out when they
        are asked for: many who select want to know only how many there are, or the pairs."""
        # Nobody looks for places in what has been found, and taking the rows of such a column would copy it.
        return self._taken(self._every.drop(columns="points", errors="ignore"))

    @cached_property
    def ids(self) -> "pd.Series[Any]":
        """The ``nct_id`` of ``trials``."""
        return self._taken(self._every["nct_id"])

    def _taken(self, of: Taken) -> Taken:
        return of if self._chosen is None else of[self._chosen].reset_index(drop=True)


def select(
    trials: pd.DataFrame, matches: pd.DataFrame, watchlist: Watchlist,
    *, passing: Mask, paired: Mask, joining: Iterable[Mask | None],
) -> Selection:  # fmt: skip
    """The trials and pairs that pass together; agents the watch-list does not hold (any more) count as no agent.

    ``passing``: rows of ``trials`` whose own facts pass; ``paired``: rows of ``matches`` that do; ``joining``: trials
    that are let in without any agent, when their own facts pass; None: none are.
    """
    place = places(trials, matches)
    known = (place >= 0) & coded(matches["agent"], [agent.id for agent in watchlist.agents])
    pairing = known & paired
    pairing[pairing] = passing[place[pairing]]
    chosen = np.zeros(len(trials), dtype=bool)
    chosen[place[pairing]] = True
    alone = np.ones(len(trials), dtype=bool)
    alone[place[known]] = False
    for mask in joining:
        if mask is not None:
            chosen |= passing & alone & mask
    pairs = matches.loc[pairing, PAIR_COLUMNS].reset_index(drop=True)
    for name in ("lane", "overall_status"):
        known_codes = trials[name].cat
        codes = known_codes.codes.to_numpy()[place[pairing]]
        pairs[name] = pd.Categorical.from_codes(codes, categories=known_codes.categories, ordered=known_codes.ordered)
    return Selection(trials, pairs, chosen)


def every(masks: Iterable[Mask | None], length: int) -> Mask:
    """Rows that pass all masks; None is one that all rows pass."""
    rows = np.ones(length, dtype=bool)
    for mask in masks:
        if mask is not None:
            rows &= mask
    return rows


def coded(column: "pd.Series[Any]", wanted: Collection[str]) -> Mask:
    """Rows of a categorical column with one of the wanted codes; NOT_RECORDED wants the missing ones."""
    categories = column.cat.categories
    chosen = np.zeros(len(categories) + 1, dtype=bool)  # the last one answers for code -1, a missing value
    chosen[: len(categories)] = categories.isin(list(wanted))
    chosen[-1] = NOT_RECORDED in wanted
    rows: Mask = chosen[column.cat.codes.to_numpy()]
    return rows


def any_of(column: "pd.Series[Any]", wanted: Collection[str]) -> Mask:
    """Rows of a column of lists (or None) that hold one of the wanted values."""
    values = frozenset(wanted)
    return holding(column, lambda items: bool(items) and not values.isdisjoint(items))


def among(column: "pd.Series[Any]", ids: Iterable[str]) -> Mask:
    """Rows of a column of ids that hold one of these; for thousands of ids hundreds of times as fast as ``isin``."""
    rows: Mask = pc.is_in(_texts(column), value_set=_texts(ids)).to_numpy(zero_copy_only=False)
    return rows


def _texts(ids: Iterable[str]) -> Any:
    return pa.array(ids if isinstance(ids, pd.Series) else list(ids), type=pa.large_string(), from_pandas=True)


def places(trials: pd.DataFrame, matches: pd.DataFrame) -> npt.NDArray[np.intp]:
    """For each match the row of its trial, -1 when that trial is not among them."""
    if trials.empty:
        return np.full(len(matches), -1, dtype=np.intp)
    numbers, asked = trials["number"].to_numpy(), matches["number"].to_numpy()
    order = np.argsort(numbers, kind="stable")
    found = order[np.minimum(np.searchsorted(numbers, asked, sorter=order), len(order) - 1)]
    return np.where(numbers[found] == asked, found, -1)
