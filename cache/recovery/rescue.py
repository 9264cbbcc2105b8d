"""Saves what is left of a damaged store: a copy is put aside, then every readable row goes into a new store.

Only for SQLite files, and only for damage: a store that is locked, or newer than this code, is never touched. The
copy is never deleted. Nobody may be writing to the store meanwhile.
"""

import json
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from filelock import FileLock
from sqlalchemy import Connection, create_engine, delete, func, select, update

from cache.recovery.check import RECORD_LOST, integrity, unlike_newest
from cache.recovery.derived import Derivation
from cache.recovery.rebuild import rebuild, rebuild_results
from cache.recovery.salvage import graft_first_page, salvage_table
from cache.search import index
from cache.store import files, migrations
from cache.store.engine import WRITING, engine_of
from cache.store.errors import Damaged, Locked, NewerStore, local_troubles
from cache.store.lock import hold
from cache.store.schema import answer, match, meta, metadata, progress, refresh, scope, study, version
from cache.store.seal import SEALED
from cache.store.store import Store, bump, timestamp, utcnow
from cache.store.upsert import upsert
from fetchers.errors import LocalTrouble


class Rescue(NamedTuple):
    """Where the damaged file is now, and how many rows of each table could be kept."""

    copy: Path
    tables: dict[str, int]

    def __str__(self) -> str:
        trials, versions = self.tables.get("study", 0), self.tables.get("version", 0)
        return (
            f"The damaged file was copied aside to {self.copy} and a new store was made of what could be read: "
            f"{trials:,} trials, {versions:,} versions. The next refresh asks for everything again."
        )


def rescue(url: str, rules: Derivation, now: Callable[[], datetime] = utcnow) -> Rescue:
    """Put a new store with all readable rows in the place of the damaged one at ``url``.

    Every trial with a readable record is shown again: rows, matches and answers that are lost, or not as they were
    stored, are derived from its newest readable record under ``rules``.

    Raises Locked or NewerStore for such a store, LocalTrouble when nothing is wrong with it, the disk is full or
    cannot be written; the damaged file then lies where it was. When another process has just done it, returns what
    that one recorded.
    """
    path = files.path_of(url)
    if path is None:
        raise LocalTrouble(
            "Only a store in an SQLite file can be rescued; use pg_restore with a backup of this database."
        )
    with local_troubles(path), FileLock(f"{path}.rescue-lock"):
        sound = _if_sound(url, rules)
        if sound is not None:
            return sound
        _refuse_if_locked(path)
        return _replace(path, rules, now())


def rescue_under_lock(url: str, rules: Derivation) -> Rescue:
    """``rescue`` while no refresh is running and none can begin. Raises Busy, too."""
    with hold(create_engine(files.parsed(url))):
        return rescue(url, rules)


def rescued(store: Store) -> Rescue | None:
    """The rescue this store came out of, as the store itself records it."""
    with store.reading() as connection:
        found = connection.scalar(select(meta.c.value).where(meta.c.key == "rescued"))
    if found is None:
        return None
    told = json.loads(found)
    return Rescue(Path(told["copy"]), told["tables"])


def _if_sound(url: str, rules: Derivation) -> Rescue | None:
    """None for a damaged store; what the store records of an earlier rescue when it is whole."""
    try:
        store = Store.open(url, patience=1.0)
    except Damaged:
        return None
    try:
        if integrity(store, rules):
            return None
        found = rescued(store)
    finally:
        store.close()
    if found is None:
        raise LocalTrouble(f"Nothing is wrong with the store {store.place}; there is nothing to rescue.")
    return found


def _refuse_if_locked(path: Path) -> None:
    """Raise Locked while another process writes, also into a file that is damaged."""
    with closing(sqlite3.connect(path, timeout=1.0, isolation_level=None)) as connection:
        try:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("ROLLBACK")
        except sqlite3.DatabaseError as error:
            if (error.sqlite_errorcode & 0xFF) in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                raise Locked(f"The store {path} is locked by another process. Wait until it is done.") from error


