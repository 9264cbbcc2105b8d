"""The registry of a soak: every round it has newer versions of some trials and a fault, and is asked for them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import select

from benchmarks.server import environment_of
from benchmarks.standin import StandIn
from cache.store.schema import event, study
from cache.store.store import Store
from fetchers.settings import ROOT

# What goes wrong in a round: the fault's name, how many requests it hits, how many it lets pass first.
FAULTS: tuple[tuple[str, int, int] | None, ...] = (
    None, ("garbage-record", 2, 1), ("cut-body", 1, 2), ("503", 2, 4), ("429", 2, 3), ("slow-body", 1, 5), None,
    ("reset", 2, 3), ("stall", 1, 4), ("html-200", 6, 2), ("lone-surrogate", 2, 1), ("garbage-record-no-id", 2, 0),
    ("cut-json", 2, 1), ("503", 9, 2), ("unreadable-leaf", 2, 2), ("403", 1, 6), ("429-retry-after", 3, 1),
    ("short-total", 1, 3), ("empty", 1, 2), ("500", 3, 0),
)  # fmt: skip
_IMPATIENT = {"TRIALS_PACE_SECONDS": "0", "TRIALS_TIMEOUT_SECONDS": "3", "TRIALS_DAILY_REQUESTS": "1000000"}
_ENROLLMENT = "protocolSection.designModule.enrollmentInfo"
_UPDATED = "protocolSection.statusModule.lastUpdatePostDateStruct.date"
_FIRST_DAY = date(2026, 11, 21)
_FIRST_COUNT = 500_000  # of people: more than any of the stand-in's trials has
_PATIENCE = 300.0


class Kept(NamedTuple):
    """Events of the soak's own edits: ``lost`` are expected and not there, ``twice`` are there more than once."""

    events: int
    expected: int
    lost: int
    twice: int


class Source:
    """Edits trials of the stand-in and refreshes a store; each edit has a number of its own, so its event is known.

    No trial is edited again before a good refresh has taken its last version: then every version must have its event.
    """

    def __init__(self, standin: StandIn, store: Path, edits: int) -> None:
        self.done = self.failed = 0
        self.troubles: Counter[str] = Counter()
        self._standin, self._store, self._edits = standin, store, edits
        self.environment = environment_of(store) | _IMPATIENT | {"TRIALS_REGISTRY_URL": standin.url}
        self._running: subprocess.Popen[str] | None = None
        self._waiting: dict[str, int] = {}  # the newest version of each trial that no good refresh has taken yet
        self._expected: set[tuple[str, int]] = set()
        self._fault = "none"
        self._rounds = self._count = 0
        self._ids: list[str] = []

    def first_load(self) -> None:
        """Fill the store; it makes no events."""
        self._start(None)
        self.settle()
        if self.failed:
            raise SystemExit(f"The first refresh failed: {dict(self.troubles)}")
        store = Store.open(f"sqlite:///{self._store}", readonly=True)
        with store.reading() as connection:
            self._ids = list(connection.scalars(select(study.c.nct_id).order_by(study.c.nct_id)))
        store.close()

    def next_round(self) -> bool:
        """Newer versions, a fault, a refresh; nothing of it while the last refresh still runs."""
        if self._running and self._running.poll() is None:
            return False
        self.begin(FAULTS[(self._rounds + 1) % len(FAULTS)])
        return True

    def last_round(self) -> None:
        """A refresh without a fault, which takes all that earlier ones could not."""
        self.begin(None)
        self.settle()

    def begin(self, fault: tuple[str, int, int] | None) -> None:
        """Newer versions and this fault, and a refresh that runs when the one before has ended."""
        self.settle()
        self._rounds += 1
        self._edit()
        self._start(fault)

    def settle(self) -> None:
        """Wait for the refresh, and note what it must have taken."""
        if not self._running:
            return
        said, _ = self._running.communicate(timeout=_PATIENCE)
        code, self._running = self._running.returncode, None
        self.done += 1
        if code:
            self.failed += 1
            self.troubles[f"{self._fault}: exit {code}"] += 1
            return
        report = json.loads(said)
        if not any(one["set_aside"] for one in [*report["agents"].values(), *report["sweeps"].values()]):
            self._expected |= set(self._waiting.items())
            self._waiting = {}

    def kept(self) -> Kept:
        """The events that the store holds of these edits, beside those it must hold."""
        store = Store.open(f"sqlite:///{self._store}", readonly=True)
        with store.reading() as connection:
            found = connection.execute(select(event.c.nct_id, event.c.after).where(event.c.kind == "enrollment")).all()
        store.close()
        held = Counter((nct_id, after["count"]) for nct_id, after in found if after)
        ours = {one: times for one, times in held.items() if one[1] > _FIRST_COUNT}
        lost = self._expected - ours.keys()
        return Kept(len(ours), len(self._expected), len(lost), sum(times > 1 for times in ours.values()))

    def _edit(self) -> None:
        """The next trials in turn, but none whose last version still waits."""
        self._standin.tell("clear_faults")
        self._standin.tell("clear_requests")
        at = self._rounds * self._edits
        turn = [self._ids[(at + step) % len(self._ids)] for step in range(self._edits)] if self._ids else []
        day = (_FIRST_DAY + timedelta(days=self._rounds)).isoformat()
        for nct_id in dict.fromkeys(turn):
            if nct_id not in self._waiting:
                self._count += 1
                self._waiting[nct_id] = _FIRST_COUNT + self._count
                size = {"count": self._waiting[nct_id], "type": "ESTIMATED"}
                self._standin.tell("edit", nct_id, **{_ENROLLMENT: size, _UPDATED: day})
        self._standin.tell("reload")

    def _start(self, fault: tuple[str, int, int] | None) -> None:
        self._fault = fault[0] if fault else "none"
        if fault:
            self._standin.tell("fault", fault[0], times=fault[1], after=fault[2])
        self._running = subprocess.Popen(
            [sys.executable, "-m", "cache", "refresh", "--json"], cwd=ROOT, env=self.environment, text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip
