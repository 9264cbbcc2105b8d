"""What the Overview shows of a view: counted and drawn once for each view of each state of the store."""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import pandas as pd
import plotly.graph_objects as go

from cache.filters import counts
from cache.filters.counts import AgentCover, KeyFigures
from cache.filters.filter import Filter
from dashboard.overview import charts as overview_charts
from dashboard.overview import tables as overview_tables
from dashboard.shared import address as view
from dashboard.shared import data, frame
from dashboard.shared.kept import kept, today

SOON = 5  # trials that are named; the list has all
VIEWS = 64  # that are kept: all a day's visitors are likely to look at


class Shown(NamedTuple):
    """Small numbers and finished figures; nothing of it may be written to."""

    trials: int
    agents: int
    phases: frame.Phases
    by_agent: pd.DataFrame
    agents_figure: go.Figure | None
    years: pd.DataFrame
    years_figure: go.Figure | None
    soon: int
    overdue: int
    soon_rows: pd.DataFrame


@kept(entries=VIEWS)
def shown(wanted: Filter) -> Shown:
    """All that is counted and drawn of this view."""
    selection = data.selection(wanted)
    by_agent = counts.agent_by_phase(selection, data.watchlist())
    years = overview_tables.starts(selection)
    soon = overview_tables.opening_soon(selection, data.freshness().day or today())
    return Shown(
        len(selection.trials),
        selection.pairs["agent"].nunique(),
        frame.phases_of(counts.status_by_phase(selection), wanted, sample=not data.freshness().live),
        by_agent,
        _agents_figure(by_agent, wanted) if by_agent.to_numpy().sum() else None,
        years,
        _years_figure(years, wanted) if years.to_numpy().sum() else None,
        len(soon),
        int(soon["overdue"].sum()),
        overview_tables.soon_rows(soon.head(SOON), selection, frame.names()),
    )


def _agents_figure(by_agent: pd.DataFrame, wanted: Filter) -> go.Figure:
    def address(agent: str, lane: str) -> str:
        return view.to_trials(replace(wanted, agents=(agent,), phases=(lane,)))

    return overview_charts.agent_by_phase(by_agent, frame.names(), frame.sampled(), address)


def _years_figure(years: pd.DataFrame, wanted: Filter) -> go.Figure:
    return overview_charts.starts_per_year(
        years, lambda year: view.to_trials(replace(wanted, year_from=year, year_to=year))
    )


@kept(entries=VIEWS)
def key_figures(wanted: Filter) -> KeyFigures:
    """``counts.key_figures`` of this view."""
    return counts.key_figures(data.selection(wanted))


@kept(entries=8)
def cover(conditions: Sequence[str], background: bool) -> AgentCover:
    """``counts.agent_cover`` of the store as it is now."""
    everything = data.trials(), data.matches(), data.scopes()
    return counts.agent_cover(*everything, data.watchlist(), conditions=list(conditions), background=background)
