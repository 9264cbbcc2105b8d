"""What the insight pages read: findings and grids, kept as long as the store does not change. Never written to."""

from datetime import UTC, date, datetime

import pandas as pd
import streamlit as st

from cache.read import questions as holdings
from cache.read import trials as queries
from cache.store.store import Store
from dashboard.shared import data
from fetchers.watchlist.model import Claim
from insights import claims, evidence, gaps, literature
from insights import funnel as funnels
from insights import ladder as ladders
from insights.claims import Finding
from insights.evidence import Asked
from insights.funnel import Funnel
from insights.literature import Note


def today() -> date:
    """The day in UTC; what is reckoned by it is kept for that day only."""
    return datetime.now(UTC).date()


def findings() -> tuple[Finding, ...]:
    """Every claim against the store as it is now."""
    return _findings(*data.identity(), today())


def asked() -> dict[str, Asked]:
    """What of the registry was asked, by scope."""
    return evidence.asked(data.scopes())


def grid(background: bool) -> pd.DataFrame:
    """The gap map of the store as it is now."""
    return _grid(*data.identity(), today(), background)


def ladder(condition: str) -> pd.DataFrame:
    """The highest phase of each agent, in any condition and in this one."""
    return _ladder(*data.identity(), condition)


def funnel(agent: str) -> Funnel:
    """One agent's way from the registry's rows to the counted trials."""
    return _funnels(*data.identity(), data.store())[agent]


def unread(agent: str) -> int:
    """Records of an agent's newest answer that could not be read."""
    return _unread(*data.identity(), data.store()).get(agent, 0)


def note(claim: Claim) -> Note | None:
    """The hand-kept note on a claim."""
    return literature.of(claim, literature.load())


@st.cache_resource(max_entries=2, show_spinner=False)
def _findings(key: str, version: int, day: date) -> tuple[Finding, ...]:
    return claims.ledger(data.watchlist(), data.trials(), data.matches(), data.scopes(), today=day)


@st.cache_resource(max_entries=4, show_spinner=False)
def _grid(key: str, version: int, day: date, background: bool) -> pd.DataFrame:
    frames = data.watchlist(), data.trials(), data.matches(), data.scopes()
    return gaps.grid(*frames, today=day, background=background)


@st.cache_resource(max_entries=16, show_spinner=False)
def _ladder(key: str, version: int, condition: str) -> pd.DataFrame:
    return ladders.ladder(data.watchlist(), data.trials(), data.matches(), data.scopes(), condition)


@st.cache_resource(max_entries=2, show_spinner=False)
def _funnels(key: str, version: int, _store: Store) -> dict[str, Funnel]:
    frames = data.watchlist(), data.trials(), data.matches(), data.scopes()
    return {one.agent: one for one in funnels.funnels(*frames, holdings.answers(_store))}


@st.cache_resource(max_entries=2, show_spinner=False)
def _unread(key: str, version: int, _store: Store) -> dict[str, int]:
    counted = queries.set_aside(_store)["scope"].value_counts()
    return {str(scope): int(number) for scope, number in counted.items()}
