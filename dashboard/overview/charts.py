"""The figures that only the Overview has: agents by phase, starts per year. Pure, no Streamlit."""

from collections.abc import Callable, Mapping, Sequence

import pandas as pd
import plotly.graph_objects as go

from cache.codes import LANE_WORDS, PHASE_PATH
from cache.english import count
from dashboard.shared.charts import AXIS, BELOW, NUMBERS, WORDS, Cell, figure, heatmap, lines, opening, pattern
from dashboard.shared.palette import AXIS_WORDS, BAR, PLANNED_HATCH, shade, used_lanes

NOT_ASKED = "–"
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


def agent_by_phase(
    counts: pd.DataFrame, names: Mapping[str, str], sampled: Sequence[str], address: Callable[[str, str], str]
) -> go.Figure:
    """A heatmap with its numbers: a row an agent, a column a lane, the highest phase of an agent in bold.

    ``counts``: agent ids as index (each keeps its row), lanes as columns. An agent of ``sampled`` was never asked:
    its empty cells carry a dash and no number, because it is not known that they are zero. ``address``: where the
    trials of an agent and a lane are listed.
    """
    lanes = used_lanes(counts.sum())
    shown = counts.reindex(columns=lanes, fill_value=0)
    rows = [[int(n) for n in row] for row in shown.to_numpy()]
    cells = [
        Cell(
            _AXIS_PHASES.get(lane, AXIS_WORDS[lane]),
            lines(names[agent], 22),
            *_number(n if n or agent not in sampled else None, bold=at == _highest(lanes, row)),
            _hover(names[agent], lane, n, asked=agent not in sampled),
            address(agent, lane) if n else "",
        )
        for agent, row in zip(map(str, shown.index), rows, strict=True)
        for at, (lane, n) in enumerate(zip(lanes, row, strict=True))
    ]
    layout = {
        "xaxis": AXIS | {"type": "category", "side": "top", "tickangle": -60, "zeroline": False},
        "yaxis": WORDS | {"zeroline": False},
        "height": 110 + 38 * len(rows),
        "margin": {"l": 0, "r": 32, "t": 0, "b": 0},
        "showlegend": False,
    }
    return figure(heatmap(cells), layout)


def _hover(agent: str, lane: str, number: int, *, asked: bool) -> str:
    said = count(number, "trial") if number or asked else "not asked yet"
    return f"{agent}, {LANE_WORDS[lane].lower()}: {said}"


def _number(number: int | None, *, bold: bool) -> tuple[int | None, str]:
    """The shade and the text of a cell."""
    if number is None:
        return None, NOT_ASKED
    return shade(number), f"<b>{number:,}</b>" if bold else f"{number:,}"


def _highest(lanes: Sequence[str], row: Sequence[int | None]) -> int | None:
    """Where the furthest lane on the path of a drug stands that has a trial."""
    reached = [at for at, (lane, n) in enumerate(zip(lanes, row, strict=True)) if n and lane in PHASE_PATH]
    return max(reached, default=None)


def starts_per_year(counts: pd.DataFrame, address: Callable[[int], str]) -> go.Figure:
    """Bars over the years (index), solid for trials that have started, hatched for planned ones.

    ``counts``: consecutive years as index, columns ``started`` and ``planned``. ``address``: where the trials of a
    year are listed, the planned ones among them.
    """
    years = [int(year) for year in counts.index]
    traces = [
        {
            "type": "bar",
            "x": years,
            "y": counts[name].tolist(),
            "name": word,
            "marker": {"color": BAR, "pattern": pattern(hatch)},
            **opening(
                [address(year) if n else "" for year, n in zip(years, counts[name], strict=True)],
                [
                    f"{year}, {word.lower()}: {count(int(n), 'trial')}"
                    for year, n in zip(years, counts[name], strict=True)
                ],
            ),
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
        "legend": BELOW | {"y": -0.14},
        "xaxis": AXIS | {"tickformat": "d", "dtick": _year_step(len(years))},
        "yaxis": NUMBERS | {"showgrid": True},
    }
    return figure(traces, layout)


def _year_step(years: int) -> int:
    return 1 if years <= 8 else 5 if years <= 40 else 10
