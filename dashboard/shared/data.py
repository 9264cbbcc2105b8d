"""What the pages read: the settings, the watch-list, the store, and frames kept as long as the store does not change.

The frames are shared by all sessions and are never written to. They are kept by the store's version number, so a
refresh of whatever process shows with the next run of a page. When the store cannot be used, the pages show the
starter snapshot out of memory and ``trouble()`` says why; after a few seconds the store is tried again.
"""

import os
from typing import NamedTuple

import pandas as pd
import streamlit as st

from cache import starter
from cache.filters.filter import Filter
from cache.filters.select import Selection
from cache.ingest.load_starter import load_starter
from cache.opening import open_store
from cache.read import trials as queries
from cache.read.trials import Freshness
from cache.store import files
from cache.store.errors import Damaged, Gone, Locked, NewerStore
from cache.store.store import Store
from fetchers.errors import LocalTrouble, Validation
from fetchers.matching.matcher import Matcher
from fetchers.record.study import Study
from fetchers.settings import Settings
from fetchers.watchlist import load as watchlists
from fetchers.watchlist.model import Watchlist

RETRY_SECONDS = 15  # between two attempts at a store that could not be used
INSTEAD = " Until then the starter snapshot is shown, and nothing is stored."


class Opened(NamedTuple):
    """A store to read from, what names it for the caches, and a sentence when it stands in for another."""

    store: Store
    key: str
    trouble: str | None


def settings() -> Settings:
    """The environment's settings. Raises Validation."""
    return Settings.from_env()


def watchlist() -> Watchlist:
    """The watch-list the environment names, read again when its file changes. Raises Validation."""
    path = settings().watchlist
    try:
        stamp = os.stat(path).st_mtime_ns if path else 0
    except OSError:
        stamp = -1
    return _watchlist(str(path or ""), stamp)


@st.cache_resource(max_entries=4, show_spinner=False)
def _watchlist(path: str, stamp: int) -> Watchlist:
    return watchlists.load(settings().watchlist)


def store() -> Store:
    """The store of the environment, or one in memory with the starter snapshot while that one cannot be used."""
    return _opened().store


def trouble() -> str | None:
    """Why the store of the environment is not the one that is shown, with what to do; None when it is."""
    return _opened().trouble


def _opened() -> Opened:
    url = settings().cache_url
    digest = watchlist().digest
    key = f"{url} {files.identity(url)} {digest}"
    reason = _failure(key)
    if reason is None:
        try:
            opened = _usable(key)
            opened.version()
        except LocalTrouble as error:
            _usable.clear(key)
            _failure.clear(key)
            reason = _failure(key) or str(error)
        else:
            return Opened(opened, key, None)
    return Opened(_stand_in(digest), f"stand-in {digest}", reason + INSTEAD)


@st.cache_resource(ttl=RETRY_SECONDS, max_entries=8, show_spinner=False)
def _failure(key: str) -> str | None:
    """Why the store cannot be opened; asked again only now and then, because a locked one keeps its visitor waiting."""
    try:
        _usable(key)
    except (LocalTrouble, Validation) as error:
        return str(error)
    return None


@st.cache_resource(max_entries=4, show_spinner=False)
def _usable(key: str) -> Store:
    try:
        return open_store(settings(), watchlist())
    except (Damaged, Gone, Locked, NewerStore):
        raise
    except LocalTrouble:
        # A folder that may only be read still shows what a store in it holds.
        return Store.open(settings().cache_url, readonly=True)


@st.cache_resource(max_entries=4, show_spinner=False)
def _stand_in(digest: str) -> Store:
    stand_in = Store.in_memory()
    load_starter(stand_in, starter.records(), Matcher(watchlist()), watchlist())
    return stand_in


def version() -> int:
    """The version of the store that is shown."""
    return store().version()


def identity() -> tuple[str, int]:
    """What tells the state of the store that is shown from every other; also names it for further caches."""
    opened = _opened()
    return opened.key, opened.store.version()


def trials() -> pd.DataFrame:
    """``queries.trials`` of the store as it is now; not to be written to."""
    opened = _opened()
    return _trials(opened.key, opened.store.version(), opened.store)


def matches() -> pd.DataFrame:
    """``queries.matches`` of the store as it is now; not to be written to."""
    opened = _opened()
    return _matches(opened.key, opened.store.version(), opened.store)


def scopes() -> pd.DataFrame:
    """``queries.scopes`` of the store as it is now; not to be written to."""
    opened = _opened()
    # The names in it are the watch-list's, which may change without a new version of the store.
    return _scopes(f"{opened.key} {hash(watchlist())}", opened.store.version(), opened.store)


def freshness() -> Freshness:
    """``queries.freshness`` of the store as it is now."""
    opened = _opened()
    return _freshness(opened.key, opened.store.version(), opened.store)


def names(column: str) -> tuple[str, ...]:
    """Every name in the lists of a column of ``trials``, sorted."""
    opened = _opened()
    return _names(opened.key, opened.store.version(), column, opened.store)


def study(nct_id: str) -> Study | None:
    """``queries.study_body`` of one trial."""
    return queries.study_body(store(), nct_id)


def selection(wanted: Filter) -> Selection:
    """What a filter lets through now; not to be written to."""
    return wanted.apply(trials(), matches(), watchlist())


@st.cache_resource(max_entries=2, show_spinner=False)
def _trials(key: str, version: int, _store: Store) -> pd.DataFrame:
    return queries.trials(_store)


@st.cache_resource(max_entries=2, show_spinner=False)
def _matches(key: str, version: int, _store: Store) -> pd.DataFrame:
    return queries.matches(_store)


@st.cache_resource(max_entries=2, show_spinner=False)
def _scopes(key: str, version: int, _store: Store) -> pd.DataFrame:
    return queries.scopes(_store, watchlist())


@st.cache_resource(max_entries=2, show_spinner=False)
def _freshness(key: str, version: int, _store: Store) -> Freshness:
    return queries.freshness(_store)


@st.cache_resource(max_entries=2, show_spinner=False)
def _names(key: str, version: int, column: str, _store: Store) -> tuple[str, ...]:
    return tuple(sorted(set(_trials(key, version, _store)[column].explode().dropna())))
