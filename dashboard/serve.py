"""``serve``: starts the dashboard, with the settings it needs wherever it is started from."""

import argparse
import os
import runpy
import sys
from collections.abc import Callable, MutableMapping
from pathlib import Path

APP = Path(__file__).with_name("app.py")


def serve(options: argparse.Namespace, start: Callable[[], object] | None = None) -> int:
    """Serve the dashboard until it is stopped, as ``python -m streamlit run dashboard/app.py`` does."""
    _settle(os.environ)
    sys.argv = ["streamlit", "run", str(APP), *_options(options, os.environ)]
    (start or _streamlit)()
    return 0


def _streamlit() -> None:
    runpy.run_module("streamlit", run_name="__main__", alter_sys=True)


def _options(options: argparse.Namespace, env: MutableMapping[str, str]) -> list[str]:
    """What Streamlit is told: an option goes before a variable, and without both only this machine is served."""
    address = options.address or (None if env.get("STREAMLIT_SERVER_ADDRESS") else "127.0.0.1")
    given = {"--server.address": address, "--server.port": options.port}
    return [f"{name}={value}" for name, value in given.items() if value is not None]


def _settle(env: MutableMapping[str, str]) -> None:
    """Make paths that start in the present folder whole: a refresh from the page runs in another one."""
    from cache.store import files
    from fetchers.errors import Validation

    if env.get("TRIALS_WATCHLIST", "").strip():
        env["TRIALS_WATCHLIST"] = os.path.abspath(env["TRIALS_WATCHLIST"].strip())
    try:
        path = files.path_of(env.get("TRIALS_CACHE_URL", "").strip())
    except Validation:
        return  # empty, or no usable address: told where it is used
    if path:
        env["TRIALS_CACHE_URL"] = files.url_of(Path(os.path.abspath(path)))
