"""A stand-in registry, a store and a refresh over both in one process, for tests of the job."""

import sqlite3
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from sqlalchemy import Connection, select

from cache.refresh import run as refresh
from cache.refresh.heartbeat import Heartbeat
from cache.refresh.report import Report, Step
from cache.refresh.results import Reading
from cache.store.schema import answer, event, match, study, version
from cache.store.store import Store
from fetchers.matching.matcher import Matcher
from fetchers.registry.client import Registry
from fetchers.watchlist import load as watchlist
from fetchers.watchlist.model import Watchlist
from tests.fake_registry import FakeRegistry, Request, agent_studies, make_study
from tests.rigs import databases

WATCHLIST = watchlist.load()
MATCHER = Matcher(WATCHLIST)
AGENTS = tuple(agent.id for agent in WATCHLIST.agents)
SCOPES = (*AGENTS, *(condition.id for condition in WATCHLIST.swept))
# What a reader sees; a failed refresh may not touch any of it.
DATA = (study, answer, match, version, event)


def no_sleep(seconds: float) -> None:
    """Waits between attempts take no time in tests."""


class Rig:
    """Use as a context manager; ``refresh`` runs the real job with the real client over a real socket.

    A ``store`` that is given is not closed.
    """

    def __init__(
        self,
        studies: Iterable[dict[str, Any]] | None = None,
        page_cap: int = 2,
        url: str | None = None,
        store: Store | None = None,
        **fake: Any,
    ) -> None:
        self.fake = FakeRegistry(agent_studies() if studies is None else studies, page_cap=page_cap, **fake)
        self.store = store or (Store.open(url) if url else databases.empty())
        self._lent = store is not None
        self.now = datetime(2026, 11, 22, 12, tzinfo=UTC)
        self.steps: list[Step] = []

    def __enter__(self) -> Self:
        self.fake.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.fake.stop()
        if not self._lent:
            self.store.close()

    def refresh(
        self,
        *agents: str,
        full: bool = False,
        timeout: float = 5.0,
        attempts: int = 4,
        heartbeat: Heartbeat | None = None,
        probe: bool = True,
        watchlist: Watchlist = WATCHLIST,
        results: Reading | None = None,
    ) -> Report:
        self.fake.clear_requests()
        self.steps.clear()
        heartbeat = heartbeat or Heartbeat()
        with (
            self._registry(timeout, attempts, heartbeat) as registry,
            self._registry(timeout, 1, heartbeat) as impatient,
        ):
            return refresh.run(
                self.store,
                registry,
                watchlist,
                agents=agents,
                full=full,
                heartbeat=heartbeat,
                probe=impatient if probe else None,
                matcher=MATCHER if watchlist is WATCHLIST else None,
                results=results,
                tell=self.steps.append,
                now=lambda: self.now,
            )

    def _registry(self, timeout: float, attempts: int, heartbeat: Heartbeat) -> Registry:
        return Registry(self.fake.url, pace=0, timeout=timeout, attempts=attempts, sleep=no_sleep, stop=heartbeat)

    def rows(self, table: Any) -> list[dict[str, Any]]:
        with self.store.reading() as connection:
            query = select(table).order_by(*table.primary_key.columns)
            return [dict(row._mapping) for row in connection.execute(query)]

    def data(self) -> dict[str, list[tuple[Any, ...]]]:
        """Everything a failed refresh must leave as it was."""
        return {table.name: sorted(map(_comparable, self.rows(table))) for table in DATA}

    def store_bytes(self) -> bytes:
        """The store in memory as it stands, for ``load_store`` of another rig."""
        with self.store.reading() as connection:
            return _driver(connection).serialize()

    def load_store(self, content: bytes) -> None:
        """Begin with a store of another rig; whatever the own one held is gone."""
        with self.store.engine.connect() as connection:
            _driver(connection).deserialize(content)

    def paths(self) -> list[str]:
        return [request.path for request in self.fake.requests]


def _driver(connection: Connection) -> sqlite3.Connection:
    driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    return driver


def _comparable(row: dict[str, Any]) -> tuple[Any, ...]:
    return tuple((name, repr(value)) for name, value in row.items())


def is_first_page(request: Request) -> bool:
    return request.path == "/studies" and "pageToken" not in request.params and "filter.ids" not in request.params


def is_later_page(request: Request) -> bool:
    return request.path == "/studies" and "pageToken" in request.params and "filter.ids" not in request.params


def is_look_up(request: Request) -> bool:
    return "filter.ids" in request.params or request.path.startswith("/studies/NCT")


def url_of(folder: Path) -> str:
    return f"sqlite:///{folder / 'trials.sqlite3'}"


def held(rig: Rig, scope: str) -> Sequence[str]:
    """The ids a scope's answer holds now."""
    rows = rig.rows(answer)
    return sorted(row["nct_id"] for row in rows if row["scope"] == scope and row["ended_at"] is None)


def many(count: int, drug: str = "Azathioprine") -> list[dict[str, Any]]:
    drugs = [{"type": "DRUG", "name": drug}]
    return [
        make_study(f"NCT{70_000_000 + number}", title=f"Trial {number}", interventions=drugs) for number in range(count)
    ]
