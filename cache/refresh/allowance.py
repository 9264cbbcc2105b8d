"""How often the registry may still be asked: a ceiling for 24 hours, counted in the store over all processes."""

from collections.abc import Callable
from datetime import datetime, timedelta

from cache.english import count
from cache.refresh import journal
from cache.store.store import Store, utcnow
from fetchers.errors import Postponed

WINDOW = timedelta(hours=24)


class Allowance:
    """What one refresh may spend; ``take`` is called before each of its requests, by whichever thread sends it.

    What was spent before is read at the first request: by then this refresh has the lock, and nobody else spends.
    """

    def __init__(self, store: Store, most: int, now: Callable[[], datetime] = utcnow) -> None:
        self._store, self._most, self._now = store, most, now
        self._left: int | None = None

    def take(self) -> None:
        """Count one request. Raises Postponed when there is none left."""
        if self._left is None:
            self._left = self._most - journal.spent(self._store, self._now() - WINDOW)
        if self._left <= 0:
            raise Postponed(
                f"The registry was not asked: this tracker sends at most {count(self._most, 'request')} in 24 hours "
                "(TRIALS_DAILY_REQUESTS), and they are used up. Try again in a few hours."
            )
        self._left -= 1
