"""What a store grows by when trials change.

``python -m benchmarks.versions [--trials N] [--rounds N] [--records FILE]``
"""

from __future__ import annotations

import argparse
import gzip
import json
import tempfile
import time
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.measuring import environment, median, table
from benchmarks.ours import SWEPT, Remembered, keep, projected, with_our_fields
from cache.store import files
from cache.store.store import Store
from fetchers.matching.matcher import Matcher
from fetchers.record.study import Study, read_study
from fetchers.watchlist.load import load

_STATUS = "statusModule"


class Round(NamedTuple):
    """One refresh in which every trial has changed: how large the store is afterwards, and its processor seconds."""

    size: int
    cpu: float


def measure(records: Sequence[bytes], rounds: int) -> list[Round]:
    """As many versions of each record: the date of its last update moves, and its number of people."""
    found: list[Round] = []
    matcher = Matcher(load())
    known: Remembered | None = None
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "store.sqlite3"
        store = Store.open(files.url_of(path))
        for number in range(rounds):
            changed = [_changed(json.loads(one), number) for one in records]
            known = known or Remembered(matcher, changed)
            began = time.process_time()
            keep(store, SWEPT, changed, known)
            used = time.process_time() - began
            files.fold(path)
            found.append(Round(path.stat().st_size, used))
        store.close()
    return found


def _changed(record: dict[str, Any], number: int) -> Study:
    protocol = record["protocolSection"]
    date = {"date": f"2026-{number // 28 + 1:02d}-{number % 28 + 1:02d}", "type": "ESTIMATED"}
    protocol.setdefault(_STATUS, {})["lastUpdatePostDateStruct"] = date
    protocol.setdefault("designModule", {})["enrollmentInfo"] = {"count": 100 + number, "type": "ESTIMATED"}
    return read_study(json.dumps(record).encode())


def report(rounds: list[Round], trials: int) -> str:
    """The table."""
    steps = [later.size - one.size for one, later in pairwise(rounds)]
    a_thousand = 1_000 / trials
    rows = [
        ["after the first load", f"{rounds[0].size / 1e6:.2f}", rounds[0].cpu],
        [f"after {len(rounds)} versions of each", f"{rounds[-1].size / 1e6:.2f}", rounds[-1].cpu],
        ["a round of 1,000 changed trials, mean", f"{sum(steps) / len(steps) * a_thousand / 1e6:.2f}",
         median(one.cpu for one in rounds[1:]) * a_thousand],
    ]  # fmt: skip
    return f"{trials:,} trials\n\n{table(['store', 'MB', 'CPU s of a round'], rows)}"


def main(argv: list[str] | None = None) -> list[Round]:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.versions", description=__doc__)
    parser.add_argument("--trials", type=int, default=1_000)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--records", type=Path, help="real records, one a line, gzip; else they are generated")
    given = parser.parse_args(argv)
    if given.records:
        with gzip.open(given.records, "rt", encoding="utf-8") as lines:
            records = [with_our_fields(json.loads(line)) for line in lines][: given.trials]
    else:
        records = projected(given.trials)
    rounds = measure(records, max(2, given.rounds))
    print(report(rounds, len(records)))
    print(f"\n{environment()}")
    return rounds


if __name__ == "__main__":
    main()
