"""The databases a store can lie in, for tests that must hold in both: SQLite, and PostgreSQL in a cluster of its own.

A test or module marked ``both_databases`` runs twice. It takes its stores from ``empty`` and ``url``, which lead to the
database it runs on. The cluster is made for a whole test run, on first use; it listens on nothing but a Unix socket.
"""

import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from filelock import FileLock
from sqlalchemy import Engine, create_engine
from sqlalchemy.pool import NullPool

from cache.store.engine import engine_of
from cache.store.files import parsed
from cache.store.schema import metadata
from cache.store.store import PATIENCE_SECONDS, Store, initialise, utcnow

BOTH = ("sqlite", "postgresql")
USER, PASSWORD = "trials", "not-to-be-shown"
_TEMPLATE = "trials_template"
_FOLDER = "PYTEST_TRIALS_CLUSTER"
# Nothing of a test run has to outlive it.
_HASTE = (
    "fsync=off", "full_page_writes=off", "synchronous_commit=off", "wal_level=minimal", "max_wal_senders=0", "jit=off",
    "max_connections=200", "listen_addresses=",
)  # fmt: skip
# In one go; ids begin anew.
_NUMBERED = [table.name for table in metadata.sorted_tables if table.autoincrement_column is not None]
_WIPE = "; ".join(
    [f"DELETE FROM {table.name}" for table in reversed(metadata.sorted_tables)]  # noqa: S608 - our own names
    + [f"SELECT setval('{name}_id_seq', 1, false)" for name in _NUMBERED]
)
_numbers = count(1)
_current: "Server | None" = None
_servers: "dict[Path, Server]" = {}


def programs() -> Path | None:
    """Where PostgreSQL's own programs lie, the newest release there is; None when it is not installed."""
    there = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda one: int(one.parts[-3]))
    on_path = shutil.which("initdb")
    found = there[-1] if there else Path(on_path) if on_path else None
    return found.parent if found else None


def missing() -> str | None:
    """What the PostgreSQL half lacks on this machine, in words; None when it can run."""
    if programs() is None:
        return "PostgreSQL is not installed here"
    if importlib.util.find_spec("psycopg") is None:
        return "psycopg is not installed here"
    return None


class _Lent(Store):
    """A store that goes back to where it came from when it is closed; its connections stay for who gets it next."""

    on_close: Callable[["_Lent"], None] = staticmethod(lambda store: None)

    def close(self) -> None:
        self.on_close(self)
        self.on_close = lambda store: None


