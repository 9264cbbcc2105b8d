"""``python -m tests.kill --rounds 200``: kill -9 a refresh at random moments; nothing stored may suffer.

Every round edits the registry stand-in, starts ``python -m cache refresh``, kills it, and then holds the store to its
promises; every tenth round a refresh must finish and bring exactly what the registry holds. Stops at the first
violation with the seed that leads to it.
"""

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine

from cache.opening import open_store
from cache.recovery.check import integrity
from cache.store.lock import hold
from fetchers.settings import ROOT, Settings
from tests.fake_registry import FakeRegistry, Request, agent_studies, make_study
from tests.rigs.soundness import WATCHLIST, State, Violation, demand, judge, state_of, truth_of

TITLE = "protocolSection.identificationModule.briefTitle"
STATUS = "protocolSection.statusModule.overallStatus"
UPDATED = "protocolSection.statusModule.lastUpdatePostDateStruct.date"
INTERVENTIONS = "protocolSection.armsInterventionsModule.interventions"
STATUSES = ("RECRUITING", "COMPLETED", "TERMINATED", "SUSPENDED")
FINISH_EVERY = 10
PATIENCE = 300.0
BESIDE = ("-wal", "-shm", ".refresh-lock")


@dataclass
class Killer:
    """One store, one registry, and who kills between them."""

    folder: Path
    rng: random.Random
    fake: FakeRegistry = field(default_factory=lambda: FakeRegistry(agent_studies(), page_cap=4))
    kills: Counter[str] = field(default_factory=Counter)
    finished: int = 0
    duration: float = 2.0
    requests: int = 60
    day: date = date(2027, 1, 1)
    extras: list[str] = field(default_factory=list)
    removed: list[dict[str, Any]] = field(default_factory=list)

    @property
    def path(self) -> Path:
        return self.folder / "trials.sqlite3"

    @property
    def url(self) -> str:
        return f"sqlite:///{self.path}"

    def run(self, rounds: int) -> None:
        """Kill ``rounds`` refreshes; raises Violation."""
        with self.fake:
            while self.kills.total() < rounds:
                before = self.look()
                self.edit()
                if self.killed() and (after := self.look()):
                    self.kills[_moment(before, after)] += 1
                    judge(before, after, truth_of(self.fake), self.fake.data_timestamp)
                if self.kills.total() % FINISH_EVERY == 0 or self.kills.total() == rounds:
                    self.finish()

    # -- what happens -------------------------------------------------------------------------------------------------

    def edit(self) -> None:
        """Another day at the registry: edits, new trials, trials that go, come back, or turn to something else."""
        rng, fake = self.rng, self.fake
        for nct_id in rng.sample(sorted(fake.studies), 8):
            fake.edit(nct_id, **{TITLE: f"Title {rng.random()}"} | self.dated())
        for nct_id in rng.sample(sorted(fake.studies), 3):  # the registry itself sets a status without a new date
            now = fake.studies[nct_id]["protocolSection"]["statusModule"].get("overallStatus")
            fake.edit(nct_id, **{STATUS: rng.choice([one for one in STATUSES if one != now])})
        for _ in range(2):
            self.extras.append(f"NCT7{len(self.extras):07d}")
            fake.put(self.study(self.extras[-1]))
        there = [nct_id for nct_id in self.extras if nct_id in fake.studies]
        gone, turned = rng.sample(there, 2)
        if self.removed and rng.random() < 0.5:
            fake.put(self.removed.pop(rng.randrange(len(self.removed))))
        if len(there) > 4 and "Water" not in str(fake.studies[gone]):
            self.removed.append(fake.studies[gone])
            fake.remove(gone)
        if rng.random() < 0.3:
            fake.edit(turned, **{INTERVENTIONS: [{"name": "Water"}]} | self.dated())
        fake.reload()

    def dated(self) -> dict[str, str]:
        """A sweep sees an edit by its date, which no other edit may have had."""
        self.day += timedelta(days=1)
        return {UPDATED: self.day.isoformat()}

    def study(self, nct_id: str) -> dict[str, Any]:
        members = [member for agent in WATCHLIST.agents for member in agent.members if member.on]
        drug = {"type": "DRUG", "name": self.rng.choice(members).names[0]}
        condition = self.rng.choice(("Chronic Fatigue Syndrome", "Influenza"))
        return make_study(nct_id, title=f"Trial {nct_id}", interventions=[drug], conditions=[condition])

    def start(self, *options: str) -> subprocess.Popen[str]:
        own = {"TRIALS_REGISTRY_URL": self.fake.url, "TRIALS_CACHE_URL": self.url, "TRIALS_PACE_SECONDS": "0"}
        command = [sys.executable, "-m", "cache", "refresh", "--quiet", *options]
        kept = {name: value for name, value in os.environ.items() if not name.startswith("TRIALS_")}
        return subprocess.Popen(command, cwd=ROOT, env={**kept, **own}, stderr=subprocess.PIPE, text=True)

    def killed(self) -> bool:
        """Start a refresh and kill it at some moment; False when it was faster."""
        begun, reached = threading.Event(), threading.Event()
        chosen = self.rng.randrange(self.requests)
        seen: list[Request] = []

        def record(request: Request) -> None:
            seen.append(request)
            begun.set()
            if len(seen) > chosen:
                reached.set()

        self.fake.record = record  # type: ignore[method-assign]
        process = self.start(*(["--full"] if self.rng.random() < 0.25 else []))
        kind = self.rng.random()
        if kind < 0.05:
            time.sleep(self.rng.uniform(0, 1))  # at its start
        elif kind < 0.5:
            _wait(begun, process)
            time.sleep(self.rng.uniform(0, self.duration))
        else:  # just after an answer has come: this is when it is stored
            _wait(reached, process)
            time.sleep(self.rng.expovariate(50))
        process.send_signal(signal.SIGKILL)
        said = process.communicate()[1]
        demand(process.returncode in (0, -signal.SIGKILL), f"the refresh ended with {process.returncode}: {said}")
        return process.returncode != 0

    def finish(self) -> None:
        """A refresh that nobody kills: it must end well and bring exactly what the registry holds."""
        before, seen = self.look(), list[Request]()
        self.fake.record = seen.append  # type: ignore[method-assign,assignment]
        began = time.monotonic()
        process = self.start()
        said = process.communicate(timeout=PATIENCE)[1]
        demand((process.returncode, said) == (0, ""), f"the next refresh ended with {process.returncode}: {said}")
        self.duration, self.requests = max(0.2, time.monotonic() - began - 0.8), max(10, len(seen))
        after = self.look()
        judge(before, after, truth_of(self.fake), self.fake.data_timestamp)
        truth = truth_of(self.fake)
        load = self.fake.data_timestamp
        # Posted results of which none is due stay as they were read.
        asked = {name: found for name, found in after.loads.items() if name in truth}
        demand(set(asked.values()) == {load}, "a scope was not refreshed")
        demand(after.held == {name: set(found) for name, found in truth.items()}, "a scope holds other trials")
        gone = {nct_id for nct_id, day in after.left.items() if day is not None}
        demand(gone == set(after.left) - set(self.fake.studies), f"left the registry, or not: {gone}")
        left = {one.name for one in self.folder.iterdir()} - {
            f"{self.path.name}{end}" for end in ("", ".snapshot", *BESIDE)
        }
        demand(not left, f"something was left beside the store: {left}")
        ends = [(state, outcome) for _, state, outcome in after.refreshes]
        demand(ends[-1] == ("ended", "fresh"), f"the last refresh is noted as {ends[-1]}")
        demand({state for state, _ in ends} == {"ended"}, "a dead refresh still counts as running")
        self.finished += 1

    # -- what must hold -----------------------------------------------------------------------------------------------

    def look(self) -> State:
        """The store opens, is sound and is not locked."""
        there = self.path.exists()  # a lock beside no store would tell of one that is gone
        with hold(create_engine(self.url), patience=2.0) if there else nullcontext():
            # Where there is no store yet, the starter snapshot is what a killed refresh may not spoil.
            store = open_store(Settings(cache_url=self.url if there else "sqlite://"), WATCHLIST)
            try:
                complaints = integrity(store)
                demand(not complaints, f"check complains: {complaints[:3]}")
                return state_of(store)
            finally:
                store.close()


