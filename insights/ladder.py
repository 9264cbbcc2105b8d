"""The highest phase each agent entered in any condition, beside the highest in each. Frames in, frames out.

The highest phase entered counts: joint phases in a lane of their own; trials that have not begun or were withdrawn, and
trials without a phase, are no step.
"""

import pandas as pd

from cache.codes import LANES
from cache.filters.select import Mask, coded
from fetchers.watchlist.model import Watchlist
from insights import evidence

COLUMNS = ("agent", "condition", "state", "any_lane", "any_ids", "here_lane", "here_ids", "any_trials", "here_trials")
_FACTS = ("overall_status", "last_known_status", "lane", "condition_groups")  # all a step is told by


def ladders(watchlist: Watchlist, trials: pd.DataFrame, matches: pd.DataFrame, scopes: pd.DataFrame) -> pd.DataFrame:
    """One row a condition group and agent, in the watch-list's order; a lane is None when no phase was entered, as far
    as is known.

    ``any_ids`` and ``here_ids`` are the trials that entered just that lane; ``any_trials`` and ``here_trials`` count
    all that give the agent, with a phase or not. ``state`` is that of the agent's question (``evidence.Asked``).
    """
    given = evidence.given(evidence.pairs(trials, matches, _FACTS))
    answers = evidence.asked(scopes)
    begun = evidence.has_begun(given)
    mine = {agent.id: coded(given["agent"], [agent.id]) for agent in watchlist.agents}
    anywhere = {agent: _reached(given, theirs, begun) for agent, theirs in mine.items()}
    rows = []
    for condition in watchlist.conditions:
        inside = evidence.is_in_groups(given, [condition.id])
        for agent, theirs in mine.items():
            (highest, every), (highest_here, every_here) = anywhere[agent], _reached(given, theirs & inside, begun)
            rows.append((agent, condition.id, answers[agent].state, *highest, *highest_here, every, every_here))
    return pd.DataFrame(rows, columns=list(COLUMNS), dtype=object)  # so that a missing lane is None


def step(lane: str | None) -> int | None:
    """The place of a lane on the ladder, from 0; None for none."""
    return None if lane is None else LANES.index(lane)


def _reached(found: pd.DataFrame, rows: Mask, begun: Mask) -> tuple[tuple[str | None, tuple[str, ...]], int]:
    """The step of some pairs, and how many trials they are, begun or not."""
    return _step(found, rows & begun), len(evidence.ids(found.loc[rows, ["nct_id"]]))


def _step(found: pd.DataFrame, begun: Mask) -> tuple[str | None, tuple[str, ...]]:
    """The furthest phase of the trials that have begun, and those that entered just that one."""
    lane = evidence.furthest(found["lane"], begun)
    if lane is None:
        return None, ()
    return lane, evidence.ids(found.loc[begun & coded(found["lane"], [lane]), ["nct_id"]])
