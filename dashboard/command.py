"""The command ``trial-tracker`` of an installed package: the commands of all rooms, without ``python -m``."""

import argparse
import sys
from collections.abc import Sequence

import cache.__main__ as cache_commands
import dashboard.__main__ as dashboard_commands
import insights.__main__ as insight_commands
from cache.cli.ending import ended
from fetchers import __version__


def parser() -> argparse.ArgumentParser:
    """Every command with its options."""
    top = argparse.ArgumentParser(
        prog="trial-tracker", description="What ClinicalTrials.gov shows about the agents of a watch-list."
    )
    top.add_argument("--version", action="version", version=f"trial-tracker {__version__}")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    dashboard_commands.add_commands(commands)
    cache_commands.add_commands(commands)
    insight_commands.add_commands(commands)
    return top


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code."""
    return ended(lambda: _run(parser().parse_args(argv)))


def _run(options: argparse.Namespace) -> int:
    if options.command in dashboard_commands.COMMANDS:
        return dashboard_commands.run(options)
    of_insights = (*insight_commands.COMMANDS, insight_commands.SNAPSHOT)
    run = insight_commands.run if options.command in of_insights else cache_commands.run
    code = run(options)
    cache_commands.prepare(options, code)
    return code


if __name__ == "__main__":
    sys.exit(main())
