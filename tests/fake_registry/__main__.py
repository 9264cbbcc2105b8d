"""`python -m tests.fake_registry`: the stand-in as a process of its own, for benchmarks and by hand."""

from __future__ import annotations

import argparse
import gzip
import json
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from . import FAULT_NAMES, FakeRegistry, agent_studies, synthetic_studies


def _records(path: Path) -> Iterator[dict[str, Any]]:
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as lines:
        yield from (json.loads(line) for line in lines if line.strip())


def _arguments(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fake_registry", description=__doc__)
    parser.add_argument("--records", action="append", default=[], type=Path, help="JSONL of v2 studies, may be .gz")
    parser.add_argument("--agents", action="store_true", help="hold the hand-made studies of the nine agents")
    parser.add_argument("--synthetic", type=int, default=0, metavar="N", help="hold N generated studies")
    parser.add_argument("--long", action="store_true", help="generated studies as long as real ones, with results")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--page-cap", type=int, metavar="N", help="largest page given")
    parser.add_argument("--timestamp", default="2026-11-20T09:00:05", help="the data load's time stamp")
    parser.add_argument("--word-limit", type=int, default=12, metavar="N", help="most words one query may hold")
    parser.add_argument("--bucket", action="store_true", help="refuse more than about one request a second")
    faults = "NAME[:TIMES[:AFTER]], one of " + ", ".join(FAULT_NAMES)
    parser.add_argument("--fault", action="append", default=[], metavar="NAME[:ARG]", help=faults)
    return parser.parse_args(argv)


def main(argv: list[str] | None = None) -> None:
    """Serve until interrupted; the first line of standard output is the base URL."""
    given = _arguments(argv)
    studies = [study for path in given.records for study in _records(path)]
    studies += agent_studies() if given.agents else []
    studies += synthetic_studies(given.synthetic, long=given.long)
    registry = FakeRegistry(
        studies,
        data_timestamp=given.timestamp,
        page_cap=given.page_cap,
        word_limit=given.word_limit,
        bucket=given.bucket,
        port=given.port,
    )
    for spec in given.fault:
        name, *numbers = spec.split(":")
        counts = [int(number) for number in numbers]
        registry.fault(name, times=counts[0] if counts else None, after=counts[1] if len(counts) > 1 else 0)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with registry:
        print(registry.url, flush=True)
        stop.wait()


if __name__ == "__main__":
    main()
