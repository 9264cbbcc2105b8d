"""The gap map and the ladder as figures. Pure, no Streamlit; words and order come in from outside."""

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from cache.codes import PHASE_PATH
from dashboard.shared.palette import AXIS_WORDS, BAR, CELL_DARK, CELL_LIGHT, INK, LIGHT_FROM, SEQUENTIAL
from insights import gaps

# The three kinds of an empty cell, told apart by sign: the first has a ground as well, for it is a number.
EMPTY = {gaps.NONE: "0", gaps.NOT_ASKED: "–", gaps.FAILED: "✕"}
_STEPS = (0, 1, 2, 4, 10, 30, 100, 300)  # least number of each shade
_LINE = "#8A8F98"


def gap_map(cells: pd.DataFrame, agents: Mapping[str, str], conditions: Mapping[str, str]) -> go.Figure:
    """A row an agent, a column a condition group, the number of trials in each cell, bold where some recruit.

    ``cells``: ``gaps.grid``. A cell nobody knows about has no ground, only its sign.
    """
    rows: list[dict[Any, Any]] = cells.to_dict("records")
    across = [_lines(name, 14) for name in conditions.values()]
    down = [_lines(name, 18) for name in agents.values()]
    shades = [
        [None if pd.isna(row["total"]) else _shade(int(row["total"])) for row in rows if row["agent"] == agent]
        for agent in agents
    ]
    said = [[hover(row) for row in rows if row["agent"] == agent] for agent in agents]
    figure = go.Figure(
        go.Heatmap(
            x=across,
            y=down,
            z=shades,
            customdata=said,
            zmin=0,
            zmax=len(SEQUENTIAL) - 1,
            colorscale=[[at / (len(SEQUENTIAL) - 1), colour] for at, colour in enumerate(SEQUENTIAL)],
            showscale=False,
            xgap=2,
            ygap=2,
            hoverongaps=False,
            hovertemplate="%{y}, %{x}: %{customdata}<extra></extra>",
        )
    )
    _signs(figure, dict(zip(agents, down, strict=True)), dict(zip(conditions, across, strict=True)), rows)
    plain = {"type": "category", "fixedrange": True, "automargin": True, "showgrid": False, "zeroline": False}
    # Upright words: at a slant they would run into one another on a phone.
    figure.update_xaxes(side="top", tickangle=-90, tickfont={"color": INK}, **plain)
    figure.update_yaxes(autorange="reversed", tickfont={"color": INK}, **plain)
    margin = {"l": 0, "r": 40, "t": 0, "b": 0}
    return figure.update_layout(height=130 + 38 * len(down), margin=margin, showlegend=False, font={"color": INK})


def hover(row: Mapping[Any, Any]) -> str:
    """A cell in words."""
    if row["state"] != gaps.FOUND:
        return {gaps.NONE: "none registered", gaps.NOT_ASKED: "not asked yet", gaps.FAILED: "asked, and failed"}[
            row["state"]
        ]
    phase = AXIS_WORDS[row["highest"]].lower() if row["highest"] else "none entered"
    number = "1 trial" if row["total"] == 1 else f"{row['total']:,} trials"
    return (
        f"{number}{' in the sample' if row['sample'] else ''}<br>recruiting: {row['recruiting']:,}, stopped or paused: "
        f"{row['stopped']:,}<br>highest phase: {phase}<br>newest activity: {row['newest'] or 'not known'}"
    )


def _signs(
    figure: go.Figure, down: Mapping[str, str], across: Mapping[str, str], rows: Sequence[Mapping[Any, Any]]
) -> None:
    """The number or sign of each cell: dark on light cells, light on dark ones, the theme's ink on no cell."""
    texts: dict[str | None, list[tuple[str, str, str]]] = {CELL_DARK: [], CELL_LIGHT: [], None: []}
    for row in rows:
        known = not pd.isna(row["total"])
        ink = None if not known else CELL_LIGHT if _shade(int(row["total"])) >= LIGHT_FROM else CELL_DARK
        number = f"{int(row['total']):,}" if known else ""
        sign = EMPTY.get(row["state"]) or (f"<b>{number}</b>" if row["recruiting"] else number)
        texts[ink].append((across[row["condition"]], down[row["agent"]], sign))
    for ink, cells in texts.items():
        if cells:
            xs, ys, signs = (list(part) for part in zip(*cells, strict=True))
            font = {} if ink is None else {"textfont": {"color": ink}}
            figure.add_scatter(x=xs, y=ys, text=signs, mode="text", hoverinfo="skip", showlegend=False, **font)


def ladder(steps: pd.DataFrame, agents: Mapping[str, str], here: str) -> go.Figure:
    """A row an agent: a hollow mark at the highest phase in any condition, a filled one at the highest ``here``.

    An agent that entered no phase anywhere keeps its row, without a mark.
    """
    labels = {agent: _lines(name, 18) for agent, name in agents.items()}
    lanes = [AXIS_WORDS[lane] for lane in PHASE_PATH]
    rows: list[dict[Any, Any]] = steps.to_dict("records")
    figure = go.Figure()
    for row in rows:
        if row["any_lane"] and row["here_lane"] and row["any_lane"] != row["here_lane"]:
            figure.add_scatter(
                x=[AXIS_WORDS[row["here_lane"]], AXIS_WORDS[row["any_lane"]]], y=[labels[row["agent"]]] * 2,
                mode="lines", line={"color": _LINE, "width": 3}, hoverinfo="skip", showlegend=False,
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
            customdata=[len(row[f"{key}_ids"]) for row in reached],
            hovertemplate=f"%{{y}}, {name.lower()}: %{{x}}, trials: %{{customdata:,}}<extra></extra>",
        )
    plain = {"type": "category", "fixedrange": True, "automargin": True, "zeroline": False, "tickfont": {"color": INK}}
    figure.update_xaxes(
        side="top", tickangle=-45, categoryorder="array", categoryarray=lanes, range=[-0.5, len(lanes) - 0.5], **plain
    )
    order = list(labels.values())
    figure.update_yaxes(categoryorder="array", categoryarray=order, range=[len(order) - 0.5, -0.5], **plain)
    legend = {"orientation": "h", "yanchor": "top", "y": -0.02, "yref": "paper", "x": 0, "title": None}
    return figure.update_layout(
        height=170 + 40 * len(order), margin={"l": 0, "r": 40, "t": 8, "b": 8}, legend=legend, font={"color": INK}
    )


def _shade(number: int) -> int:
    return sum(number >= least for least in _STEPS[1:])


def _lines(text: str, width: int) -> str:
    return "<br>".join(textwrap.wrap(text, width, break_long_words=False)) or text