def _replace(path: Path, rules: Derivation, now: datetime) -> Rescue:
    aside = files.free_name(path, "damaged", now)
    files.copy(path, aside)
    new = files.beside(path, f".rebuilding-{os.getpid()}")
    try:
        with _readable_source(path) as source:
            revision = _revision(source, path)
            tables = _rebuild(source, new, revision, now)
        found = _settle(new, Rescue(aside, tables), rules, now)
        files.put_in_place(new, path)
    finally:
        files.remove(new)
    return found


@contextmanager
def _readable_source(path: Path) -> Iterator[sqlite3.Connection]:
    """The damaged file as far as SQLite opens it; with a first page of ours when its own is beyond reading."""
    scratch = files.beside(path, f".reading-{os.getpid()}")
    try:
        connection = _open(path)
        for tidied in (False, True):
            if connection is None:
                files.copy(path, scratch)
                graft_first_page(scratch, tidied=tidied)
                connection = _open(scratch)
        with closing(connection or sqlite3.connect(":memory:")) as found:
            yield found
    finally:
        files.remove(scratch)


def _open(path: Path) -> sqlite3.Connection | None:
    """A connection that can list our tables, or None."""
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        connection.execute("PRAGMA cell_size_check = ON")
        found = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    except sqlite3.DatabaseError:
        found = set()
    if study.name in found:
        return connection
    connection.close()
    return None


def _revision(source: sqlite3.Connection, path: Path) -> str:
    """The revision the damaged store was written with, as far as it can be told. Raises NewerStore."""
    try:
        row = source.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.DatabaseError:
        row = None
    if row and isinstance(row[0], str) and migrations.STAMP.fullmatch(row[0]) and row[0] not in migrations.KNOWN:
        raise NewerStore(f"The store {path} was written by a newer version of this product; update this installation.")
    return row[0] if row and row[0] in migrations.KNOWN else migrations.HEAD


def _rebuild(source: sqlite3.Connection, new: Path, revision: str, now: datetime) -> dict[str, int]:
    engine = engine_of(files.parsed(files.url_of(new)), patience=1.0)
    with engine.execution_options(**{WRITING: True}).begin() as connection:
        migrations.upgrade(connection, revision)
    engine.dispose()
    with closing(sqlite3.connect(new)) as target:
        kept = {table.name: salvage_table(source, target, table) for table in metadata.sorted_tables}
        # Readers tell states apart by the version number, so a lost one is replaced by one they have not seen.
        made_up = (str(int(now.timestamp())),)
        target.execute("INSERT OR IGNORE INTO meta (key, value) VALUES ('version', ?)", made_up)
        target.commit()
    return kept


def _settle(new: Path, found: Rescue, rules: Derivation, now: datetime) -> Rescue:
    """Bring the rebuilt store up to date, derive what is lost, and record what happened; returns that."""
    store = Store.open(files.url_of(new))
    try:
        with store.writing() as connection:
            rebuild(connection, rules)
            rebuild_results(connection)
            _drop_orphans(connection)
            index.rebuild(connection)
            # With rows missing no answer is whole: everything has to be asked again.
            connection.execute(update(scope).values(registry_timestamp=None, question=None, asked_in_full_at=None))
            found = found._replace(tables=found.tables | _counts(connection))
            told = {"at": timestamp(now), "copy": str(found.copy), "tables": found.tables}
            upsert(connection, meta, [{"key": "rescued", "value": json.dumps(told)}])
            for table in SEALED:
                connection.execute(update(table).values(digest=None))
            bump(connection)
        files.fold(new)
    finally:
        store.close()
    return found


def _counts(connection: Connection) -> dict[str, int]:
    """How many rows there are of the tables that are derived, and of versions that can be read."""
    count = {table.name: select(func.count()).select_from(table) for table in (study, version, answer, match, scope)}
    return {name: connection.scalars(query).one() for name, query in count.items()}


def _drop_orphans(connection: Connection) -> None:
    known = select(study.c.nct_id)
    for table in (answer, match):
        connection.execute(delete(table).where(table.c.nct_id.not_in(known)))
    lost = unlike_newest().scalar_subquery()
    connection.execute(update(study).where(study.c.nct_id.in_(lost)).values(body_hash=RECORD_LOST))
    connection.execute(delete(progress).where(progress.c.refresh_id.not_in(select(refresh.c.id))))
