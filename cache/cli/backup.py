"""``python -m cache backup | restore | move``: copy the store to a file or to another database, and restore it."""

import sys
from pathlib import Path

from cache.cli.terminal import printable, say
from cache.english import count
from cache.exit_codes import CANCELLED, DONE
from cache.recovery import backup as backups
from cache.recovery import move as moves
from fetchers.errors import Validation
from fetchers.settings import Settings


def backup_command(settings: Settings, *, out: Path, force: bool, even_if_poorer: bool) -> int:
    """Write the backup and say what is in it, and where the file is that it replaced, when that held more."""
    done = backups.backup(settings.cache_url, out, force=force, even_if_poorer=even_if_poorer)
    aside = f"; what stood there before was kept as {printable(done.aside)}" if done.aside else ""
    say(sys.stderr, f"{_words(done.contents)} written to {printable(out)}{aside}\n")
    return DONE


def restore_command(settings: Settings, *, source: Path, yes: bool) -> int:
    """Put the backup in the place of the store, after asking, and say where the old one is."""
    store = backups.file_of(settings.cache_url)
    if not yes and store.exists() and not _agreed(store, source):
        say(sys.stderr, "Nothing was done.\n")
        return CANCELLED
    done = backups.restore(settings.cache_url, source)
    said = f"{printable(store)} now holds what {printable(source)} holds: {_words(done.contents)}."
    if done.aside:
        said += f" What stood there before was kept as {printable(done.aside)}."
    say(sys.stderr, f"{said}\n")
    return DONE


def _agreed(store: Path, source: Path) -> bool:
    if not sys.stdin.isatty():
        raise Validation(f"A restore replaces {store} by {source}. Nothing was done; add --yes to confirm.")
    say(sys.stderr, f"Replace {printable(store)} by {printable(source)}? The present one is kept aside. [y/N] ")
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def _words(found: backups.Contents) -> str:
    return f"{count(found.trials, 'trial')}, {count(found.versions, 'version')}"


def move_command(settings: Settings, *, to: str) -> int:
    """Copy the store into an empty one elsewhere, and say what it holds and how to go on with it."""
    moved = moves.move(settings.cache_url, to)
    held = _words(backups.Contents(moved.trials, moved.versions))
    say(sys.stderr, f"{printable(moved.place)} now holds the store: {held}. Set TRIALS_CACHE_URL to its address.\n")
    return DONE
