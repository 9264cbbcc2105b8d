"""The store that is shown, and what is read of it once and kept as long as it does not change.

When the store of the environment cannot be used, the pages show the starter snapshot out of memory and ``trouble()``
says why; after a few seconds the store is tried again.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cached_property, wraps
from typing import Any, ParamSpec, TypeVar

import streamlit as st

from cache import starter
from cache.ingest.load_starter import load_starter
from cache.opening import open_store
from cache.store import files
from cache.store.errors import Damaged, Gone, Locked, NewerStore, Unreachable
from cache.store.store import Store
from fetchers.errors import LocalTrouble, Validation
from fetchers.matching.matcher import Matcher
from fetchers.settings import Settings
from fetchers.watchlist import load as watchlists
from fetchers.watchlist.model import Watchlist
from insights.snapshot.parts import Held, Parts

RETRY_SECONDS = 15  # between two attempts at a store that could not be used
INSTEAD = " Until then the starter snapshot is shown, and nothing is stored."
P = ParamSpec("P")
T = TypeVar("T")


def kept(
    *, entries: int = 2, spinner: str | bool = False, daily: bool = False
) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Keep what a function reads, for all sessions, until the store or the watch-list changes or is replaced.

    Results are kept by the arguments, the newest ``entries`` of them, and must never be written to. ``spinner``: the
    words on the screen while it is read. ``daily``: what is read also depends on the day.
    """

    def decorate(read: Callable[P, T]) -> Callable[P, T]:
        @st.cache_resource(max_entries=entries, show_spinner=spinner)
        @wraps(read)  # Streamlit tells its caches apart by module, name and source
        def once(state: tuple[str, str, int, date | None], *args: P.args, **kwargs: P.kwargs) -> T:
            return read(*args, **kwargs)

        @wraps(read)
        def newest(*args: P.args, **kwargs: P.kwargs) -> T:
            with steady() as shown:
                # The watch-list's names and claims may change without a new version of the store.
                state = shown.key, shown.state, shown.listed, today() if daily else None
                return shown.answer((once, state[-1], args, *kwargs.items()), lambda: once(state, *args, **kwargs))

        return newest

    return decorate


def once_a_run(read: Callable[P, T]) -> Callable[P, T]:
    """Read what is not worth keeping, or may change at any moment, once while things are ``steady``; elsewhere every
    time."""

    @wraps(read)
    def seen(*args: P.args, **kwargs: P.kwargs) -> T:
        reading = _READING.get()
        if reading is None:
            return read(*args, **kwargs)
        return reading.answer((read, args, *kwargs.items()), lambda: read(*args, **kwargs))

    return seen


def today() -> date:
    """The day in UTC."""
    return datetime.now(UTC).date()


@dataclass
class Shown:
    """A store, what tells its state from every other, a sentence when it stands in for another, the watch-list, and the
    store as it was when it was looked at, whatever has been written since; and what was found in it so far."""

    store: Store
    key: str
    state: str
    trouble: str | None
    watchlist: Watchlist
    still: Store
    _answers: dict[Any, Any] = field(default_factory=dict)

    @property
    def version(self) -> int:
        return int(self.state.partition("-")[0])

    @cached_property
    def listed(self) -> int:
        """What tells the watch-list from every other."""
        return hash(self.watchlist)

    def answer(self, question: Any, find: Callable[[], T]) -> T:
        """What was found for this question before, or is now."""
        if question not in self._answers:
            self._answers[question] = find()
        found: T = self._answers[question]
        return found


_READING: ContextVar[Shown | None] = ContextVar("reading", default=None)


@contextmanager
def steady() -> Iterator[Shown]:
    """The store and the watch-list as they are now. What is read inside sees the same ones, whatever becomes of them in
    the meantime: nothing may be kept under the name of another store, and a page asks only once how things stand.
    Raises Validation."""
    reading = _READING.get()
    if reading is not None:
        yield reading
        return
    shown = _shown()
    with shown.store.steady() as still:
        shown.still, shown.state = still, still.state()
        token = _READING.set(shown)
        try:
            yield shown
        finally:
            _READING.reset(token)


def parts() -> Parts:
    """What is read of the store as it is now, from its snapshot where there is one. To be called where ``steady``."""
    with steady() as shown:
        return Parts(shown.still, shown.watchlist, _held(shown.key, shown.state, shown.still, shown.watchlist))


@st.cache_resource(max_entries=2, show_spinner=False)
def _held(key: str, state: str, _still: Store, _watchlist: Watchlist) -> Held:
    return Held.of(_still, _watchlist)


def identity() -> tuple[str, int]:
    """What tells the state of the store that is shown from every other."""
    shown = _shown()
    return shown.key, shown.version


def store() -> Store:
    """The store of the environment, or one in memory with the starter snapshot while that one cannot be used."""
    return _shown().store


def version() -> int:
    """The version of the store that is shown."""
    return _shown().version


def trouble() -> str | None:
    """Why the store of the environment is not the one that is shown, with what to do; None when it is."""
    return _shown().trouble


def settings() -> Settings:
    """The environment's settings. Raises Validation."""
    return Settings.from_env()


def watchlist() -> Watchlist:
    """The watch-list the environment names, read again when its file changes. Raises Validation."""
    reading = _READING.get()
    if reading is not None:
        return reading.watchlist
    path = settings().watchlist
    try:
        stamp = os.stat(path).st_mtime_ns if path else 0
    except OSError:
        stamp = -1
    return _watchlist(str(path or ""), stamp)


@st.cache_resource(max_entries=4, show_spinner=False)
def _watchlist(path: str, stamp: int) -> Watchlist:
    return watchlists.load(settings().watchlist)


def _shown() -> Shown:
    reading = _READING.get()
    if reading is not None:
        return reading
    url = settings().cache_url
    listed = watchlist()
    key = f"{url} {files.identity(url)} {listed.digest}"
    reason = _failure(key)
    if reason is None:
        opened = _usable(key)
        try:
            return Shown(opened, key, opened.state(), None, listed, opened)
        except LocalTrouble as error:
            opened.close()
            _usable.clear(key)
            _failure.clear(key)
            reason = _failure(key) or str(error)
    stand_in = _stand_in(listed.digest)
    return Shown(stand_in, f"stand-in {listed.digest}", stand_in.state(), reason + INSTEAD, listed, stand_in)


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
    except (Damaged, Gone, Locked, NewerStore, Unreachable):
        raise
    except LocalTrouble:
        # A folder that may only be read still shows what a store in it holds.
        return Store.open(settings().cache_url, readonly=True)


@st.cache_resource(max_entries=4, show_spinner=False)
def _stand_in(digest: str) -> Store:
    stand_in = Store.in_memory()
    load_starter(stand_in, starter.records(watchlist=watchlist()), Matcher(watchlist()), watchlist())
    return stand_in
