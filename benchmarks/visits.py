"""The first visit of each page in a process that has not shown this state of the store: processor and memory; beside
an older tree, turn about.

``python -m benchmarks.visits [--studies N] [--rounds N] [--store FILE] [--beside FOLDER] [--pages NAME ...]``
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.measuring import environment, median, table
from benchmarks.ours import filled
from benchmarks.visit import visit
from dashboard.catalogue import NAVIGATION
from fetchers.settings import ROOT

_VISIT = Path(visit.__code__.co_filename).resolve()
_SMALL = 40  # trials of the store that the process has shown before
_KEPT = ("TRIALS_", "STREAMLIT_", "PYTHON")


def visited(tree: Path, stores: list[Path], pages: list[str]) -> dict[str, Any]:
    """What ``benchmarks.visit`` measures in a fresh process of the product in ``tree``; ``stores``: the one that is
    timed, and the one that was shown before."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(_KEPT)}
    command = [sys.executable, "-P", str(_VISIT), *map(str, stores), *pages]
    done = subprocess.run(command, cwd=tree, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr[-2000:])
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def prepare(store: Path) -> float:
    """Seconds of the processor that making the snapshot takes, as the end of a refresh does it; 0 when it is there."""
    began = os.times()
    env = os.environ | {"TRIALS_CACHE_URL": f"sqlite:///{store}"}
    subprocess.run([sys.executable, "-m", "insights", "snapshot"], cwd=ROOT, env=env, check=True)
    ended = os.times()
    return (ended.children_user - began.children_user) + (ended.children_system - began.children_system)


def measure(trees: dict[str, Path], store: Path, studies: int, rounds: int, pages: list[str]) -> dict[str, Any]:
    """Every page alone in a process, and all of them in one, tree by tree in turn."""
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        filled(store, studies).close()
        filled(here / "small.sqlite3", _SMALL).close()
        stores = {}
        for name in trees:
            # Each tree has stores of its own: what one writes beside them is none of the other's business.
            stores[name] = [here / f"{name}-{kind}.sqlite3" for kind in ("store", "small")]
            for made, copied in zip((store, here / "small.sqlite3"), stores[name], strict=True):
                shutil.copyfile(made, copied)
        for made in stores["this tree"][::-1]:
            making = prepare(made)
        found: dict[str, Any] = {name: {page: [] for page in (*pages, "")} for name in trees}
        for _ in range(rounds):
            for page in (*pages, ""):
                for name, tree in trees.items():
                    found[name][page].append(visited(tree, stores[name], [page] if page else pages))
        sizes = {name: sum(one.stat().st_size for one in (here / f"{name}-store.sqlite3.snapshot").rglob("*")
                           if one.is_file()) for name in trees}  # fmt: skip
    return {"making": making, "found": found, "size": sizes["this tree"]}


def report(measured: dict[str, Any], studies: int, pages: list[str]) -> str:
    """The tables."""
    found = measured["found"]
    rows = []
    for page in pages:
        cells = [median(one["rows"][page][at] for one in of[page]) for of in found.values() for at in (0, 1)]
        cells += [max(one["peak"] for one in of[page]) for of in found.values()]
        rows.append([page, *cells])
    heads = ["page, alone in a fresh process"]
    heads += [f"{name}: {what}" for name in found for what in ("first visit, CPU ms", "next, CPU ms")]
    heads += [f"{name}: peak MB" for name in found]
    together = [
        [name, *(median(one[what] for one in of[""]) for what in ("start", "resident", "peak"))]
        for name, of in found.items()
    ]
    return "\n\n".join(
        [
            f"{studies:,} trials; the snapshot takes {measured['size'] / 1e6:.0f} MB beside the store, and "
            f"{measured['making']:.1f} s of the processor at the end of a refresh",
            table(heads, rows),
            table(["all pages in one process", "before, MB", "after, MB", "peak, MB"], together),
        ]
    )


def main(argv: list[str] | None = None) -> dict[str, Any]:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.visits", description=__doc__)
    parser.add_argument("--studies", type=int, default=25_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--store", type=Path, help="keep the filled store in this file, or use the one it holds")
    parser.add_argument("--beside", type=Path, help="the root of an older tree of the product, measured in turn")
    parser.add_argument("--pages", nargs="+", choices=NAVIGATION, default=list(NAVIGATION))
    given = parser.parse_args(argv)
    trees = ({"before": given.beside} if given.beside else {}) | {"this tree": ROOT}
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        store = given.store or Path(folder) / "store.sqlite3"
        measured = measure(trees, store, given.studies, given.rounds, given.pages)
    print(report(measured, given.studies, given.pages))
    print(f"\n{environment()}; {time.perf_counter() - began:.0f} s")
    return measured


if __name__ == "__main__":
    main()
