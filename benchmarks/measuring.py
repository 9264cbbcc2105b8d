"""How things are measured and printed: a process for each way, medians over interleaved rounds, plain tables."""

from __future__ import annotations

import multiprocessing
import os
import platform
import re
import sqlite3
import statistics
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, NamedTuple

PACKAGES = ("msgspec", "pandas", "SQLAlchemy", "plotly", "streamlit", "requests", "ctgov", "pytrials")


class Taken(NamedTuple):
    """What one call took in a process of its own; ``peak`` and ``start`` are resident megabytes."""

    result: Any
    seconds: float
    cpu: float
    start: float
    peak: float


def alone(
    function: Callable[..., Any],
    *args: Any,
    then: Callable[[Any], Any] | None = None,
    env: Mapping[str, str] | None = None,
) -> Taken:
    """Call a module's function in a fresh process; its imports are made before the clock starts.

    ``then`` makes of its result what is handed back, after the clock has stopped.
    """
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context, initializer=_set, initargs=(dict(env or {}),)) as pool:
        return pool.submit(_take, function, args, then).result()


def _set(env: dict[str, str]) -> None:
    os.environ.update(env)


def _take(function: Callable[..., Any], args: Sequence[Any], then: Callable[[Any], Any] | None) -> Taken:
    start, cpu, began = _resident("VmRSS"), time.process_time(), time.perf_counter()
    result = function(*args)
    seconds, used = time.perf_counter() - began, time.process_time() - cpu
    peak = _resident("VmHWM")
    return Taken(then(result) if then else result, seconds, used, start, peak)


def _resident(name: str) -> float:
    # Not getrusage: its peak may be that of the parent, which lent its memory until the new program was loaded.
    try:
        found = re.search(rf"^{name}:\s+(\d+) kB", Path("/proc/self/status").read_text(), re.M)
    except OSError:
        return 0.0
    return int(found[1]) / 1024 if found else 0.0


class Clock:
    """Milliseconds of named pieces of work, many times each: on the clock, and of the processor (which a neighbour on
    the same machine moves less)."""

    def __init__(self) -> None:
        self.times: dict[str, list[float]] = {}
        self.cpu: dict[str, list[float]] = {}

    @contextmanager
    def __call__(self, name: str) -> Iterator[None]:
        used, began = time.process_time(), time.perf_counter()
        yield
        self.times.setdefault(name, []).append((time.perf_counter() - began) * 1000)
        self.cpu.setdefault(name, []).append((time.process_time() - used) * 1000)

    def row(self, name: str) -> list[float]:
        """Median and 95th percentile on the clock, median of the processor."""
        ordered = sorted(self.times[name])
        return [median(ordered), ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))], median(self.cpu[name])]


def cpu_ms(work: Callable[[], Any]) -> float:
    """Milliseconds of the processor one call takes."""
    began = time.process_time()
    work()
    return (time.process_time() - began) * 1000


def median(values: Iterable[float]) -> float:
    return statistics.median(list(values))


def table(heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """A Markdown table, as the README wants it."""
    lines = ["| " + " | ".join(heads) + " |", "|" + "|".join("---" for _ in heads) + "|"]
    lines += ["| " + " | ".join(_cell(value) for value in row) + " |" for row in rows]
    return "\n".join(lines)


def environment() -> str:
    """One line: what this ran on."""
    named = [f"{package} {found}" for package in PACKAGES if (found := _version(package))]
    named += [f"SQLite {sqlite3.sqlite_version}"]
    return f"{os.cpu_count()} CPUs, {platform.system()}, Python {platform.python_version()}, " + ", ".join(named)


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"
    return f"{value:,}" if isinstance(value, int) else str(value)
