"""The course of each trial: from start to completion, how far that is actual and how far it is planned. Frames in,
frames out.

A date that is only a month or a year stands on its first day as a start and on its last day as an end, so a bar never
is shorter than the record allows. A date without a type is actual only when the status says that it has come to pass.
"""

from datetime import date
from typing import Any, NamedTuple

import pandas as pd

from cache.read.frames import plain_rows
from fetchers.record.dates import PartialDate
from insights.dates.odd import sound
from insights.evidence import BEGUN, ENDED, NOT_BEGUN, OVER

BAR_COLUMNS = (
    "nct_id", "title", "status", "start", "solid_until", "end", "primary", "primary_planned", "results", "now",
    "start_words", "solid_words", "primary_words", "end_words", "results_words", "people",
)  # fmt: skip
DATES = ("start_date", "primary_completion_date", "completion_date")
DAYS = ("start", "solid_until", "end", "primary", "results")
# What a bar is made by.
READ = (
    "nct_id", "title", "overall_status", "start_date", "start_date_type", "primary_completion_date",
    "primary_completion_date_type", "completion_date", "completion_date_type", "results_first_posted",
    "enrollment",
)  # fmt: skip


def bars(trials: pd.DataFrame, today: date) -> pd.DataFrame:
    """One row for each trial that has a start that fits its other dates, the newest start first.

    Columns ``BAR_COLUMNS``, days as numpy's days. What does not fit (``insights.dates.odd``) is taken as not said.

    ``solid_until``: how far the bar is actual: to an actual completion; else to ``today`` (the day of the data) when
    the trial goes on by its status and its planned end is still to come; else to an actual primary completion; else
    nowhere. Of a withdrawn trial nothing is. ``end`` is missing when the record names neither a completion nor a
    primary completion. ``now``: "running" past ``today``, "not_begun", "past" an end that was not confirmed, or None.
    ``..._words``: the dates as the registry wrote them.
    """
    rows = [_bar(row, today) for row in map(sound, plain_rows(trials[list(READ)])) if row["start_date"]]
    made = pd.DataFrame.from_records(rows, columns=list(BAR_COLUMNS))
    return in_order(made.astype(dict.fromkeys(DAYS, "datetime64[s]") | {"people": "Int64"}))


def in_order(made: pd.DataFrame) -> pd.DataFrame:
    """Bars, the newest start first."""
    return made.sort_values(["start", "nct_id"], ascending=[False, False], ignore_index=True)


class _Start(NamedTuple):
    day: date
    words: str


class _When(NamedTuple):
    """A date of the record: the day it is drawn on, its text, and why it is not actual ("" when it is)."""

    day: date | None
    text: str | None
    doubt: str

    @property
    def words(self) -> str | None:
        return f"{self.text} ({self.doubt})" if self.doubt else self.text


def _bar(row: dict[Any, Any], today: date) -> tuple[Any, ...]:
    status, results = row["overall_status"], row["results_first_posted"]
    start, primary = _start(row, today), _end(row, "primary_completion_date", today)
    end = _end(row, "completion_date", today)
    end = primary if end.day is None else end
    last = None if end.day is None else max(end.day, start.day)
    running = today if _goes_on(row, start.day, today) else None
    solid, solid_words = start.day, None
    if last is not None and status != "WITHDRAWN":  # nobody took part
        day, solid_words = _actual_until(primary, end, running)
        solid = max(start.day, min(day or start.day, last))
    now = "running" if last and solid == running and last > today else None
    if status != "WITHDRAWN" and end.doubt and last and last <= today:
        now = "past"
    elif status == "NOT_YET_RECRUITING":
        now = "not_begun"
    return (row["nct_id"], row["title"], status, start.day, solid, last, primary.day,
            bool(primary.doubt), PartialDate(results).latest if results else None, now, start.words,
            solid_words if solid > start.day else None, primary.words, end.words, results,
            row["enrollment"])  # fmt: skip


def _goes_on(row: dict[Any, Any], start: date, today: date) -> bool:
    """An unknown status is none that goes on, and a start that is only planned is no start."""
    status = row["overall_status"]
    return status in BEGUN and status not in OVER and row["start_date_type"] != "ESTIMATED" and start <= today


def _actual_until(primary: _When, end: _When, running: date | None) -> tuple[date | None, str | None]:
    """The day, and the date it comes from in words; ``running``: the day of the data, for a trial that goes on."""
    if end.day and not end.doubt:
        return end.day, end.text
    if running and end.day and end.day > running:
        return running, str(running)
    return (None, None) if primary.doubt else (primary.day, primary.text)


def _start(row: dict[Any, Any], today: date) -> _Start:
    text, kind, status = row["start_date"], row["start_date_type"], row["overall_status"]
    day = PartialDate(text).earliest
    if kind == "ESTIMATED" or day > today:
        return _Start(day, f"{text} (planned)")
    unsure = kind != "ACTUAL" and (status is None or status in NOT_BEGUN)
    return _Start(day, f"{text} (not confirmed)" if unsure else text)


def _end(row: dict[Any, Any], field: str, today: date) -> _When:
    """The latest day of a date. Without a type it has come to pass only when the trial has ended."""
    text, kind = row[field], row[f"{field}_type"]
    if not text:
        return _When(None, None, "")
    first, last = PartialDate(text).earliest, PartialDate(text).latest
    if first <= today and (kind == "ACTUAL" or (kind is None and row["overall_status"] in ENDED)):
        return _When(min(last, today), text, "")  # the rest of the month has not happened yet
    return _When(last, text, "planned" if kind == "ESTIMATED" or last > today else "not confirmed")
