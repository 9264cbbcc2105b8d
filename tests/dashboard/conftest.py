"""Stores in every state for the tests of pages, and caches that no test leaves to another."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from cache.store.schema import scope
from cache.store.store import Store
from dashboard.shared import kept
from tests.rigs import recorded_studies
from tests.rigs.pages import damaged, forget, live_url, page, use
from tests.rigs.refresh import url_of


@pytest.fixture
def cold() -> Iterator[None]:
    """Nothing kept from other tests. Only for tests that watch what is read, or put something else in the place of what
    reads: everything kept is kept by the store's address, file and version, which no two tests share."""
    forget()
    yield
    forget()


@pytest.fixture
def starter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A store nobody has filled: the product puts the starter snapshot into it."""
    return use(monkeypatch, url_of(tmp_path))


@pytest.fixture(scope="session")
def live_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store filled by a real refresh from the stand-in; to be copied, not used."""
    folder = tmp_path_factory.mktemp("live")
    list(live_url(folder))
    return folder / "trials.sqlite3"


@pytest.fixture
def live(live_store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A refreshed store, to be changed at will."""
    shutil.copy(live_store, tmp_path / "trials.sqlite3")
    return use(monkeypatch, url_of(tmp_path))


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
def stores(live: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], str]:
    """The address of a store in a state: starter, live, failed, damaged, empty."""

    def of(state: str) -> str:
        if state == "live":
            return live
        if state == "failed":
            return failed(live)
        if state == "damaged":
            return damaged(tmp_path)
        if state == "empty":
            monkeypatch.setattr(kept, "open_store", lambda settings, watchlist: Store.in_memory())
            return "sqlite://"
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
