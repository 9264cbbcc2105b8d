"""The map of trials by country and the ranking below it. Pure, no Streamlit.

The map stands on plain axes: land is one quiet shape, a country is a disc. Plotly's own maps would ask a server for
their shapes, and have none for Singapore, Malta or Hong Kong.
"""

import html
import textwrap
from collections.abc import Callable
from math import sqrt
from typing import Any, NamedTuple

import pandas as pd
import plotly.graph_objects as go

from cache.english import count
from dashboard.shared.charts import Drawing, opening
from dashboard.shared.palette import BAR, INK
from insights.geography import land, places

MOST = 20  # countries of the ranking; the table has all
LAND = "rgba(128, 134, 143, 0.24)"
PALE = "rgba(0, 114, 178, 0.26)"  # BAR, seen through
OPEN, ALL = "Open or about to open", "All trials"
_FRAME = "rgba(128, 134, 143, 0.5)"
_HEIGHT = 490
_LARGEST = 46  # pixels across the disc of the country with the most trials
_LEAST = 4  # pixels across the disc of a single trial, at least
_FEW = 12  # trials that would fill the largest disc; fewer have smaller ones, so that two do not look like many
_LINE = {"color": BAR, "width": 1.2}
_LEGEND = {
    "orientation": "h", "yanchor": "top", "y": 0, "x": 0, "traceorder": "normal", "itemsizing": "constant",
    "itemclick": False, "itemdoubleclick": False,
}  # fmt: skip
Listed = Callable[[str, str], str]  # a country; "trials", "open" or "others" -> where they are listed
Box = tuple[float, float, float, float]  # west, south, east, north


class Part(NamedTuple):
    """A stretch of the world on axes of its own."""

    axis: str  # what Plotly adds to the axes' names
    box: Box  # on the map's grid
    width: int  # pixels it is drawn in, for placing numbers; the page may give it more or less
    labels: int  # numbers beside discs, at most


_WORLD = (land.WEST_EAST[0], land.SOUTH_NORTH[0], land.WEST_EAST[1], land.SOUTH_NORTH[1])
# Europe once more, larger, in the empty south-west: its countries are many and small. It is as high as its place allows
# and not as wide, so that in a narrow window, where the world shrinks to the top, it comes to stand below.
EUROPE = Part("2", (-140, 690, 430, 1165), 218, 16)
PARTS = (Part("", _WORLD, 960, 12), EUROPE)


def drawn(counted: pd.DataFrame) -> pd.DataFrame:
    """The countries with a known place, in their order, with ``x`` and ``y`` on the map's grid."""
    found = [(at, places.find(country)) for at, country in enumerate(counted["country"])]
    known = [(at, land.place(place.latitude, place.longitude)) for at, place in found if place]
    return counted.iloc[[at for at, _ in known]].assign(x=[x for _, (x, _) in known], y=[y for _, (_, y) in known])


def bubbles(counted: pd.DataFrame, address: Listed) -> go.Figure:
    """A disc a country: its area is the number of trials, its solid core, by the same measure, those that are open.

    ``counted``: ``countries.by_country``. A disc opens all trials of its country, the core the
    open ones. Countries without a known place are left out. Europe has a part of its own
    when two discs or more stand in it.
    """
    shown = drawn(counted)
    parts = [part for part in PARTS if part is not EUROPE or len(_within(shown, part.box)) > 1]
    traces = [trace for part in parts for trace in _part(part, _within(shown, part.box), _most(shown), address)]
    layout: dict[str, Any] = {
        "height": _HEIGHT,
        "margin": {"l": 0, "r": 0, "t": 30, "b": 4},
        "hovermode": "closest",
        "dragmode": False,
        "legend": _LEGEND | {"y": 1, "yanchor": "bottom"},
        "font": {"color": INK},
        "shapes": [_frame(part) for part in parts if part.axis],
        "annotations": [_name("Europe", part) for part in parts if part.axis],
    }
    for part in parts:
        layout |= _axes(part)
    return Drawing(traces, layout)


def ranking(counted: pd.DataFrame, address: Listed) -> go.Figure:
    """Bars of the first ``MOST`` countries: solid what is open, pale any other status, the sum at the end. The solid
    part opens the open trials of a country, the pale one the others."""
    shown = counted.head(MOST)
    labels = [_label(name) for name in shown["country"]]
    others = shown["trials"] - shown["open"]
    bars = [
        {
            "type": "bar", "orientation": "h", "y": labels, "x": numbers.tolist(), "name": word,
            "marker": {"color": colour, "line": _LINE},
            **opening(
                [address(name, which) if n else "" for name, n in zip(shown["country"], numbers, strict=True)],
                [
                    f"{html.escape(name, quote=False)}, {word.lower()}: {count(int(n), 'trial')}"
                    for name, n in zip(shown["country"], numbers, strict=True)
                ],
            ),
        }
        for word, numbers, colour, which in (
            (OPEN, shown["open"], BAR, "open"), ("Any other status", others, PALE, "others")
        )
    ]  # fmt: skip
    sums = {
        "type": "scatter", "y": labels, "x": shown["trials"].tolist(), "mode": "text", "hoverinfo": "skip",
        "text": [f" {n:,}" for n in shown["trials"]], "textposition": "middle right", "cliponaxis": False,
        "showlegend": False,
    }  # fmt: skip
    plain = {"fixedrange": True, "automargin": True, "showgrid": False, "zeroline": False}
    words = {"type": "category", "autorange": "reversed", "ticklabelstandoff": 6, "tickfont": {"color": INK}}
    layout = {
        "barmode": "stack",
        "bargap": 0.3,
        "height": 84 + 28 * len(labels) + 10 * sum(label.count("<br>") for label in labels),
        "margin": {"l": 0, "r": 48, "t": 8, "b": 8},
        "legend": _LEGEND,
        "xaxis": plain | {"showticklabels": False, "rangemode": "tozero"},
        "yaxis": plain | words,
        "font": {"color": INK},
    }
    return Drawing([*bars, sums], layout)


