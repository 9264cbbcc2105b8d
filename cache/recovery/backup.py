"""A store as a file to put away, and back: a backup while others go on using it, a restore that loses nothing.

Only for SQLite files; another database is backed up with the tools of its server.
"""

import contextlib
import os
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import create_engine, func, make_url, select, update

from cache.recovery import rescue
from cache.recovery.check import integrity
from cache.store import migrations
from cache.store.engine import engine_of, in_memory
from cache.store.errors import Damaged, Locked, local_troubles
from cache.store.lock import SUFFIX, hold
from cache.store.schema import meta, study, version
from cache.store.store import Store, utcnow
from fetchers.errors import LocalTrouble, Validation

# How long a restore waits for somebody who is writing to the store.
PATIENCE_SECONDS = 10.0


class Contents(NamedTuple):
    """How much a store holds."""

    trials: int
    versions: int


class Restored(NamedTuple):
    """What the store holds now, and where the one that stood there before lies."""

    contents: Contents
    aside: Path | None


def backup(url: str, out: Path, *, force: bool = False) -> Contents:
    """Copy a consistent state of the store at ``url`` to ``out``, also while a refresh writes to it.

    The copy has the revision of the store; it appears whole or not at all. Raises Validation for a place that cannot
    be meant (a folder, a file that exists unless ``force``, the store itself), Damaged for a damaged store (no good
    backup is ever overwritten by it), LocalTrouble when there is no store or the copy cannot be written.
    """
    path = path_of(url)
    if not path.is_file():
        raise LocalTrouble(f"There is no store at {path} yet, so there is nothing to back up.")
    target = _target(out, path, force=force)
    part = target.with_name(f".{target.name}.{os.getpid()}.backup")
    try:
        with _as_it_is(path) as store:
            _revision(store)
            rescue.backup(store, part)
        with _as_it_is(part) as copy:
            complaint = _complaint(copy)
            if complaint:
                raise Damaged(f"The store {path} is damaged, so no backup was written. {complaint}")
            found = _contents(copy)
        with local_troubles(out):
            part.replace(target)
    finally:
        _discard(part)
    return found


