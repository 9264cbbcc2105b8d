"""From the registry's pages to a frame and into a store: the product beside the ways of ctgov, pytrials and pandas.

``python -m benchmarks.load [--studies N] [--rounds N] [--parts N]``
"""

from __future__ import annotations

import argparse
import hashlib
import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from benchmarks.measuring import Taken, alone, cpu_ms, environment, median, table
from benchmarks.ours import Remembered, keep, our_frame, our_store, projected
from benchmarks.peers import (
    COLUMNS,
    EVERYTHING,
    LISTS,
    ctgov_frame,
    has_ctgov,
    has_pytrials,
    normalized_frame,
    pytrials_frame,
    pytrials_pages,
    to_sqlite,
)
from benchmarks.standin import StandIn, ask_for_records
from cache.store.packing import hash_of, pack
from cache.store.store import Store
from fetchers.matching.matcher import Matcher
from fetchers.registry.fields import FIELDS
from fetchers.registry.pages import decode_page
from fetchers.watchlist.load import load


class Same(NamedTuple):
    """What a way came to: how many trials, and the fingerprint of their facts."""

    rows: int
    digest: str


class Measured(NamedTuple):
    """One way: its rounds to a frame and into a store."""

    name: str
    frames: list[Taken]
    stores: list[Taken]


def ctgov_store(url: str, path: str) -> int:
    return to_sqlite(ctgov_frame(url), path)


def pytrials_store(url: str, path: str) -> int:
    return to_sqlite(pytrials_frame(url), path)


def normalized_store(url: str, path: str) -> int:
    return to_sqlite(normalized_frame(url), path)


Way = tuple[str, Callable[[str], pd.DataFrame], Callable[[str, str], int]]
WAYS: tuple[Way, ...] = (
    ("this product", our_frame, our_store),
    ("ctgov" if has_ctgov() else "as ctgov does", ctgov_frame, ctgov_store),
    ("pytrials" if has_pytrials() else "as pytrials does", pytrials_frame, pytrials_store),
    ("json_normalize", normalized_frame, normalized_store),
)


def same(frame: pd.DataFrame) -> Same:
    """The facts of a frame, whatever types it holds them in."""
    ordered = frame.sort_values("nct_id", ignore_index=True)
    columns = [[_plain(name, value) for value in ordered[name]] for name in COLUMNS]
    return Same(len(frame), hashlib.sha256(json.dumps(columns).encode()).hexdigest())


def _plain(name: str, value: Any) -> Any:
    if name in LISTS:
        return list(value)
    if pd.isna(value):
        return None
    return int(value) if name == "enrollment" else bool(value) if name == "has_results" else value


def measure(studies: int, rounds: int, *, short: bool = False) -> list[Measured]:
    """Every way, in interleaved rounds, each time in a process of its own."""
    measured = [Measured(name, [], []) for name, *_ in WAYS]
    with StandIn(studies, short=short) as standin, tempfile.TemporaryDirectory() as folder:
        standin.warm([EVERYTHING], FIELDS)
        for _ in pytrials_pages(standin.url):
            pass
        ctgov_frame(standin.url)
        for turn in range(rounds):
            for one, (_, frame, store) in zip(measured, WAYS, strict=True):
                one.frames.append(alone(frame, standin.url, then=same))
                one.stores.append(alone(store, standin.url, f"{folder}/{turn}-{one.name}.sqlite3"))
    if {taken.result for one in measured for taken in one.frames} != {measured[0].frames[0].result}:
        raise AssertionError("The ways did not come to the same facts.")
    return measured


def parts(studies: int, rounds: int) -> dict[str, float]:
    """CPU milliseconds for 1000 records of each step of ours, and of ``json.loads`` on the same bytes; medians."""
    bodies = projected(studies)
    pages = [b'{"studies":[' + b",".join(bodies[at : at + 1000]) + b"]}" for at in range(0, len(bodies), 1000)]
    matcher = Matcher(load())
    records = [study for page in pages for study in decode_page(page)[0].studies]
    remembered = Remembered(matcher, records)
    steps: dict[str, Callable[[], Any]] = {
        "json.loads": lambda: [json.loads(page) for page in pages],
        "decode": lambda: [decode_page(page) for page in pages],
        "match with one agent": lambda: [matcher.match(one, "corticosteroids", asked=True) for one in records],
        "match with all nine agents": lambda: [matcher.matches(one) for one in records],
        "condition groups": lambda: [matcher.condition_groups(one) for one in records],
        "body, hash, pack": lambda: [(hash_of(body), pack(body)) for one in records for body in (one.body(),)],
        "stage and keep, matches known": lambda: _stored(records, remembered),
    }
    times: dict[str, list[float]] = {name: [] for name in steps}
    for _ in range(rounds):
        for name, step in steps.items():
            times[name].append(cpu_ms(step) * 1000 / studies)
    return {name: median(values) for name, values in times.items()}


def _stored(records: list[Any], matcher: Matcher) -> int:
    with tempfile.TemporaryDirectory() as folder:
        store = Store.open(f"sqlite:///{Path(folder) / 'store.sqlite3'}")
        kept = keep(store, "me_cfs", records, matcher).studies
        store.close()
    return kept


def report(measured: list[Measured], studies: int) -> str:
    """The table of the ways."""
    first = measured[0]
    rows = []
    for one in measured:
        frame, store = median(t.seconds for t in one.frames), median(t.seconds for t in one.stores)
        rows.append(
            [
                one.name,
                frame,
                median(t.cpu for t in one.frames),
                f"{frame / median(t.seconds for t in first.frames):.1f}x",
                _peak(one.frames),
                store,
                median(t.cpu for t in one.stores),
                _peak(one.stores),
                one.frames[0].result.rows,
            ]
        )
    heads = ["way", "to a frame: s", "CPU s", "ratio", "peak MB (at start)"]
    heads += ["into a store: s", "CPU s", "peak MB (at start)", "trials"]
    return f"{studies:,} studies, medians of {len(first.frames)} interleaved rounds\n\n{table(heads, rows)}"


def report_parts(found: dict[str, float]) -> str:
    """The table of the single steps."""
    rows = [[name, value] for name, value in found.items()]
    ratio = found["json.loads"] / found["decode"]
    return f"{table(['step', 'CPU ms per 1000 records'], rows)}\n\ndecode is {ratio:.1f}x as fast as json.loads"


def _peak(taken: list[Taken]) -> str:
    return f"{median(t.peak for t in taken):.0f} ({median(t.start for t in taken):.0f})"


def main(argv: list[str] | None = None) -> tuple[list[Measured], dict[str, float]]:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.load", description=__doc__)
    parser.add_argument("--studies", type=int, default=25_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--parts", type=int, default=5_000, metavar="N", help="records for the single steps")
    ask_for_records(parser)
    given = parser.parse_args(argv)
    measured = measure(given.studies, given.rounds, short=given.short)
    print(report(measured, given.studies), end="\n\n", flush=True)
    found = parts(min(given.parts, given.studies), given.rounds)
    print(report_parts(found))
    print(f"\n{environment()}")
    return measured, found


if __name__ == "__main__":
    main()