def _label(name: str) -> str:
    """Wrapped first and escaped line by line, for a break must not cut an entity in two."""
    return "<br>".join(html.escape(line, quote=False) for line in textwrap.wrap(name, 26))


def _part(part: Part, shown: pd.DataFrame, most: int, address: Listed) -> list[dict[str, Any]]:
    """Land, discs and cores of one part."""
    east, north = land.outline(part.box)
    ground = {
        "mode": "lines", "x": east, "y": north, "fill": "toself", "fillcolor": LAND, "line": {"width": 0},
        "hoverinfo": "skip", "showlegend": False,
    }  # fmt: skip
    numbered = _numbered(part, shown, most)
    scale = {"sizemode": "area", "sizeref": 2 * most / _LARGEST**2, "sizemin": _LEAST / 2, "opacity": 1}
    discs = _discs(shown, "trials", ALL, scale | {"color": PALE, "line": _LINE}, address) | {
        "mode": "markers+text",
        "text": [f"{n:,}" if at in numbered else "" for at, n in enumerate(shown["trials"])],
        "textposition": "middle right",
        "textfont": {"color": INK, "size": 13},
        "cliponaxis": False,
    }
    cores = _discs(shown[shown["open"] > 0], "open", OPEN, scale | {"color": BAR, "line": {"width": 0}}, address)
    place = {"type": "scatter", "xaxis": f"x{part.axis}", "yaxis": f"y{part.axis}"}
    return [
        trace | place | ({"showlegend": False} if part.axis else {})
        for trace in ([ground, discs, cores] if len(shown) else [ground])
    ]


def _discs(shown: pd.DataFrame, number: str, name: str, marker: dict[str, Any], address: Listed) -> dict[str, Any]:
    return {
        "mode": "markers",
        "x": shown["x"].tolist(),
        "y": shown["y"].tolist(),
        "name": name,
        "marker": marker | {"size": shown[number].tolist()},
        **opening(
            [address(country, number) for country in shown["country"]],
            [
                _open_words(country, opened)
                if number == "open"
                else f"{html.escape(country, quote=False)}: {count(trials, 'trial')}<br>{OPEN.lower()}: {opened:,}"
                for country, trials, opened in zip(shown["country"], shown["trials"], shown["open"], strict=True)
            ],
        ),
    }


def _open_words(country: str, opened: int) -> str:
    return f"{html.escape(country, quote=False)}, {OPEN.lower()}: {count(opened, 'trial')}"


def _most(shown: pd.DataFrame) -> int:
    """How many trials the largest disc stands for."""
    return max([_FEW, *map(int, shown["trials"])])


def _within(shown: pd.DataFrame, box: Box) -> pd.DataFrame:
    west, south, east, north = box
    return shown[shown["x"].between(west, east) & shown["y"].between(south, north)]


def _numbered(part: Part, shown: pd.DataFrame, most: int) -> set[int]:
    """Which discs carry their number: the largest, as long as it touches no other disc and no other number."""
    pixel = (part.box[2] - part.box[0]) / part.width
    radii = [max(_LARGEST * sqrt(n / most), _LEAST) / 2 * pixel for n in shown["trials"]]
    discs = [(x - r, y - r, x + r, y + r) for x, y, r in zip(shown["x"], shown["y"], radii, strict=True)]
    taken: dict[int, Box] = {}
    for at, (n, disc) in enumerate(zip(shown["trials"], discs, strict=True)):
        middle = (disc[1] + disc[3]) / 2
        box = (disc[2], middle - 8 * pixel, disc[2] + (6 + 8 * len(f"{n:,}")) * pixel, middle + 8 * pixel)
        others = [*discs[:at], *discs[at + 1 :], *taken.values()]
        if len(taken) < part.labels and not any(_touch(box, other) for other in others):
            taken[at] = box
    return set(taken)


def _touch(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _axes(part: Part) -> dict[str, Any]:
    """Bare axes of one scale; in a narrow window the map shrinks to the top of its place, Europe to a corner."""
    west, south, east, north = part.box
    bare = {"visible": False, "fixedrange": True, "constrain": "domain"}
    across: dict[str, Any] = bare | {"range": [west, east], "anchor": f"y{part.axis}"}
    up: dict[str, Any] = bare | {"range": [south, north], "anchor": f"x{part.axis}", "scaleanchor": f"x{part.axis}"}
    if part.axis:
        across |= {"domain": [0.002, 0.998], "constraintoward": "left"}
        up |= {"domain": [0.005, 0.405], "constraintoward": "bottom"}
    else:
        up |= {"constraintoward": "top"}
    return {f"xaxis{part.axis}": across, f"yaxis{part.axis}": up}


def _frame(part: Part) -> dict[str, Any]:
    corners = {"x0": 0, "x1": 1, "y0": 0, "y1": 1, "xref": f"x{part.axis} domain", "yref": f"y{part.axis} domain"}
    return corners | {"type": "rect", "line": {"color": _FRAME, "width": 1}}


def _name(text: str, part: Part) -> dict[str, Any]:
    place = {"x": 0.02, "y": 0.98, "xref": f"x{part.axis} domain", "yref": f"y{part.axis} domain"}
    corner = {"xanchor": "left", "yanchor": "top", "showarrow": False}
    return place | corner | {"text": text, "font": {"color": INK, "size": 12}}
