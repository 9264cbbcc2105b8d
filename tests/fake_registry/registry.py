"""The stand-in as tests use it: a running server, what it holds, what it was asked, what goes wrong."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Any

from .answers import Answer, Answers
from .errors import DATA_CHANGED
from .faults import Fault, Faults, Request
from .holdings import Holdings, Study
from .server import BASE, Bucket, Server

_NEXT_DAY = "next"


class FakeRegistry:
    """ClinicalTrials.gov API v2 on a loopback port, for the length of a `with` block.

    `page_cap` is the largest page given, whatever is asked; `word_limit` the most words one `query.*` may hold;
    `bucket` switches the ten-token rate limit on. Change records with `put`, `remove` and `edit` (below 200
    studies editing `studies` in place works too). No change of records alters the time stamp: that takes `reload`.
    """

    def __init__(
        self,
        studies: Iterable[Study],
        *,
        data_timestamp: str | None = "2026-11-20T09:00:05",
        page_cap: int | None = None,
        word_limit: int = 12,
        bucket: bool = False,
        port: int = 0,
    ) -> None:
        self.requests: list[Request] = []
        self.faults = Faults()
        self.bucket = Bucket() if bucket else None
        self._holdings = Holdings(studies, data_timestamp)
        self._answers = Answers(self._holdings, page_cap, word_limit)
        self._lock = threading.RLock()
        self._port = port
        self._server: Server | None = None

    # -- running --------------------------------------------------------------------------------------------------

    def start(self) -> FakeRegistry:
        """Bind the port and serve from a thread of its own."""
        self._server = Server(self, self._port)
        self._port = self._server.server_port  # the same port again after stop() and start()
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True, name="fake-registry").start()
        return self

    def stop(self) -> None:
        """Stop at once, stalled connections included; the port then refuses connections."""
        if self._server is not None:
            self._server.stop()
            self._server = None

    def __enter__(self) -> FakeRegistry:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """The base URL, what TRIALS_REGISTRY_URL wants."""
        return f"http://127.0.0.1:{self._port}{BASE}"

    # -- what is held ---------------------------------------------------------------------------------------------

    @property
    def studies(self) -> dict[str, Study]:
        """The studies held, by NCT id."""
        return self._holdings.studies

    @property
    def data_timestamp(self) -> str | None:
        """What /version gives."""
        return self._holdings.data_timestamp

    def put(self, study: Study) -> None:
        """Add or replace a study."""
        with self._lock:
            self._holdings.put(study)

    def remove(self, nct_id: str) -> None:
        """Take a study away: every search and lookup then misses it."""
        with self._lock:
            self._holdings.remove(nct_id)

    def edit(self, nct_id: str, **values: Any) -> None:
        """Set values by dotted path, as in `**{"protocolSection.statusModule.whyStopped": "x"}`; None removes."""
        with self._lock:
            self._holdings.edit(nct_id, values)

    def reload(self, data_timestamp: str | None = _NEXT_DAY) -> None:
        """A new data load (the next working day unless told): all page tokens handed out before are dead."""
        with self._lock:
            stamp = self._holdings.next_timestamp() if data_timestamp == _NEXT_DAY else data_timestamp
            self._holdings.reload(stamp)

    # -- what was asked -------------------------------------------------------------------------------------------

    def clear_requests(self) -> None:
        """Forget what was asked so far."""
        self.requests.clear()

    def record(self, request: Request) -> None:
        """Called by the server for every request, before it is answered."""
        self.requests.append(request)

    # -- what goes wrong ------------------------------------------------------------------------------------------

    def fault(
        self,
        name: str,
        *,
        times: int | None = None,
        after: int = 0,
        path: str | None = None,
        when: Callable[[Request], bool] | None = None,
    ) -> None:
        """Switch a fault on (names and meanings: `faults.NAMES`).

        It lets `after` matching requests pass and then hits `times` of them (None: all). A request matches when its
        path starts with `path`, `when` says so, and the fault can show in its answer at all (a page fault never
        counts a /version call).
        """
        self.faults.add(Fault(name, times, after, path, when))

    def clear_faults(self) -> None:
        """A good day again."""
        self.faults.clear()

    def answer(self, request: Request, faults: frozenset[str]) -> Answer:
        """Called by the server: the answer to a request under these faults."""
        with self._lock:
            if "reload-mid-paging" in faults:
                self.reload()
                return Answer(400, DATA_CHANGED.encode(), "text/plain; charset=UTF-8")
            return self._answers.to(request, faults)
