"""Bad days on demand: which fault hits which request. What each does stands in `NAMES`."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

NAMES = {
    "429": "too many requests, without Retry-After",
    "429-retry-after": "too many requests, Retry-After: 1",
    "429-hour": "too many requests, Retry-After: 3600",
    "503-odd-date": "service unavailable, Retry-After with a date that no calendar holds",
    "odd-headers": "the right answer under headers that no standard knows",
    "403": "refused at the edge, HTML body",
    "500": "internal server error",
    "503": "service unavailable",
    "html-200": "an HTML page with status 200",
    "cut-body": "the right Content-Length, but the connection closes in the middle of the body",
    "cut-json": "valid HTTP around JSON that stops half way",
    "stall": "no answer at all until the client leaves (at most 300 s)",
    "slow-body": "the body drips, a byte about every 0.2 s",
    "reset": "connection reset instead of an answer",
    "reload-mid-paging": "a data load happens before a follow-up page is answered",
    "garbage-record": "the first study of a page has wrong types, its id can still be read",
    "garbage-record-no-id": "the last study of a page has wrong types and no readable id",
    "unreadable-leaf": "the first study of a page starts on a day that no calendar holds",
    "deep-record": "the first study of a page has a leaf nested a hundred thousand deep",
    "lone-surrogate": "the first study of a page has half a character in its summary",
    "endless": "totalCount is 10^12, and the first page has a token whatever follows",
    "empty": "a page without studies, total 0",
    "short-total": "totalCount is 3 more than the pages hold",
    "duplicate-page": "a follow-up page repeats the page before it",
    "no-total": "countTotal is ignored",
    "no-timestamp": "/version without dataTimestamp",
}
# Faults that can show on some requests only; others do not use up `after` and `times`.
_ON_PAGES = {
    "garbage-record", "garbage-record-no-id", "unreadable-leaf", "deep-record", "lone-surrogate", "empty",
}  # fmt: skip
_ON_COUNTS = {"short-total", "no-total", "endless"}
_ON_FOLLOW_UPS = {"duplicate-page", "reload-mid-paging"}


@dataclass
class Request:
    """One request as it reached the server; `path` is relative to the base URL, `status` 0 means no answer."""

    method: str
    path: str
    params: dict[str, str]
    headers: dict[str, str]
    status: int = 0
    bytes_sent: int = 0


@dataclass
class Fault:
    """One fault and the requests it is meant for."""

    name: str
    times: int | None = None
    after: int = 0
    path: str | None = None
    when: Callable[[Request], bool] | None = None

    def matches(self, request: Request) -> bool:
        """Whether the request is one of those meant, whatever has been used up."""
        if self.path is not None and not request.path.startswith(self.path):
            return False
        return can_show(self.name, request) and (self.when is None or self.when(request))

    def fires(self) -> bool:
        """Count one matching request; True when the fault hits it."""
        if self.after > 0:
            self.after -= 1
            return False
        if self.times is None:
            return True
        self.times -= 1
        return self.times >= 0


def can_show(name: str, request: Request) -> bool:
    """Whether this fault could show at all in the answer to this request."""
    listing = request.path == "/studies"
    if name == "no-timestamp":
        return request.path == "/version"
    if name in _ON_PAGES:
        return listing
    if name in _ON_COUNTS:
        return listing and "pageToken" not in request.params and request.params.get("countTotal") == "true"
    if name in _ON_FOLLOW_UPS:
        return listing and "pageToken" in request.params
    return True


@dataclass
class Faults:
    """The faults switched on; safe to change while requests come in."""

    active: list[Fault] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, fault: Fault) -> None:
        """Switch a fault on; an unknown name is the test's mistake."""
        if fault.name not in NAMES:
            raise ValueError(f"unknown fault {fault.name!r}; one of {', '.join(NAMES)}")
        with self.lock:
            self.active.append(fault)

    def clear(self) -> None:
        """Switch all off."""
        with self.lock:
            self.active.clear()

    def take(self, request: Request) -> frozenset[str]:
        """The names of all faults that hit this request."""
        with self.lock:
            return frozenset(fault.name for fault in self.active if fault.matches(request) and fault.fires())
