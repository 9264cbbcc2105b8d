"""What a stored record derives under today's rules: the columns of its trial's row and its matches."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any, NamedTuple

from sqlalchemy import Connection, exists, select

from cache.ingest.matches import Newest, holders, kinds, matches_of, newest, reason
from cache.ingest.study_row import live_facts
from cache.refresh.plan import question
from cache.store.batches import batches
from cache.store.bodies import readable
from cache.store.held import brought
from cache.store.packing import hash_of
from cache.store.schema import REGISTRY_SCOPE, answer, match, scope, study
from fetchers.errors import Parsing
from fetchers.matching.matcher import Match, Matcher
from fetchers.record.study import Study, decode_study
from fetchers.watchlist.model import Watchlist

_MATCH_COLUMNS = ("agent", "tier", "role", "found_by")


class Derivation(NamedTuple):
    """The rules of today: what derives, the fingerprint under which it was derived, and the kind of every scope."""

    matcher: Matcher
    question: str
    kinds: dict[str, str]

    @classmethod
    def of(cls, watchlist: Watchlist, matcher: Matcher | None = None) -> "Derivation":
        """The rules of a watch-list."""
        scopes = {agent.id: "agent" for agent in watchlist.agents} | {one.id: "sweep" for one in watchlist.swept}
        scopes[REGISTRY_SCOPE] = "sweep"
        return cls(matcher or Matcher(watchlist), question(watchlist), scopes)

    def facts(self, record: Study, body_hash: str) -> dict[str, Any]:
        """The columns of ``study`` that follow from a live record."""
        return live_facts(record) | self.shared(record, body_hash)

    def shared(self, record: Study, body_hash: str) -> dict[str, Any]:
        """Those that follow from a starter record in the same way."""
        return {"condition_groups": list(self.matcher.condition_groups(record)), "body_hash": body_hash}


Found = Mapping[str, tuple[Study, Newest]]


def records(connection: Connection, nct_ids: Collection[str]) -> dict[str, tuple[Study, Newest]]:
    """The newest version of each of these trials, as far as it can be read."""
    known = newest(connection, nct_ids)
    bodies = readable(connection, [one.id for one in known.values()])
    whole = {
        nct_id: one for nct_id, one in known.items() if one.id in bodies and hash_of(bodies[one.id]) == one.body_hash
    }
    found = {nct_id: (read(bodies[one.id]), one) for nct_id, one in whole.items()}
    return {nct_id: (record, one) for nct_id, (record, one) in found.items() if record is not None}


def read(body: bytes) -> Study | None:
    """A whole record; None for one that this release cannot read, whichever wrote it."""
    try:
        return decode_study(body)
    except Parsing:
        return None


def places(connection: Connection, found: Found, rules: Derivation) -> set[tuple[str, str]]:
    """The trials with the scopes that ought to hold them, as far as it shows: the agents a trial is matched to or
    names, and the sweeps it belongs to."""
    matched = connection.execute(select(match.c.nct_id, match.c.agent).where(match.c.nct_id.in_(found)))
    due = {(nct_id, agent) for nct_id, agent in matched if agent in rules.kinds}
    for nct_id, (record, _) in found.items():
        named = [one.agent for one in rules.matcher.matches(record)] + list(rules.matcher.condition_groups(record))
        due |= {(nct_id, name) for name in named if name in rules.kinds}
    return due


def unlike_records(connection: Connection, rules: Derivation) -> Iterator[str]:
    """Trials whose row or matches differ from what their newest record derives, or that nothing holds; in words.

    Only those that were derived under these very rules: the others are derived anew by the next refresh.
    """
    nowhere = select(study.c.nct_id).where(
        study.c.nct_id.not_in(select(answer.c.nct_id)), study.c.left_registry.is_(None)
    )
    for ids in batches(list(connection.scalars(nowhere))):
        for nct_id in sorted({nct_id for nct_id, _ in places(connection, records(connection, ids), rules)}):
            yield f"No answer holds {nct_id}, so it is shown nowhere."
    known_kinds = kinds(connection)
    for ids in batches(list(connection.scalars(_derived_under(rules.question)))):
        rows = {
            row["nct_id"]: row for row in connection.execute(select(study).where(study.c.nct_id.in_(ids))).mappings()
        }
        held, told = holders(connection, ids), _stored_matches(connection, ids)
        for nct_id, (record, version) in records(connection, ids).items():
            facts = rules.facts(record, version.body_hash)
            other = [name for name, value in facts.items() if rows[nct_id][name] != value]
            if other:
                yield f"The row of {nct_id} does not say what its record says: {', '.join(other)}."
            if told.get(nct_id, {}) != _by_agent(matches_of(record, held[nct_id], known_kinds, rules.matcher)):
                yield f"The matches of {nct_id} are not those that its record gives."


def _derived_under(asked: str) -> Any:
    """Live trials in an answer made under this question (a record that was set aside then kept its older row)."""
    under = exists().where(
        answer.c.nct_id == study.c.nct_id,
        answer.c.ended_at.is_(None),
        answer.c.scope == scope.c.scope,
        scope.c.question == asked,
        brought(),
    )
    return select(study.c.nct_id).where(study.c.origin == "live", study.c.left_registry.is_(None), under)


def _stored_matches(connection: Connection, ids: Collection[str]) -> dict[str, dict[str, dict[str, Any]]]:
    found: dict[str, dict[str, dict[str, Any]]] = {}
    columns = [match.c[name] for name in _MATCH_COLUMNS]
    for nct_id, *values in connection.execute(select(match.c.nct_id, *columns).where(match.c.nct_id.in_(ids))):
        one = dict(zip(_MATCH_COLUMNS, values, strict=True))
        found.setdefault(nct_id, {})[one["agent"]] = one
    return found


def _by_agent(matches: Collection[Match]) -> dict[str, dict[str, Any]]:
    return {
        one.agent: dict(zip(_MATCH_COLUMNS, (one.agent, one.tier, one.role, reason(one)), strict=True))
        for one in matches
    }
