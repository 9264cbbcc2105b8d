"""Counts in, figures out: pure functions over small frames, no Streamlit.

Every figure sets only what carries meaning (bars, colours, hatches, numbers); fonts and grounds are left to the page's
theme. Labels are whole words, broken over lines rather than cut, and heights follow the number of rows, so that a
phone shows the same chart as a wide screen. Traces and layout are plain dictionaries until a figure is made of them
in one go: changing a finished figure step by step takes many times as long.
"""

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from cache.codes import LANE_WORDS, PHASE_PATH
from dashboard.shared.palette import (
    AXIS_WORDS,
    BAR,
    CELL_DARK,
    CELL_LIGHT,
    GROUPS,
    HATCH_INK,
    INK,
    LIGHT_FROM,
    PLANNED_HATCH,
    SEQUENTIAL,
)

Trace = dict[str, Any]
CONFIG = {"displayModeBar": False, "scrollZoom": False, "doubleClick": False, "showAxisDragHandles": False}
ROW = 30  # pixels of a row with one line of label
NOT_ASKED = "–"
_LEGEND_ROW = 26
_GAP = 44  # pixels between two agents side by side, with the name of the lower one
# On the axis of the heatmap the bare number of a phase is enough.
_AXIS_PHASES = {
    "EARLY_PHASE1": "Early 1",
    "PHASE1": "1",
    "PHASE1|PHASE2": "1/2",
    "PHASE2": "2",
    "PHASE2|PHASE3": "2/3",
    "PHASE3": "3",
    "PHASE4": "4",
}
_AXIS = {"fixedrange": True, "automargin": True, "showgrid": False, "tickfont": {"color": INK}}
_NUMBERS = _AXIS | {"rangemode": "tozero", "nticks": 5, "tickformat": ",d"}
_WORDS = _AXIS | {"type": "category", "autorange": "reversed", "ticklabelstandoff": 6}
_BELOW = {"orientation": "h", "yanchor": "top", "y": 0, "x": 0, "traceorder": "normal"}


def used_lanes(totals: "pd.Series[int]") -> list[str]:
    """The lanes a chart shows: the path of a drug always, the others when a trial is in them; in reading order."""
    return [lane for lane in LANE_WORDS if lane in PHASE_PATH or totals.get(lane, 0) > 0]


def phase_by_status(counts: pd.DataFrame) -> go.Figure:
    """Stacked bars: a row a lane, top down in time order, a colour and hatch a group of statuses, the sum at the end.

    ``counts``: lanes as index, ids of ``palette.GROUPS`` as columns, numbers of trials.
    """
    lanes = used_lanes(counts.sum(axis=1))
    traces = _stacked(counts, lanes)
    return _figure(traces, _rows(len(lanes), len(traces) - 1))


def agent_by_phase(counts: pd.DataFrame, names: Mapping[str, str], sampled: Sequence[str]) -> go.Figure:
    """A heatmap with its numbers: a row an agent, a column a lane, the highest phase of an agent in bold.

    ``counts``: agent ids as index (each keeps its row), lanes as columns. An agent of ``sampled`` was never asked:
    its empty cells carry no number but a dash, for nobody knows that they are zero.
    """
    lanes = used_lanes(counts.sum())
    shown = counts.reindex(columns=lanes, fill_value=0)
    columns = [_AXIS_PHASES.get(lane, AXIS_WORDS[lane]) for lane in lanes]
    rows = [_lines(names[agent], 22) for agent in shown.index]
    known = [[n if n or agent not in sampled else None for n in row] for agent, row in _by_row(shown)]
    cells = {
        "type": "heatmap",
        "x": columns,
        "y": rows,
        "z": [[None if n is None else _step(n) for n in row] for row in known],
        "customdata": known,
        "zmin": 0,
        "zmax": len(SEQUENTIAL) - 1,
        "colorscale": [[i / (len(SEQUENTIAL) - 1), colour] for i, colour in enumerate(SEQUENTIAL)],
        "showscale": False,
        "xgap": 2,
        "ygap": 2,
        "hoverongaps": False,
        "hovertemplate": "%{y}, %{x}: %{customdata:,}<extra></extra>",
    }
    layout = {
        "xaxis": _AXIS | {"type": "category", "side": "top", "tickangle": -60, "zeroline": False},
        "yaxis": _WORDS | {"zeroline": False},
        "height": 110 + 38 * len(rows),
        "margin": {"l": 0, "r": 32, "t": 0, "b": 0},
        "showlegend": False,
    }
    return _figure([cells, *_cell_texts(columns, rows, known, [_highest(lanes, row) for row in known])], layout)


