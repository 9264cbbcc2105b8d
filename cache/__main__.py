"""The command line: ``python -m cache COMMAND``; ``--help`` lists the commands."""

import argparse
import gc
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

from cache.cli.ending import ended
from cache.exit_codes import DONE, SOME_FAILED
from fetchers.errors import TrackerError, Validation
from fetchers.settings import Settings

# The module of each command, loaded ahead by ``program``; one that is not named here is loaded when it runs.
_MODULES = {
    "refresh": "refresh", "cancel": "refresh", "backup": "backup", "restore": "backup", "move": "backup",
    "changes": "changes", "digest": "digest",
    "status": "inspect", "check": "inspect", "export": "inspect",
}  # fmt: skip


# What changes the store.
WRITING = ("refresh", "import", "cancel", "restore")


def parser() -> argparse.ArgumentParser:
    """Every command with its options."""
    top = argparse.ArgumentParser(
        prog="python -m cache", description="Keeps what ClinicalTrials.gov holds on the watch-list."
    )
    add_commands(top.add_subparsers(dest="command", required=True, metavar="COMMAND"))
    return top


def add_commands(commands: Any) -> None:
    """Add the commands to the sub-parsers of a command line."""
    _add_refresh(commands)
    bulk = commands.add_parser("import", help="take over a file of the registry's whole holdings")
    bulk.add_argument("--bulk", required=True, type=Path, metavar="FILE", help="ctg-studies.json.zip, as downloaded")
    bulk.add_argument("--studies", type=int, metavar="N", help="about how many studies the registry has")
    bulk.add_argument("--json", action="store_true", help="one report object on standard output")
    status = commands.add_parser("status", help="what the store holds and how old it is")
    status.add_argument("--json", action="store_true", help="one object on standard output")
    changes = commands.add_parser("changes", help="what has changed in the registry, newest first")
    changes.add_argument("--since", metavar="DATE", help="a date or a moment (UTC unless it names a zone)")
    changes.add_argument("--json", action="store_true", help="same as --format json: a list of events")
    changes.add_argument("--format", choices=("text", "markdown", "json", "atom", "ics"), help="text unless given")
    changes.add_argument("--out", type=Path, metavar="FILE", help="write to this file instead of standard output")
    changes.add_argument("--agent", action="append", default=[], metavar="ID", help="only this agent; may be repeated")
    changes.add_argument("--weight", choices=("high", "medium", "low", "noise"), help="the lowest weight to list")
    changes.add_argument("--base-url", metavar="URL", help="the dashboard's address, for links")
    _add_digest(commands)
    export = commands.add_parser("export", help="write the trials to a file, or all tables to a folder")
    export.add_argument(
        "--format", required=True, choices=("csv", "xlsx", "json", "parquet", "ris", "bib", "md"),
        help="ris and bib: entries for a literature list; md: a Markdown table",
    )  # fmt: skip
    export.add_argument(
        "--what", choices=("trials", "outcomes"), default="trials",
        help="trials unless given; outcomes: posted results, one row a group and category",
    )  # fmt: skip
    export.add_argument(
        "--out", required=True, metavar="FILE|FOLDER/",
        help="with --format parquet a folder, existing or with a / at its end, for a data set of all tables",
    )  # fmt: skip
    export.add_argument("--query", metavar="QUERY", help="the query string of a dashboard address: only those trials")
    check = commands.add_parser("check", help="whether the store is sound (0) or damaged (1)")
    check.add_argument("--rescue", action="store_true", help="copy a damaged store aside and keep what can be read")
    _add_backup_commands(commands)
    commands.add_parser("cancel", help="ask the running refresh to stop")


def _add_refresh(commands: Any) -> None:
    refresh = commands.add_parser("refresh", help="ask the registry and store its answers")
    refresh.add_argument("--agent", action="append", default=[], metavar="ID", help="only this agent; may be repeated")
    refresh.add_argument("--full", action="store_true", help="ask for every record again, known or not")
    refresh.add_argument("--json", action="store_true", help="one report object on standard output")
    refresh.add_argument("--quiet", action="store_true", help="say nothing unless something goes wrong")
    refresh.add_argument("--new", action="store_true", help="start a new store where an earlier one is gone")
    refresh.add_argument(
        "--unless-since",
        metavar="MOMENT",
        help="nothing to do when another refresh has begun since this moment (ends with 4)",
    )


def _add_digest(commands: Any) -> None:
    digest = commands.add_parser("digest", help="send what is new in a view since it was last sent")
    digest.add_argument("--since", default="last", metavar="last|DATE", help="last unless given: what was not sent yet")
    digest.add_argument("--query", metavar="QUERY", help="the query string of a dashboard address: only those trials")
    digest.add_argument(
        "--to", metavar="ADDRESS",
        help="smtp://HOST/?to=NAME@HOST, smtps://…, https://… or a file; standard output unless given",
    )  # fmt: skip
    digest.add_argument("--base-url", metavar="URL", help="the dashboard's address, for links")
    digest.add_argument("--quiet", action="store_true", help="say nothing unless something could not be sent")


