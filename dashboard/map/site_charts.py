"""The map of the sites in one country, drawn like the map of countries and closer. Pure, no Streamlit."""

import html
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from cache.english import count
from cache.gazetteer import cities
from dashboard.map.charts import LAND, PALE
from dashboard.shared.charts import Drawing, opening
from dashboard.shared.palette import BAR, INK
from insights.geography import land

MOST = 300  # cities that are drawn; the table has all
NAMED = 12  # cities whose name stands beside their disc
_HEIGHT = 460
_LARGEST, _LEAST, _FEW = 34, 6, 12  # pixels, and trials that would fill the largest disc
_MARGIN, _NARROWEST = 0.12, 90  # of the map around the discs; steps of the grid


def discs(found: pd.DataFrame, address: Any) -> go.Figure:
    """A disc a city, its area the number of trials, solid where a site is open. ``found``: ``sites.by_city``;
    ``address``: a city's label -> the list that its disc opens."""
    shown = found.head(MOST)
    spots = [land.place(*both) for both in zip(shown["latitude"], shown["longitude"], strict=True)]
    box = _box([x for x, _ in spots], [y for _, y in spots])
    east, north = land.outline(box)
    ground = {
        "type": "scatter", "mode": "lines", "x": east, "y": north, "fill": "toself", "fillcolor": LAND,
        "line": {"width": 0}, "hoverinfo": "skip", "showlegend": False,
    }  # fmt: skip
    most = max(_FEW, int(shown["trials"].max()))
    marks = {
        "type": "scatter", "mode": "markers+text", "x": [x for x, _ in spots], "y": [y for _, y in spots],
        "text": [html.escape(_name(label)) if at < NAMED else "" for at, label in enumerate(shown["city"])],
        "textposition": "middle right", "textfont": {"color": INK, "size": 12}, "showlegend": False,
        "marker": {
            "size": shown["trials"].tolist(), "sizemode": "area", "sizeref": 2 * most / _LARGEST**2,
            "sizemin": _LEAST / 2, "opacity": 1, "line": {"color": BAR, "width": 1.2},
            "color": [BAR if opened else PALE for opened in shown["open"]],
        },
        **opening([address(label) for label in shown["city"]], [_words(row) for row in shown.to_dict("records")]),
    }  # fmt: skip
    bare = {"visible": False, "fixedrange": True, "constrain": "domain"}
    layout = {
        "height": _HEIGHT, "margin": {"l": 0, "r": 0, "t": 8, "b": 8}, "hovermode": "closest", "dragmode": False,
        "font": {"color": INK},
        "xaxis": bare | {"range": [box[0], box[2]]},
        "yaxis": bare | {"range": [box[1], box[3]], "scaleanchor": "x"},
    }  # fmt: skip
    return Drawing([ground, marks], layout)


def _name(label: str) -> str:
    return label.partition(" #")[0].rpartition(",")[0]


def _words(row: dict[Any, Any]) -> str:
    city = cities.one(row["city"])
    name = html.escape(cities.shown(city) if city else row["city"], quote=False)
    told = f"{count(row['trials'], 'trial')}, {count(row['sites'], 'site')}"
    return f"Near {name}: {told}<br>open or about to open: {count(row['open'], 'site')}"


def _box(east: list[int], north: list[int]) -> tuple[float, float, float, float]:
    wide = max(max(east) - min(east), _NARROWEST) * (0.5 + _MARGIN)
    high = max(max(north) - min(north), _NARROWEST) * (0.5 + _MARGIN)
    x, y = (max(east) + min(east)) / 2, (max(north) + min(north)) / 2
    return x - wide, y - high, x + wide, y + high