def starts_per_year(counts: pd.DataFrame) -> go.Figure:
    """Bars over the years (index), solid for trials that have started, hatched for planned ones.

    ``counts``: consecutive years as index, columns ``started`` and ``planned``.
    """
    years = [int(year) for year in counts.index]
    traces = [
        {
            "type": "bar",
            "x": years,
            "y": counts[name].tolist(),
            "name": word,
            "marker": {"color": BAR, "pattern": _pattern(hatch)},
            "hovertemplate": "%{x}, " + word.lower() + ": %{y:,}<extra></extra>",
        }
        for name, word, hatch in (("started", "Started", ""), ("planned", "Planned to start", PLANNED_HATCH))
        if counts[name].sum()
    ]
    layout = {
        "barmode": "stack",
        "bargap": 0.15,
        "height": 300,
        "margin": {"l": 0, "r": 0, "t": 12, "b": 0},
        "showlegend": len(traces) > 1,
        "legend": _BELOW | {"y": -0.14},
        "xaxis": _AXIS | {"tickformat": "d", "dtick": _year_step(len(years))},
        "yaxis": _NUMBERS | {"showgrid": True},
    }
    return _figure(traces, layout)


def bars(counts: "pd.Series[int]") -> go.Figure:
    """Plain horizontal bars in the given order: the index holds the words, the values the numbers."""
    labels = [_lines(str(word), 26) for word in counts.index]
    numbers = [int(n) for n in counts]
    bar = {
        "type": "bar",
        "y": labels,
        "x": numbers,
        "orientation": "h",
        "marker": {"color": BAR},
        "hovertemplate": "%{y}: %{x:,}<extra></extra>",
    }
    return _figure([bar, _sums(labels, numbers)], _rows(len(labels), 0))


def side_by_side(counts: Mapping[str, pd.DataFrame]) -> go.Figure:
    """Phase by status of several agents under one another, on one scale and with the same rows.

    ``counts``: the name of each agent with a frame as ``phase_by_status`` takes it.
    """
    frames = list(counts.values())
    lanes = used_lanes(sum((frame.sum(axis=1) for frame in frames), start=pd.Series(0, index=list(LANE_WORDS))))
    plots = len(lanes) * ROW
    whole = len(frames) * plots + (len(frames) - 1) * _GAP
    longest = max((int(frame.sum(axis=1).max()) for frame in frames), default=0)
    traces: list[Trace] = []
    layout: dict[str, Any] = {"annotations": []}
    for place, (name, frame) in enumerate(counts.items()):
        top = 1 - place * (plots + _GAP) / whole
        number = str(place + 1) if place else ""
        traces += [trace | {"xaxis": f"x{number}", "yaxis": f"y{number}"} for trace in _stacked(frame, lanes)]
        scale = {"range": [0, max(longest, 1) * 1.12], "showticklabels": False, "anchor": f"y{number}"}
        layout[f"xaxis{number}"] = _NUMBERS | scale
        layout[f"yaxis{number}"] = _WORDS | {"domain": [max(top - plots / whole, 0), top], "anchor": f"x{number}"}
        layout["annotations"].append(_heading(name, top))
    seen = _once_in_legend(traces)
    frame_of = _rows(0, seen)
    height = whole + _GAP + 8 + _LEGEND_ROW * _legend_rows(seen)
    margin = frame_of["margin"] | {"t": _GAP}
    return _figure(traces, {**frame_of, **layout, "height": height, "margin": margin})


def _heading(name: str, top: float) -> dict[str, Any]:
    font = {"color": INK, "size": 15}
    place = {"x": 0, "y": top, "xref": "paper", "yref": "paper", "xanchor": "left", "yanchor": "bottom"}
    return {"text": f"<b>{name}</b>", "showarrow": False, "font": font, **place}


def _once_in_legend(traces: list[Trace]) -> int:
    """Let every group stand in the legend once, in the order of the palette; the number of groups there are."""
    words = [group.word for group in GROUPS]
    seen: set[str] = set()
    for trace in traces:
        if trace["type"] == "bar":
            name = trace["name"]
            trace |= {"legendgroup": name, "legendrank": words.index(name), "showlegend": name not in seen}
            seen.add(name)
    return len(seen)