def _moment(before: State, after: State) -> str:
    """Where a refresh was when it died, in its own words."""
    if len(after.refreshes) == len(before.refreshes):
        return "before it began"
    if "storing" in after.statuses:
        return "storing"
    if "asking" in after.statuses:
        return "asking"
    return "between two scopes" if "waiting" in after.statuses else "at its end"


def _wait(event: threading.Event, process: subprocess.Popen[str]) -> None:
    end = time.monotonic() + PATIENCE
    while not event.wait(0.005) and process.poll() is None:
        demand(time.monotonic() < end, "the refresh hangs")


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.kill", description=__doc__)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    given = parser.parse_args(argv)
    folder = Path(tempfile.mkdtemp(prefix="kill-"))
    killer = Killer(folder, random.Random(given.seed))
    try:
        killer.run(given.rounds)
    except Violation as error:
        print(f"VIOLATION after {killer.kills.total()} kills, seed {given.seed}, store kept in {folder}: {error}")
        return 1
    print(summary(killer) + f" (seed {given.seed})")
    shutil.rmtree(folder)
    return 0


def summary(killer: Killer) -> str:
    state = killer.look()
    moments = ", ".join(f"{count} {moment}" for moment, count in killer.kills.most_common())
    return (
        f"{killer.kills.total()} refreshes killed ({moments}); {killer.finished} finished; all "
        f"{len(state.versions):,} versions and {len(state.events):,} events are there, every scope is whole"
    )


if __name__ == "__main__":
    sys.exit(main())
