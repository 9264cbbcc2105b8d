"""Whether one store file holds history that another lacks: what was seen once cannot be fetched again."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from cache.english import count
from cache.store import files


class History(NamedTuple):
    """The states and changes that the registry was seen in; the starter snapshot has none."""

    versions: frozenset[tuple[str, ...]]
    results: frozenset[tuple[str, ...]]
    changes: frozenset[tuple[str, ...]]


def history(path: Path) -> History | None:
    """What a store file holds, of whatever release, without leaving anything beside it; None when it cannot be read."""
    # SQLite would leave files of its own beside a backup it has looked into, were it not told that nobody writes.
    alone = "" if files.beside(path, files.WAL).exists() else "&immutable=1"
    name = f"file:{quote(str(path.absolute()))}?mode=ro{alone}"
    try:
        with closing(sqlite3.connect(name, uri=True)) as connection:
            versions = connection.execute("SELECT nct_id, body_hash, seen_at FROM version WHERE origin = 'live'")
            # A release before revision 0003 had none.
            known = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'result_version'").fetchone()
            results = connection.execute("SELECT nct_id, body_hash, seen_at FROM result_version") if known else ()
            changes = connection.execute("SELECT nct_id, kind, seen_at FROM event")
            return History(frozenset(versions), frozenset(results), frozenset(changes))
    except sqlite3.Error:
        return None


def lacking(new: History, old: History) -> str | None:
    """What ``old`` holds and ``new`` does not, in words; None when ``new`` holds everything."""
    versions = len(old.versions - new.versions) + len(old.results - new.results)
    changes = len(old.changes - new.changes)
    if not versions and not changes:
        return None
    here = "only the starter snapshot" if not new.versions else count(len(new.versions), "version")
    return f"{count(versions, 'version')} and {count(changes, 'change')} that the store does not have (it holds {here})"
