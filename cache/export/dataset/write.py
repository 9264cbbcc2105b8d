"""The data set as a folder: every table, the written schema, a README and a manifest, put in place as a whole."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from cache.export import trials
from cache.export.atomic_folder import replaced
from cache.export.dataset import parts
from cache.export.dataset.rows import READERS, Source
from cache.export.dataset.tables import tables
from cache.export.dataset.words import readme
from cache.read.freshness import freshness
from cache.store.errors import Damaged
from cache.store.store import Store, utcnow
from fetchers import __version__
from fetchers.errors import TrackerError, Validation
from fetchers.watchlist.model import Watchlist

MARK = ".trial-tracker-dataset"  # says that a folder is one of ours
FORMAT = 1  # rises when a reader of an earlier one would read this one wrongly
MANIFEST, SCHEMA, README = "manifest.json", "schema.json", "README.md"
_SAID = "Written by “python -m cache export --format parquet”, which replaces this whole folder when it runs again.\n"
_ADVICE = "Choose another folder."


def write(
    store: Store, watchlist: Watchlist, out: Path, query: str | None,
    *, warn: Callable[[str], None] | None = None, now: Callable[[], datetime] = utcnow,
) -> dict[str, int]:  # fmt: skip
    """Write the data set to the folder ``out`` and return how many rows each table has.

    It is of one state of the store, and all its tables are about the trials that ``trials.write`` would write. Until
    it is whole an earlier data set stays as it was. Raises what ``trials.write`` raises, and Validation for a folder
    that is none of ours, or that holds files which are not.
    """
    _refuse_strangers(out)
    with store.steady() as steady, replaced(out, MARK, _SAID, what="data set", advice=_ADVICE) as folder:
        source = Source(steady, watchlist, trials.viewed(steady, watchlist, query, warn=warn))
        fresh = freshness(steady, [agent.id for agent in watchlist.agents])
        facts = trials.about(fresh, source.viewed.said, now=now)
        otherwise = {"status": "COMPLETED", "tier": "given", "year": now().year}
        files = {}
        for name, table in tables().items():
            empty = table.partition and otherwise[table.partition.name]
            with _sound(steady):
                files[name] = parts.write(folder, table, READERS[name](source), facts, empty)
        rows = {name: sum(part.rows for part in written) for name, written in files.items()}
        _put(folder / README, readme(facts, rows, fresh))
        _put(
            folder / SCHEMA,
            _json({"format": FORMAT, "tables": {name: one.written() for name, one in tables().items()}}),
        )
        about = {"format": FORMAT, "program": f"trial-tracker {__version__}", "store_version": fresh.version}
        about |= {"registry_timestamp": fresh.registry_timestamp, "fetched_at": fresh.fetched_at, "query": query}
        told = {name: {"rows": rows[name], "files": _listed(folder, written)} for name, written in files.items()}
        _put(folder / MANIFEST, _json(about | {"facts": facts, "tables": told}))
    return rows


def _refuse_strangers(out: Path) -> None:
    """A file that somebody has put into a data set of ours would go with it."""
    try:
        told: Mapping[str, Any] = json.loads((out / MANIFEST).read_bytes())
        known = {one["path"] for table in told["tables"].values() for one in table["files"]}
    except (OSError, ValueError, LookupError, TypeError):
        return  # nothing there, or none of ours: ``replaced`` looks for the mark
    there = {path.relative_to(out).as_posix() for path in out.rglob("*") if not path.is_dir()}
    strange = sorted(there - known - {MARK, MANIFEST, SCHEMA, README})
    if strange:
        raise Validation(f"{out} holds files that are not of the data set ({', '.join(strange[:3])}). Move them away.")


@contextmanager
def _sound(store: Store) -> Iterator[None]:
    """Raise Damaged when what is stored fits no column."""
    try:
        yield
    except TrackerError:
        raise
    except ValueError as error:
        raise Damaged(f"The store {store.place} is damaged (its data cannot be read: {error}).") from error


def _listed(folder: Path, written: list[parts.Part]) -> list[dict[str, Any]]:
    return [one._asdict() | {"bytes": (folder / one.path).stat().st_size, "sha256": _sum(folder / one.path)}
            for one in written]  # fmt: skip


def _sum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _json(value: Any) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"


def _put(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")
