"""One refresh at a time, and none that somebody else has made needless."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime

from cache.refresh import journal
from cache.search.index import keep_fresh
from cache.store.lock import Busy, Held, hold
from cache.store.store import Store
from cache.store.tidy import tidy


class Needless(Busy):
    """Somebody else has refreshed recently enough."""


@contextmanager
def alone(store: Store, unless_since: datetime | None = None) -> Iterator[Held]:
    """Hold the lock, having tidied up while nobody else refreshes. Raises Busy, Needless when another refresh has begun
    ``unless_since``, and LocalTrouble."""
    with ExitStack() as held:
        try:
            lock = held.enter_context(hold(store.engine))
        except Busy as error:
            raise Busy(_who_is_running(store)) from error
        begun = unless_since and journal.begun_since(store, unless_since)
        if begun:
            raise Needless(f"Another refresh began at {begun}; that is recent enough, so nothing was asked.")
        tidy(store)
        keep_fresh(store)
        yield lock


def _who_is_running(store: Store) -> str:
    found = journal.running(store)
    if found is None:
        return "Another refresh is just starting or ending; try again in a moment."
    return (
        f"Another refresh has been running since {found.started_at} (process {found.pid} on {found.host}); "
        "wait for it, or stop it with: python -m cache cancel"
    )
