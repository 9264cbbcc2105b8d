"""The viewers of a soak: each opens a page, filters, turns pages, takes a file, and leaves, with or without a word."""

from __future__ import annotations

import random
import threading
import urllib.request
from collections.abc import Callable
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Self

from benchmarks.clicks import SWITCH
from benchmarks.server import PATIENCE, Server, Viewer

PAGES = (
    "", "agents", "trials", "changes", "claims", "gaps", "timeline", "map", "mecfs", "results", "findings", "about",
)  # fmt: skip
VIEWS = (
    "", "all=1", "agent=ivig", "agent=corticosteroids&all=1", "condition=me_cfs", "phase=phase2&all=1",
    "status=recruiting", "q=pain&all=1", "from=2015&to=2020&all=1", "results=yes&all=1", "background=1",
)  # fmt: skip
FILES = ("/api/ready", "/feed.xml", "/calendar.ics", "/api/trials.json?agent=ivig", "/api/v1/trials?limit=5")
_MOST_ACTIONS = 8
_VANISH = 0.4  # of all viewers


class Crowd(AbstractContextManager["Crowd"]):
    """So many viewers at a time, for the length of a ``with`` block; whoever leaves is followed by another."""

    def __init__(self, server: Server, viewers: int, pause: float) -> None:
        self.actions = self.came = self.vanished = self.inside = 0
        self.failed: list[str] = []
        self._server, self._pause = server, pause
        self._gone, self._guard = threading.Event(), threading.Lock()
        self._threads = [
            threading.Thread(target=self._place, args=(random.Random(number),), daemon=True)
            for number in range(viewers)
        ]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._gone.set()
        for thread in self._threads:
            thread.join(2 * PATIENCE)

    def _place(self, dice: random.Random) -> None:
        """One viewer after the other."""
        from websockets.exceptions import WebSocketException

        while not self._gone.wait(dice.uniform(0, self._pause)):
            try:
                self._visit(dice)
            except (OSError, WebSocketException) as error:
                self._note(f"{type(error).__name__}: {error}")

    def _visit(self, dice: random.Random) -> None:
        viewer = Viewer(self._server, SWITCH, dice.choice(PAGES))
        self._add(came=1, inside=1, actions=1)
        vanishes = dice.random() < _VANISH
        try:
            for _ in range(dice.randint(1, _MOST_ACTIONS)):
                if self._gone.wait(dice.uniform(0.5, 1.5) * self._pause):
                    break
                self._act(viewer, dice)
            for failure in viewer.failed:
                self._note(failure)
        finally:
            (viewer.vanish if vanishes else viewer.close)()
            self._add(inside=-1, vanished=int(vanishes))

    def _act(self, viewer: Viewer, dice: random.Random) -> None:
        ways: tuple[Callable[[], object], ...] = (
            lambda: viewer.go(dice.choice(PAGES)),
            lambda: viewer.visit(dice.choice(VIEWS)),
            lambda: viewer.click() if viewer.has_switch else viewer.go(""),
            lambda: self._take(dice.choice(FILES)),
        )
        dice.choices(ways, (3, 3, 3, 1))[0]()
        self._add(actions=1)

    def _take(self, path: str) -> None:
        with urllib.request.urlopen(f"{self._server.url}{path}", timeout=PATIENCE) as answer:  # noqa: S310 - our own
            answer.read()

    def _note(self, failure: str) -> None:
        with self._guard:
            self.failed.append(failure)

    def _add(self, **steps: int) -> None:
        with self._guard:
            for name, step in steps.items():
                setattr(self, name, getattr(self, name) + step)