def _add_backup_commands(commands: Any) -> None:
    backup = commands.add_parser("backup", help="copy the store to a file, also while a refresh runs")
    backup.add_argument("--out", required=True, type=Path, metavar="FILE")
    backup.add_argument("--force", action="store_true", help="overwrite the file if the store holds all that it does")
    backup.add_argument(
        "--even-if-poorer", action="store_true", help="overwrite it in any case, and keep the old file aside"
    )
    restore = commands.add_parser("restore", help="put a backup in place of the store, and keep the store aside")
    restore.add_argument("--from", required=True, type=Path, metavar="FILE", dest="source")
    restore.add_argument("--yes", action="store_true", help="do it without asking")
    move = commands.add_parser("move", help="copy the store into an empty one in another file or on PostgreSQL")
    move.add_argument("--to", required=True, metavar="URL", help="as TRIALS_CACHE_URL takes it")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code, and prints a sentence instead of a traceback for every known trouble."""
    return ended(lambda: run(parser().parse_args(argv)))


def program() -> int:
    """``main`` as a program: after a refresh, what the pages read of the new data is made before anybody waits for it.

    A process of its own does it: this room knows nothing of what the pages make of the data.
    """
    options: list[argparse.Namespace] = []

    def one() -> int:
        options.append(parser().parse_args())
        _load(options[0].command)
        return run(options[0])

    code = ended(one)
    if options:
        prepare(options[0], code)
    gc.freeze()  # the process ends: to look for garbage once more takes a fifth of the time of a short command
    return code


def _load(command: str) -> None:
    """Import what the command needs while Python does not look for garbage, nor later looks at what was imported."""
    if command in _MODULES:
        gc.disable()
        try:
            import_module(f"cache.cli.{_MODULES[command]}")
        finally:
            gc.freeze()
            gc.enable()


def prepare(options: argparse.Namespace, code: int) -> None:
    """After a refresh or an import that may have stored something, have the claims judged anew, and the snapshot of a
    large store made, unless it is there."""
    if options.command not in ("refresh", "import") or code not in (DONE, SOME_FAILED):
        return
    with suppress(TrackerError):
        from cache.snapshot.place import is_judged, is_large, is_whole
        from cache.store.store import Store
        from fetchers.watchlist import load as watchlists

        settings = Settings.from_env()
        store = Store.open(settings.cache_url, readonly=True)
        try:
            needed = is_large(store) and not is_whole(store, watchlists.load(settings.watchlist))
            judged = is_judged(store)
        finally:
            store.close()
        if needed or not judged:
            only = [] if needed else ["--verdicts"]
            subprocess.run(  # noqa: S603
                [sys.executable, "-m", "insights", "snapshot", *only], stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False,
            )  # fmt: skip


def run(options: argparse.Namespace) -> int:
    """Run the command of parsed options; returns its exit code. Raises what the command raises."""
    # Imported here: --help and a wrong option need neither the database nor pandas.
    from fetchers.watchlist import load as watchlists

    settings = _settings(options.command)
    if options.command in ("backup", "restore", "move"):
        return _keep_safe(options, settings)
    watchlist = watchlists.load(settings.watchlist)
    if options.command in ("refresh", "import", "cancel"):
        return _write(options, settings, watchlist)
    if options.command == "changes":
        from cache.cli import changes

        return changes.changes_command(settings, watchlist, changes.options_of(options))
    if options.command == "digest":
        from cache.cli import digest

        return digest.digest_command(settings, watchlist, digest.options_of(options))
    from cache.cli import inspect

    if options.command == "status":
        return inspect.status_command(settings, watchlist, as_json=options.json)
    if options.command == "check":
        return inspect.check_command(settings, watchlist, rescue=options.rescue)
    chosen = {"what": options.what, "fmt": options.format, "out": options.out, "query": options.query}
    return inspect.export_command(settings, watchlist, **chosen)


def _settings(command: str) -> Settings:
    settings = Settings.from_env()
    if settings.readonly and command in WRITING:
        raise Validation(f"TRIALS_READONLY is set here: {command} would write to the store.")
    return settings


def _keep_safe(options: argparse.Namespace, settings: Settings) -> int:
    """The commands that copy the whole store."""
    from cache.cli import backup

    if options.command == "move":
        return backup.move_command(settings, to=options.to)
    if options.command == "backup":
        chosen = {"force": options.force, "even_if_poorer": options.even_if_poorer}
        return backup.backup_command(settings, out=options.out, **chosen)
    return backup.restore_command(settings, source=options.source, yes=options.yes)


def _write(options: argparse.Namespace, settings: Settings, watchlist: Any) -> int:
    """The commands that bring data, or stop one that does."""
    if options.command == "import":
        from cache.cli import bulk

        return bulk.import_command(
            settings, watchlist, file=options.bulk, studies=options.studies, as_json=options.json
        )
    from cache.cli import refresh

    if options.command == "cancel":
        return refresh.cancel_command(settings, watchlist)
    chosen = {"agents": options.agent, "full": options.full, "as_json": options.json, "quiet": options.quiet}
    since = _moment(options.unless_since) if options.unless_since else None
    return refresh.refresh_command(settings, watchlist, **chosen, anew=options.new, unless_since=since)


def _moment(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise Validation(f"--unless-since needs a moment such as 2026-11-27T18:00:00Z, not {text!r}.") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


if __name__ == "__main__":
    sys.exit(program())
