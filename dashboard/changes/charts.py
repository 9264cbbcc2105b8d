"""The dumbbells of the slip ledger: first promised and now, with a line between. Pure, no Streamlit."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboard.changes.tables import slip_words
from dashboard.shared.charts import opening, titled
from dashboard.shared.number_tables import trial_link
from dashboard.shared.palette import BAR, LINE
from fetchers.record.dates import PartialDate
from insights import slips

MOST = 15  # trials in the picture; the table has all
_ROW = 58


def dumbbells(moved: pd.DataFrame, titles: Mapping[str, str]) -> go.Figure:
    """A row a trial, in the order of ``moved`` (rows of the ledger, one measure), at most ``MOST``.

    A date that is only a month or a year stands on the last day it can mean. Hollow: promised first; filled: now.
    """
    rows: list[dict[Any, Any]] = moved.head(MOST).to_dict("records")
    labels = [titled(str(row["nct_id"]), titles.get(str(row["nct_id"])), 24, 2) for row in rows]
    figure = go.Figure()
    for label, row in zip(labels, rows, strict=True):
        ends = [_place(row["measure"], row["first"]), _place(row["measure"], row["now"])]
        figure.add_scatter(
            x=ends, y=[label, label], mode="lines", line={"color": LINE, "width": 3}, hoverinfo="skip", showlegend=False
        )
    for name, key, symbol in (("First promised", "first", "circle-open"), ("Now", "now", "circle")):
        figure.add_scatter(
            x=[_place(row["measure"], row[key]) for row in rows],
            y=labels,
            mode="markers",
            name=name,
            marker={"color": BAR, "size": 13, "symbol": symbol, "line": {"width": 2.5, "color": BAR}},
            **opening(
                [trial_link(str(row["nct_id"])) for row in rows],
                [f"{row['nct_id']}, {name.lower()}: {row[key]}" for row in rows],
            ),
        )
    _amounts(figure, labels, rows)
    figure.update_xaxes(fixedrange=True, automargin=True, side="top", nticks=5, showgrid=True)
    figure.update_yaxes(autorange="reversed", fixedrange=True, automargin=True, showgrid=False, ticklabelstandoff=6)
    if rows and rows[0]["measure"] == slips.PEOPLE:
        figure.update_xaxes(rangemode="tozero", tickformat=",d")
    return figure.update_layout(
        height=110 + _ROW * max(len(rows), 1),
        margin={"l": 0, "r": 24, "t": 8, "b": 8},
        legend={"orientation": "h", "yanchor": "top", "y": 0, "yref": "paper", "x": 0},
    )


def _amounts(figure: go.Figure, labels: list[str], rows: list[dict[Any, Any]]) -> None:
    """How far, in words, above the middle of each line, so that nothing is read off the axis."""
    for label, row in zip(labels, rows, strict=True):
        first, now = (_place(row["measure"], row[key]) for key in ("first", "now"))
        middle = first + (now - first) / 2
        words = slip_words(row["amount"], row["measure"])
        figure.add_annotation(x=middle, y=label, text=words, showarrow=False, yshift=15, font={"size": 12})


def _place(measure: str, value: Any) -> Any:
    return float(value) if measure == slips.PEOPLE else pd.Timestamp(PartialDate.parse(value).latest)
