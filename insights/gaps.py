"""The gap map: every agent in every condition group, where an empty cell is a finding and says which of three it is.

Frames in, frames out, no Streamlit. A trial of two groups counts in both cells, so a row adds up to more than the
agent's trials; the ids of a row's cells together are exactly those of the agent.
"""

from datetime import date

import pandas as pd

from fetchers.watchlist.model import Watchlist
from insights import evidence
from insights.evidence import Asked

# What a cell is: trials found, or empty because none is registered as far as was asked, because nobody asked yet, or
# because the registry was asked and did not answer.
FOUND, NONE, NOT_ASKED, FAILED = STATES = ("found", "none", "not_asked", "failed")
NUMBERS = ("total", "recruiting", "stopped", "other")
COLUMNS = (
    "agent", "condition", "state", "sample", *NUMBERS, "highest", "newest", "newest_what", "newest_id",
    "registry_date", "refreshed_at", "error", "ids",
)  # fmt: skip
# What a cell is told by.
_TOLD = ("nct_id", "condition_groups", "overall_status", "last_known_status", "lane", "newest", "what")


def grid(
    watchlist: Watchlist, trials: pd.DataFrame, matches: pd.DataFrame, scopes: pd.DataFrame, *, today: date,
    background: bool = False,
) -> pd.DataFrame:  # fmt: skip
    """One row for each agent and condition group of the watch-list, always all of them, in its order.

    Trials that give the agent (``background``: also as background). ``total`` is ``recruiting`` + ``stopped``
    (suspended, terminated, withdrawn) + ``other``; all four are missing in a cell nobody knows about. ``highest`` is
    the furthest phase entered. ``sample``: the agent was never asked with success, so what is found is no count.
    """
    given = evidence.given(evidence.pairs(trials, matches), background=background)
    answers = evidence.asked(scopes)
    rows = []
    for agent in watchlist.agents:
        answer = answers[agent.id]
        on = evidence.registry_day(answers, [agent.id], today)
        mine = evidence.dated(evidence.of_agents(given, [agent.id]), on)[list(_TOLD)]
        for condition in watchlist.conditions:
            rows.append((agent.id, condition.id, *_cell(evidence.in_groups(mine, [condition.id]), answer)))
    made = pd.DataFrame(rows, columns=list(COLUMNS), dtype=object)  # so that a missing text is None
    return made.astype({"sample": bool} | dict.fromkeys(NUMBERS, "Int64"))


def _cell(found: pd.DataFrame, answer: Asked) -> tuple[object, ...]:
    sample = answer.state != "asked"
    about = (answer.registry_date, answer.refreshed_at, answer.error, evidence.ids(found))
    if found.empty:
        state = NONE if not sample else FAILED if answer.state == "failed" else NOT_ASKED
        numbers = (pd.NA,) * 4 if sample else (0,) * 4
        return (state, sample, *numbers, None, None, None, None, *about)
    recruiting = int(evidence.is_recruiting(found).sum())
    stopped = int(evidence.is_stopped(found).sum())
    numbers = (len(found), recruiting, stopped, len(found) - recruiting - stopped)
    return (FOUND, sample, *numbers, evidence.highest(found), *evidence.newest(found), *about)
