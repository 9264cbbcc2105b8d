"""Which trials and which (trial, agent) pairs a filter lets through: pure, over the frames of ``cache.read.trials``."""

from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from cache.codes import NOT_RECORDED
from fetchers.watchlist.model import Watchlist

if TYPE_CHECKING:
    from cache.filters.filter import Filter

Mask: TypeAlias = npt.NDArray[np.bool_]
PAIR_COLUMNS = ["nct_id", "agent", "tier", "role", "found_by"]


class Selection(NamedTuple):
    """What a filter lets through.

    ``trials`` has the columns of ``queries.trials``, in its order, with a fresh RangeIndex. ``pairs`` has one row for
    each (trial, agent) that let a trial in: nct_id, agent, tier, role, found_by, and the trial's lane and
    overall_status (as categories), so that agents can be counted by phase without joining again.
    """

    trials: pd.DataFrame
    pairs: pd.DataFrame


def select(wanted: "Filter", trials: pd.DataFrame, matches: pd.DataFrame, watchlist: Watchlist) -> Selection:
    """Apply a filter to whole frames; agents the watch-list does not hold (any more) count as no agent."""
    rows = _trial_mask(wanted, trials, watchlist)
    place = places(trials, matches)
    known = (place >= 0) & coded(matches["agent"], [agent.id for agent in watchlist.agents])
    passing = known & _pair_mask(wanted, matches)
    passing[passing] = rows[place[passing]]
    chosen = np.zeros(len(trials), dtype=bool)
    chosen[place[passing]] = True
    if wanted.frame:
        named = np.zeros(len(trials), dtype=bool)
        named[place[known]] = True
        swept = {condition.id for condition in watchlist.conditions if condition.swept}
        chosen |= rows & ~named & any_of(trials["condition_groups"], swept)
    pairs = matches.loc[passing, PAIR_COLUMNS].reset_index(drop=True)
    for name in ("lane", "overall_status"):
        known_codes = trials[name].cat
        codes = known_codes.codes.to_numpy()[place[passing]]
        pairs[name] = pd.Categorical.from_codes(codes, categories=known_codes.categories, ordered=known_codes.ordered)
    return Selection(trials[chosen].reset_index(drop=True), pairs)


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
    return np.fromiter((bool(items) and not values.isdisjoint(items) for items in column.to_numpy()), bool, len(column))


def among(column: "pd.Series[Any]", ids: Iterable[str]) -> Mask:
    """Rows of a column of ids that hold one of these; for thousands of ids fifty times as fast as ``isin``."""
    wanted = pd.Index(ids if isinstance(ids, pd.Series) else list(ids), dtype="str").unique()
    rows: Mask = wanted.get_indexer(pd.Index(column, dtype="str")) >= 0
    return rows


def places(trials: pd.DataFrame, matches: pd.DataFrame) -> npt.NDArray[np.intp]:
    """For each match the row of its trial, -1 when that trial is not among them."""
    if trials.empty:
        return np.full(len(matches), -1, dtype=np.intp)
    numbers, asked = trials["number"].to_numpy(), matches["number"].to_numpy()
    order = np.argsort(numbers, kind="stable")
    found = order[np.minimum(np.searchsorted(numbers, asked, sorter=order), len(order) - 1)]
    return np.where(numbers[found] == asked, found, -1)


def _pair_mask(wanted: "Filter", matches: pd.DataFrame) -> Mask:
    rows = coded(matches["tier"], wanted.tiers)
    if wanted.roles:  # only what is given has a role: pairs of other tiers are none of its business
        rows &= coded(matches["role"], wanted.roles) | ~coded(matches["tier"], ["given"])
    elif not wanted.background:
        rows &= ~coded(matches["role"], ["background"])
    if wanted.agents:
        rows &= coded(matches["agent"], wanted.agents)
    return rows


def _trial_mask(wanted: "Filter", trials: pd.DataFrame, watchlist: Watchlist) -> Mask:
    rows = np.ones(len(trials), dtype=bool)
    if not wanted.left:
        rows &= trials["left_registry"].isna().to_numpy()
    for name, codes in (
        ("lane", wanted.phases),
        ("overall_status", wanted.statuses),
        ("study_type", wanted.study_types),
        ("sponsor_class", wanted.sponsor_classes),
    ):
        if codes:
            rows &= coded(trials[name], codes)
    for name, values in (("condition_groups", wanted.groups(watchlist)), ("countries", wanted.countries)):
        if values:
            rows &= any_of(trials[name], values)
    rows &= _within_years(trials["start_year"], wanted.year_from, wanted.year_to)
    if wanted.results is not None:
        rows &= (trials["has_results"] == wanted.results).fillna(False).to_numpy(dtype=bool)
    return _with_words(trials["search_text"], wanted.text.casefold().split(), rows)


def _within_years(years: "pd.Series[Any]", first: int | None, last: int | None) -> Mask:
    """A trial whose start is not known is within no bounds."""
    rows = np.ones(len(years), dtype=bool)
    if first is not None:
        rows &= (years >= first).fillna(False).to_numpy(dtype=bool)
    if last is not None:
        rows &= (years <= last).fillna(False).to_numpy(dtype=bool)
    return rows


def _with_words(texts: "pd.Series[Any]", words: Sequence[str], rows: Mask) -> Mask:
    for word in words:
        rows &= texts.str.contains(word, regex=False).to_numpy(dtype=bool)
    return rows
