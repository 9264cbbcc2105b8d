"""What reading posted results costs: the step for a number of trials, and a first load with and without it.

``python -m benchmarks.results [--trials N] [--records FILE]``

``FILE`` holds whole records as the registry sends them, a JSON object a line (``.gz`` or not); the trials get the
sections of results found there in turn. Without it each gets the small invented section of the stand-in.
"""

from __future__ import annotations

import argparse
import gzip
import json
import tempfile
import time
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.measuring import environment, table
from cache.read.results import state
from cache.refresh.results import Reading
from cache.refresh.run import run
from cache.store.store import Store
from fetchers.registry.client import Registry
from fetchers.watchlist.load import load
from tests.fake_registry import FakeRegistry, make_study
from tests.fake_registry.results import results_section

AGENT = "azathioprine"


class Load(NamedTuple):
    """One refresh of a new store: what went over the wire, how long it took, how many results were read."""

    name: str
    exit_code: int
    requests: int
    bytes: int
    seconds: float
    cpu: float
    store_bytes: int
    read: int
    wanted: int


def sections(path: Path | None) -> list[dict[str, Any]]:
    """Results sections to hand out in turn."""
    if path is None:
        return [results_section()]
    whole = path.read_bytes()
    lines = (gzip.decompress(whole) if path.suffix == ".gz" else whole).splitlines()
    found = [record["resultsSection"] for record in map(json.loads, lines) if "resultsSection" in record]
    return found or [results_section()]


def trials(number: int, given: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """That many trials of one agent in lupus, each with results."""
    drugs = [{"type": "DRUG", "name": "Azathioprine"}]
    facts: dict[str, Any] = {"conditions": ["Lupus Erythematosus, Systemic"], "interventions": drugs}
    return [
        make_study(
            f"NCT{73_000_000 + at}", title=f"Trial {at}", has_results=True, results=given[at % len(given)], **facts
        )
        for at in range(number)
    ]


def measure(number: int, path: Path | None = None) -> list[Load]:
    """A first load without results, one with them, and one that finds nothing new in the second store."""
    with FakeRegistry(trials(number, sections(path))) as fake, tempfile.TemporaryDirectory() as folder:
        with_results = Path(folder) / "with.sqlite3"
        _load("warm", fake.url, Path(folder) / "warm.sqlite3", Reading())
        return [
            _load("first load without results", fake.url, Path(folder) / "without.sqlite3", None),
            _load("first load with results", fake.url, with_results, Reading()),
            _load("refresh, nothing new", fake.url, with_results, Reading()),
        ]


def _load(name: str, url: str, path: Path, reading: Reading | None) -> Load:
    store = Store.open(f"sqlite:///{path}")
    try:
        # This thread alone: the stand-in works beside it in the same process.
        cpu, began = time.thread_time(), time.perf_counter()
        with Registry(url, pace=0, timeout=600) as registry:
            report = run(store, registry, load(), agents=[AGENT], results=reading)
        seconds, used = time.perf_counter() - began, time.thread_time() - cpu
        told = state(store)
        with store.engine.connect() as connection:
            size = connection.exec_driver_sql("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size")
            pages = int(size.scalar_one())
        return Load(name, report.exit_code, report.requests, report.bytes, seconds, used, pages, told.read, told.wanted)
    finally:
        store.close()


def report(loads: list[Load], number: int) -> str:
    """The table, and the step alone."""
    without, with_results, _ = loads
    rows = [
        [one.name, one.requests, f"{one.bytes / 1e6:.2f}", one.seconds, one.cpu, f"{one.store_bytes / 1e6:.1f}",
         f"{one.read} of {one.wanted}"]
        for one in loads
    ]  # fmt: skip
    heads = ["load", "requests", "MB", "s", "CPU s", "store MB", "results read"]
    size = with_results.bytes - without.bytes
    step = (
        f"The step alone: {with_results.requests - without.requests} requests, {size / 1e6:.2f} MB "
        f"({size / number / 1000:.1f} kB a trial), {with_results.cpu - without.cpu:.2f} CPU s."
    )
    return f"{number:,} trials with results, no pause between requests\n\n{table(heads, rows)}\n\n{step}"


def main(argv: list[str] | None = None) -> list[Load]:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.results", description=__doc__)
    parser.add_argument("--trials", type=int, default=300)
    parser.add_argument("--records", type=Path, metavar="FILE")
    given = parser.parse_args(argv)
    loads = measure(given.trials, given.records)
    print(report(loads, given.trials))
    print(f"\n{environment()}")
    return loads


if __name__ == "__main__":
    main()
