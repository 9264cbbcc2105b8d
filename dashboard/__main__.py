"""The command line: ``python -m dashboard serve`` starts the dashboard, ``mcp`` answers assistants that speak the Model
Context Protocol, ``publish`` writes the pages of a view as files."""

import argparse
import logging
import sys
from collections.abc import Callable, Sequence
from typing import Any

from cache.cli.ending import ended
from dashboard.publish import command as publishing

NO_BROWSER = "streamlit.runtime.scriptrunner_utils.script_run_context"  # the logger that misses one


def parser() -> argparse.ArgumentParser:
    """Every command with its options."""
    top = argparse.ArgumentParser(prog="python -m dashboard", description="The dashboard, for people and for programs.")
    add_commands(top.add_subparsers(dest="command", required=True, metavar="COMMAND"))
    return top


def add_commands(commands: Any) -> None:
    """Add the commands to the sub-parsers of a command line."""
    serve = commands.add_parser(
        "serve",
        help="start the dashboard, on this machine only unless --address says otherwise",
        description="Starts the dashboard. Streamlit's other settings are given as STREAMLIT_… variables.",
    )
    serve.add_argument("--port", type=int, metavar="NUMBER", help="8501 unless given")
    serve.add_argument("--address", metavar="ADDRESS", help="127.0.0.1 unless given; 0.0.0.0 serves the network, too")
    mcp = commands.add_parser(
        "mcp",
        help="answer assistants over the Model Context Protocol, on standard input and output unless --http is given",
        description="Answers from the store of this machine; only reads, and asks nothing of the registry.",
    )
    mcp.add_argument("--http", type=int, metavar="PORT", help="answer at http://127.0.0.1:PORT/mcp instead")
    publishing.add_command(commands)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code: 0, 2 for wrong usage or configuration, 5 for trouble on this machine."""
    return ended(lambda: run(parser().parse_args(argv)))


def run(options: argparse.Namespace) -> int:
    """Run the command of parsed options; returns its exit code. Raises what the command raises."""
    return COMMANDS[options.command](options)


# Each imports what it needs when it runs: --help and a wrong option need none of it.
def _serve(options: argparse.Namespace) -> int:
    from dashboard import serve

    return serve.serve(options)


def _mcp(options: argparse.Namespace) -> int:
    from importlib.util import find_spec

    from fetchers.errors import Validation
    from fetchers.settings import EVERYONE, Settings

    if find_spec("mcp") is None:
        raise Validation('The command mcp needs the official SDK: python -m pip install "mcp>=2.3,<3" installs it.')
    if options.http is not None and not 0 < options.http < 65536:
        raise Validation(f"--http needs a port from 1 to 65535, not {options.http}.")
    if options.http is not None and Settings.from_env().readers != EVERYONE:
        raise Validation("Over HTTP nobody could sign in, as TRIALS_READERS asks. Leave out --http.")
    from dashboard.api import mcp_server

    _expect_no_browser()
    return mcp_server.serve(options.http)


def _publish(options: argparse.Namespace) -> int:
    _expect_no_browser()
    return publishing.run(options)


def _expect_no_browser() -> None:
    """Keep Streamlit from warning, line by line, that no browser asks; its own settings would set a level anew."""
    logging.getLogger(NO_BROWSER).addFilter(_nothing)


def _nothing(record: logging.LogRecord) -> bool:
    return False


COMMANDS: dict[str, Callable[[argparse.Namespace], int]] = {
    "serve": _serve,
    "mcp": _mcp,
    "publish": _publish,
}


if __name__ == "__main__":
    sys.exit(main())
