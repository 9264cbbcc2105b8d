"""The gap map and the ladder as figures. Pure, no Streamlit; words and order come in from outside."""

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from cache.codes import PHASE_PATH
from cache.english import count, inner
from dashboard.shared.charts import Cell, figure, heatmap, lines, opening
from dashboard.shared.palette import AXIS_WORDS, BAR, INK, LINE, shade
from insights import gaps

# The three kinds of an empty cell, told apart by sign: the first has a ground as well, for it is a number.
EMPTY = {gaps.NONE: "0", gaps.NOT_ASKED: "–", gaps.FAILED: "✕"}


RowAddress = Callable[[Mapping[Any, Any]], str]  # a row of the grid or the ladder -> where its trials are listed


def gap_map(
    cells: pd.DataFrame, agents: Mapping[str, str], conditions: Mapping[str, str], address: RowAddress
) -> go.Figure:
    """A row an agent, a column a condition group, the number of trials in each cell, bold where some recruit.

    ``cells``: ``gaps.grid``. A cell of which nothing is known has no ground, only its sign.
    """
    rows: list[dict[Any, Any]] = cells.to_dict("records")
    drawn = [
        Cell(
            lines(conditions[row["condition"]], 26),
            lines(agents[row["agent"]], 18),
            _shade(row),
            _sign(row),
            f"{agents[row['agent']]}, {conditions[row['condition']]}: {hover(row)}",
            address(row) if row["state"] == gaps.FOUND else "",
        )
        for row in rows
    ]
    plain = {"type": "category", "fixedrange": True, "automargin": True, "showgrid": False, "zeroline": False}
    layout = {
        # Steep words on one line: on a phone a column is as wide as one line is high.
        "xaxis": plain | {"side": "top", "tickangle": -60, "tickfont": {"color": INK}},
        "yaxis": plain | {"autorange": "reversed", "tickfont": {"color": INK}},
        "height": 150 + 38 * len(agents),
        "margin": {"l": 0, "r": 44, "t": 0, "b": 0},
        "showlegend": False,
    }
    return figure(heatmap(drawn), layout)


def _shade(row: Mapping[Any, Any]) -> int | None:
    return None if pd.isna(row["total"]) else shade(int(row["total"]))


def _sign(row: Mapping[Any, Any]) -> str:
    """The number of a cell, or the sign of its kind of empty."""
    if row["state"] in EMPTY:
        return EMPTY[row["state"]]
    number = "" if pd.isna(row["total"]) else f"{int(row['total']):,}"
    return f"<b>{number}</b>" if row["recruiting"] else number


def hover(row: Mapping[Any, Any]) -> str:
    """A cell in words."""
    if row["state"] != gaps.FOUND:
        return {gaps.NONE: "none found", gaps.NOT_ASKED: "not asked yet", gaps.FAILED: "no answer"}[row["state"]]
    phase = AXIS_WORDS[row["highest"]].lower() if row["highest"] else "none entered"
    number = count(int(row["total"]), "trial")
    return (
        f"{number}{' in the sample' if row['sample'] else ''}<br>recruiting: {row['recruiting']:,}, stopped or paused: "
        f"{row['stopped']:,}<br>highest phase: {phase}<br>newest activity: {row['newest'] or 'not known'}"
    )


def _rung(row: Mapping[Any, Any], key: str) -> str:
    return f"{count(len(row[f'{key}_ids']), 'trial')} in {AXIS_WORDS[row[f'{key}_lane']].lower()}"


def ladder(
    steps: pd.DataFrame, agents: Mapping[str, str], here: str, address: Callable[[Mapping[Any, Any], str], str]
) -> go.Figure:
    """A row an agent: a hollow mark at the highest phase in any condition, a filled one at the highest ``here``.

    An agent that entered no phase anywhere keeps its row, without a mark. ``address``: the list behind a mark.
    """
    labels = {agent: lines(name, 18) for agent, name in agents.items()}
    lanes = [AXIS_WORDS[lane] for lane in PHASE_PATH]
    rows: list[dict[Any, Any]] = steps.to_dict("records")
    figure = go.Figure()
    for row in rows:
        if row["any_lane"] and row["here_lane"] and row["any_lane"] != row["here_lane"]:
            figure.add_scatter(
                x=[AXIS_WORDS[row["here_lane"]], AXIS_WORDS[row["any_lane"]]], y=[labels[row["agent"]]] * 2,
                mode="lines", line={"color": LINE, "width": 3}, hoverinfo="skip", showlegend=False,
            )  # fmt: skip
    for name, key, symbol, size in (
        ("In any condition", "any", "circle-open", 17), (f"In {here}", "here", "circle", 10),
    ):  # fmt: skip
        reached = [row for row in rows if row[f"{key}_lane"]]
        figure.add_scatter(
            x=[AXIS_WORDS[row[f"{key}_lane"]] for row in reached],
            y=[labels[row["agent"]] for row in reached],
            mode="markers",
            name=name,
            marker={"color": BAR, "size": size, "symbol": symbol, "line": {"width": 2.5, "color": BAR}},
            **opening(
                [address(row, key) for row in reached],
                [f"{agents[row['agent']]}, {inner(name)}: {_rung(row, key)}" for row in reached],
            ),
        )
    return _framed(figure, lanes, list(labels.values()))


def _framed(figure: go.Figure, lanes: list[str], order: list[str]) -> go.Figure:
    """Phases across and agents down, each in its place whether it has a mark or not."""
    plain = {"type": "category", "fixedrange": True, "automargin": True, "zeroline": False, "tickfont": {"color": INK}}
    figure.update_xaxes(
        side="top", tickangle=-45, categoryorder="array", categoryarray=lanes, range=[-0.5, len(lanes) - 0.5], **plain
    )
    figure.update_yaxes(categoryorder="array", categoryarray=order, range=[len(order) - 0.5, -0.5], **plain)
    legend = {"orientation": "h", "yanchor": "top", "y": -0.02, "yref": "paper", "x": 0}
    return figure.update_layout(
        height=170 + 40 * len(order), margin={"l": 0, "r": 40, "t": 8, "b": 8}, legend=legend, font={"color": INK}
    )
