"""Whether the pages of one answer add up to the registry's own total, and whether they ever end."""

import math
from collections.abc import Callable
from typing import TypeAlias

from fetchers.errors import Incomplete, Transport
from fetchers.registry.pages import Page, ResultsPage

AnyPage: TypeAlias = Page | ResultsPage

# The registry may send an empty page before the end; more than this in a row that bring nothing new is a circle.
IDLE_PAGES = 2
# The whole registry holds about 600,000 studies and grows by 50,000 a year.
MOST_TRIALS = 5_000_000
# Twelve thousand trials are twelve pages; a server that gives fewer a page than it is asked for may need more.
MOST_PAGES = 2_000
# Of one answer. A page takes a second, on a bad line a minute.
LONGEST_ANSWER = 3600.0


class Tally:
    """Which records have come, against how many the first page announced.

    Raises Incomplete when it announced none, or more than any registry holds; and Transport, which nobody tries anew,
    for an answer that has cost much and has no end within reason.
    """

    def __init__(self, host: str, first: AnyPage, clock: Callable[[], float]) -> None:
        if first.total is None:
            raise Incomplete(
                f"{host} did not say how many trials its answer holds. The answer may be incomplete and is not used. "
                f"Try again later."
            )
        self._host = host
        self._total = first.total
        self._clock = clock
        self._began = clock()
        if self._total > MOST_TRIALS:
            raise Incomplete(self._endless(f"{self._total:,} trials are announced, more than any registry holds"))
        size = len(first.studies) + len(first.set_aside)
        # Twice the pages that the first one lets expect: pages may differ in size.
        self._most_pages = min(2 * math.ceil(self._total / max(size, 1)) + IDLE_PAGES + 1, MOST_PAGES)
        self._ids: set[str] = set()
        self._nameless = 0
        self._idle = 0
        self._pages = 0

    def add(self, page: AnyPage) -> None:
        """Count one page. Raises Transport when it is one too many, or too late."""
        before = self.came
        self._ids.update(study.nct_id for study in page.studies)
        self._ids.update(record.nct_id for record in page.set_aside if record.nct_id)
        self._nameless += sum(record.nct_id is None for record in page.set_aside)
        self._idle = self._idle + 1 if self.came == before else 0
        self._pages += 1
        if self._pages > self._most_pages:
            raise Transport(self._endless(f"{self._pages:,} pages held {self.came:,} of {self._total:,} trials"))
        if self._clock() - self._began > LONGEST_ANSWER:
            raise Transport(self._endless(f"{self._pages:,} pages took longer than {LONGEST_ANSWER / 60:g} minutes"))

    @property
    def came(self) -> int:
        return len(self._ids) + self._nameless

    @property
    def stuck(self) -> bool:
        """Whether more pages can only make it worse: too many records already, or pages that bring nothing new."""
        return self.came > self._total or self._idle > IDLE_PAGES

    def check(self) -> None:
        """Raise Incomplete unless what came is what was announced."""
        if self.came != self._total:
            raise Incomplete(
                f"{self._host} announced {self._total} trials, but {self.came} came. The answer is incomplete and "
                f"is not used. Try again later."
            )

    def _endless(self, what: str) -> str:
        return (
            f"{self._host} sends an answer without end ({what}). The rest was not read, and nothing of it is used. "
            "Try again later."
        )
