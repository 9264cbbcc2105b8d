"""The rows of the timeline as bars: filled as far as they are actual, outlined where they are planned.

Colour and hatch are those of the trial's status, as in every other chart. A title stands whole above its bar, so that
the bar has the whole width on a phone as well. Pure, no Streamlit.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import accumulate
from typing import Any, NamedTuple

import pandas as pd
import plotly.graph_objects as go

from dashboard.shared.charts import LEGEND_ROW, LINE_HEIGHT, Trace, figure, legend_rows, opening, pattern, titled
from dashboard.shared.number_tables import trial_link
from dashboard.shared.palette import GROUPS, INK, StatusGroup

MOST = 60  # trials in one picture
PLANNED = "Planned or not confirmed"
_LETTERS = 50  # of a title on one line, which a phone has room for
_THICK = 16  # pixels of a bar
_APART = 18  # pixels between a bar and the next title


class Row(NamedTuple):
    """A trial in its place, in pixels from the top: the middle of its bar, below its label."""

    at: float
    label: str
    facts: dict[Any, Any]


def timeline(shown: pd.DataFrame, today: date) -> go.Figure:
    """The rows of ``rows.bars`` top down, at most ``MOST``, each as high as its whole title asks for."""
    placed, height = _placed(shown.head(MOST).to_dict("records"))
    traces = [trace for group in GROUPS for trace in _of_group(group, placed)]
    if any(trace["marker"]["color"] == _CLEAR for trace in traces):
        traces.append(_legend_of_planned())
    if any(row.facts["end"] is None for row in placed):
        traces.append({"x": [None], "y": [None]} | _points("Start, end not known", "triangle-right", INK))
    traces += [
        *_marks("Primary completion", "diamond", _dated(placed, "primary", planned=False)),
        *_marks("Primary completion, planned", "diamond-open", _dated(placed, "primary", planned=True)),
        *_marks("Results posted", "star", _dated(placed, "results")),
    ]
    entries = sum(trace.get("showlegend", True) for trace in traces)
    return figure(traces, _layout(placed, height, entries, today))


def _placed(facts: Sequence[dict[Any, Any]]) -> tuple[list[Row], float]:
    """The rows in their places, and the height of all of them."""
    labels = [titled(one["nct_id"], one["title"], _LETTERS, None) for one in facts]
    ends = list(accumulate(LINE_HEIGHT * (label.count("<br>") + 1) + _THICK + _APART for label in labels))
    middles = [end - _APART - _THICK / 2 for end in ends]
    return [Row(*one) for one in zip(middles, labels, facts, strict=True)], ends[-1] if ends else _APART


_CLEAR = "rgba(0, 0, 0, 0)"


def _of_group(group: StatusGroup, placed: Iterable[Row]) -> list[Trace]:
    """The bars of one group of statuses: what is actual, and what is planned after it."""
    mine = [row for row in placed if row.facts["group"] == group.id]
    actual = _stretch(mine, "start", "solid_until", "actual")
    planned = _stretch(mine, "solid_until", "end", "planned or not confirmed")
    filled = {"color": group.colour, "pattern": pattern(group.hatch), "line": {"width": 0}}
    outlined = {"color": _CLEAR, "line": {"color": group.colour, "width": 2}}
    endless = [(row, row.facts["start"]) for row in mine if row.facts["end"] is None]
    shared = {"name": group.word, "legendgroup": group.id}
    traces = [
        part | shared | {"marker": marker} for part, marker in ((actual, filled), (planned, outlined)) if part["x"]
    ]
    traces += [one | shared for one in _marks("Start", "triangle-right", endless, group.colour)]
    return [trace | {"showlegend": at == 0} for at, trace in enumerate(traces)]


def _stretch(rows: Sequence[Row], begin: str, finish: str, what: str) -> Trace:
    drawn = [(row, row.facts[begin], row.facts[finish]) for row in rows]
    drawn = [(row, first, last) for row, first, last in drawn if last is not None and last > first]
    return {
        "type": "bar",
        "orientation": "h",
        "y": [row.at for row, *_ in drawn],
        "width": _THICK,
        "base": [str(first) for _, first, _ in drawn],
        "x": [(last - first).days * 86_400_000 for _, first, last in drawn],
        **opening(
            [trial_link(row.facts["nct_id"]) for row, *_ in drawn],
            [
                f"{row.facts['nct_id']}, {what}: {first} to {last}<br>{row.facts['status'] or 'Status not known'}"
                for row, first, last in drawn
            ],
        ),
    }


def _legend_of_planned() -> Trace:
    """A mark in the legend alone: every group has outlined bars."""
    marker = {"color": _CLEAR, "line": {"color": INK, "width": 2}}
    return {"type": "bar", "orientation": "h", "x": [None], "y": [None], "name": PLANNED, "marker": marker}


def _dated(placed: Iterable[Row], field: str, *, planned: bool | None = None) -> list[tuple[Row, date]]:
    return [
        (row, row.facts[field])
        for row in placed
        if row.facts[field] is not None and (planned is None or row.facts[f"{field}_planned"] is planned)
    ]


def _marks(name: str, symbol: str, marks: Sequence[tuple[Row, date]], colour: str = INK) -> list[Trace]:
    """One trace of dates, or none without a date."""
    if not marks:
        return []
    where = {"x": [str(day) for _, day in marks], "y": [row.at for row, _ in marks]}
    return [where | _points(name, symbol, colour)]


def _points(name: str, symbol: str, colour: str) -> Trace:
    halo = {} if symbol.endswith("-open") else {"line": {"width": 1, "color": "rgba(255, 255, 255, 0.9)"}}
    return {
        "type": "scatter",
        "mode": "markers",
        "name": name,
        "marker": {"symbol": symbol, "size": 12, "color": colour, **halo},
        "hovertemplate": f"{name}: %{{x|%Y-%m-%d}}<extra></extra>",
    }


def _layout(placed: Sequence[Row], height: float, entries: int, today: date) -> dict[str, Any]:
    line = {"color": INK, "width": 1.5, "dash": "dot"}
    text = {"showarrow": False, "font": {"color": INK, "size": 12}}
    words = {  # below the last bar
        "x": str(today), "y": 0, "yref": "paper", "xanchor": "right", "yanchor": "bottom", "text": "day of the data ",
    }  # fmt: skip
    titles = [
        {
            "x": 0, "xref": "paper", "xanchor": "left", "align": "left", "text": row.label,
            "y": row.at - _THICK / 2, "yanchor": "bottom",
        }
        for row in placed
    ]  # fmt: skip
    axis = {"fixedrange": True, "automargin": True, "tickfont": {"color": INK}}
    rows = {"range": [height, 0], "showgrid": False, "zeroline": False, "showticklabels": False}
    at_today = {"x0": str(today), "x1": str(today), "y0": 0, "y1": 1, "yref": "paper"}
    return {
        "shapes": [{"type": "line", "layer": "below", "line": line, **at_today}],
        "annotations": [one | text for one in (words, *titles)],
        "xaxis": axis | {"type": "date", "side": "top", "nticks": 6, "showgrid": True},
        "yaxis": axis | rows,
        "barmode": "overlay",
        "height": height + 50 + LEGEND_ROW * legend_rows(entries),
        "margin": {"l": 0, "r": 16, "t": 8, "b": 8},
        "showlegend": True,
        "legend": {"orientation": "h", "yanchor": "top", "y": 0, "yref": "paper", "x": 0},
    }
