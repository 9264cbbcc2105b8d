"""From the click to the painted page, in Chromium, beside an empty Streamlit page; and from the start to the first one.

``python -m benchmarks.browser [--studies N] [--clicks N] [--starts N] [--store FILE] [--beside CHECKOUT]``

Painted is the last change of the page's main part that a click brought about, its charts included, before it stood
still. Needs playwright and a Chromium (``CHROMIUM`` names another one); it runs on the same processor as the server.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.clicks import BESIDE, EMPTY, EMPTY_PAGE, PRODUCT, SWITCH, p95, servers
from benchmarks.measuring import environment, median, table
from benchmarks.ours import ask_for_store, store_asked_for
from benchmarks.server import Server, environment_of
from fetchers.settings import ROOT
from tests.browser.chromium import browser, visitor

CHART = (
    EMPTY + "import plotly.graph_objects as go\n"
    "st.plotly_chart(go.Figure({'data': [{'type': 'bar', 'x': [1, 2, 3], 'y': [3, 1, 2]}]}))\n"
)
STILL_MS = 400  # a page that does not change for so long is painted
_PAINTED = """async ([label, still]) => {
  const main = document.querySelector('[data-testid="stMain"]');
  const began = performance.now();
  let last = began, changes = 0;
  const seen = new MutationObserver(() => { last = performance.now(); changes += 1; });
  seen.observe(main, {subtree: true, childList: true, attributes: true, characterData: true});
  if (label) [...document.querySelectorAll('label')].find(one => one.textContent.includes(label))
    .querySelector('input').click();
  const app = document.querySelector('[data-testid="stApp"]');
  while ((label && !changes) || performance.now() - last < still || app.dataset.testScriptState === 'running')
    await new Promise(next => setTimeout(next, 20));
  seen.disconnect();
  return last - began;
}"""


class Painted(NamedTuple):
    """Milliseconds from a click to the painted page, and seconds from the start of a server to its first one."""

    clicks: list[float]
    starts: list[float]


def measure(store: Path, clicks: int, starts: int, beside: Path | None = None) -> dict[str, Painted]:
    """Every page's clicks, one of each in turn, then its starts."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        pages = servers(Path(folder), store, beside, stack)
        chrome = stack.enter_context(browser())
        seen = {name: visitor(chrome).page for name in pages}
        for name, server in pages.items():
            seen[name].goto(server.url)
            _settled(seen[name])
            for _ in range(2):  # what is read once and kept
                seen[name].evaluate(_PAINTED, [SWITCH, STILL_MS])
        taken: dict[str, list[float]] = {name: [] for name in pages}
        for _ in range(clicks):
            for name in pages:
                taken[name].append(float(seen[name].evaluate(_PAINTED, [SWITCH, STILL_MS])))
    begun = first_pages(store, starts, beside)
    return {name: Painted(taken[name], begun[name]) for name in taken}


def _settled(page: Any) -> None:
    page.get_by_text(SWITCH).wait_for()
    page.evaluate(_PAINTED, ["", STILL_MS])


def first_pages(store: Path, starts: int, beside: Path | None) -> dict[str, list[float]]:
    """Seconds from the command to a painted page with a chart, in a browser that has never seen it."""
    found: dict[str, list[float]] = {name: [] for name in (EMPTY_PAGE, PRODUCT, BESIDE)}
    with tempfile.TemporaryDirectory() as folder, browser() as chrome:
        (Path(folder) / "app.py").write_text(CHART, encoding="utf-8")
        ways = [(EMPTY_PAGE, Path(folder), "app.py"), (PRODUCT, ROOT, "dashboard/app.py")]
        ways += [(BESIDE, beside, "dashboard/app.py")] if beside else []
        for _ in range(starts):
            for name, root, script in ways:
                guest = visitor(chrome)
                began = time.perf_counter()
                with Server(root, script, environment_of(store)) as server:
                    guest.page.goto(server.url)
                    guest.page.locator(".js-plotly-plot .main-svg").first.wait_for()
                    _settled(guest.page)
                    found[name].append(time.perf_counter() - began - STILL_MS / 1000)
                    guest.context.close()
    return found


def report(found: dict[str, Painted]) -> str:
    """The tables."""
    empty = found[EMPTY_PAGE]
    rows = [_row(name, one, empty) for name, one in found.items()]
    heads = ["page", "click to painted, median ms", "p95 ms", "of the empty page", "start to painted, s"]
    return table([*heads, "of an empty page with one chart"], rows)


def _row(name: str, one: Painted, empty: Painted) -> Sequence[Any]:
    start, first = (median(each.starts) if each.starts else 0.0 for each in (one, empty))
    clicked = median(one.clicks)
    return [name, clicked, p95(one.clicks), clicked / median(empty.clicks), start, start / first if first else 0.0]


def main(argv: list[str] | None = None) -> dict[str, Painted]:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.browser", description=__doc__)
    parser.add_argument("--clicks", type=int, default=20)
    parser.add_argument("--starts", type=int, default=3)
    ask_for_store(parser)
    parser.add_argument("--beside", type=Path, metavar="CHECKOUT", help="another checkout of the product")
    given = parser.parse_args(argv)
    with store_asked_for(given) as store:
        found = measure(store, given.clicks, given.starts, given.beside)
    print(report(found))
    print(f"\n{environment()}")
    return found


if __name__ == "__main__":
    main()
