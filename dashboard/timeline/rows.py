"""The bars of trials over time in the words and groups of the screen. Pure; ``insights.dates.course`` makes them."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pandas as pd

from cache.codes import STATUS_WORDS
from cache.english import agreeing, count, listed
from dashboard.shared.number_tables import trial_link
from dashboard.shared.palette import GROUPS, group_of
from insights.dates import course

# How the rows can be ordered, by the value of the address's key.
ORDERS = {"start": "Newest start", "end": "Latest end", "size": "Most people", "status": "Status"}


def bars(trials: pd.DataFrame, today: date) -> pd.DataFrame:
    """``course.bars``, as ``worded`` and ``with_dates``."""
    return with_dates(worded(course.bars(trials, today)))


def worded(found: pd.DataFrame) -> pd.DataFrame:
    """The bars with their ``status`` in words, and ``group``: that of the status, an id of ``palette.GROUPS``."""
    statuses = pd.Categorical(found["status"])

    def said(words: Callable[[str | None], str | None]) -> Any:
        # A word a status, not a row; the last one is that of code -1, a missing status.
        return pd.array([*map(words, statuses.categories), words(None)], dtype="str").take(statuses.codes)

    return found.assign(status=said(lambda code: STATUS_WORDS.get(code or "", code)), group=said(group_of))


def with_dates(shown: pd.DataFrame) -> pd.DataFrame:
    """A few bars with Python's own days, None where there is none."""
    days = {
        name: pd.Series([None if pd.isna(day) else day.date() for day in shown[name]], index=shown.index, dtype=object)
        for name in course.DAYS
    }
    return shown.assign(**days)


def ordered(found: pd.DataFrame, by: str) -> pd.DataFrame:
    """The rows of ``bars`` in one of ``ORDERS``; among equals the newest start stays first, what is not known last."""
    if by == "start":
        return found
    keys: dict[str, Any] = {
        "end": found["end"].map(lambda day: None if pd.isna(day) else -day.toordinal(), na_action=None),
        "size": -pd.to_numeric(found["people"]),
        "status": found["group"].map([group.id for group in GROUPS].index),
    }
    order = pd.Series(keys[by], index=found.index, dtype="Float64").sort_values(kind="stable", na_position="last")
    return found.loc[order.index].reset_index(drop=True)


def say(shown: pd.DataFrame, without: int) -> str:
    """One sentence on all bars: how many, how many run, how many are past a planned end; those without a start."""
    if shown.empty:
        return "No trial with a known start is in this view."
    running, waiting, past = (int((shown["now"] == now).sum()) for now in ("running", "not_begun", "past"))
    parts = [f"{running:,} {_are(running)} still running" if running else "none is known to be running"]
    if waiting:
        parts.append(f"{waiting:,} {agreeing(waiting, 'has', 'have')} not started")
    if past:
        parts.append(f"{past:,} {_are(past)} past an end that is planned or not confirmed")
    said = f"{count(len(shown), 'trial')} from {shown['start'].min().year} on: {listed(parts)}."
    if without:
        said += f" {without:,} {_are(without)} not drawn: no start date, or one that does not fit."
    return said


def _are(number: int) -> str:
    return agreeing(number, "is", "are")


def table(shown: pd.DataFrame) -> pd.DataFrame:
    """The same bars in words, every date as the registry wrote it."""
    return pd.DataFrame(
        {
            "NCT id": [trial_link(nct_id) for nct_id in shown["nct_id"]],
            "Title": shown["title"].to_numpy(),
            "Status": shown["status"].to_numpy(),
            "People": pd.array(_list(shown["people"]), dtype="Int64"),
            "Start": _list(shown["start_words"]),
            "Actual until": _list(shown["solid_words"]),
            "Primary completion": _list(shown["primary_words"]),
            "Completion": _list(shown["end_words"]),
            "Results posted": _list(shown["results_words"]),
        }
    )


def _list(column: "pd.Series[Any]") -> list[Any]:
    return [None if value is None or pd.isna(value) else value for value in column]
