"""Trials as bars over time: from start to completion, solid as far as it is actual, hatched where it is planned.

Pure, no Streamlit. A date that is only a month or a year stands on its first day as a start and on its last day as an
end, so a bar never is shorter than the record allows. A date without a type is actual only when the status says that
it has come to pass.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

import pandas as pd
import plotly.graph_objects as go

from cache.codes import STATUS_WORDS
from cache.english import count
from cache.read.frames import plain_rows
from dashboard.shared.charts import opening, titled
from dashboard.shared.number_tables import trial_link
from dashboard.shared.palette import BAR, HATCH_INK, INK, PLANNED_HATCH
from fetchers.record.dates import PartialDate
from insights.dates.odd import sound
from insights.evidence import BEGUN, ENDED, NOT_BEGUN, OVER

MOST = 60  # trials in one picture
ROW = 40
BAR_COLUMNS = (
    "nct_id", "title", "status", "start", "solid_until", "end", "primary", "primary_planned", "results", "now",
    "start_words", "solid_words", "primary_words", "end_words", "results_words",
)  # fmt: skip
_READ = (
    "nct_id", "title", "overall_status", "start_date", "start_date_type", "primary_completion_date",
    "primary_completion_date_type", "completion_date", "completion_date_type", "results_first_posted",
)  # fmt: skip
_DIAMOND, _PLANNED, _RESULTS = "#D55E00", "#D55E00", "#8E4585"


def bars(trials: pd.DataFrame, today: date) -> pd.DataFrame:
    """One row for each trial that has a start that fits its other dates, the newest start first.

    Columns ``BAR_COLUMNS``, days as dates. What does not fit (``insights.dates.odd``) is taken as not said.

    ``solid_until``: how far the bar is actual: to an actual completion; else to ``today`` (the day of the data) when
    the trial goes on by its status and its planned end is still to come; else to an actual primary completion; else
    nowhere. Of a withdrawn trial nothing is. ``end`` is missing when the record names neither a completion nor a
    primary completion. ``now``: "running" past ``today``, "not_begun", "past" an end that was not confirmed, or None.
    ``..._words``: the dates as the registry wrote them.
    """
    rows = [_bar(row, today) for row in map(sound, plain_rows(trials[list(_READ)])) if row["start_date"]]
    made = pd.DataFrame.from_records(rows, columns=list(BAR_COLUMNS))
    return made.sort_values(["start", "nct_id"], ascending=[False, False], ignore_index=True)


def timeline(shown: pd.DataFrame, today: date) -> go.Figure:
    """The rows of ``bars`` top down, at most ``MOST``."""
    rows: list[dict[Any, Any]] = shown.head(MOST).to_dict("records")
    labels = [titled(row["nct_id"], row["title"], 26, 1) for row in rows]
    figure = go.Figure()
    solid = [(label, row, row["start"], row["solid_until"]) for label, row in zip(labels, rows, strict=True)]
    hatched = [(label, row, row["solid_until"], row["end"]) for label, row in zip(labels, rows, strict=True)]
    _stretch(figure, "Actual", solid, "")
    _stretch(figure, "Planned", hatched, PLANNED_HATCH)
    ends = [(label, row["start"], row["start"]) for label, row in zip(labels, rows, strict=True) if row["end"] is None]
    _marks(figure, "Start, end not known", "triangle-right", BAR, [(label, day, str(day)) for label, day, _ in ends])
    for name, symbol, planned in (
        ("Primary completion", "diamond", False),
        ("Primary completion, planned", "diamond-open", True),
    ):
        found = [
            (label, row["primary"], str(row["primary"]))
            for label, row in zip(labels, rows, strict=True)
            if row["primary"] is not None and row["primary_planned"] is planned
        ]
        _marks(figure, name, symbol, _PLANNED if planned else _DIAMOND, found)
    posted = [
        (label, row["results"], str(row["results"]))
        for label, row in zip(labels, rows, strict=True)
        if row["results"] is not None
    ]
    _marks(figure, "Results posted", "diamond-tall", _RESULTS, posted)
    return _framed(figure, labels, today)


def say(shown: pd.DataFrame, today: date, without: int) -> str:
    """One sentence on all bars: how many, how many run, how many are past a planned end; those without a start."""
    if shown.empty:
        return "No trial with a known start is in this view."
    running, waiting, past = ((shown["now"] == now).sum() for now in ("running", "not_begun", "past"))
    said = f"{count(len(shown), 'trial')} from {shown['start'].min().year} on"
    said += f"; {running:,} {'runs' if running == 1 else 'run'} past the day of the data"
    said += f", {waiting:,} {'has' if waiting == 1 else 'have'} not begun" if waiting else ""
    said += f", {past:,} {_are(past)} past an end that is planned or not confirmed" if past else ""
    said += f"; {without:,} without a start one can reckon with {_are(without)} not drawn" if without else ""
    return f"{said}."


def _are(number: int) -> str:
    return "is" if number == 1 else "are"


def table(shown: pd.DataFrame) -> pd.DataFrame:
    """The same bars in words, every date as the registry wrote it."""
    return pd.DataFrame(
        {
            "NCT id": [trial_link(nct_id) for nct_id in shown["nct_id"]],
            "Title": shown["title"].to_numpy(),
            "Status": shown["status"].to_numpy(),
            "Start": _list(shown["start_words"]),
            "Actual until": _list(shown["solid_words"]),
            "Primary completion": _list(shown["primary_words"]),
            "Completion": _list(shown["end_words"]),
            "Results posted": _list(shown["results_words"]),
        }
    )


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
    return (row["nct_id"], row["title"], STATUS_WORDS.get(status, status), start.day, solid, last, primary.day,
            bool(primary.doubt), PartialDate(results).latest if results else None, now, start.words,
            solid_words if solid > start.day else None, primary.words, end.words, results)  # fmt: skip


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


def _stretch(
    figure: go.Figure, name: str, spans: Sequence[tuple[str, dict[Any, Any], date, date | None]], hatch: str
) -> None:
    drawn = [(label, row, first, last) for label, row, first, last in spans if last is not None and last > first]
    if not drawn:
        return
    figure.add_bar(
        y=[label for label, *_ in drawn],
        base=[str(first) for _, _, first, _ in drawn],
        x=[(last - first).days * 86_400_000 for _, _, first, last in drawn if last],
        orientation="h",
        name=name,
        marker={
            "color": BAR,
            "opacity": 0.55 if hatch else 1,
            "pattern": {"shape": hatch, "fgcolor": HATCH_INK, "fillmode": "overlay", "size": 6, "solidity": 0.35},
        },
        **opening(
            [trial_link(row["nct_id"]) for _, row, *_ in drawn],
            [
                f"{row['nct_id']}, {name.lower()}: {first} to {last}<br>{row['status'] or 'Status not known'}"
                for _, row, first, last in drawn
            ],
        ),
    )


def _marks(figure: go.Figure, name: str, symbol: str, colour: str, marks: Sequence[tuple[str, date, str]]) -> None:
    if marks:
        figure.add_scatter(
            x=[str(day) for _, day, _ in marks],
            y=[label for label, *_ in marks],
            mode="markers",
            name=name,
            marker={"symbol": symbol, "size": 12, "color": colour, "line": {"width": 1.5, "color": colour}},
            hovertemplate=f"{name}: %{{x|%Y-%m-%d}}<extra></extra>",
        )


def _framed(figure: go.Figure, labels: Sequence[str], today: date) -> go.Figure:
    line = {"color": INK, "width": 1.5, "dash": "dot"}
    words = {  # the oldest trials stand at the foot, so there is room on the right
        "x": str(today), "y": 0, "yref": "paper", "xanchor": "right", "yanchor": "bottom", "text": "day of the data ",
        "showarrow": False, "font": {"color": INK, "size": 12},
    }  # fmt: skip
    axis = {"fixedrange": True, "automargin": True, "tickfont": {"color": INK}}
    rows = {
        "type": "category", "categoryorder": "array", "categoryarray": list(labels), "showgrid": False,
        "range": [max(len(labels), 1) - 0.5, -0.5], "ticklabelstandoff": 6,
    }  # fmt: skip
    return figure.update_layout(
        shapes=[{"type": "line", "x0": str(today), "x1": str(today), "y0": 0, "y1": 1, "yref": "paper", "line": line}],
        annotations=[words],
        xaxis=axis | {"type": "date", "side": "top", "nticks": 6, "showgrid": True},
        yaxis=axis | rows,
        barmode="overlay",
        bargap=0.45 if len(labels) > 2 else 0.7,  # few rows are high ones
        height=170 + ROW * max(len(labels), 1),
        margin={"l": 0, "r": 16, "t": 8, "b": 8},
        showlegend=True,
        legend={"orientation": "h", "yanchor": "top", "y": 0, "yref": "paper", "x": 0, "title": None},
        font={"color": INK},
    )


def _list(column: "pd.Series[Any]") -> list[Any]:
    return [None if value is None or pd.isna(value) else value for value in column]
