"""Backup and restore of a store: a backup while others go on using it, a restore that loses nothing.

Only for SQLite files; another database is backed up with the tools of its server.
"""

import contextlib
import os
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import create_engine, func, select, update

from cache.recovery.check import integrity
from cache.recovery.poorer import history, lacking
from cache.store import files, migrations, seal
from cache.store.engine import engine_of, on_sqlite
from cache.store.errors import Damaged, Gone, Locked, local_troubles
from cache.store.lock import SUFFIX, hold
from cache.store.schema import meta, study, version
from cache.store.store import Store, utcnow
from fetchers.errors import LocalTrouble, Validation

# How long a restore waits for another process that is writing to the store.
PATIENCE_SECONDS = 10.0


class Contents(NamedTuple):
    """How much a store holds."""

    trials: int
    versions: int


class Done(NamedTuple):
    """What the written file holds now, and where the one that stood there before was put, if it was kept."""

    contents: Contents
    aside: Path | None


def backup(
    url: str, out: Path, *, force: bool = False, even_if_poorer: bool = False, now: Callable[[], datetime] = utcnow
) -> Done:
    """Copy a consistent state of the store at ``url`` to ``out``, also while a refresh writes to it.

    The copy has the revision of the store; it appears whole or not at all. A file in its place is overwritten with
    ``force`` when the store holds all its history; one that holds more only with ``even_if_poorer``, and that one, or
    one that is no store, is kept aside. Raises Validation for a place that cannot be meant (a folder, a file that
    exists, the store itself), Damaged for a damaged store (no good backup is ever overwritten by it), LocalTrouble when
    there is no store, when it is poorer than the file in its place, or the copy cannot be written.
    """
    path = file_of(url)
    files.refuse_if_gone(path)
    if not path.is_file():
        raise LocalTrouble(f"There is no store at {path} yet, so there is nothing to back up.")
    target = _target(out, path, force=force or even_if_poorer)
    part = target.with_name(f".{target.name}.{os.getpid()}.backup")
    try:
        with _as_it_is(path) as store:
            _revision(store)
            copy_database(store, part)
        with _as_it_is(part) as copy:
            complaint = _complaint(copy)
            if complaint:
                raise Damaged(f"The store {path} is damaged, so no backup was written. {complaint}")
            found = _contents(copy)
        with local_troubles(out):
            aside = _keep_aside(target, part, now(), even_if_poorer=even_if_poorer)
            part.replace(target)
    finally:
        _discard(part)
    return Done(found, aside)


def _keep_aside(target: Path, part: Path, now: datetime, *, even_if_poorer: bool) -> Path | None:
    """A copy of the file that is about to be replaced, unless the new one holds everything that it does."""
    if not target.exists():
        return None
    old, new = history(target), history(part)
    lost = lacking(new, old) if old and new else None
    if lost and not even_if_poorer:
        raise LocalTrouble(
            f"{target} was left as it is: it holds {lost}. Put it back with python -m cache restore --from {target}, "
            "or replace it with --even-if-poorer; it is then kept aside."
        )
    if old and not lost:
        return None
    aside = files.free_name(target, "replaced", now)
    shutil.copyfile(target, aside)
    files.sync(aside)
    return aside


def restore(url: str, source: Path, now: Callable[[], datetime] = utcnow) -> Done:
    """Replace the store at ``url`` by the backup ``source``; the old one is kept beside it under a name that says so.

    The backup is copied, brought up to date and looked through before anything is touched; ``source`` stays as it is.
    Whoever has the store open sees the old state or the new one, never a mixture. Raises Validation when ``source`` is
    no file or the store itself, LocalTrouble when it is no sound store of a known revision, Busy while a refresh runs,
    Locked and NewerStore for a present store that must not be touched.
    """
    path = file_of(url)
    if not source.is_file():
        raise Validation(f"There is no backup file {source}.")
    if path.exists() and path.samefile(source):
        raise Validation(f"{source} is the store itself; name a backup of it.")
    with local_troubles(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_dir():
            raise LocalTrouble(f"{path} is a folder, not a store. Set TRIALS_CACHE_URL to a file.")
    with hold(create_engine(files.parsed(url))):
        prepared = files.beside(path, f".restoring-{os.getpid()}")
        try:
            contents = _prepare(source, prepared)
            aside = _replace(path, prepared, now())
        finally:
            _discard(prepared)
    return Done(contents, aside)


def file_of(url: str) -> Path:
    """The file of the store at ``url``. Raises LocalTrouble when it is in none."""
    path = files.path_of(url)
    if path is None and files.parsed(url).get_backend_name() == "sqlite":
        raise LocalTrouble("A store in memory has no file to back up; only an SQLite file has one.")
    if path is None:
        raise LocalTrouble(
            f"The store {files.place_of(files.parsed(url))} lies on a server. Back it up with pg_dump --format=custom "
            "--file=FILE DATABASE, and restore it into an empty database with pg_restore --no-owner --dbname=DATABASE "
            "FILE. Or copy it into a file: python -m cache move --to sqlite:///FILE."
        )
    return path


def copy_database(store: Store, path: Path) -> None:
    """Copy a consistent state of the store to ``path``, which must not exist, while others go on using it."""
    if not on_sqlite(store.engine):
        raise LocalTrouble("Only an SQLite store can be backed up from here; use the tools of your database server.")
    if path.exists():
        raise LocalTrouble(f"{path} exists already; name another file for the backup.")
    part = files.beside(path, ".part")
    with local_troubles(path), store.engine.connect() as connection:
        try:
            with closing(sqlite3.connect(part)) as target:
                driver = connection.connection.driver_connection
                assert isinstance(driver, sqlite3.Connection)  # noqa: S101 - told apart by the dialect above
                driver.backup(target)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)


