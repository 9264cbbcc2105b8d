"""From a record to what the store shows of it: its row, its matches and what has changed.

This is most of the work of an answer. It is done when a page is staged, with the record that has just been read and
outside of any write transaction; what could not be foreseen then is done from the stored bytes when the answer is kept.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Connection, select

from cache.changes.differences import Event, differences
from cache.ingest.gaps import as_last_read, filled
from cache.ingest.matches import kinds, matches_of
from cache.ingest.standing import Basis, Standing, standing
from cache.ingest.study_row import live_facts
from cache.search.index import words_of
from cache.store.bodies import bodies
from cache.store.packing import unpack
from cache.store.schema import scope as scopes
from cache.store.store import Store
from fetchers.errors import Incomplete
from fetchers.matching.matcher import Match, Matcher
from fetchers.record.study import Study, decode_study


class Rules(NamedTuple):
    """What an answer is derived under."""

    matcher: Matcher
    kinds: Mapping[str, str]  # agent or sweep, of every scope
    rematch: bool  # the question has changed, so everything is derived anew
    baseline: bool  # this scope's first live answer


class Hashed(NamedTuple):
    """A record with the hash of its body."""

    study: Study
    body_hash: str


class Arrival(NamedTuple):
    """What was staged of one trial; no body when a sweep saw it unchanged."""

    queries: list[str]
    body_hash: str | None = None
    body: bytes | None = None
    derived: bytes | None = None


class Derived(NamedTuple):
    """The columns of ``study`` that follow from a record, its matches, the events since the newest version, and the
    words it is found by."""

    basis: Basis
    facts: dict[str, Any]
    matches: list[Match]
    events: list[Event]
    words: str


_decoder = msgspec.json.Decoder(Derived)


def rules_for(connection: Connection, scope: str, kind: str, matcher: Matcher, question: str) -> Rules:
    """How the next answer of ``scope`` is derived, by what the store says of its last one."""
    query = select(scopes.c.question, scopes.c.refreshed_at).where(scopes.c.scope == scope)
    before = connection.execute(query).first()
    return Rules(
        matcher,
        kinds(connection) | {scope: kind},
        rematch=before is None or before.question != question,
        baseline=before is None or before.refreshed_at is None,
    )


def derive_ahead(store: Store, scope: str, records: Mapping[str, Hashed], rules: Rules) -> dict[str, bytes]:
    """What ``derived`` will need of these records, packed; nothing of those that stand in the store as they are."""
    with store.reading() as connection:
        here = standing(connection, scope, list(records))
        before = _before(connection, here, {nct_id: one.body_hash for nct_id, one in records.items()})
    return {
        nct_id: msgspec.json.encode(_derive(here, one, rules, before.get(nct_id)))
        for nct_id, one in records.items()
        if rules.rematch or not here.is_settled(nct_id, one.body_hash)
    }


def derived(connection: Connection, here: Standing, arrived: Mapping[str, Arrival], rules: Rules) -> dict[str, Derived]:
    """What follows for the trials that do not stand as they are, in the order in which they arrived."""
    made: dict[str, Derived | None] = {}
    for nct_id, one in arrived.items():
        if rules.rematch or not here.is_settled(nct_id, one.body_hash):
            ahead = _decoder.decode(one.derived) if one.derived else None
            made[nct_id] = ahead if ahead and ahead.basis == here.basis(nct_id) else None
    missing = {nct_id: arrived[nct_id] for nct_id, ahead in made.items() if ahead is None}
    records = _records(connection, here, missing)
    before = _before(connection, here, {nct_id: one.body_hash for nct_id, one in missing.items()})
    return {
        nct_id: ahead or _derive(here, records[nct_id], rules, before.get(nct_id)) for nct_id, ahead in made.items()
    }


def _records(connection: Connection, here: Standing, arrived: Mapping[str, Arrival]) -> dict[str, Hashed]:
    """The record of each of these trials: the arrived one, else the newest stored one."""
    stored = [nct_id for nct_id, one in arrived.items() if one.body is None]
    unknown = next((nct_id for nct_id in stored if not here.is_live(nct_id)), None)
    if unknown:
        raise Incomplete(f"The store does not hold the record of {unknown}; refresh again with --full.")
    kept = bodies(connection, [here.newest[nct_id].id for nct_id in stored])
    return {
        nct_id: Hashed(
            decode_study(unpack(one.body) if one.body else kept[here.newest[nct_id].id]),
            one.body_hash or here.newest[nct_id].body_hash,
        )
        for nct_id, one in arrived.items()
    }


def _before(connection: Connection, here: Standing, arrived: Mapping[str, str | None]) -> dict[str, Study]:
    """The present record of each trial that has changed, with every leaf as it was last read."""
    replaced = here.replaced(connection, arrived)
    return {nct_id: as_last_read(connection, decode_study(body)) for nct_id, body in replaced.items()}


def _derive(here: Standing, record: Hashed, rules: Rules, before: Study | None) -> Derived:
    study, body_hash = record
    basis = here.basis(study.nct_id)
    facts = live_facts(study) | {
        "condition_groups": list(rules.matcher.condition_groups(study)),
        "body_hash": body_hash,
    }
    events: Sequence[Event] = ()
    if before:
        in_focus = rules.matcher.in_focus(facts["condition_groups"])
        events = differences(before, filled(study, before), in_focus=in_focus)
    matches = list(matches_of(study, basis.holders, rules.kinds, rules.matcher))
    return Derived(basis, facts, matches, list(events), words_of(study))
