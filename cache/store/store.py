"""The store as a whole: open it, read and write in transactions, know whether it changed.

A store is one database. Opening creates it, or brings it up to date, under a lock; a store that is damaged, locked
or newer than this code is recognised and left exactly as it is.
"""

import hashlib
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Self

from sqlalchemy import URL, Connection, Engine, insert, inspect, make_url, select, update
from sqlalchemy.exc import OperationalError

from cache.store import migrations, seal
from cache.store.engine import WRITING, engine_of, of_sqlite, on_sqlite
from cache.store.errors import Damaged, Locked, NewerStore, local_troubles
from cache.store.files import in_memory, parsed, path_of, place_of, refuse_if_gone
from cache.store.schema import meta, metadata
from fetchers.errors import LocalTrouble

# How long a connection waits for another process's transaction before the store counts as locked.
PATIENCE_SECONDS = 10.0


def utcnow() -> datetime:
    return datetime.now(UTC)


def timestamp(now: datetime) -> str:
    """A moment as the store keeps it: UTC to the second, ``YYYY-MM-DDTHH:MM:SSZ``."""
    return now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Store:
    """One open database; safe to share between threads. Read with ``reading()``, write with ``writing()``."""

    def __init__(self, engine: Engine, url: str, place: str) -> None:
        self.engine = engine
        self.url = url
        self.place = place  # path or address for messages, without a password

    @classmethod
    def open(
        cls,
        url: str,
        *,
        now: Callable[[], datetime] = utcnow,
        patience: float = PATIENCE_SECONDS,
        readonly: bool = False,
        anew: bool = False,
    ) -> Self:
        """The store at ``url``, created or brought up to date when needed; an up-to-date one is not written to.

        Raises Validation for a URL that is none, Damaged, NewerStore or Locked for such a store (untouched), Gone where
        one has been and is no more, unless a new one is to be begun ``anew``, and LocalTrouble when the folder or file
        cannot be written or the disk is full. ``readonly`` never writes, so it needs a store that is up to date.
        """
        parts = parsed(url)
        if of_sqlite(parts) and in_memory(parts):
            return cls.in_memory(now=now)
        place = place_of(parts)
        store = cls(engine_of(parts, patience=patience, readonly=readonly), url, place)
        try:
            with local_troubles(place):
                _prepare_folder(parts, readonly=readonly, anew=anew)
                store._bring_up_to_date(now, patience, readonly=readonly)
        except BaseException:
            store.close()
            raise
        return store

    @classmethod
    def in_memory(cls, *, now: Callable[[], datetime] = utcnow) -> Self:
        """An empty store that lives as long as this object: for tests, and where nothing can be written."""
        store = cls(engine_of(make_url("sqlite://"), patience=PATIENCE_SECONDS), "sqlite://", "in memory")
        with store.writing() as connection:
            metadata.create_all(connection)
            initialise(connection, now())
        return store

    def version(self) -> int:
        """Rises by one with every committed change that a reader may see. One indexed read."""
        with self.reading() as connection:
            return _version(connection, self.place)

    def state(self) -> str:
        """The name of the data as it is now: the version, and what tells it from every other state that has the same
        number, such as that of a restored backup. One indexed read."""
        with self.reading() as connection:
            told = connection.execute(select(meta.c.key, meta.c.value, meta.c.digest).order_by(meta.c.key)).all()
            known = {row.key: row.value for row in told}
            # A store that was last written by an earlier release has no name for its state.
            named = known.get("state") or hashlib.blake2b(repr([tuple(row) for row in told]).encode()).hexdigest()
            return f"{_version(connection, self.place)}-{named[:32]}"

    def close(self) -> None:
        self.engine.dispose()

    @contextmanager
    def steady(self) -> Iterator["Store"]:
        """The store as it is at the first look: whatever is written meanwhile, everything read is of that one state.

        For one thread, and not for long: what it keeps others from folding into the file grows beside it.
        """
        if on_sqlite(self.engine) and in_memory(self.engine.url):
            yield self  # its one connection is everybody's
            return
        with self.reading() as connection:
            yield _Steady(self, connection)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One consistent view of the data; nothing may be written. The database's errors become LocalTrouble."""
        with local_troubles(self.place), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction, kept whole or not at all; it waits for other writers before it begins.

        A change that a reader may see ends with ``bump(connection)``.
        """
        with local_troubles(self.place), self.engine.execution_options(**{WRITING: True}).begin() as connection:
            yield connection

    def _bring_up_to_date(self, now: Callable[[], datetime], patience: float, *, readonly: bool) -> None:
        with self.reading() as connection:
            stamped = self._stamp(connection)
        if stamped == migrations.HEAD:
            return
        if readonly:
            found = "has to be upgraded first" if stamped else "does not exist yet"
            raise LocalTrouble(f"The store {self.place} {found}: run python -m cache refresh where it is writable.")
        with self.writing() as connection:
            # Another process may have done it meanwhile.
            stamped = self._stamp(connection)
            if stamped != migrations.HEAD:
                migrations.upgrade(connection)
            if stamped is None:
                initialise(connection, now())
        self._use_wal(patience)

    def _stamp(self, connection: Connection) -> str | None:
        """The revision this code can work on; None for an empty database. Raises for every other state."""
        stamped = migrations.revision(connection)
        tables = set(inspect(connection).get_table_names())
        if stamped is None and not tables:
            return None
        if not tables & set(metadata.tables):
            raise LocalTrouble(
                f"{self.place} is a database of something else, left untouched. Set TRIALS_CACHE_URL to another place."
            )
        if stamped is None or not migrations.STAMP.fullmatch(stamped):
            raise Damaged(f"The store {self.place} is damaged (its revision cannot be read).")
        if stamped not in migrations.KNOWN:
            raise NewerStore(
                f"The store {self.place} was written by a newer version of this product (revision {stamped}); "
                "it was left untouched. Update this installation."
            )
        if stamped == migrations.HEAD:
            self._check_shape(connection, tables)
        return stamped

    def _check_shape(self, connection: Connection, tables: set[str]) -> None:
        missing = sorted(set(metadata.tables) - tables)
        if missing:
            raise Damaged(f"The store {self.place} is damaged (tables are missing: {', '.join(missing)}).")
        for table in metadata.sorted_tables:
            try:
                connection.execute(select(table).limit(1)).first()
            except OperationalError as error:
                if "no such column" in str(error.orig):
                    raise Damaged(f"The store {self.place} is damaged ({error.orig}).") from error
                raise
        _version(connection, self.place)

    def _use_wal(self, patience: float) -> None:
        """Let readers and a writer work side by side. The file remembers it, so it is set once."""
        if not on_sqlite(self.engine):
            return
        deadline = time.monotonic() + patience
        while True:
            try:
                with local_troubles(self.place):
                    raw = self.engine.raw_connection()
                    try:
                        raw.cursor().execute("PRAGMA journal_mode = WAL")
                    finally:
                        raw.close()
                return
            except Locked:
                # SQLite does not wait here by itself when two processes make the same store.
                if time.monotonic() >= deadline:
                    raise
                time.sleep(0.02)


class _Steady(Store):
    """A store whose readers share one transaction."""

    def __init__(self, store: Store, connection: Connection) -> None:
        super().__init__(store.engine, store.url, store.place)
        self._connection = connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        with local_troubles(self.place):
            yield self._connection


def bump(connection: Connection) -> None:
    """Count a change that readers may see, and seal it; the last statement of the transaction that makes it."""
    # The row is locked while it is read, where the database does not already let one writer in at a time.
    query = select(meta.c.value).where(meta.c.key == "version").with_for_update()
    value = int(connection.scalars(query).one()) + 1
    connection.execute(update(meta).where(meta.c.key == "version").values(value=str(value)))
    seal.close(connection)


def _version(connection: Connection, place: str) -> int:
    found = connection.scalar(select(meta.c.value).where(meta.c.key == "version"))
    if found is None or not found.isdecimal():
        raise Damaged(f"The store {place} is damaged (its version number cannot be read).")
    return int(found)


def initialise(connection: Connection, now: datetime) -> None:
    """Write down what every store begins with."""
    rows = [{"key": "version", "value": "0"}, {"key": "created_at", "value": timestamp(now)}]
    connection.execute(insert(meta), rows)
    seal.close(connection)


def _prepare_folder(url: URL, *, readonly: bool, anew: bool) -> None:
    path = path_of(url)
    if path is None:
        return
    if not anew:
        refuse_if_gone(path)
    if readonly:
        if not path.exists():
            raise LocalTrouble(f"There is no store at {path} yet: run python -m cache refresh.")
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.is_dir():
        raise LocalTrouble(f"{path} is a folder, not a store. Set TRIALS_CACHE_URL to a file.")
