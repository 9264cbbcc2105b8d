"""What a click on the Overview costs the server, beside a click on an empty Streamlit page; and ten viewers at once.

``python -m benchmarks.clicks [--studies N] [--clicks N] [--seconds N] [--store FILE] [--beside CHECKOUT]``

Real servers and real sessions, no browser: ``benchmarks.browser`` draws. ``--beside`` measures another checkout of the
product in the same rounds.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.measuring import environment, median, table
from benchmarks.ours import ask_for_store, store_asked_for
from benchmarks.server import Server, Viewer, at_once, environment_of
from fetchers.settings import ROOT

SWITCH = "Include background treatment"
EMPTY = f'import streamlit as st\nst.title("Empty")\non = st.toggle("{SWITCH}")\nst.write(f"The switch says {{on}}.")\n'
EMPTY_PAGE, PRODUCT, BESIDE = "empty Streamlit page", "the Overview", "the Overview of the other checkout"
BATCH = 5  # clicks between two looks at the processor, whose clock is coarse
_QUIET = 0.3  # seconds after the answer in which a server may tidy up


class Clicks(NamedTuple):
    """What the clicks on one page took: CPU milliseconds, seconds until the answer, size of the answer, at once."""

    cpu: list[float]
    unseen: list[float]  # CPU milliseconds of views that nobody has looked at
    seconds: list[float]
    elements: int
    kilobytes: float
    together: list[float]
    per_second: float
    resident: float


def servers(folder: Path, store: Path, beside: Path | None, stack: ExitStack) -> dict[str, Server]:
    """The pages that are compared, each from a server of its own."""
    empty = folder / "empty"
    empty.mkdir()
    (empty / "app.py").write_text(EMPTY, encoding="utf-8")
    env = environment_of(store)
    started = {EMPTY_PAGE: Server(empty, "app.py", env), PRODUCT: Server(ROOT, "dashboard/app.py", env)}
    if beside is not None:
        started[BESIDE] = Server(beside, "dashboard/app.py", env)
    return {name: stack.enter_context(server) for name, server in started.items()}


def batch(server: Server, viewer: Viewer) -> tuple[float, list[float]]:
    """CPU milliseconds a click, tidying up included, and the seconds of each click."""
    before = server.cpu()
    seconds = [viewer.click() for _ in range(BATCH)]
    time.sleep(_QUIET)
    return (server.cpu() - before) * 1000 / BATCH, seconds


def unseen(server: Server, viewer: Viewer, at: int) -> float:
    """CPU milliseconds a view, of ``BATCH`` views that nobody has looked at: another first year each."""
    before = server.cpu()
    for number in range(BATCH):
        viewer.visit(f"all=1&from={1960 + BATCH * at + number}")
    time.sleep(_QUIET)
    return (server.cpu() - before) * 1000 / BATCH


def measure(store: Path, clicks: int, seconds: float, viewers: int, beside: Path | None = None) -> dict[str, Clicks]:
    """Every page's clicks, in interleaved batches; then all viewers of one page after the other."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        pages = servers(Path(folder), store, beside, stack)
        one = {name: Viewer(server, SWITCH) for name, server in pages.items()}
        for name, server in pages.items():
            batch(server, one[name])  # what is read once and kept
        taken: dict[str, list[tuple[float, list[float]]]] = {name: [] for name in pages}
        new: dict[str, list[float]] = {name: [] for name in pages}
        for at in range(max(1, clicks // BATCH)):
            for name, server in pages.items():
                taken[name].append(batch(server, one[name]))
                new[name].append(unseen(server, one[name], at))
        found = {}
        for name, server in pages.items():
            together, per_second = _together(server, one[name], viewers, seconds)
            found[name] = Clicks(
                [cpu for cpu, _ in taken[name]], new[name], [each for _, many in taken[name] for each in many],
                one[name].elements, one[name].bytes / 1000, together, per_second, server.resident(),
            )  # fmt: skip
        return found


def _together(server: Server, first: Viewer, viewers: int, seconds: float) -> tuple[list[float], float]:
    every = [first, *(Viewer(server, SWITCH) for _ in range(viewers - 1))]
    found = at_once(every, seconds)
    for viewer in every:
        viewer.close()
        if viewer.failed:
            raise SystemExit(f"A page failed: {viewer.failed[0]}")
    return found


def report(found: dict[str, Clicks], viewers: int) -> str:
    """The tables."""
    empty = median(found[EMPTY_PAGE].cpu)
    alone = [
        [
            name, median(each.cpu), median(each.cpu) / empty, median(each.unseen), median(each.seconds) * 1000,
            p95(each.seconds) * 1000, each.elements, each.kilobytes,
        ]
        for name, each in found.items()
    ]  # fmt: skip
    together = [
        [name, median(each.together), p95(each.together), each.per_second, each.resident]
        for name, each in found.items()
    ]
    heads = [
        "a click",
        "CPU ms",
        "of the empty page",
        "of a view nobody has seen, CPU ms",
        "answer, median ms",
        "p95 ms",
    ]
    heads += ["elements", "kB"]
    return "\n\n".join(
        [
            table(heads, alone),
            table([f"{viewers} viewers at once", "median s", "p95 s", "reruns a second", "MB of memory"], together),
        ]
    )


def p95(values: list[float]) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]


def main(argv: list[str] | None = None) -> dict[str, Any]:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.clicks", description=__doc__)
    parser.add_argument("--clicks", type=int, default=40, help="of one viewer on every page")
    parser.add_argument("--seconds", type=float, default=15, help="of all viewers clicking at once, on every page")
    parser.add_argument("--viewers", type=int, default=10)
    ask_for_store(parser)
    parser.add_argument("--beside", type=Path, metavar="CHECKOUT", help="another checkout of the product")
    given = parser.parse_args(argv)
    with store_asked_for(given) as store:
        found = measure(store, given.clicks, given.seconds, given.viewers, given.beside)
    print(report(found, given.viewers))
    print(f"\n{environment()}")
    return found


if __name__ == "__main__":
    main()
