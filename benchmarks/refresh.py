"""What a refresh costs: the first load, then one with nothing new, one with 1 % changed, one with losses.

``python -m benchmarks.refresh [--studies N]``
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import func, select

from benchmarks.measuring import environment, table
from benchmarks.standin import StandIn, ask_for_records
from cache.refresh.plan import plan
from cache.refresh.run import run
from cache.store.schema import answer, event, study, version
from cache.store.store import Store
from fetchers.registry.client import Registry
from fetchers.registry.fields import FIELDS, SWEEP_FIELDS
from fetchers.watchlist.load import load
from fetchers.watchlist.model import Watchlist
from tests.fake_registry import make_study

_STATUS = "protocolSection.statusModule"
_COUNT = "protocolSection.designModule.enrollmentInfo.count"


class State(NamedTuple):
    """What the store holds after a step; differences between two of these are what the step did."""

    held: int  # trials that some scope's answer holds
    versions: int
    left: int  # trials marked as gone from the registry
    events: int
    size: int  # bytes of the store and of the files beside it


class Step(NamedTuple):
    """One refresh: what went over the wire, how long it took, what it did to the store."""

    name: str
    exit_code: int
    requests: int
    bytes: int
    seconds: float
    cpu: float
    before: State
    after: State


class Rig:
    """A stand-in, a store, and one refresh after the other."""

    def __init__(self, standin: StandIn, folder: Path) -> None:
        self.standin = standin
        self.watchlist: Watchlist = load()
        self.folder = folder
        self.store = Store.open(f"sqlite:///{folder / 'store.sqlite3'}")

    def step(self, name: str, change: Callable[[], None] | None = None) -> Step:
        """Change the registry (and let it load anew), then refresh and look at the store."""
        if change is not None:
            change()
            self.standin.tell("reload")
        self.warm(SWEEP_FIELDS if self.state().versions else FIELDS)
        before, cpu, began = self.state(), time.process_time(), time.perf_counter()
        with Registry(self.standin.url, pace=0, timeout=600) as registry:
            report = run(self.store, registry, self.watchlist)
        seconds, used = time.perf_counter() - began, time.process_time() - cpu
        return Step(name, report.exit_code, report.requests, report.bytes, seconds, used, before, self.state())

    def warm(self, fields: str) -> None:
        """Let the stand-in make its pages beforehand: its work is not what is measured."""
        questions = [
            {query.parameter: query.value} for asked in plan(self.watchlist, (), {}) for query in asked.queries
        ]
        self.standin.warm(questions, fields)

    def state(self) -> State:
        held = select(func.count(answer.c.nct_id.distinct())).where(answer.c.ended_at.is_(None))
        left = select(func.count()).select_from(study).where(study.c.left_registry.is_not(None))
        with self.store.reading() as connection:
            versions, events = (
                connection.scalar(select(func.count()).select_from(one)) or 0 for one in (version, event)
            )
            size = sum(one.stat().st_size for one in self.folder.glob("store.sqlite3*"))
            return State(connection.scalar(held) or 0, versions, connection.scalar(left) or 0, events, size)


def measure(studies: int, share: float = 0.01, *, short: bool = False) -> list[Step]:
    """All steps in order; between them the stand-in's records change. Numbers of records follow from ``studies``."""
    many, few = max(1, round(studies * share)), max(1, round(studies * share / 25))
    with StandIn(studies, short=short) as standin, tempfile.TemporaryDirectory() as folder:
        rig = Rig(standin, Path(folder))
        spread = [f"NCT{10_000_000 + at * (studies // many)}" for at in range(many)]
        gone, other = spread[:few], spread[few : 2 * few]

        def edit() -> None:
            for nct_id in spread:
                date = {f"{_STATUS}.lastUpdatePostDateStruct.date": "2026-11-23", _COUNT: 4321}
                standin.tell("edit", nct_id, **date)

        def lose() -> None:
            for nct_id in gone:
                standin.tell("remove", nct_id)
            for nct_id in other:
                standin.tell("put", make_study(nct_id, title="A study of something else", last_update="2026-11-24"))

        try:
            return [
                rig.step("first load"),
                rig.step("refresh, same data load"),
                rig.step("refresh, new data load, no record changed", lambda: None),
                rig.step(f"refresh, {many:,} records changed ({share:.0%})", edit),
                rig.step(f"refresh, {few} removed and {few} no longer matching", lose),
            ]
        finally:
            rig.store.close()


def report(steps: list[Step], studies: int) -> str:
    """The table."""
    whole = steps[0].bytes
    rows = [
        [
            one.name,
            one.requests,
            f"{one.bytes / 1e6:.2f}",
            f"{one.bytes / whole:.2%}",
            one.seconds,
            one.cpu,
            one.after.versions - one.before.versions,
            one.after.left - one.before.left,
            one.after.held - one.before.held,
            f"{one.after.size / 1e6:.1f}",
        ]
        for one in steps
    ]
    heads = ["refresh", "requests", "MB", "of the full load", "s", "CPU s", "new versions", "marked gone", "held"]
    heads.append("store MB")
    return f"{studies:,} studies at the registry, no pause between requests\n\n{table(heads, rows)}"


def main(argv: list[str] | None = None) -> list[Step]:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.refresh", description=__doc__)
    parser.add_argument("--studies", type=int, default=25_000)
    ask_for_records(parser)
    given = parser.parse_args(argv)
    steps = measure(given.studies, short=given.short)
    print(report(steps, given.studies))
    print(f"\n{environment()}")
    return steps


if __name__ == "__main__":
    main()
