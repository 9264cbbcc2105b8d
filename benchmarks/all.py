"""Every benchmark, one after the other: ``python -m benchmarks.all [--quick]``.

``--quick`` takes small numbers, for whoever wants to see within five minutes that all of them run and what they print;
its figures are no measurements.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence

from fetchers.settings import ROOT

_FEW = ("--studies", "800")
# What ``--quick`` gives each; {folder} is one that is thrown away, where those that need a filled store share one.
QUICK: Mapping[str, Sequence[str]] = {
    "load": (*_FEW, "--rounds", "1", "--parts", "300"),
    "overview": (*_FEW, "--repeats", "1", "--store", "{folder}/store.sqlite3"),
    "refresh": _FEW,
    "growth": ("--sizes", "200", "800", "--out", "{folder}/growth.svg"),
    "bulk": ("--studies", "800"),
    "api": (*_FEW, "--store", "{folder}/store.sqlite3"),
    "versions": ("--trials", "100", "--rounds", "3"),
    "results": ("--trials", "60"),
    "visits": (*_FEW, "--rounds", "1", "--pages", "overview", "claims", "--store", "{folder}/store.sqlite3"),
    "pages": (*_FEW, "--starts", "1", "--reruns", "1", "--store", "{folder}/store.sqlite3"),
    "clicks": (*_FEW, "--clicks", "4", "--seconds", "2", "--viewers", "3", "--store", "{folder}/store.sqlite3"),
    "viewers": (
        "--studies",
        "300",
        "--viewers",
        "6",
        "--seconds",
        "6",
        "--think",
        "1",
        "--saturate",
        "3",
        "--pace",
        "0",
    ),
    "browser": (*_FEW, "--clicks", "2", "--starts", "1", "--store", "{folder}/store.sqlite3"),
    "soak": ("--studies", "200", "--minutes", "0.3", "--viewers", "2", "--every", "6", "--pause", "0.5"),
}


def run(name: str, options: Sequence[str]) -> int:
    """Run one benchmark in a process of its own under a heading; returns its exit code."""
    print(f"## {name}\n", flush=True)
    began = time.monotonic()
    # Bytecode is kept, as it is wherever the product is used: else every process measured compiles it anew.
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    code = subprocess.run([sys.executable, "-m", f"benchmarks.{name}", *options], cwd=ROOT, env=env, check=False)
    print(f"\n({name}: {time.monotonic() - began:.0f} s)\n", flush=True)
    return code.returncode


def main(argv: list[str] | None = None) -> int:
    """Run all of them; 1 when one of them failed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.all", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small numbers")
    parser.add_argument("--only", nargs="+", choices=QUICK, default=list(QUICK), metavar="NAME", help="only these")
    given = parser.parse_args(argv)
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        options = {name: [one.format(folder=folder) for one in QUICK[name]] if given.quick else [] for name in QUICK}
        failed = [name for name in given.only if run(name, options[name])]
    print(f"{len(given.only)} benchmarks in {time.monotonic() - began:.0f} s", flush=True)
    if failed:
        print(f"Failed: {', '.join(failed)}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
