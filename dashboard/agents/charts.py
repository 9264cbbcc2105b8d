"""Several agents side by side on one axis of phases and one scale. Pure, no Streamlit."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from cache.codes import LANE_WORDS
from dashboard.shared.charts import NUMBERS, LaneAddress, Trace, figure, lines, rows_layout, stacked
from dashboard.shared.palette import GROUPS, INK, used_lanes

_APART = 0.03  # of the width, between two agents
_HEAD = 48  # pixels for the agents' names


def side_by_side(counts: Mapping[str, pd.DataFrame], addresses: Mapping[str, LaneAddress]) -> go.Figure:
    """Phase by status, a column an agent, with the same rows and on one scale.

    ``counts``: the name of each agent with a frame as ``phase_by_status`` takes it; ``addresses``: by the same names.
    """
    frames = list(counts.values())
    lanes = used_lanes(sum((frame.sum(axis=1) for frame in frames), start=pd.Series(0, index=list(LANE_WORDS))))
    longest = max((int(frame.sum(axis=1).max()) for frame in frames), default=0)
    each = (1 - _APART * (len(frames) - 1)) / max(len(frames), 1)
    traces: list[Trace] = []
    axes: dict[str, Any] = {"annotations": []}
    for place, (name, frame) in enumerate(counts.items()):
        number = str(place + 1) if place else ""
        left = place * (each + _APART)
        traces += [trace | {"xaxis": f"x{number}", "yaxis": "y"} for trace in stacked(frame, lanes, addresses[name])]
        scale = {"range": [0, max(longest, 1) * 1.25], "showticklabels": False, "domain": [left, left + each]}
        axes[f"xaxis{number}"] = NUMBERS | scale
        axes["annotations"].append(_heading(name, left, len(frames)))
    seen = _once_in_legend(traces)
    layout = rows_layout(len(lanes), seen)
    height, margin = layout["height"] + _HEAD, layout["margin"] | {"t": _HEAD, "r": 8}
    return figure(traces, {**layout, **axes, "height": height, "margin": margin})


def _heading(name: str, left: float, agents: int) -> dict[str, Any]:
    place = {"x": left, "y": 1, "xref": "paper", "yref": "paper", "xanchor": "left", "yanchor": "bottom"}
    return {"text": lines(name, 56 // agents), "align": "left", "showarrow": False, "font": {"color": INK}, **place}


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
