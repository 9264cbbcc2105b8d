"""``python -m benchmarks.api``: what one page of each list of the API costs, made and encoded, after a first one."""

import argparse
import statistics
from datetime import UTC, datetime
from time import process_time

import msgspec

from benchmarks.ours import ask_for_store, store_asked_for
from cache.opening import open_store
from dashboard.api import resources
from dashboard.api.asking import Reading
from dashboard.api.resources import RESOURCES
from dashboard.api.serving import HTTP
from fetchers.settings import Settings
from fetchers.watchlist.load import load
from insights.snapshot.parts import Held, Parts


def main(argv: list[str] | None = None) -> None:
    """Measure what the options ask for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.api", description=__doc__)
    ask_for_store(parser)
    parser.add_argument("--limit", type=int, default=100)
    given = parser.parse_args(argv)
    with store_asked_for(given) as path:
        measure(f"sqlite:///{path}", str(given.limit))


def measure(url: str, limit: str, rounds: int = 7) -> None:
    """Print the median CPU time of a page of each list."""
    watchlist = load()
    store = open_store(Settings(cache_url=url), watchlist)
    with store.steady() as still:
        reading = Reading(Parts(still, watchlist, Held.of(still, watchlist)), datetime.now(UTC).date())
        print(f"{len(reading.parts.trials()):,} trials, {limit} rows a page")
        for name in RESOURCES:
            times = []
            for _ in range(rounds + 1):
                began = process_time()
                page = resources.listed(reading, name, {"limit": [limit]}, HTTP)
                size = len(msgspec.json.encode(page))
                times.append(process_time() - began)
            print(f"{name:<10}{statistics.median(times[1:]) * 1000:>8.1f} ms {size:>10,} bytes {page.total:>8,} in all")
    store.close()


if __name__ == "__main__":
    main()