def restore(url: str, source: Path, now: Callable[[], datetime] = utcnow) -> Restored:
    """Put the backup ``source`` in the place of the store at ``url``, which is kept beside it under a telling name.

    The backup is copied, brought up to date and looked through before anything is touched; ``source`` stays as it is.
    Whoever has the store open sees the old state or the new one, never a mixture. Raises Validation when ``source`` is
    no file or the store itself, LocalTrouble when it is no sound store of a known revision, Busy while a refresh runs,
    Locked and NewerStore for a present store that must not be touched.
    """
    path = path_of(url)
    if not source.is_file():
        raise Validation(f"There is no backup file {source}.")
    if path.exists() and path.samefile(source):
        raise Validation(f"{source} is the store itself; name a backup of it.")
    with local_troubles(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_dir():
            raise LocalTrouble(f"{path} is a folder, not a store. Set TRIALS_CACHE_URL to a file.")
    with hold(create_engine(url)):
        prepared = path.with_name(f"{path.name}.restoring-{os.getpid()}")
        try:
            contents = _prepare(source, prepared)
            aside = _replace(path, prepared, now())
        finally:
            _discard(prepared)
    return Restored(contents, aside)


def path_of(url: str) -> Path:
    """The file of the store at ``url``. Raises LocalTrouble when it is in none."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or in_memory(parsed):
        raise LocalTrouble("Only a store in an SQLite file is backed up from here; use your database server's tools.")
    return Path(parsed.database or "")


def _target(out: Path, path: Path, *, force: bool) -> Path:
    target = out.resolve()
    own = [path.resolve().with_name(path.name + suffix) for suffix in ("", "-wal", "-shm", SUFFIX)]
    if target in own or (target.exists() and target.samefile(path)):
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
    url = f"sqlite:///{path}"
    store = Store(engine_of(make_url(url), patience=PATIENCE_SECONDS, readonly=True), url, str(place or path))
    try:
        yield store
    finally:
        store.close()


def _revision(store: Store) -> str:
    with store.reading() as connection:
        found = migrations.revision(connection)
    if found is None:
        raise LocalTrouble(f"{store.place} is no store of this product.")
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
        if source.with_name(source.name + "-wal").exists():  # somebody may be writing to it
            with _as_it_is(source) as store:
                rescue.backup(store, prepared)
        else:  # SQLite would leave files of its own beside a backup it has looked into
            with local_troubles(source):
                shutil.copyfile(source, prepared)
        with _as_it_is(prepared, source) as store:
            _revision(store)
        copy = Store.open(f"sqlite:///{prepared}")
        try:
            complaint = next(iter(integrity(copy)), None)
            contents = _contents(copy)
        finally:
            copy.close()
    except Damaged as error:
        raise LocalTrouble(f"{source} is no sound backup, nothing was changed. {error}") from error
    if complaint:
        raise LocalTrouble(f"{source} is no sound backup, nothing was changed. {complaint}")
    return contents


def _replace(path: Path, prepared: Path, now: datetime) -> Path | None:
    if not path.exists():
        _alone(prepared)
        _swap(path, prepared)
        return None
    aside = _free_name(path, now)
    try:
        present = Store.open(f"sqlite:///{path}")
    except Damaged:
        _alone(prepared)
        _copy_as_it_lies(path, aside)
        _swap(path, prepared)
        return aside
    try:
        rescue.backup(present, aside)
        _count_on(prepared, present.version())
    finally:
        present.close()
    _alone(prepared)
    _pour(prepared, path)
    return aside


def _free_name(path: Path, now: datetime) -> Path:
    stamp = now.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    name, number = f"{path.name}.before-restore-{stamp}", 1
    while path.with_name(name).exists():
        number += 1
        name = f"{path.name}.before-restore-{stamp}-{number}"
    return path.with_name(name)


def _count_on(prepared: Path, present: int) -> None:
    """Give the restored state a number no reader has seen yet: they tell states apart by it."""
    store = Store.open(f"sqlite:///{prepared}")
    try:
        higher = str(max(present, store.version()) + 1)
        with store.writing() as connection:
            connection.execute(update(meta).where(meta.c.key == "version").values(value=higher))
    finally:
        store.close()


def _alone(prepared: Path) -> None:
    """Fold what SQLite keeps beside the file into it."""
    with local_troubles(prepared), closing(sqlite3.connect(prepared)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _pour(prepared: Path, path: Path) -> None:
    """Write all pages of ``prepared`` over those of ``path``, in one transaction of the database at ``path``.

    The file itself stays, so that a process that has it open goes on with the new state instead of a file without name.
    """
    deadline = time.monotonic() + PATIENCE_SECONDS

    def impatient(status: int, remaining: int, total: int) -> None:
        if time.monotonic() > deadline:
            raise Locked(f"The store {path} is locked by another process. Wait until it is done, or end it.")

    with (
        local_troubles(path),
        closing(sqlite3.connect(prepared)) as source,
        closing(sqlite3.connect(path, timeout=1.0)) as target,
    ):
        target.execute("PRAGMA synchronous = FULL")
        source.backup(target, progress=impatient)


def _copy_as_it_lies(path: Path, aside: Path) -> None:
    with local_troubles(aside):
        for suffix in ("", "-wal"):
            lying = path.with_name(path.name + suffix)
            if lying.exists():
                shutil.copyfile(lying, aside.with_name(aside.name + suffix))
                _sync(aside.with_name(aside.name + suffix))


def _swap(path: Path, prepared: Path) -> None:
    """Put a file where nothing is that anybody could use."""
    with local_troubles(path):
        _sync(prepared)
        for suffix in ("-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
        prepared.replace(path)


def _sync(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _discard(path: Path) -> None:
    for suffix in ("", "-wal", "-shm", ".part"):
        with contextlib.suppress(OSError):
            path.with_name(path.name + suffix).unlink()
