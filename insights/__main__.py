"""The command line: ``python -m insights claims`` and its kind, the evidence as rows for programs; and ``snapshot``,
which makes what the pages read."""

import argparse
import sys
from collections.abc import Sequence
from typing import Any

from cache.cli.ending import ended
from fetchers.settings import Settings

COMMANDS = {
    "claims": "each claim of the documents with its verdict, rule and trials",
    "gaps": "every agent in every condition group, and why a cell is empty",
    "funnel": "from the registry's rows to the counted trials, agent by agent",
    "results": "results posted and due, out-of-date records, why trials stopped: one row per trial",
    "findings": "what posted results report, trial by trial, the largest first",
}
SNAPSHOT = "snapshot"
FORMATS = ("table", "json", "csv")


def parser() -> argparse.ArgumentParser:
    """Every command with its options."""
    top = argparse.ArgumentParser(
        prog="python -m insights", description="What the stored trials show, as on the dashboard's pages."
    )
    add_commands(top.add_subparsers(dest="command", required=True, metavar="COMMAND"))
    return top


def add_commands(commands: Any) -> None:
    """Add the commands to the sub-parsers of a command line."""
    for name, words in COMMANDS.items():
        command = commands.add_parser(name, help=words, description=f"Prints {words}.")
        command.add_argument("--json", action="store_true", help="the same as --format json: a list of rows")
        command.add_argument("--format", choices=FORMATS, help="table unless given")
        command.add_argument("--agent", action="append", default=[], metavar="ID", help="only this agent; repeatable")
        command.add_argument(
            "--condition", action="append", default=[], metavar="ID", help="only this condition; repeatable"
        )
        command.add_argument("--query", metavar="QUERY", help="the query string of the page's address")
    made = "make what the pages read, so that nobody waits for it; a refresh does it by itself"
    snapshot = commands.add_parser(SNAPSHOT, help=made, description=f"{made[0].upper()}{made[1:]}.")
    snapshot.add_argument("--verdicts", action="store_true", help="only judge the claims, and note what has changed")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code: 0, 2 for wrong usage or configuration, 5 for trouble on this machine."""
    return ended(lambda: run(parser().parse_args(argv)))


def run(options: argparse.Namespace) -> int:
    """Run the command of parsed options; returns its exit code. Raises what the command raises."""
    # Imported here: --help and a wrong option need neither the database nor pandas.
    from fetchers.watchlist import load as watchlists

    settings = Settings.from_env()
    watchlist = watchlists.load(settings.watchlist)
    if options.command == SNAPSHOT:
        from insights.cli import snapshot

        return snapshot.command(settings, watchlist, all_parts=not options.verdicts)
    from insights.cli import answer

    wanted = answer.Wanted(
        options.command, answer.format_of(options), tuple(options.agent), tuple(options.condition), options.query or ""
    )
    return answer.command(settings, watchlist, wanted)


if __name__ == "__main__":
    sys.exit(main())
