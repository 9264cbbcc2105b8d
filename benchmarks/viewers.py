"""Many viewers at once on two dashboards over one PostgreSQL, behind nginx, while a refresh runs; then one is killed.

``python -m benchmarks.viewers [--viewers N] [--think S] [--seconds S] [--saturate S] [--studies N]``

Viewers open the page through nginx, over TLS, and speak Streamlit's protocol: they wait until the page is whole, think,
change a filter, wait. They do not draw. They share the processors with what is measured.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

from websockets.exceptions import ConnectionClosed

from benchmarks.clicks import SWITCH, p95
from benchmarks.deployed import Held, Site, Visitor, leave, running
from benchmarks.measuring import environment, median, table
from benchmarks.standin import StandIn

_FIRST, _LAST = 1990, 2024  # years of the view that is looked at; each is another filter
_RETRY_SECONDS = 0.5
_SWITCHED = 0.5  # the share of clicks that turn the switch; the others look at another first year


class Click(NamedTuple):
    """When it was made and how long until the page was whole; ``back``: after its dashboard had died."""

    at: float
    seconds: float
    back: bool = False


class Phase(NamedTuple):
    """What all viewers did in one part of the run."""

    name: str
    clicks: list[Click]
    errors: list[str]
    seconds: float
    cpu: dict[str, float]
    ticks: int
    load: float

    def row(self) -> list[Any]:
        taken = [one.seconds for one in self.clicks if not one.back]
        each = len(self.clicks) or 1
        cpu = [self.cpu[name] * 1000 / each for name in ("dashboards", "nginx", "PostgreSQL")]
        rate = len(self.clicks) / self.seconds
        return [
            self.name, len(self.clicks), rate, len(self.errors), median(taken), p95(taken), max(taken), *cpu,
            self.ticks, self.load,
        ]  # fmt: skip


HEADS = [
    "part", "clicks", "clicks/s", "errors", "median s", "p95 s", "longest s", "CPU ms a click: dashboards", "nginx",
    "PostgreSQL", "runs of the refresh line", "load average",
]  # fmt: skip


def click(viewer: Visitor) -> float:
    """Change a filter, in one of two ways."""
    if viewer.random.random() < _SWITCHED:
        return viewer.click()
    return viewer.visit(f"from={viewer.random.randint(_FIRST, _LAST)}")


def _back(viewer: Visitor, until: float) -> None:
    while True:
        try:
            viewer.come_back()
            return
        except (ConnectionClosed, OSError):
            if time.monotonic() > until:
                raise
            time.sleep(_RETRY_SECONDS)


def use(viewer: Visitor, until: float, think: float, errors: list[str], *, mortal: bool) -> list[Click]:
    """Think and click until then. ``mortal``: dashboards may die, so a lost connection is no error by itself."""
    found = []
    pause = viewer.random.uniform(0, think)  # else all would click at the same moment
    try:
        while time.monotonic() < until:
            try:
                viewer.think(pause)
                pause = viewer.random.uniform(think / 2, think * 1.5)
                began = time.monotonic()
                found.append(Click(began, click(viewer)))
            except ConnectionClosed as error:
                if not mortal:
                    raise RuntimeError(f"connection lost: {error}") from error
                began = time.monotonic()
                _back(viewer, began + 60)
                found.append(Click(began, time.monotonic() - began, back=True))
    except (OSError, RuntimeError, ConnectionClosed) as error:
        errors.append(f"{type(error).__name__}: {error}")
    errors += viewer.failed
    viewer.failed = []
    return found


def phase(
    name: str, site: Site, viewers: Sequence[Visitor], seconds: float, think: float, *, mortal: bool = False,
    beside: Callable[[], None] = lambda: None,
) -> Phase:  # fmt: skip
    """All viewers at once for so long; ``beside`` runs meanwhile."""
    errors: list[str] = []
    before, ticks, began = site.cpu(), sum(one.ticks for one in viewers), time.monotonic()
    other = threading.Thread(target=beside)
    other.start()
    with ThreadPoolExecutor(len(viewers)) as pool:
        asked = [pool.submit(use, one, began + seconds, think, errors, mortal=mortal) for one in viewers]
        clicks = [each for one in asked for each in one.result()]
    other.join()
    cpu = {kind: used - before[kind] for kind, used in site.cpu().items()}
    took = time.monotonic() - began
    print(f"{name}: {len(clicks)} clicks, {len(errors)} errors, {took:.0f} s", file=sys.stderr, flush=True)
    return Phase(name, clicks, errors, took, cpu, sum(one.ticks for one in viewers) - ticks, os.getloadavg()[0])


class Found(NamedTuple):
    """All that was seen."""

    phases: list[Phase]
    opened: list[float]
    opening: float  # processor seconds of the dashboards, for each page that was opened
    at: dict[str, int]
    empty: list[float]
    full: list[float]
    connections: int
    refreshed: dict[str, Any]
    back: list[float]  # seconds from the kill until the page of each viewer of the dead one was whole
    before: Held
    after: Held


def come(site: Site, many: int) -> list[Visitor]:
    """So many viewers, one after the other in each of eight lines."""
    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(lambda seed: Visitor(site.nginx, SWITCH, seed), range(many)))


def refresh(site: Site, standin: StandIn, studies: int, pace: float, found: dict[str, Any]) -> None:
    """One trial in a hundred has changed; the registry has loaded new data."""
    for at in range(0, studies, 100):
        changed = {"protocolSection.statusModule.lastUpdatePostDateStruct.date": "2026-11-23"}
        standin.tell("edit", f"NCT{10_000_000 + at}", **changed, **{_COUNT: 4321})
    standin.tell("reload")
    process = site.refresh(pace)
    said, _ = process.communicate()
    found.update({"exit": process.returncode, **json.loads(said)})


_COUNT = "protocolSection.designModule.enrollmentInfo.count"


def measure(viewers: int, studies: int, seconds: float, think: float, saturate: float, pace: float) -> Found:
    """One viewer, all viewers while a refresh runs, all without thinking, and all while a dashboard dies."""
    with StandIn(studies, short=True) as standin, running(standin.url) as site:
        leave(come(site, 2 * len(site.dashboards)))  # what each process reads once
        one = come(site, 1)
        time.sleep(2)
        empty = [each.resident() for each in site.dashboards]
        phases = [phase("one viewer", site, one, min(seconds, 30), 0.3)]
        before_them = site.cpu()["dashboards"]
        inside = come(site, viewers)
        opening = (site.cpu()["dashboards"] - before_them) / viewers
        at = {name: sum(each.at == name for each in inside) for name in sorted({each.at for each in inside})}
        refreshed: dict[str, Any] = {}
        beside = threading.Timer(min(5, seconds / 4), refresh, (site, standin, studies, pace, refreshed)).run
        phases.append(phase(f"{viewers} viewers, a refresh beside them", site, inside, seconds, think, beside=beside))
        full = [each.resident() for each in site.dashboards]
        phases.append(phase(f"{viewers} viewers, none thinks", site, inside, saturate, 0))
        connections, before = site.connections(), site.held()
        died: list[float] = []

        def die() -> None:
            time.sleep(min(5, seconds / 4))
            died.append(time.monotonic())
            site.kill(site.dashboards[0])

        phases.append(phase("one dashboard killed", site, inside, seconds, think, mortal=True, beside=die))
        back = [each.at + each.seconds - died[0] for each in phases[-1].clicks if each.back]
        leave([*one, *inside])
        return Found(
            phases, [each.opened for each in inside], opening, at, empty, full, connections, refreshed, sorted(back),
            before, site.held(),
        )  # fmt: skip


def report(found: Found, viewers: int, think: float) -> str:
    """The tables, and what was lost."""
    lines = [table(HEADS, [one.row() for one in found.phases])]
    lines += [f"error: {error}" for one in found.phases for error in one.errors[:5]]
    each = (sum(found.full) - sum(found.empty)) / viewers
    took = {name: round(found.refreshed.get(name, 0), 1) for name in ("exit", "requests", "seconds")}
    changed = sum(one["changed"] for one in found.refreshed["agents"].values())
    lines += [
        "",
        f"Viewers think {think / 2:g} to {think * 1.5:g} s between two clicks. By dashboard: "
        f"{', '.join(map(str, found.at.values()))}. Opening a page, eight at a time: p95 {p95(found.opened):.2f} s, "
        f"{found.opening * 1000:.0f} ms of the dashboards' CPU.",
        f"Memory of the dashboards: {sum(found.empty):.0f} MB with one viewer, {sum(found.full):.0f} MB with all, "
        f"{each:.2f} MB a viewer. Sessions of PostgreSQL: {found.connections}.",
        f"The refresh: exit {took['exit']}, {took['requests']} requests, {took['seconds']} s, {changed} changes.",
        f"After the kill: {len(found.back)} viewers were back, half of them after {median(found.back):.1f} s, "
        f"the last after {found.back[-1]:.1f} s.",
        f"Held before the kill: {found.before}. After it: {found.after}.",
        "Nothing was lost." if found.before == found.after else "SOMETHING WAS LOST.",
    ]
    return "\n".join(lines)


def main(argv: list[str] | None = None) -> Found:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.viewers", description=__doc__)
    parser.add_argument("--viewers", type=int, default=200)
    parser.add_argument("--studies", type=int, default=5_000)
    parser.add_argument("--seconds", type=float, default=90, help="of the parts with thinking viewers")
    parser.add_argument("--think", type=float, default=20, help="seconds between two clicks of a viewer, in the mean")
    parser.add_argument("--pace", type=float, default=1, help="seconds between two requests of the refresh beside them")
    parser.add_argument("--saturate", type=float, default=30, help="seconds in which nobody thinks")
    given = parser.parse_args(argv)
    found = measure(given.viewers, given.studies, given.seconds, given.think, given.saturate, given.pace)
    print(report(found, given.viewers, given.think))
    print(f"\n{environment()}")
    return found


if __name__ == "__main__":
    main()
