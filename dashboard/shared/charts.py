"""Counts in, figures out: pure functions over small frames, no Streamlit.

Every figure sets only what carries meaning (bars, colours, hatches, numbers); fonts and grounds are left to the page's
theme. Labels are whole words, broken over lines rather than cut, and heights follow the number of rows, so that a
phone shows the same chart as a wide screen. Traces and layout are plain dictionaries until a figure is made of them
in one go: changing a finished figure step by step takes many times as long.

A mark that opens a list carries its address as ``customdata`` and what it counts, in words, as ``hovertext``; the
script ``web/links.js`` makes a link of it, for the mouse and for the keyboard.
"""

import html
import textwrap
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any, NamedTuple

import pandas as pd
import plotly.graph_objects as go

from cache.english import count
from dashboard.shared.palette import (
    AXIS_WORDS,
    BAR,
    CELL_LIGHT,
    GROUPS,
    HATCH_INK,
    HATCH_OPACITY,
    HATCH_SHARE,
    INK,
    LIGHT_FROM,
    SEQUENTIAL,
    used_lanes,
)

Trace = dict[str, Any]
CONFIG = {"displayModeBar": False, "scrollZoom": False, "doubleClick": False, "showAxisDragHandles": False}
ROW = 28  # pixels of a row with a label of one line
LINE_HEIGHT = 16  # pixels of a line of a label
LEGEND_ROW = 22
AXIS = {"fixedrange": True, "automargin": True, "showgrid": False, "tickfont": {"color": INK}}
NUMBERS = AXIS | {"rangemode": "tozero", "nticks": 5, "tickformat": ",d"}
WORDS = AXIS | {"type": "category", "autorange": "reversed", "ticklabelstandoff": 6}
BELOW = {"orientation": "h", "yanchor": "top", "y": 0, "x": 0, "traceorder": "normal"}


LaneAddress = Callable[[str, str], str]  # a lane and a group of statuses -> where their trials are listed


def phase_by_status(counts: pd.DataFrame, address: LaneAddress) -> go.Figure:
    """Stacked bars: a row a lane, top down in time order, a colour and hatch a group of statuses, the sum at the end.

    ``counts``: lanes as index, ids of ``palette.GROUPS`` as columns, numbers of trials.
    """
    lanes = used_lanes(counts.sum(axis=1))
    traces = stacked(counts, lanes, address)
    return figure(traces, rows_layout(len(lanes), len(traces) - 1))


def bars(counts: "pd.Series[int]", addresses: Sequence[str], unit: str = "trial") -> go.Figure:
    """Plain horizontal bars in the given order: the index holds the words, the values the numbers of ``unit``."""
    labels = [lines(str(word), 26) for word in counts.index]
    numbers = [int(n) for n in counts]
    bar = {
        "type": "bar",
        "y": labels,
        "x": numbers,
        "orientation": "h",
        "marker": {"color": BAR},
        **opening(addresses, [f"{word}: {count(n, unit)}" for word, n in zip(counts.index, numbers, strict=True)]),
    }
    return figure([bar, _sums(labels, numbers)], rows_layout(len(labels), 0, max(map(height_of, labels), default=ROW)))


def height_of(label: str) -> int:
    """Pixels of a row with this label, of one line or more."""
    return max(ROW, 8 + LINE_HEIGHT * (label.count("<br>") + 1))


def opening(addresses: Sequence[Any], hovers: Sequence[Any]) -> Trace:
    """The part of a trace that makes links of its marks: where each leads ("" for nowhere), and what it says."""
    return {"customdata": list(addresses), "hovertext": list(hovers), "hovertemplate": "%{hovertext}<extra></extra>"}


def stacked(counts: pd.DataFrame, lanes: Sequence[str], address: LaneAddress) -> list[Trace]:
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
            "marker": {"color": group.colour, "pattern": pattern(group.hatch)},
            **opening(
                [address(lane, group.id) if shown.at[lane, group.id] else "" for lane in lanes],
                [
                    f"{label}, {group.word.lower()}: {count(int(n), 'trial')}"
                    for label, n in zip(labels, shown[group.id], strict=True)
                ],
            ),
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


def rows_layout(rows: int, entries: int, row: int = ROW) -> dict[str, Any]:
    """Layout of horizontal bars with so many rows, each so high, and entries in the legend."""
    return {
        "barmode": "stack",
        "bargap": 0.28,
        "height": 24 + row * max(rows, 1) + LEGEND_ROW * legend_rows(entries),
        "margin": {"l": 0, "r": 48, "t": 8, "b": 8},
        "showlegend": entries > 0,
        "legend": BELOW,
        "xaxis": NUMBERS | {"showticklabels": False},
        "yaxis": WORDS,
    }


