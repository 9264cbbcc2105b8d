"""Rows on SQLite are sealed as they are written, with just the digest that the rows have when they are read back."""

from typing import Any

from sqlalchemy import Connection, Table, select

from cache.store import seal
from cache.store.schema import answer, event, scope
from cache.store.store import Store
from cache.store.upsert import insert, upsert

ANSWER = {"scope": "ivig", "nct_id": "NCT00000001", "origin": "live", "asked": ["ivig:é"], "first_seen": "2026-11-27"}
EVENT = {"nct_id": "NCT00000001", "kind": "phase", "weight": "high", "after": ["PHASE2"], "seen_at": "2026-11-27"}


def digests(connection: Connection, table: Table) -> list[Any]:
    return list(connection.scalars(select(table.c.digest)))


def test_added_rows_are_sealed_with_the_numbers_the_database_gives_them() -> None:
    store = Store.in_memory()
    with store.writing() as connection:
        insert(connection, event, [EVENT])
        insert(connection, event, [EVENT, EVENT | {"kind": "status"}])
        assert list(connection.scalars(select(event.c.id))) == [1, 2, 3]
        assert None not in digests(connection, event)
        assert not list(seal.broken(connection, event))


def test_a_whole_row_that_replaces_another_is_sealed_anew() -> None:
    store = Store.in_memory()
    with store.writing() as connection:
        upsert(connection, answer, [ANSWER | {"ended_at": None}])
        before = digests(connection, answer)
        upsert(connection, answer, [ANSWER | {"ended_at": "2026-11-28", "digest": before[0]}])
        assert None not in digests(connection, answer)
        assert digests(connection, answer) != before
        assert not list(seal.broken(connection, answer))


def test_a_row_of_which_other_columns_stay_waits_for_the_end_of_the_transaction() -> None:
    store = Store.in_memory()
    whole = {"scope": "ivig", "kind": "agent", "starter": True, "error": "no answer"}
    with store.writing() as connection:
        insert(connection, scope, [whole])
        upsert(connection, scope, [{"scope": "ivig", "kind": "agent", "starter": False}])
        assert digests(connection, scope) == [None]
        seal.seal(connection)
        assert not list(seal.broken(connection, scope))


def test_an_added_row_keeps_the_digest_it_brings() -> None:
    store = Store.in_memory()
    with store.writing() as connection:
        insert(connection, answer, [ANSWER | {"digest": "altered"}])
        assert digests(connection, answer) == ["altered"]
        assert list(seal.broken(connection, answer)) == [("ivig", "NCT00000001")]
