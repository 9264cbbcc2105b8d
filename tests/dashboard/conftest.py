"""Stores in every state for the tests of pages, and caches that no test leaves to another."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from cache.opening import open_store
from cache.store.schema import scope
from cache.store.store import Store
from dashboard.shared import kept
from fetchers.settings import Settings
from tests.rigs import recorded_studies
from tests.rigs.pages import WATCHLIST, damaged, forget, live_url, page, use
from tests.rigs.refresh import url_of


def copied(url: str, folder: Path) -> str:
    """A copy of this store in that folder, with all that lies beside it."""
    store = Path(url.removeprefix("sqlite:///"))
    for one in filter(Path.is_file, store.parent.glob(f"{store.name}*")):
        shutil.copy(one, folder)
    return url_of(folder)


@contextmanager
def untouched(url: str) -> Iterator[None]:
    """Fail when a store that all tests of a process read was written to: they would no longer see the same."""

    def content() -> str:
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
            return "\n".join(connection.iterdump())

    before = content()
    yield
    assert content() == before, "a test changed a store that others read; it needs its own copy"


@pytest.fixture
def cold() -> Iterator[None]:
    """Nothing kept from other tests. Only for tests that watch what is read, or put something else in the place of what
    reads: everything kept is kept by the store's address, file and version, which no two tests share."""
    forget()
    yield
    forget()


@pytest.fixture(scope="session")
def starter_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    url = url_of(tmp_path_factory.mktemp("starter"))
    open_store(Settings(cache_url=url), WATCHLIST).close()
    with untouched(url):
        yield url


@pytest.fixture
def starter(starter_store: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """A store with the starter snapshot, as the product puts it there; only to be read."""
    return use(monkeypatch, starter_store)


@pytest.fixture
def own_starter(starter_store: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A store with the starter snapshot, to be changed at will."""
    return use(monkeypatch, copied(starter_store, tmp_path))


@pytest.fixture(scope="session")
def live_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    (url,) = live_url(tmp_path_factory.mktemp("live"))
    with untouched(url):
        yield url


@pytest.fixture
def live(live_store: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """A store filled by a real refresh from the stand-in; only to be read."""
    return use(monkeypatch, live_store)


@pytest.fixture
def own_live(live_store: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A refreshed store, to be changed at will."""
    return use(monkeypatch, copied(live_store, tmp_path))


@pytest.fixture(scope="session")
def unanswered_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    yield from live_url(tmp_path_factory.mktemp("unanswered"), failing="sizofiran")


@pytest.fixture
def unanswered(unanswered_store: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """A refreshed store for which the registry did not answer about sizofiran; only to be read."""
    return use(monkeypatch, unanswered_store)


@pytest.fixture(scope="session")
def recorded_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    yield from live_url(tmp_path_factory.mktemp("recorded"), recorded_studies.studies())


@pytest.fixture
def recorded(recorded_store: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """A refreshed store with records that owe, are stale and belong together; only to be read."""
    return use(monkeypatch, recorded_store)


@pytest.fixture(params=["starter", "recorded"])
def recorded_or_starter(request: pytest.FixtureRequest) -> str:
    url: str = request.getfixturevalue(request.param)
    return url


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Callable[..., AppTest]:
    """Open a page with a store, and a query as a browser would send it."""

    def open_(url: str, name: str = "overview", query: str = "") -> AppTest:
        monkeypatch.setenv("TRIALS_CACHE_URL", url)
        return page(name, query)

    return open_


@pytest.fixture
def stores(live: str, own_live: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], str]:
    """The address of a store in a state: starter, live, failed, damaged, empty."""

    def of(state: str) -> str:
        if state == "live":
            return live
        if state == "failed":
            return failed(own_live)
        if state == "damaged":
            return damaged(tmp_path)
        if state == "empty":
            monkeypatch.setattr(kept, "open_store", lambda settings, watchlist: Store.in_memory())
            return url_of(tmp_path / "empty")
        return f"sqlite:///{tmp_path / 'starter' / 'trials.sqlite3'}"

    return of


def failed(url: str) -> str:
    """One agent could not be refreshed."""
    store = Store.open(url)
    with store.writing() as connection:
        reason = "The registry answered 500 <b>four</b> times; try again later."
        values = {"error": reason, "error_at": "2026-11-22T12:30:00Z"}
        connection.execute(scope.update().where(scope.c.scope == "methotrexate").values(**values))
    store.close()
    return url
