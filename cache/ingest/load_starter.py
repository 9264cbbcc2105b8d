"""Loads the starter snapshot into the store: matched and stored as a live answer is, and marked as a sample."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, select

from cache.ingest.matches import replace_matches
from cache.ingest.study_row import starter_facts
from cache.search.index import Words, put, words_of
from cache.starter import StarterRecord
from cache.starter.derived import derive
from cache.store.packing import hash_of, pack
from cache.store.schema import answer, study, version
from cache.store.schema import scope as scopes
from cache.store.store import Store, bump, timestamp, utcnow
from cache.store.upsert import insert
from fetchers.matching.matcher import Match, Matcher
from fetchers.watchlist.model import Watchlist


class _Placed(NamedTuple):
    record: StarterRecord
    scopes: list[str]
    matches: list[Match]
    groups: tuple[str, ...]


def load_starter(
    store: Store,
    records: Iterable[StarterRecord],
    matcher: Matcher,
    watchlist: Watchlist,
    *,
    now: Callable[[], datetime] = utcnow,
) -> int:
    """Load the snapshot into every scope the store does not know yet; returns how many trials were stored.

    Agents hold the trials that match them, swept conditions those of their group; a record that belongs to no such
    scope stays out, and a trial whose live record is stored stays as it is. Scopes without any trial are noted too,
    as not asked yet. Loading twice changes nothing.
    """
    at = timestamp(now())
    given = {record.study.nct_id: record for record in records}
    with store.writing() as connection:
        known = set(connection.scalars(select(scopes.c.scope)))
        agents = {agent.id for agent in watchlist.agents} - known
        sweeps = {condition.id for condition in watchlist.conditions if condition.swept} - known
        if not agents and not sweeps:
            return 0
        stored = set(connection.scalars(select(study.c.nct_id)))
        found = [_place(record, matcher, agents, sweeps) for nct_id, record in given.items() if nct_id not in stored]
        placed = [one for one in found if one.scopes]
        if placed:
            _write(connection, placed, at)
        rows = [{"scope": name, "kind": "agent", "starter": True} for name in sorted(agents)]
        rows += [{"scope": name, "kind": "sweep", "starter": True} for name in sorted(sweeps)]
        insert(connection, scopes, rows)
        bump(connection)
    return len(placed)


def _place(record: StarterRecord, matcher: Matcher, agents: set[str], sweeps: set[str]) -> _Placed:
    follows = record.derived or derive(record.study, matcher)
    matches = [one for one in follows.matches if one.agent in agents]
    held_by = [one.agent for one in matches] + [group for group in follows.groups if group in sweeps]
    return _Placed(record, held_by, matches, follows.groups)


def _write(connection: Connection, placed: Sequence[_Placed], at: str) -> None:
    studies, versions, answers = [], [], []
    for record, held_by, _, groups in placed:
        body = record.study.body()
        facts = starter_facts(record.study, as_of=record.as_of, source=record.source, note=record.note)
        common: dict[str, Any] = {"nct_id": record.study.nct_id, "body_hash": hash_of(body)}
        mine = {"condition_groups": list(groups), "first_seen": at, "fetched_at": at, "left_registry": None}
        studies.append(facts | common | mine)
        dates = {"registry_date": record.study.last_update_posted, "registry_timestamp": None, "seen_at": at}
        versions.append(common | dates | {"origin": "starter", "body": pack(body)})
        answers += [
            {"scope": name, "nct_id": record.study.nct_id, "origin": "starter", "asked": [], "first_seen": at}
            for name in held_by
        ]
    insert(connection, study, studies)
    insert(connection, version, versions)
    insert(connection, answer, answers)
    replace_matches(connection, {one.record.study.nct_id: one.matches for one in placed})
    hashes = {row["nct_id"]: row["body_hash"] for row in studies}
    found = {one.record.study.nct_id: words_of(one.record.study) for one in placed}
    put(connection, {nct_id: Words(hashes[nct_id], words) for nct_id, words in found.items()})