class Server:
    """The cluster of this test run, and the databases that the test of the moment has made in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._made: dict[str, str] = {}
        self._engines: list[Engine] = []
        self._free: list[_Lent] = []
        self._out: list[_Lent] = []

    def address(self, database: str) -> str:
        return f"postgresql+psycopg://{USER}:{PASSWORD}@/{database}?host={quote(str(self.folder))}"

    def url(self, key: str, *, blank: bool = False) -> str:
        """A database of its own for this key: an up-to-date store, or one with no tables in it (``blank``)."""
        if key not in self._made:
            self._made[key] = self.database(blank=blank)
        return self.address(self._made[key])

    def empty(self) -> Store:
        """An empty store; once it is closed the next test may get it, wiped: to make one takes a tenth of a second."""
        if not self._free:
            name = self.database()
            address = self.address(name)
            self._free.append(_Lent(engine_of(parsed(address), patience=PATIENCE_SECONDS), address, name))
        store = self._free.pop()
        store.on_close = self._free.append
        self._out.append(store)
        self._engines.append(store.engine)  # closed at the end of the test even where the test does not
        with store.writing() as connection:
            connection.exec_driver_sql(_WIPE)
            initialise(connection, utcnow())
        return store

    def database(self, *, blank: bool = False) -> str:
        return self._create("template0" if blank else _TEMPLATE)

    def copy(self, original: str, key: str) -> None:
        """A database of its own for a key, with what that of another holds; nobody may be connected to that one."""
        self._made[key] = self._create(self._made[original])

    def _create(self, template: str) -> str:
        name = f"test_{os.getpid()}_{next(_numbers)}"
        self.run(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")  # a quarter of the default's time
        return name

    def run(self, *statements: str) -> list[Sequence[Any]]:
        """Execute statements as the cluster's owner; returns the rows of the last."""
        engine = create_engine(self.address("postgres"), poolclass=NullPool, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            for statement in statements:
                done = connection.exec_driver_sql(statement)
            return [tuple(row) for row in done] if done.returns_rows else []

    def kill_all(self) -> int:
        """End every session of the databases this test has made, as an operator or a restart would; returns how many
        there were."""
        names = ", ".join(f"'{name}'" for name in set(self._made.values()))
        query = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname IN ({names})"  # noqa: S608
        return len(self.run(query))

    @contextmanager
    def lent(self) -> Iterator[None]:
        """For the length of a block: what it opens is closed and what it makes is dropped at its end."""
        engines, out, made = len(self._engines), len(self._out), set(self._made)
        yield
        for store in self._out[out:]:  # also those that the test has left open
            store.close()
        del self._out[out:]
        for engine in self._engines[engines:]:
            engine.dispose()
        del self._engines[engines:]
        gone = {key: self._made.pop(key) for key in set(self._made) - made}
        if gone:
            self.run(*(f"DROP DATABASE {name} WITH (FORCE)" for name in sorted(set(gone.values()))))

    def engine_of(self, *given: Any, **options: Any) -> Engine:
        """In the place of the product's own: notes what has to be closed."""
        self._engines.append(engine_of(*given, **options))
        return self._engines[-1]


def empty() -> Store:
    """An empty store on the database that the test runs on."""
    if _current is None:
        return Store.in_memory()
    return _current.empty()


def url(path: Path, *, blank: bool = False) -> str:
    """The address of the store that this file is, or stands for. ``blank``: on a server, nothing is in it yet."""
    if _current is None:
        return f"sqlite:///{path}"
    return _current.url(str(path), blank=blank)


def copied(original: Path, path: Path) -> Path:
    """``path``, which now is, or stands for, a copy of the store of another; that one must be closed."""
    if _current is None:
        shutil.copyfile(original, path)
    else:
        _current.copy(str(original), str(path))
    return path


def server() -> Server:
    """The cluster of this test run, up and with its template. Fails the test where there can be none."""
    lacking = missing()
    if lacking:
        pytest.fail(f"{lacking}, so this half of the tests did not run. .ci/run installs what it needs.")
    folder = Path(os.environ[_FOLDER])
    made = _servers.setdefault(folder, Server(folder))
    with FileLock(f"{folder}.lock"):
        if not (folder / "ready").exists():
            _start(folder)
            made.run(f"CREATE DATABASE {_TEMPLATE} TEMPLATE template0")
            Store.open(made.address(_TEMPLATE)).close()
            (folder / "ready").touch()
    return made


@contextmanager
def on(kind: str) -> Iterator[None]:
    """Let the stores of the block lie in this database."""
    global _current
    if kind == "sqlite":
        yield
        return
    _current = server()
    try:
        with pytest.MonkeyPatch.context() as patch, _current.lent():
            patch.setattr("cache.store.store.engine_of", _current.engine_of)
            yield
    finally:
        _current = None


@contextmanager
def own() -> Iterator[None]:
    """For one test: what it makes goes with it."""
    if _current is None:
        yield
        return
    with _current.lent():
        yield


def current() -> Server:
    """The cluster, for a test that runs on it."""
    assert _current
    return _current


def announce() -> bool:
    """Name the folder of the cluster for this process and those it starts; whether that was left to us."""
    if _FOLDER in os.environ:
        return False
    os.environ[_FOLDER] = tempfile.mkdtemp(prefix="pg-")
    return True


def stop() -> None:
    """End the cluster, if it was started, and delete it."""
    folder = Path(os.environ.pop(_FOLDER))
    if (folder / "data" / "postmaster.pid").exists():
        _program("pg_ctl", "stop", "-D", f"{folder / 'data'}", "-m", "immediate", "-s")
    shutil.rmtree(folder, ignore_errors=True)
    Path(f"{folder}.lock").unlink(missing_ok=True)


def _start(folder: Path) -> None:
    owner = _owner()
    if owner:
        os.chown(folder, owner.pw_uid, owner.pw_gid)
    # A language that sorts unlike Python and SQLite do: no test may depend on the server's order of letters.
    sorts = ("--locale-provider=icu", "--icu-locale=en-US", "--locale=C.UTF-8", "--encoding=UTF8")
    _program("initdb", "-D", f"{folder / 'data'}", "-U", USER, "-A", "trust", "--no-sync", *sorts)
    options = " ".join(f"-c {one}" for one in (*_HASTE, f"unix_socket_directories={folder}"))
    log = f"{folder / 'log'}"
    _program("pg_ctl", "start", "-D", f"{folder / 'data'}", "-w", "-t", "60", "-s", "-l", log, "-o", options)


def _program(name: str, *arguments: str) -> None:
    place = programs()
    assert place
    owner = _owner()
    other: dict[str, Any] = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []} if owner else {}
    command = [str(place / name), *arguments]
    done = subprocess.run(command, cwd="/", capture_output=True, text=True, check=False, timeout=120, **other)
    assert done.returncode == 0, f"{name} failed: {done.stderr[-2000:]}"


def _owner() -> pwd.struct_passwd | None:
    """Who owns the cluster where it is not ourselves: PostgreSQL refuses to run as root."""
    return pwd.getpwnam("postgres") if os.geteuid() == 0 else None
