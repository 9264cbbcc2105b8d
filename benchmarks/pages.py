"""The dashboard's server: imports, start to health, first answer, reruns of the Overview and visits of every page on a
filled store.

``python -m benchmarks.pages [--studies N] [--reruns N] [--starts N] [--store FILE]``
"""

from __future__ import annotations

import argparse
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from benchmarks.measuring import Clock, alone, environment, median, table
from benchmarks.ours import filled
from fetchers.settings import ROOT

IMPORTS = {
    "nothing": "pass",
    "fetchers.registry.client": "import fetchers.registry.client",
    "cache.refresh.run": "import cache.refresh.run",
    "pandas": "import pandas",
    "streamlit": "import streamlit",
    "all that the Overview needs": ("import cache.filters.counts, dashboard.overview.parts"),
}
# Addresses a visitor goes through with the two switches and some links.
ADDRESSES: tuple[dict[str, str], ...] = (
    {},
    {"all": "1"},
    {"all": "1", "background": "1"},
    {"condition": "me_cfs"},
    {"agent": "methotrexate", "all": "1"},
    {"status": "recruiting", "all": "1"},
    {"phase": "phase3", "country": "Germany", "all": "1"},
)
NOBODY = "http://127.0.0.1:9/api/v2"  # the discard port: no registry is asked
_PATIENCE = 60.0


def import_times(rounds: int) -> dict[str, float]:
    """Seconds a fresh interpreter takes from start to end with each import; medians of interleaved rounds."""
    taken: dict[str, list[float]] = {name: [] for name in IMPORTS}
    for _ in range(rounds):
        for name, code in IMPORTS.items():
            began = time.perf_counter()
            subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, stderr=subprocess.DEVNULL)
            taken[name].append(time.perf_counter() - began)
    return {name: median(values) for name, values in taken.items()}


def start_times(store: Path | None) -> tuple[float, float]:
    """Seconds from the start command to the server's health, and to /api/ready (store opened, frames not yet read).

    Without a store a new one is made, with the starter snapshot in it.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "store.sqlite3"
        if store is not None:
            shutil.copy(store, path)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        given = {"STREAMLIT_SERVER_PORT": str(port), "STREAMLIT_SERVER_ADDRESS": "127.0.0.1"}
        command = [sys.executable, "-m", "streamlit", "run", "dashboard/app.py"]
        began = time.perf_counter()
        server = subprocess.Popen(
            command, cwd=ROOT, env=_environment(path) | given, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            _await(server, f"http://127.0.0.1:{port}/_stcore/health")
            healthy = time.perf_counter() - began
            _await(server, f"http://127.0.0.1:{port}/api/ready")
            return healthy, time.perf_counter() - began
        finally:
            server.terminate()
            server.wait(_PATIENCE)


def _environment(store: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("TRIALS_", "STREAMLIT_"))}
    return kept | _product(store)


def _product(store: Path) -> dict[str, str]:
    return {"TRIALS_CACHE_URL": f"sqlite:///{store}", "TRIALS_REGISTRY_URL": NOBODY}


def _await(server: subprocess.Popen[bytes], url: str) -> None:
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end and server.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=_PATIENCE) as answer:  # noqa: S310 - our own server
                answer.read()
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.01)
    raise RuntimeError(f"The server did not answer {url}.")


def reruns(rounds: int) -> dict[str, Any]:
    """Runs of the Overview's whole script by Streamlit's own test runner: the first one, then with other addresses.

    Everything but the browser: widgets, figures, tables, and the messages the server would send.
    """
    from streamlit.testing.v1 import AppTest

    clock = Clock()
    page = AppTest.from_file(str(ROOT / "dashboard" / "main.py"), default_timeout=_PATIENCE)
    with clock("first run: opens the store, reads the frames"):
        page.run()
    charts, titles = len(page.get("plotly_chart")), [title.value for title in page.title]
    failed = [error.value for error in page.exception]
    for _ in range(rounds):
        for address in ADDRESSES:
            page.query_params.clear()
            for key, value in address.items():
                page.query_params[key] = value
            with clock("rerun after a filter change"):
                page.run()
            failed += [error.value for error in page.exception]
    rows = {name: clock.row(name) for name in clock.times}
    return {"rows": rows, "charts": charts, "titles": titles, "failed": failed}


def visits(rounds: int) -> dict[str, Any]:
    """Every page in the order of the way around, all conditions: the first visit after a refresh, which reads what no
    page before it needed, and later ones."""
    from streamlit.testing.v1 import AppTest

    from dashboard.catalogue import NAVIGATION

    failed, rows = [], {}
    page = AppTest.from_file(str(ROOT / "dashboard" / "main.py"), default_timeout=_PATIENCE)
    for name in NAVIGATION:
        clock = Clock()
        for again in range(rounds + 1):
            page.switch_page(f"app_pages/{name}.py")
            page.query_params["all"] = "1"
            with clock("later" if again else "first"):
                page.run()
            failed += [error.value for error in page.exception]
        rows[name] = [clock.row("first")[0], clock.row("later")[0]]
    return {"rows": rows, "failed": failed}


def measure(studies: int, starts: int, rounds: int, store: Path | None) -> dict[str, Any]:
    """Everything this benchmark measures, by name."""
    with tempfile.TemporaryDirectory() as folder:
        path = store or Path(folder) / "store.sqlite3"
        filled(path, studies).close()
        return {
            "imports": import_times(starts),
            "new store": [start_times(None) for _ in range(starts)],
            "filled store": [start_times(path) for _ in range(starts)],
            "page": (taken := alone(reruns, rounds, env=_product(path))).result,
            "peak": taken.peak,
            "visits": alone(visits, rounds, env=_product(path)).result,
        }


def report(found: dict[str, Any], studies: int) -> str:
    """The tables."""
    started = [
        [f"{name}: to {what}", median(times[at] for times in found[name])]
        for name in ("new store", "filled store")
        for at, what in enumerate(("health", "/api/ready"))
    ]
    rows = [[name, *values] for name, values in found["page"]["rows"].items()]
    return "\n\n".join(
        [
            f"{studies:,} trials in the filled store, {len(found['new store'])} starts",
            table(["fresh interpreter with", "s"], found["imports"].items()),
            table(["server start", "s"], started),
            table(["Overview, server side", "median ms", "p95 ms", "median CPU ms"], rows),
            table(
                ["page, server side", "first visit, ms", "later, median ms"],
                [[name, *values] for name, values in found["visits"]["rows"].items()],
            ),
            f"peak memory of the process with the page {found['peak']:.0f} MB",
        ]
    )


def main(argv: list[str] | None = None) -> dict[str, Any]:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pages", description=__doc__)
    parser.add_argument("--studies", type=int, default=25_000)
    parser.add_argument("--starts", type=int, default=3)
    parser.add_argument("--reruns", type=int, default=5, help="rounds over all addresses")
    parser.add_argument("--store", type=Path, help="keep the filled store in this file, or use the one it holds")
    given = parser.parse_args(argv)
    found = measure(given.studies, given.starts, given.reruns, given.store)
    for failed in (found["page"]["failed"], found["visits"]["failed"]):
        if failed:
            raise SystemExit(f"A page failed: {failed[0]}")
    print(report(found, given.studies))
    print(f"\n{environment()}")
    return found


if __name__ == "__main__":
    main()
