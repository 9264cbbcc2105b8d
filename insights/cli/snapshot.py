"""``python -m insights snapshot``: makes what the pages read before anybody waits for it."""

from datetime import UTC, date, datetime

from cache.opening import open_store
from fetchers.settings import Settings
from fetchers.watchlist.model import Watchlist
from insights.snapshot.parts import Held, Parts


def command(settings: Settings, watchlist: Watchlist, *, today: date | None = None) -> int:
    """Make the parts of the snapshot that are not there yet; always 0: without them the pages only take longer."""
    store = open_store(settings, watchlist)
    try:
        with store.steady() as still:
            parts = Parts(still, watchlist, Held.of(still, watchlist))
            for _ in parts.every(today or datetime.now(UTC).date()):
                pass
    finally:
        store.close()
    return 0
