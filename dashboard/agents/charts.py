"""Several agents on one scale. Pure, no Streamlit."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from cache.codes import LANE_WORDS
from dashboard.shared.charts import LEGEND_ROW, NUMBERS, ROW, WORDS, Trace, figure, legend_rows, rows_layout, stacked
from dashboard.shared.palette import GROUPS, INK, used_lanes

_GAP = 44  # pixels between two agents, with the name of the lower one


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
        traces += [trace | {"xaxis": f"x{number}", "yaxis": f"y{number}"} for trace in stacked(frame, lanes)]
        scale = {"range": [0, max(longest, 1) * 1.12], "showticklabels": False, "anchor": f"y{number}"}
        layout[f"xaxis{number}"] = NUMBERS | scale
        layout[f"yaxis{number}"] = WORDS | {"domain": [max(top - plots / whole, 0), top], "anchor": f"x{number}"}
        layout["annotations"].append(_heading(name, top))
    seen = _once_in_legend(traces)
    frame_of = rows_layout(0, seen)
    height = whole + _GAP + 8 + LEGEND_ROW * legend_rows(seen)
    margin = frame_of["margin"] | {"t": _GAP}
    return figure(traces, {**frame_of, **layout, "height": height, "margin": margin})


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
