"""What was promised first against what is said now: frames in, frames out, no Streamlit.

A promise is a planned value; the first one is the oldest known. A move is a step from one known value to the next that
cannot mean the same (``2024-12`` and ``2024-12-09`` can). How far something moved is the sum of its moves. What a
version does not say is no move, and never zero; an odd date (``insights.dates.odd``) is taken as not said.
"""

from collections.abc import Iterator
from itertools import groupby, pairwise
from operator import itemgetter
from typing import Any, NamedTuple

import pandas as pd

from cache.changes.weights import moved_days
from insights.dates.odd import sound

DATES = ("start_date", "primary_completion_date", "completion_date")
PEOPLE = "enrollment"
MEASURES = (*DATES, PEOPLE)
DAYS_A_MONTH = 30.44
_NAMES = tuple(name for measure in MEASURES for name in (measure, f"{measure}_type"))

LEDGER_COLUMNS = (
    "nct_id", "measure", "first", "first_known_on", "first_origin", "now", "now_type", "now_known_on", "now_origin",
    "amount", "moves", "states", "gone",
)  # fmt: skip


class _Told(NamedTuple):
    """One value as a state tells it."""

    value: Any
    type: str | None
    known_on: str | None
    origin: str


def ledger(states: pd.DataFrame) -> pd.DataFrame:
    """One row for each trial and measure of which a promise is known.

    ``amount`` adds up the moves; ``states`` counts the states that say the value; ``gone``: the newest state does not
    say it any more, so ``now`` is the last known one.
    """
    rows = []
    for nct_id, measure, told, gone in _chains(states):
        steps = list(_steps(measure, told))
        first, now = told[0], told[-1]
        promised = (first.value, first.known_on, first.origin)
        present = (now.value, now.type, now.known_on, now.origin)
        rows.append((nct_id, measure, *promised, *present, sum(steps), len(steps), len(told), gone))
    made = pd.DataFrame.from_records(rows, columns=list(LEDGER_COLUMNS))
    return made.astype(dict.fromkeys(("amount", "moves", "states"), "int64"))


def slipped(found: pd.DataFrame, measure: str) -> pd.DataFrame:
    """The rows of the ledger that moved, of one measure, the furthest first; then by NCT id."""
    moved = found[(found["measure"] == measure) & (found["moves"] > 0)]
    far = moved["amount"].abs()
    return moved.assign(far=far).sort_values(["far", "nct_id"], ascending=[False, True]).drop(columns="far")


def months(days: int) -> int:
    """Whole months, rounded."""
    return round(days / DAYS_A_MONTH)


def _chains(states: pd.DataFrame) -> Iterator[tuple[str, str, list[_Told], bool]]:
    """Per trial and measure what was told from the first promise on, and whether the newest state is silent."""
    columns = [_plain(states[name]) for name in ("nct_id", "known_on", "origin", *_NAMES)]
    # By plain lists: a group of pandas' own for every trial takes ten times as long.
    for nct_id, rows in groupby(zip(*columns, strict=True), key=itemgetter(0)):
        group = [(*row[:3], *sound(dict(zip(_NAMES, row[3:], strict=True))).values()) for row in rows]
        for place, measure in enumerate(MEASURES):
            at = 3 + 2 * place
            told = [_Told(row[at], row[at + 1], row[1], row[2]) for row in group if row[at] is not None]
            first = next((number for number, one in enumerate(told) if one.type != "ACTUAL"), None)
            if first is not None:
                yield nct_id, measure, told[first:], group[-1][at] is None


def _plain(column: "pd.Series[Any]") -> list[Any]:
    """Plain values, None for a missing one."""
    missing = column.isna().to_numpy()
    return [None if gone else value for value, gone in zip(column.tolist(), missing, strict=True)]


def _steps(measure: str, told: list[_Told]) -> Iterator[int]:
    """How far each move went, in days or in people."""
    for before, after in pairwise(told):
        if measure == PEOPLE:  # noqa: SIM108 - a line each reads better
            amount = int(after.value) - int(before.value)
        else:
            amount = moved_days(before.value, after.value)
        if amount:
            yield amount