def _target(out: Path, path: Path, *, force: bool) -> Path:
    target = out.resolve()
    own = path.resolve()
    if target in (*files.family(own), files.beside(own, SUFFIX)) or (target.exists() and target.samefile(path)):
        raise Validation(f"{out} belongs to the store itself; name another file for the backup.")
    if target.is_dir():
        raise Validation(f"{out} is a folder; give the name of a file in it.")
    if not target.parent.is_dir():
        raise Validation(f"There is no folder {target.parent}; make it first or choose another place for the backup.")
    if target.exists() and not (force and target.is_file()):
        raise Validation(f"{out} exists already; name another file, or overwrite it with --force.")
    return target


@contextmanager
def _as_it_is(path: Path, place: Path | None = None) -> Iterator[Store]:
    """A store to read from, of whatever revision, never written to; ``place`` is what messages call it."""
    url = files.url_of(path)
    store = Store(engine_of(files.parsed(url), patience=PATIENCE_SECONDS, readonly=True), url, str(place or path))
    try:
        yield store
    finally:
        store.close()


def _revision(store: Store) -> str:
    with store.reading() as connection:
        found = migrations.revision(connection)
    if found is None:
        raise LocalTrouble(f"{store.place} is not a store of this product.")
    if found not in migrations.KNOWN:
        raise LocalTrouble(
            f"{store.place} was written by a newer version of this product (revision {found}). "
            "Update this installation first."
        )
    return found


def _complaint(store: Store) -> str | None:
    """What is wrong with a copy. Of an older revision only the pages are looked at: the tables are not yet ours."""
    if _revision(store) == migrations.HEAD:
        return next(iter(integrity(store)), None)
    try:
        with store.reading() as connection:
            found = connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar()
    except Damaged as error:
        return str(error)
    return None if found == "ok" else str(found)


def _contents(store: Store) -> Contents:
    with store.reading() as connection:
        counts = [connection.scalar(select(func.count()).select_from(table)) for table in (study, version)]
    return Contents(*(count or 0 for count in counts))


def _prepare(source: Path, prepared: Path) -> Contents:
    """Make a copy of ``source`` that is sound and up to date, and nothing else."""
    try:
        if files.beside(source, files.WAL).exists():  # somebody may be writing to it
            with _as_it_is(source) as store:
                copy_database(store, prepared)
        else:  # SQLite would leave files of its own beside a backup it has looked into
            with local_troubles(source):
                shutil.copyfile(source, prepared)
        with _as_it_is(prepared, source) as store:
            _revision(store)
        copy = Store.open(files.url_of(prepared))
        try:
            complaint = next(iter(integrity(copy)), None)
            contents = _contents(copy)
        finally:
            copy.close()
    except Damaged as error:
        raise LocalTrouble(f"{source} is not a sound backup; nothing was changed. {error}") from error
    if complaint:
        raise LocalTrouble(f"{source} is not a sound backup; nothing was changed. {complaint}")
    return contents


def _replace(path: Path, prepared: Path, now: datetime) -> Path | None:
    aside = files.free_name(path, "before-restore", now)
    try:
        present = Store.open(files.url_of(path)) if path.exists() else None
    except (Damaged, Gone):
        with local_troubles(aside):
            files.copy(path, aside)
        present = None
    if present is None:
        with local_troubles(path):
            files.fold(prepared)
            files.put_in_place(prepared, path)
        return aside if aside.exists() else None
    try:
        copy_database(present, aside)
        _raise_version(prepared, present.version())
    finally:
        present.close()
    with local_troubles(prepared):
        files.fold(prepared)
    _overwrite_pages(prepared, path)
    return aside


def _raise_version(prepared: Path, present: int) -> None:
    """Give the restored state a version number no reader has seen yet: they tell states apart by it."""
    store = Store.open(files.url_of(prepared))
    try:
        higher = str(max(present, store.version()) + 1)
        with store.writing() as connection:
            connection.execute(update(meta).where(meta.c.key == "version").values(value=higher))
            seal.close(connection)
    finally:
        store.close()


def _overwrite_pages(prepared: Path, path: Path) -> None:
    """Write all pages of ``prepared`` over those of ``path``, in one transaction of the database at ``path``.

    The file itself stays, so that a process that has it open goes on with the new state instead of a file without name.
    """
    deadline = time.monotonic() + PATIENCE_SECONDS

    def check_time(status: int, remaining: int, total: int) -> None:
        if time.monotonic() > deadline:
            raise Locked(f"The store {path} is locked by another process. Wait until it is done, or end it.")

    with (
        local_troubles(path),
        closing(sqlite3.connect(prepared)) as source,
        closing(sqlite3.connect(path, timeout=1.0)) as target,
    ):
        target.execute("PRAGMA synchronous = FULL")
        source.backup(target, progress=check_time)


def _discard(path: Path) -> None:
    for one in (*files.family(path), files.beside(path, ".part")):
        with contextlib.suppress(OSError):
            one.unlink()
