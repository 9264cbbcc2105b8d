"""``python -m insights snapshot``: judges the claims, and makes what the pages read before anybody waits for it."""

from datetime import UTC, date, datetime

from cache.changes.verdicts import Told, note
from cache.opening import open_store
from cache.store.store import Store, utcnow
from fetchers.settings import Settings
from fetchers.watchlist.model import Watchlist
from insights.snapshot import verdicts
from insights.snapshot.parts import Held, Parts


def command(settings: Settings, watchlist: Watchlist, *, today: date | None = None, all_parts: bool = True) -> int:
    """Note which verdicts have changed, and make the parts of the snapshot that are not there yet; always 0: without
    them the pages only take longer."""
    store = open_store(settings, watchlist)
    try:
        judge(store, watchlist, today or datetime.now(UTC).date())
        if all_parts:
            with store.steady() as still:
                for _ in Parts(still, watchlist, Held.of(still, watchlist)).every(today or datetime.now(UTC).date()):
                    pass
    finally:
        store.close()
    return 0


def judge(store: Store, watchlist: Watchlist, today: date) -> list[str]:
    """Judge every claim by the store as it is, and note the changes; the ids of the claims that have one. Comes before
    the snapshot is made: a change is one of the data."""
    with store.steady() as still:
        version = still.version()
        findings = Parts(still, watchlist, Held.of(still, watchlist)).claims(today)
    judged = {one.claim.id: verdicts.judged(one) for one in findings}
    told = {one.claim.id: Told(one.claim.words, one.because, one.registry_date) for one in findings}
    return note(store, verdicts.rules_of(watchlist), judged, told, version=version, now=utcnow())
