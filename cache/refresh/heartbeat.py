"""Shows that a refresh is alive, and lets it be cancelled even while it waits for the registry.

A read from a socket can block until its time-out, so the beat comes from a thread of its own; and only a signal of the
operating system can interrupt the thread that waits (see ``cache.cli.refresh``).
"""

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Self, TypeVar

from cache.refresh.ask import Source, Version
from cache.refresh.journal import CANCELLED
from fetchers.errors import Cancelled, LocalTrouble, TrackerError
from fetchers.registry.fields import FIELDS
from fetchers.registry.pages import Page, ResultsPage

P = TypeVar("P")
BEAT_SECONDS = 1.0


class Heartbeat:
    """Tells the registry when to stop (its ``stop``), and beats as long as the refresh runs.

    ``wake`` is called in the beating thread when a cancel has been requested in the store.
    """

    def __init__(self, wake: Callable[[], None] = lambda: None, every: float = BEAT_SECONDS) -> None:
        self._wake = wake
        self._every = every
        self._stopping = False
        self._waiting = False
        self._over = threading.Event()
        self._thread: threading.Thread | None = None

    def __call__(self) -> bool:
        return self._stopping

    def interrupt(self) -> None:
        """For a signal handler: stop before the next request, or at once (Cancelled) while waiting for the registry."""
        self._stopping = True
        if self._waiting:
            raise Cancelled(CANCELLED)

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """For a block that only waits for the registry and can be left at any point without harm."""
        if self._stopping:
            raise Cancelled(CANCELLED)
        self._waiting = True
        try:
            yield
        finally:
            self._waiting = False

    @contextmanager
    def running(self, beat: Callable[[], bool]) -> Iterator[Self]:
        """Call ``beat``, which returns whether to stop, about every second for the length of the block."""
        self._over.clear()
        self._thread = threading.Thread(target=self._run, args=(beat,), name="refresh-heartbeat", daemon=True)
        self._thread.start()
        try:
            yield self
        finally:
            self._over.set()
            self._thread.join()

    def _run(self, beat: Callable[[], bool]) -> None:
        while not self._over.wait(self._every):
            try:
                asked_to_stop = beat()
            except LocalTrouble:
                continue  # a missed beat does no harm; the next write of the refresh says what is wrong
            if asked_to_stop and not self._stopping:
                self._stopping = True
                self._wake()


class Interruptible:
    """A registry that a cancel can interrupt whenever it waits, and that sends for the next page of an answer while the
    one before is worked on: in the same order, and never more than one page ahead."""

    def __init__(self, source: Source, heartbeat: Heartbeat) -> None:
        self._source = source
        self._heartbeat = heartbeat

    @property
    def requests(self) -> int:
        return self._source.requests

    @property
    def bytes(self) -> int:
        return self._source.bytes

    def version(self) -> Version:
        with self._heartbeat.waiting():
            return self._source.version()

    def pages(self, params: Mapping[str, str], fields: str = FIELDS) -> Iterator[Page]:
        return self._ahead(self._source.pages(params, fields))

    def first_page(self, params: Mapping[str, str], fields: str) -> Page | None:
        """The first page of an answer, and no request for a second."""
        with self._heartbeat.waiting():
            return next(self._source.pages(params, fields), None)

    def by_ids(self, nct_ids: Iterable[str], fields: str = FIELDS) -> Iterator[Page]:
        return self._ahead(self._source.by_ids(nct_ids, fields))

    def results(self, nct_ids: Iterable[str]) -> Iterator[ResultsPage]:
        """Not ahead: what a batch costs is counted before the next one is asked for."""
        pages = self._source.results(nct_ids)
        while True:
            with self._heartbeat.waiting():
                page = next(pages, None)
            if page is None:
                return
            yield page

    def exists(self, nct_id: str) -> bool:
        with self._heartbeat.waiting():
            return self._source.exists(nct_id)

    def _ahead(self, pages: Iterator[P]) -> Iterator[P]:
        coming = self._sent_for(pages)
        while True:
            with self._heartbeat.waiting():
                page = coming.result()
            if page is None:
                return
            coming = self._sent_for(pages)
            yield page

    def _sent_for(self, pages: Iterator[P]) -> Future[P | None]:
        """The next page, fetched in a thread that nobody has to wait for: a cancel leaves it behind."""
        coming: Future[P | None] = Future()

        def fetch() -> None:
            try:
                if self._heartbeat():
                    raise Cancelled(CANCELLED)
                coming.set_result(next(pages, None))
            except TrackerError as error:
                coming.set_exception(error)
            finally:
                if not coming.done():  # a mistake of ours: the thread tells it, and nobody waits for ever
                    coming.set_exception(RuntimeError("The thread that fetches the next page broke down."))

        threading.Thread(target=fetch, name="refresh-next-page", daemon=True).start()
        return coming
