"""What the Changes page and a trial's history read: frames kept, as in ``dashboard.shared.data``, while the store does
not change. Shared by all sessions and never written to."""

import pandas as pd
import streamlit as st

from cache.changes import changelog
from cache.changes.changelog import Change, Refreshed
from cache.read import versions
from cache.store.store import Store
from dashboard.shared import data
from insights import slips


def changes(since: str) -> pd.DataFrame:
    """``changelog.as_frame`` of the store as it is now."""
    return _changes(*data.identity(), since, data.store())


def refreshed() -> Refreshed:
    """When the registry was last asked with success."""
    return changelog.refreshed(data.store())


def ledger() -> pd.DataFrame:
    """The slip ledger of every stored trial."""
    return _ledger(*data.identity(), data.store())


def states(nct_id: str) -> pd.DataFrame:
    """Every known state of one trial, those of public copies included, oldest first."""
    return versions.with_copies(versions.versions(data.store(), [nct_id]), [nct_id])


def events(nct_id: str) -> list[Change]:
    """Every change seen in one trial, newest first."""
    return changelog.changelog(data.store(), nct_id=nct_id)


@st.cache_resource(max_entries=6, show_spinner=False)
def _changes(key: str, version: int, since: str, _store: Store) -> pd.DataFrame:
    return changelog.as_frame(_store, since)


@st.cache_resource(max_entries=2, show_spinner=False)
def _ledger(key: str, version: int, _store: Store) -> pd.DataFrame:
    return slips.ledger(versions.ledger_states(_store))
