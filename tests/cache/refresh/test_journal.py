"""What a refresh writes about itself, and what the next one makes of it."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select

from cache.refresh import journal
from cache.refresh.plan import ScopeState
from cache.store.schema import progress, refresh, scope, set_aside
from cache.store.store import Store
from tests.rigs import databases

pytestmark = pytest.mark.both_databases

NOW = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)
LATER = NOW + timedelta(minutes=3)


@pytest.fixture(params=["file", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    opened = databases.empty() if request.param == "memory" else Store.open(f"sqlite:///{tmp_path / 'a.sqlite3'}")
    yield opened
    opened.close()


def rows(store: Store, table: Any) -> list[dict[str, Any]]:
    with store.reading() as connection:
        return [dict(row._mapping) for row in connection.execute(select(table))]


def put(store: Store, table: Any, *given: dict[str, Any]) -> None:
    with store.writing() as connection:
        connection.execute(insert(table), list(given))


def test_begin_opens_a_row_for_the_run_and_one_for_each_scope_in_order(store: Store) -> None:
    refresh_id = journal.begin(store, ["sizofiran", "ivig"], full=True, now=NOW)
    (row,) = rows(store, refresh)
    assert row["id"] == refresh_id
    assert (row["state"], row["outcome"], row["pid"], row["full"]) == ("running", None, os.getpid(), True)
    assert row["started_at"] == row["beat_at"] == "2026-11-22T12:00:00Z"
    scopes = [(one["scope"], one["place"], one["status"], one["expected"]) for one in rows(store, progress)]
    assert scopes == [("sizofiran", 0, "waiting", None), ("ivig", 1, "waiting", None)]
    found = journal.running(store)
    assert found is not None
    assert (found.id, found.pid, found.started_at) == (refresh_id, os.getpid(), "2026-11-22T12:00:00Z")


def test_beat_shows_life_and_traffic_and_hears_a_cancel(store: Store) -> None:
    refresh_id = journal.begin(store, ["ivig"], full=False, now=NOW)
    assert journal.beat(store, refresh_id, requests=3, size=4096, now=LATER) is False
    (row,) = rows(store, refresh)
    assert (row["beat_at"], row["requests"], row["bytes"]) == ("2026-11-22T12:03:00Z", 3, 4096)
    assert journal.request_cancel(store) is not None
    assert journal.beat(store, refresh_id, requests=3, size=4096, now=LATER) is True


def test_cancel_of_nothing_says_so(store: Store) -> None:
    assert journal.request_cancel(store) is None
    refresh_id = journal.begin(store, ["ivig"], full=False, now=NOW)
    journal.end(store, refresh_id, now=NOW, error=None, outcome="fresh", exit_code=0)
    assert journal.request_cancel(store) is None
    assert rows(store, refresh)[0]["cancel"] is False


def test_end_closes_the_run_and_gives_unfinished_scopes_its_reason(store: Store) -> None:
    refresh_id = journal.begin(store, ["done", "asking", "waiting"], full=False, now=NOW)
    journal.mark(store, refresh_id, "done", status="fresh", studies=4, ended_at="2026-11-22T12:00:01Z")
    journal.mark(store, refresh_id, "asking", status="asking", fetched=2)
    common = {"refresh_id": refresh_id, "reason": "bad", "seen_at": "2026-11-22T12:00:00Z"}
    put(store, set_aside, {"scope": "done", **common}, {"scope": "asking", **common})
    journal.end(store, refresh_id, now=LATER, error="It was cancelled.", outcome="cancelled", exit_code=130)
    (row,) = rows(store, refresh)
    assert (row["state"], row["outcome"], row["exit_code"]) == ("ended", "cancelled", 130)
    assert (row["error"], row["ended_at"]) == ("It was cancelled.", "2026-11-22T12:03:00Z")
    told = {one["scope"]: (one["status"], one["error"], one["ended_at"]) for one in rows(store, progress)}
    assert told["done"] == ("fresh", None, "2026-11-22T12:00:01Z")
    assert told["asking"] == told["waiting"] == ("failed", "It was cancelled.", "2026-11-22T12:03:00Z")
    assert [one["scope"] for one in rows(store, set_aside)] == ["done"]
    assert journal.running(store) is None


def test_next_refresh_marks_a_dead_one_broken_and_clears_what_it_set_aside(store: Store) -> None:
    dead = journal.begin(store, ["kept", "half"], full=False, now=NOW)
    journal.mark(store, dead, "kept", status="fresh")
    journal.mark(store, dead, "half", status="storing")
    put(store, set_aside, {"refresh_id": dead, "scope": "half", "reason": "bad", "seen_at": "2026-11-22T12:00:00Z"})
    alive = journal.begin(store, ["half"], full=False, now=LATER)
    before, now = rows(store, refresh)
    assert (before["state"], before["outcome"], before["error"]) == ("ended", "broken", journal.BROKEN)
    assert (now["id"], now["state"]) == (alive, "running")
    told = {one["scope"]: one["status"] for one in rows(store, progress) if one["refresh_id"] == dead}
    assert told == {"kept": "fresh", "half": "failed"}
    assert rows(store, set_aside) == []
    found = journal.running(store)
    assert found is not None
    assert found.id == alive


def test_forgetting_what_was_set_aside_spares_other_scopes(store: Store) -> None:
    refresh_id = journal.begin(store, ["one", "two"], full=False, now=NOW)
    for name in ("one", "two"):
        put(store, set_aside, {"refresh_id": refresh_id, "scope": name, "reason": "bad", "seen_at": "x"})
    journal.forget_set_aside(store, refresh_id, "one")
    assert [one["scope"] for one in rows(store, set_aside)] == ["two"]


def test_the_journal_is_no_change_of_the_data(store: Store) -> None:
    before = store.version()
    refresh_id = journal.begin(store, ["ivig"], full=False, now=NOW)
    journal.beat(store, refresh_id, requests=1, size=1, now=NOW)
    journal.mark(store, refresh_id, "ivig", status="asking")
    journal.end(store, refresh_id, now=NOW, error=None, outcome="fresh", exit_code=0)
    assert store.version() == before


def test_states_tell_what_is_known_of_each_scope(store: Store) -> None:
    assert journal.states(store) == {}
    common = {"kind": "agent", "starter": False, "registry_timestamp": None, "question": None, "asked_in_full_at": None}
    put(store, scope, {"scope": "ivig", "refreshed_at": "2026-11-22T12:00:00Z", "error": "down", **common})
    expected = ScopeState("2026-11-22T12:00:00Z", None, None, None, "down", False, 0)
    assert journal.states(store) == {"ivig": expected}
