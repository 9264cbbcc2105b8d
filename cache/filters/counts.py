"""What the Overview counts, over a selection or whole frames: pure, by category codes, quick enough for every click.

Every table names all its rows and columns, also those with no trial, so that a zero is always a zero that was counted.
"""

from collections.abc import Collection
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from cache.codes import LANES, NOT_RECORDED
from cache.filters.select import Selection, any_of, coded, places
from fetchers.watchlist.model import Watchlist


class KeyFigures(NamedTuple):
    """Trials of the selection, each figure with what it is a part of."""

    trials: int
    status_known: int  # trials whose source gives a status; the denominator of the next two
    recruiting: int  # RECRUITING only: not yet, by invitation and unknown ones are no open trials
    completed: int
    results_known: int  # trials of which it is known whether results are posted; the denominator of the next
    with_results: int
    completed_results_known: int
    completed_with_results: int
    start_known: int  # trials with a start year; the others are in no year of ``starts_per_year``


class AgentCover(NamedTuple):
    """The agents of the watch-list by what is known of them in one condition; each agent stands in one field."""

    found: tuple[str, ...]  # at least one trial gives it
    none_found: tuple[str, ...]  # the registry was asked and no trial was found
    not_asked: tuple[str, ...]  # nothing in the starter snapshot, and the registry was not asked yet


def key_figures(selection: Selection) -> KeyFigures:
    """The numbers at the top of the Overview."""
    trials = selection.trials
    completed = coded(trials["overall_status"], ["COMPLETED"])
    results_known = trials["has_results"].notna().to_numpy()
    with_results = trials["has_results"].fillna(False).to_numpy(dtype=bool)
    return KeyFigures(
        trials=len(trials),
        status_known=int(trials["overall_status"].notna().sum()),
        recruiting=int(coded(trials["overall_status"], ["RECRUITING"]).sum()),
        completed=int(completed.sum()),
        results_known=int(results_known.sum()),
        with_results=int(with_results.sum()),
        completed_results_known=int((completed & results_known).sum()),
        completed_with_results=int((completed & with_results).sum()),
        start_known=int(trials["start_year"].notna().sum()),
    )


def agent_cover(
    trials: pd.DataFrame, matches: pd.DataFrame, scopes: pd.DataFrame, watchlist: Watchlist,
    *, conditions: Collection[str], background: bool = False,
) -> AgentCover:  # fmt: skip
    """Which agents some trial of these condition groups gives, over the whole frames of ``cache.read.trials``.

    ``background`` counts trials that give it as background too. Trials that left the registry do not count.
    """
    here = any_of(trials["condition_groups"], conditions) & trials["left_registry"].isna().to_numpy()
    pairs = coded(matches["tier"], ["given"])
    if not background:
        pairs &= ~coded(matches["role"], ["background"])
    place = places(trials, matches)
    pairs &= place >= 0
    pairs[pairs] = here[place[pairs]]
    found = set(matches["agent"][pairs].unique())
    asked = set(scopes["scope"][scopes["refreshed_at"].notna()])
    agents = [agent.id for agent in watchlist.agents]
    return AgentCover(
        found=tuple(agent for agent in agents if agent in found),
        none_found=tuple(agent for agent in agents if agent not in found and agent in asked),
        not_asked=tuple(agent for agent in agents if agent not in found and agent not in asked),
    )


def status_by_phase(selection: Selection) -> pd.DataFrame:
    """Number of trials, a row for each lane and a column for each status, the last one NOT_RECORDED."""
    return lane_by(selection.trials, "overall_status").T


def agent_by_phase(selection: Selection, watchlist: Watchlist) -> pd.DataFrame:
    """Number of trials, a row for each agent of the watch-list (all, in its order) and a column for each lane.

    A trial of two agents counts in both rows, so the rows add up to more than the trials there are.
    """
    table = lane_by(selection.pairs, "agent")
    return table.reindex([agent.id for agent in watchlist.agents], fill_value=0)


def starts_per_year(selection: Selection) -> "pd.Series[Any]":
    """Number of trials by start year, every year from the first to the last; trials without one are in none."""
    years = selection.trials["start_year"].dropna().to_numpy(dtype=np.int64)
    if not len(years):
        return pd.Series([], index=pd.Index([], name="start_year", dtype="int64"), name="trials", dtype="int64")
    first = int(years.min())
    counted = np.bincount(years - first)
    return pd.Series(counted, index=pd.RangeIndex(first, first + len(counted), name="start_year"), name="trials")


def lane_by(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    """``crossed`` of a categorical column with the lanes; exactly the columns of ``LANES``."""
    return crossed(frame[name], frame["lane"])[list(LANES)]


def crossed(down: "pd.Series[Any]", across: "pd.Series[Any]") -> pd.DataFrame:
    """Counts over two categorical columns, all categories of both; a missing value counts as NOT_RECORDED."""
    rows, row_codes = _codes(down)
    columns, column_codes = _codes(across)
    counted = np.bincount(row_codes * len(columns) + column_codes, minlength=len(rows) * len(columns))
    table = counted.reshape(len(rows), len(columns))
    return pd.DataFrame(table, index=pd.Index(rows, name=down.name), columns=pd.Index(columns, name=across.name))


def _codes(column: "pd.Series[Any]") -> tuple[list[str], npt.NDArray[np.int64]]:
    names = [*column.cat.categories, NOT_RECORDED]
    codes = column.cat.codes.to_numpy().astype(np.int64)
    return names, np.where(codes < 0, len(names) - 1, codes)
