"""One process's part of ``benchmarks.visits``: imports nothing of its folder, so that it also runs in an older tree.

``python -P benchmarks/visit.py STORE SMALL_STORE PAGE [PAGE ...]``, in the folder of the tree that is measured
"""

from __future__ import annotations

import json
import os
import re
import sys
import time
from pathlib import Path

_PATIENCE = 600.0


def visit(store: str, small: str, pages: list[str]) -> dict[str, object]:
    """Milliseconds of the processor for the first and the next visit of each page, and megabytes after all of them.

    The process has shown the same pages of another, small store before, as a server has that runs when a refresh
    ends: what is timed is reading the data and making the page of it, not Python's imports.
    """
    from streamlit.testing.v1 import AppTest

    sys.path.insert(0, os.getcwd())
    os.environ["TRIALS_CACHE_URL"] = f"sqlite:///{small}"
    page = AppTest.from_file(str(Path("dashboard", "main.py").resolve()), default_timeout=_PATIENCE)
    for name in pages:
        _run(page, name)
    started = _resident("VmRSS")
    os.environ["TRIALS_CACHE_URL"] = f"sqlite:///{store}"
    rows = {}
    for name in pages:
        first, again = _run(page, name), _run(page, name)
        rows[name] = [first, min(again, _run(page, name))]
    return {"rows": rows, "start": started, "resident": _resident("VmRSS"), "peak": _resident("VmHWM")}


def _run(page: object, name: str) -> float:
    page.switch_page(f"app_pages/{name}.py")  # type: ignore[attr-defined]
    page.query_params["all"] = "1"  # type: ignore[attr-defined]
    began = time.process_time()
    page.run()  # type: ignore[attr-defined]
    used = time.process_time() - began
    if page.exception:  # type: ignore[attr-defined]
        raise SystemExit(f"The page {name} failed: {page.exception[0].value}")  # type: ignore[attr-defined]
    return used * 1000


def _resident(name: str) -> float:
    try:
        found = re.search(rf"^{name}:\s+(\d+) kB", Path("/proc/self/status").read_text(), re.M)
    except OSError:
        return 0.0
    return int(found[1]) / 1024 if found else 0.0


if __name__ == "__main__":
    print(json.dumps(visit(sys.argv[1], sys.argv[2], sys.argv[3:])))
