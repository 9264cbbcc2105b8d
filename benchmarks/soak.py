"""Whether the server stays as it is while viewers come and go and a registry with bad days is asked every minute.

``python -m benchmarks.soak [--minutes N] [--viewers N] [--studies N] [--out FILE] [-- --server.option=value …]``

Every ``--every`` seconds the registry stand-in has newer versions of some trials and a fault, and is refreshed from.
A line of figures a round is printed as it runs, so a soak that was stopped still tells something; ``--out`` keeps the
lines as JSON. At the end it is judged: 1 when memory rose, a handle leaked, an event was lost or a page failed. What
stands after ``--`` goes to Streamlit, to compare settings.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from pathlib import Path
from typing import NamedTuple

from benchmarks.measuring import environment
from benchmarks.server import PATIENCE, Server, free_port
from benchmarks.soak_judge import Round, Verdict, judged
from benchmarks.soak_source import Source
from benchmarks.soak_viewers import Crowd
from benchmarks.standin import StandIn
from fetchers.settings import ROOT

_NAMES = (
    "viewers", "sessions", "came", "vanished", "actions", "failed", "refreshes", "failed", "events", "expected", "lost",
)  # fmt: skip
_WIDTHS = [len(name) + 2 for name in _NAMES]
HEADS = " minute     MB  private  files  threads" + "".join(f"  {name}" for name in _NAMES)


class Soaked(NamedTuple):
    """The rounds, the figures after the last viewer had gone and all had been refreshed, and what they say."""

    rounds: list[Round]
    end: Round
    verdict: Verdict
    failures: list[str]
    troubles: Mapping[str, int]


class Watch:
    """A server, its viewers and its registry, looked at from outside."""

    def __init__(self, server: Server, metrics: int, crowd: Crowd, source: Source, began: float) -> None:
        self._server, self._metrics, self._crowd, self._source = server, metrics, crowd, source
        self._began = began

    def look(self) -> Round:
        """The figures of this moment."""
        server, crowd, source, kept = self._server, self._crowd, self._source, self._source.kept()
        return Round(
            minute=(time.monotonic() - self._began) / 60, resident=server.resident(), private=server.private(),
            files=server.files(), threads=server.threads(), viewers=crowd.inside, sessions=self.sessions(),
            came=crowd.came, vanished=crowd.vanished, actions=crowd.actions, page_failures=len(crowd.failed),
            refreshes=source.done, refreshes_failed=source.failed, events=kept.events, expected=kept.expected,
            lost=kept.lost, twice=kept.twice, cpu_seconds=server.cpu(),
        )  # fmt: skip

    def sessions(self) -> int:
        """The open sessions, as the server itself counts them."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self._metrics}/metrics", timeout=PATIENCE) as answer:
            found = re.search(r"^trials_viewers (\d+)$", answer.read().decode(), re.M)
        assert found, "The server does not tell how many viewers it has."
        return int(found[1])

    def left_over(self) -> int:
        """Sessions still there after everybody has gone; the server is given a while to notice."""
        end = time.monotonic() + PATIENCE
        while (held := self.sessions()) and time.monotonic() < end:
            time.sleep(0.2)
        return held


def soak(given: argparse.Namespace, tell: Callable[[Round], None]) -> Soaked:
    """Run so many minutes, at least two rounds; every round is told as it ends."""
    with tempfile.TemporaryDirectory() as folder, StandIn(given.studies, short=True) as standin:
        source = Source(standin, Path(folder) / "store.sqlite3", given.edits)
        source.first_load()
        metrics, rounds = free_port(), list[Round]()
        shown = source.environment | {"TRIALS_METRICS_PORT": str(metrics)}
        with Server(ROOT, "dashboard/app.py", shown, given.options) as server:
            began = time.monotonic()
            with Crowd(server, given.viewers, given.pause) as crowd:
                watch = Watch(server, metrics, crowd, source, began)
                while len(rounds) < 2 or time.monotonic() - began < given.minutes * 60:
                    source.next_round()
                    time.sleep(given.every - (time.monotonic() - began) % given.every)
                    rounds.append(watch.look())
                    tell(rounds[-1])
            left_over = watch.left_over()
            source.last_round()
            end = watch.look()
            tell(end)
    return Soaked(rounds, end, judged(rounds, end, left_over), crowd.failed, source.troubles)


def line(one: Round) -> str:
    """The figures of a round below ``HEADS``."""
    figures = (
        one.viewers, one.sessions, one.came, one.vanished, one.actions, one.page_failures, one.refreshes,
        one.refreshes_failed, one.events, one.expected, one.lost,
    )  # fmt: skip
    memory = f"{one.minute:>7.1f}{one.resident:>7.0f}{one.private:>9.0f}{one.files:>7}{one.threads:>9}"
    return memory + "".join(f"{figure:>{width}}" for figure, width in zip(figures, _WIDTHS, strict=True))


def report(soaked: Soaked) -> str:
    """The verdict, and what went wrong with the refreshes and on the pages."""
    lines = [*soaked.verdict.found, *(f"NOT SO: {one}" for one in soaked.verdict.against)]
    lines += [f"Refreshes that failed, by fault: {dict(soaked.troubles)}"] if soaked.troubles else []
    return "\n".join([*lines, *(f"A page failed: {one}" for one in soaked.failures[:10])])


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--viewers", type=int, default=4, help="who are inside at a time")
    parser.add_argument("--every", type=float, default=60, help="seconds between two refreshes")
    parser.add_argument("--pause", type=float, default=4, help="seconds a viewer waits after a click, about")
    parser.add_argument("--studies", type=int, default=600, help="that the registry has")
    parser.add_argument("--edits", type=int, default=5, help="trials with a new version in a round")
    parser.add_argument("--out", type=Path, metavar="FILE", help="the figures of each round, a line of JSON each")
    parser.add_argument("options", nargs="*", metavar="OPTION", help="for Streamlit, after --")
    given = parser.parse_args(argv)
    print(f"{environment()}\n\n{HEADS}", flush=True)
    with given.out.open("w", encoding="utf-8") if given.out else nullcontext() as out:

        def tell(one: Round) -> None:
            print(line(one), flush=True)
            if out:
                print(json.dumps(one._asdict()), file=out, flush=True)

        soaked = soak(given, tell)
    print(f"\n{report(soaked)}", flush=True)
    return int(bool(soaked.verdict.against))


if __name__ == "__main__":
    sys.exit(main())