class Drawing(go.Figure):  # type: ignore[misc]  # Plotly has no types
    """A figure of plain dictionaries, which reach the browser as they are.

    Plotly's own figure looks at every value when it is made and copies all of them when it is sent, which takes longer
    than the counting. Here that happens only to whoever asks for ``data`` or ``layout``: the tests.
    """

    def __init__(self, traces: list[dict[str, Any]], layout: dict[str, Any]) -> None:
        self._sent = {"data": traces, "layout": {"template": _template()} | layout}

    def to_dict(self) -> dict[str, Any]:
        """What is sent; not to be written to."""
        return self._sent

    def checked(self) -> go.Figure:
        """The same as Plotly's own figure. Raises ValueError for what Plotly does not know."""
        return go.Figure(self._sent)

    @property
    def data(self) -> Any:
        return self.checked().data

    @property
    def layout(self) -> Any:
        return self.checked().layout


@cache
def _template() -> Any:
    """Streamlit's template, as every figure of Plotly gets it."""
    return go.Figure().to_dict()["layout"]["template"]


def figure(traces: list[Trace], layout: dict[str, Any]) -> go.Figure:
    """All texts in the page's own colour."""
    return Drawing(traces, {**layout, "font": {"color": INK}})


def pattern(hatch: str) -> dict[str, Any]:
    """A fill of that hatch; "" is plain."""
    ink = {"fgcolor": HATCH_INK, "fgopacity": HATCH_OPACITY, "solidity": HATCH_SHARE}
    return {"shape": hatch, "fillmode": "overlay", "size": 6, **ink}


def legend_rows(entries: int) -> int:
    """Lines a legend of so many entries takes on a phone."""
    return 0 if entries == 0 else max(entries, 2)


def lines(text: str, width: int) -> str:
    """A label broken between words into lines of about so many letters."""
    return "<br>".join(textwrap.wrap(text, width, break_long_words=False)) or text


def titled(nct_id: str, title: str | None, width: int, most: int | None) -> str:
    """A trial as the label of a row: its id over the beginning of its title, at most so many lines of it; None: all.

    The registry's text is escaped, for Plotly would read tags in it.
    """
    begun = textwrap.wrap(" ".join((title or "").split()), width, max_lines=most, placeholder=" …")
    return "<br>".join([nct_id, *(html.escape(line, quote=False) for line in begun)])


class Cell(NamedTuple):
    """What stands in a cell of a heatmap; ``shade``: the step of its ground, None for a cell without one."""

    column: str
    row: str
    shade: int | None
    text: str
    hover: str
    address: str = ""


def heatmap(cells: Sequence[Cell]) -> list[Trace]:
    """The grounds of the cells, row by row, and the texts on them."""
    columns, rows = (list(dict.fromkeys(cell[at] for cell in cells)) for at in (0, 1))
    across = len(columns)
    by_row = [cells[at : at + across] for at in range(0, len(cells), across)]
    grounds: Trace = {
        "type": "heatmap",
        "x": columns,
        "y": rows,
        "z": [[cell.shade for cell in row] for row in by_row],
        **opening([[cell.address for cell in row] for row in by_row], [[cell.hover for cell in row] for row in by_row]),
        "zmin": 0,
        "zmax": len(SEQUENTIAL) - 1,
        "colorscale": [[at / (len(SEQUENTIAL) - 1), colour] for at, colour in enumerate(SEQUENTIAL)],
        "showscale": False,
        "xgap": 2,
        "ygap": 2,
        "hoverongaps": False,
    }
    return [grounds, *_cell_texts(cells)]


def _cell_texts(cells: Iterable[Cell]) -> list[Trace]:
    """Texts as traces of their own: the page's colour, where the page shines through the ground, else light."""
    texts: dict[str, list[Cell]] = {INK: [], CELL_LIGHT: []}
    for cell in cells:
        texts[CELL_LIGHT if cell.shade and cell.shade >= LIGHT_FROM else INK].append(cell)
    return [
        {
            "type": "scatter",
            "mode": "text",
            "hoverinfo": "skip",
            "showlegend": False,
            "x": [cell.column for cell in mine],
            "y": [cell.row for cell in mine],
            "text": [cell.text for cell in mine],
            "textfont": {"color": ink},
        }
        for ink, mine in texts.items()
        if mine
    ]
