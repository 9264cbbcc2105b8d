"""Whether the server's memory stays flat: viewers come, click and leave while the store changes again and again.

``python -m benchmarks.soak [--minutes N] [--viewers N] [--studies N] [--store FILE] [-- --server.option=value …]``

The store is copied first. Every ``--every`` seconds it gets a new version, so all that is kept is read anew, and half
of the viewers leave for new ones. What stands after ``--`` goes to Streamlit, to compare settings.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from benchmarks.clicks import SWITCH
from benchmarks.measuring import environment, median, table
from benchmarks.ours import ask_for_store, store_asked_for
from benchmarks.server import Server, Viewer, at_once, environment_of
from cache.store.store import Store, bump
from fetchers.settings import ROOT


class Round(NamedTuple):
    """One version of the store: minutes since the start, clicks so far, megabytes at its end."""

    minutes: float
    clicks: int
    resident: float


def soak(
    store: Path, minutes: float, viewers: int, every: float, pause: float, options: Sequence[str] = ()
) -> list[Round]:
    """The rounds of a run of so many minutes; at least two, however slow the machine."""
    with _copied(store) as mine, Server(ROOT, "dashboard/app.py", environment_of(mine), options) as server:
        inside = [Viewer(server, SWITCH) for _ in range(viewers)]
        began, clicks, rounds = time.monotonic(), 0, list[Round]()
        while (minutes_so_far := (time.monotonic() - began) / 60) < minutes or len(rounds) < 2:
            taken, _ = at_once(inside, every, pause)
            clicks += len(taken)
            failed = [error for viewer in inside for error in viewer.failed]
            if failed:
                raise SystemExit(f"A page failed: {failed[0]}")
            rounds.append(Round(minutes_so_far + every / 60, clicks, server.resident()))
            for left in inside[: max(1, viewers // 2)]:
                left.close()
            _change(mine)
            inside = [*inside[max(1, viewers // 2) :], *(Viewer(server, SWITCH) for _ in range(max(1, viewers // 2)))]
        return rounds


@contextmanager
def _copied(store: Path) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        yield Path(shutil.copy(store, Path(folder) / "store.sqlite3"))


def _change(path: Path) -> None:
    """The store as a refresh leaves it: its next version."""
    store = Store.open(f"sqlite:///{path}")
    with store.writing() as connection:
        bump(connection)
    store.close()


def growth(rounds: Sequence[Round]) -> float:
    """Megabytes between the first and the last third of the run, by the medians of both; the start is left out."""
    third = max(1, len(rounds) // 3)
    later = rounds[third:] or rounds
    return median(one.resident for one in later[-third:]) - median(one.resident for one in later[:third])


def report(rounds: Sequence[Round]) -> str:
    """The table, at most about twenty rows of it, and the growth."""
    step = max(1, len(rounds) // 20)
    rows = [[one.minutes, one.clicks, one.resident] for one in (*rounds[:-1:step], rounds[-1])]
    said = f"Between the second and the last third: {growth(rounds):+.1f} MB."
    return f"{table(['minutes', 'clicks', 'MB of memory'], rows)}\n\n{said}"


def main(argv: list[str] | None = None) -> list[Round]:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--viewers", type=int, default=4)
    parser.add_argument("--every", type=float, default=60, help="seconds between two versions of the store")
    parser.add_argument("--pause", type=float, default=0.5, help="seconds a viewer waits after a click")
    ask_for_store(parser)
    parser.add_argument("options", nargs="*", metavar="OPTION", help="for Streamlit, after --")
    given = parser.parse_args(argv)
    with store_asked_for(given) as store:
        rounds = soak(store, given.minutes, given.viewers, given.every, given.pause, given.options)
    print(report(rounds))
    print(f"\n{environment()}")
    return rounds


if __name__ == "__main__":
    main()
