"""From a record to what the store shows of it: its row and its matches. Most of the work of keeping an answer.

It is done before the transaction that keeps the answer, so that this one is short and other writers need not wait.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Connection, bindparam, select, update

from cache.ingest.chunk import Chunk, next_chunk
from cache.ingest.matches import kinds, matches_of
from cache.ingest.study_row import live_facts
from cache.store.packing import unpack
from cache.store.schema import scope as scopes
from cache.store.schema import staged
from cache.store.store import Store
from fetchers.matching.matcher import Match, Matcher
from fetchers.record.study import decode_study


class Derived(NamedTuple):
    """The columns of ``study`` that follow from the record, and its matches under those who hold it."""

    facts: dict[str, Any]
    matches: list[Match]


class Rules(NamedTuple):
    """What an answer is derived by."""

    matcher: Matcher
    kinds: Mapping[str, str]  # agent or sweep, of every scope
    rematch: bool  # the question has changed, so everything is derived anew
    baseline: bool  # this scope's first live answer


_decoder = msgspec.json.Decoder(Derived)


def rules(connection: Connection, scope: str, kind: str, matcher: Matcher, question: str) -> Rules:
    """How the next answer of ``scope`` is derived, by what the store says of its last one."""
    query = select(scopes.c.question, scopes.c.refreshed_at).where(scopes.c.scope == scope)
    before = connection.execute(query).first()
    return Rules(
        matcher,
        kinds(connection) | {scope: kind},
        rematch=before is None or before.question != question,
        baseline=before is None or before.refreshed_at is None,
    )


def prepare(store: Store, refresh_id: int, scope: str, kind: str, matcher: Matcher, question: str) -> None:
    """Derive what ``keep`` will need and lay it beside the staged records. Changes nothing a reader sees."""
    with store.reading() as connection:
        by = rules(connection, scope, kind, matcher, question)
    last = ""
    while True:
        with store.reading() as connection:
            chunk = next_chunk(connection, refresh_id, scope, last)
            packed = chunk.packed(connection, chunk.work(rematch=by.rematch)) if chunk else {}
        if chunk is None:
            return
        last = chunk.last
        rows = [
            {"at": chunk.arrivals[nct_id].row_id, "derived": msgspec.json.encode(derive(chunk, nct_id, body, by))}
            for nct_id, body in packed.items()
        ]
        if rows:
            with store.writing() as connection:
                statement = update(staged).where(staged.c.id == bindparam("at")).values(prepared=bindparam("derived"))
                connection.execute(statement, rows)


def derived(connection: Connection, chunk: Chunk, nct_ids: list[str], by: Rules) -> dict[str, Derived]:
    """What was prepared for these trials; what was not is derived now."""
    ready = {nct_id: chunk.arrivals[nct_id].prepared for nct_id in nct_ids}
    packed = chunk.packed(connection, [nct_id for nct_id, prepared in ready.items() if prepared is None])
    return {
        nct_id: derive(chunk, nct_id, packed[nct_id], by) if prepared is None else _decoder.decode(prepared)
        for nct_id, prepared in ready.items()
    }


def derive(chunk: Chunk, nct_id: str, packed: bytes, by: Rules) -> Derived:
    record = decode_study(unpack(packed))
    facts = live_facts(record) | {
        "condition_groups": list(by.matcher.condition_groups(record)),
        "body_hash": chunk.body_hash(nct_id),
    }
    return Derived(facts, list(matches_of(record, chunk.holders_after(nct_id), by.kinds, by.matcher)))
