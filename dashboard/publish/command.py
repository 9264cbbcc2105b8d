"""The command ``publish``: all pages of a view as static HTML."""

import argparse
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from fetchers.errors import LocalTrouble

_REFRESH = "TRIALS_REFRESH"


def add_command(commands: Any) -> None:
    """Add the command to the sub-parsers of a command line."""
    publish = commands.add_parser(
        "publish",
        help="write all pages of a view as static HTML that needs no server",
        description="Writes a folder of files. Open its index.html, or put the folder on any web server.",
    )
    publish.add_argument("--out", required=True, type=Path, metavar="FOLDER", help="made new, or replaced as a whole")
    publish.add_argument("--query", default="", metavar="QUERY", help="the query string of a dashboard address")
    publish.add_argument("--title", default="Trial tracker", metavar="WORDS", help="stands on top of every page")
    publish.add_argument("--no-lists", action="store_true", help="leave out the lists behind the numbers: fewer files")
    publish.add_argument("--force", action="store_true", help="replace the folder even if it is no such site")
    publish.add_argument("--quiet", action="store_true", help="say nothing unless something goes wrong")


def run(options: argparse.Namespace) -> int:
    """Write the site; returns 0. Raises Validation for a query or a folder that makes no sense, LocalTrouble for a
    store that cannot be used or a folder that cannot be written."""
    with _without_a_button():
        return _write(options)


@contextmanager
def _without_a_button() -> Iterator[None]:
    """Nobody can press a button in a file."""
    before = os.environ.get(_REFRESH)
    os.environ[_REFRESH] = "nobody"
    try:
        yield
    finally:
        os.environ.pop(_REFRESH)
        if before is not None:
            os.environ[_REFRESH] = before


def _write(options: argparse.Namespace) -> int:
    from cache.english import count
    from cache.filters.strict import accepted
    from dashboard.publish import folder, site
    from dashboard.shared import data

    trouble = data.trouble()
    if trouble is not None:
        raise LocalTrouble(trouble)
    wanted = accepted(options.query, data.watchlist())
    say = (lambda _: None) if options.quiet else _progress
    files = site.files(wanted, options.title, say, lists=not options.no_lists)
    number = folder.write(options.out, files, force=options.force)
    if not options.quiet:
        print(f"\r{count(number, 'file')} written to {options.out}.", file=sys.stderr)
    return 0


def _progress(said: str) -> None:
    end = "\r" if sys.stderr.isatty() else "\n"
    print(f"{said:<60}", end=end, file=sys.stderr, flush=True)
