"""The verdicts on the claims as bars, a row an agent. Pure, no Streamlit."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import plotly.graph_objects as go

from cache.english import count
from dashboard.claims.tables import VERDICT
from dashboard.shared.charts import figure, lines, opening, pattern, rows_layout
from insights.claims import Finding, about


class Fill(NamedTuple):
    """How a verdict is drawn: never by colour alone."""

    colour: str
    hatch: str


FILLS = {
    "supported": Fill("#009E73", ""),
    "partly": Fill("#0072B2", "/"),
    "contradicted": Fill("#D55E00", "x"),
    "not_found": Fill("#E69F00", "\\"),
    "outside": Fill("#767676", "."),
    "not_checkable": Fill("#767676", "-"),
    "not_asked": Fill("#8E4585", "+"),
}


def strip(findings: Sequence[Finding], names: Mapping[str, str], address: Callable[[str], str]) -> go.Figure:
    """Stacked bars: the claims about each agent by verdict. A claim about two agents counts for both. ``names``: of the
    agents, each keeps its row; ``address``: where the claims about an agent stand."""
    mine = {agent: [finding.verdict for finding in about(findings, agent)] for agent in names}
    labels = [lines(name, 26) for name in names.values()]
    traces = [
        {
            "type": "bar",
            "y": labels,
            "x": [verdicts.count(key) for verdicts in mine.values()],
            "name": VERDICT[key].word,
            "orientation": "h",
            "marker": {"color": fill.colour, "pattern": pattern(fill.hatch)},
            **opening(
                [address(agent) if key in verdicts else "" for agent, verdicts in mine.items()],
                [
                    f"{names[agent]}, {VERDICT[key].word.lower()}: {count(verdicts.count(key), 'claim')}"
                    for agent, verdicts in mine.items()
                ],
            ),
        }
        for key, fill in FILLS.items()
        if any(key in verdicts for verdicts in mine.values())
    ]
    return figure(traces, rows_layout(len(labels), len(traces)))