def _stacked(counts: pd.DataFrame, lanes: Sequence[str]) -> list[Trace]:
    """The bars of the groups that occur, and their sums."""
    shown = counts.reindex(list(lanes), fill_value=0)
    labels = [AXIS_WORDS[lane] for lane in lanes]
    traces: list[Trace] = [
        {
            "type": "bar",
            "y": labels,
            "x": shown[group.id].tolist(),
            "name": group.word,
            "orientation": "h",
            "marker": {"color": group.colour, "pattern": _pattern(group.hatch)},
            "hovertemplate": "%{y}, " + group.word.lower() + ": %{x:,}<extra></extra>",
        }
        for group in GROUPS
        if shown[group.id].sum()
    ]
    return [*traces, _sums(labels, [int(n) for n in shown.sum(axis=1)])]


def _sums(labels: Sequence[str], sums: Sequence[int]) -> Trace:
    return {
        "type": "scatter",
        "x": list(sums),
        "y": list(labels),
        "mode": "text",
        "text": [f" {n:,}" for n in sums],
        "textposition": "middle right",
        "cliponaxis": False,
        "hoverinfo": "skip",
        "showlegend": False,
    }


def _rows(rows: int, entries: int) -> dict[str, Any]:
    """Layout of horizontal bars with so many rows and entries in the legend."""
    return {
        "barmode": "stack",
        "bargap": 0.28,
        "height": 24 + ROW * max(rows, 1) + _LEGEND_ROW * _legend_rows(entries),
        "margin": {"l": 0, "r": 48, "t": 8, "b": 8},
        "showlegend": entries > 0,
        "legend": _BELOW,
        "xaxis": _NUMBERS | {"showticklabels": False},
        "yaxis": _WORDS,
    }


def _figure(traces: list[Trace], layout: dict[str, Any]) -> go.Figure:
    """All texts in the page's own colour."""
    return go.Figure({"data": traces, "layout": {**layout, "font": {"color": INK}}})


def _pattern(hatch: str) -> dict[str, Any]:
    return {"shape": hatch, "fgcolor": HATCH_INK, "fillmode": "overlay", "size": 6, "solidity": 0.22}


def _legend_rows(entries: int) -> int:
    """Lines a legend of so many entries takes on a phone."""
    return 0 if entries == 0 else max(entries, 2)


def _year_step(years: int) -> int:
    return 1 if years <= 8 else 5 if years <= 40 else 10


def _lines(text: str, width: int) -> str:
    return "<br>".join(textwrap.wrap(text, width, break_long_words=False)) or text


def _by_row(frame: pd.DataFrame) -> list[tuple[str, list[int]]]:
    return [(str(name), [int(n) for n in row]) for name, row in zip(frame.index, frame.to_numpy(), strict=True)]


def _step(number: int) -> int:
    """The shade of a number: 0, 1, 2-3, 4-9, 10-29, 30-99, 100-299, more. Classes and single agents share one scale."""
    return sum(number >= least for least in (1, 2, 4, 10, 30, 100, 300))


def _highest(lanes: Sequence[str], row: Sequence[int | None]) -> int | None:
    """Where the furthest lane on the path of a drug stands that has a trial."""
    reached = [i for i, (lane, n) in enumerate(zip(lanes, row, strict=True)) if n and lane in PHASE_PATH]
    return max(reached, default=None)


def _cell_texts(
    columns: Sequence[str],
    rows: Sequence[str],
    known: Sequence[Sequence[int | None]],
    highest: Sequence[int | None],
) -> list[Trace]:
    """Numbers as text traces of their own: dark on light cells, light on dark ones, the page's colour on no cell."""
    texts: dict[str, list[tuple[str, str, str]]] = {CELL_DARK: [], CELL_LIGHT: [], INK: []}
    for row, numbers, top in zip(rows, known, highest, strict=True):
        for i, (column, n) in enumerate(zip(columns, numbers, strict=True)):
            ink = INK if n is None else CELL_LIGHT if _step(n) >= LIGHT_FROM else CELL_DARK
            words = NOT_ASKED if n is None else f"<b>{n:,}</b>" if i == top else f"{n:,}"
            texts[ink].append((column, row, words))
    plain = {"type": "scatter", "mode": "text", "hoverinfo": "skip", "showlegend": False}
    return [
        plain | dict(zip(("x", "y", "text"), map(list, zip(*cells, strict=True)), strict=True), textfont={"color": ink})
        for ink, cells in texts.items()
        if cells
    ]
