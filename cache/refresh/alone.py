"""One refresh at a time, and what is put in order before it begins."""

from collections.abc import Iterator
from contextlib import contextmanager

from cache.refresh import journal
from cache.search.index import keep_fresh
from cache.store.lock import Busy, Held, hold
from cache.store.store import Store
from cache.store.tidy import tidy


@contextmanager
def alone(store: Store) -> Iterator[Held]:
    """Hold the lock, and tidy up while nobody else refreshes. Raises Busy, which says who does."""
    try:
        with hold(store.engine) as lock:
            tidy(store)
            keep_fresh(store)
            yield lock
    except Busy as error:
        raise Busy(_who_is_running(store)) from error


def _who_is_running(store: Store) -> str:
    found = journal.running(store)
    if found is None:
        return "Another refresh is just starting or ending; try again in a moment."
    return (
        f"Another refresh has been running since {found.started_at} (process {found.pid} on {found.host}); "
        "wait for it, or stop it with: python -m cache cancel"
    )
