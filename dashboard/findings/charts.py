"""An outcome as dots with intervals: a row a group. Pure, no Streamlit."""

import html

import plotly.graph_objects as go

from cache.english import shortened
from dashboard.shared.charts import AXIS, ROW, WORDS, figure, lines, opening
from dashboard.shared.palette import BAR, INK
from insights.findings.outcome import Dots, Point

_LABEL, _LONGEST = 26, 90


def dots(shown: Dots, unit: str) -> go.Figure:
    """The number of each group as a dot, its interval as a line; the page's own words stand below. ``unit``: the title
    of the axis. The registry's texts are escaped, for Plotly would read tags in them."""
    labels = _labels(shown)
    rows = [label.count("<br>") + 1 for label in labels]
    mark = {
        "type": "scatter",
        "mode": "markers",
        "x": [point.value for point in shown.points],
        "y": labels,
        "marker": {"color": BAR, "size": 11},
        "error_x": {
            "type": "data",
            "symmetric": False,
            "array": [_reach(point.high, point.value) for point in shown.points],
            "arrayminus": [_reach(point.value, point.low) for point in shown.points],
            "color": INK,
            "thickness": 2,
            "width": 6,
        },
        **opening([""] * len(labels), [html.escape(_said(point), quote=False) for point in shown.points]),
    }
    layout = {
        "height": 76 + sum(max(ROW + 6, 17 * number) for number in rows),
        "margin": {"l": 0, "r": 24, "t": 8, "b": 8},
        "showlegend": False,
        "xaxis": AXIS
        | {"showgrid": True, "zeroline": True, "nticks": 6, "title": {"text": _title(unit), "font": {"color": INK}}},
        "yaxis": WORDS,
    }
    return figure([mark], layout)


def _said(point: Point) -> str:
    return f"{shortened(point.group, _LONGEST)}: {point.said}"


def _labels(shown: Dots) -> list[str]:
    """The groups over several lines; two that begin alike stay apart."""
    made: list[str] = []
    for point in shown.points:
        label = lines(html.escape(shortened(point.group, _LONGEST), quote=False), _LABEL)
        made.append(label if label not in made else f"{label} ({len(made) + 1})")
    return made


def _reach(far: float | None, near: float | None) -> float:
    """The length of a line from one end to the other; nothing for an end that is not there."""
    return 0.0 if far is None or near is None else max(far - near, 0.0)


def _title(unit: str) -> str:
    return html.escape(shortened(unit, 60), quote=False)
