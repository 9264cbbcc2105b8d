"""The claims at a glance, for the Overview."""

from collections.abc import Callable
from functools import partial

import pandas as pd
import plotly.graph_objects as go

from cache.english import count, listed
from dashboard.claims import charts as claims_charts
from dashboard.claims.tables import VERDICT
from dashboard.shared import address as view
from dashboard.shared import data, evidence_data, frame, words
from dashboard.shared.kept import kept
from insights.claims import about


def strip() -> None:
    """The verdicts on the claims about each agent; nothing when the watch-list has no claim."""
    findings = evidence_data.findings()
    if not findings:
        return
    verdicts = [finding.verdict for finding in findings]
    parts = [f"{verdicts.count(key):,} {look.word.lower()}" for key, look in VERDICT.items() if key in verdicts]
    names = frame.names()

    frame.chart(
        "claims_strip",
        "What the articles claim, and what the registry shows",
        f"Of {count(len(findings), 'claim')}: {listed(parts)}.",
        _figure(),
        f"As of {words.as_of(data.freshness())} · a claim about two agents counts for both",
        ("Claims by agent and verdict", partial(_numbers, names, _address)),
    )
    frame.link("claims", "All claims, one by one", icon=":material/fact_check:")


@kept(daily=True)
def _figure() -> go.Figure:
    return claims_charts.strip(evidence_data.findings(), frame.names(), _address)


def _address(agent: str) -> str:
    return view.address("claims", [("agent", agent)])


def _numbers(names: dict[str, str], address: Callable[[str], str]) -> pd.DataFrame:
    findings = evidence_data.findings()
    mine = {agent: [finding.verdict for finding in about(findings, agent)] for agent in names}
    shown = [key for key in VERDICT if any(key in verdicts for verdicts in mine.values())]
    return pd.DataFrame(
        {
            "Agent": list(names.values()),
            "All": [len(verdicts) for verdicts in mine.values()],
            "Claims": [address(agent) for agent in names],
        }
        | {VERDICT[key].word: [verdicts.count(key) for verdicts in mine.values()] for key in shown}
    )
