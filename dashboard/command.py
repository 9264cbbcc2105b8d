"""The command ``trial-tracker`` of an installed package: ``serve`` starts the dashboard, the rest are the commands of
``python -m cache`` and ``python -m insights``."""

import argparse
import os
import runpy
import sys
from collections.abc import Callable, MutableMapping, Sequence
from pathlib import Path

import cache.__main__ as cache_commands
import insights.__main__ as insight_commands
from cache.cli.ending import ended
from cache.store import files
from fetchers import __version__
from fetchers.errors import Validation

APP = Path(__file__).with_name("app.py")


def parser() -> argparse.ArgumentParser:
    """Every command with its options."""
    top = argparse.ArgumentParser(
        prog="trial-tracker", description="What ClinicalTrials.gov shows about the agents of a watch-list."
    )
    top.add_argument("--version", action="version", version=f"trial-tracker {__version__}")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    serve = commands.add_parser(
        "serve",
        help="start the dashboard, on this machine only unless --address says otherwise",
        description="Starts the dashboard. Streamlit's other settings are given as STREAMLIT_… variables.",
    )
    serve.add_argument("--port", type=int, metavar="NUMBER", help="8501 unless given")
    serve.add_argument("--address", metavar="ADDRESS", help="127.0.0.1 unless given; 0.0.0.0 serves the network, too")
    cache_commands.add_commands(commands)
    insight_commands.add_commands(commands)
    return top


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code."""
    return ended(lambda: _run(parser().parse_args(argv)))


def _run(options: argparse.Namespace) -> int:
    if options.command == "serve":
        return serve(options)
    of_insights = (*insight_commands.COMMANDS, insight_commands.SNAPSHOT)
    run = insight_commands.run if options.command in of_insights else cache_commands.run
    code = run(options)
    cache_commands.prepare(options, code)
    return code


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
    if env.get("TRIALS_WATCHLIST", "").strip():
        env["TRIALS_WATCHLIST"] = os.path.abspath(env["TRIALS_WATCHLIST"].strip())
    try:
        path = files.path_of(env.get("TRIALS_CACHE_URL", "").strip())
    except Validation:
        return  # empty, or no usable address: told where it is used
    if path:
        env["TRIALS_CACHE_URL"] = files.url_of(Path(os.path.abspath(path)))


if __name__ == "__main__":
    sys.exit(main())
