"""Who holds a trial, and why it belongs to an agent: the ``match`` rows, always a function of record and holders.

A trial matches an agent when the registry returned it for that agent (then always), when a swept condition's live
answer holds it and the agent's names are found in its record, or when a starter row says so.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from sqlalchemy import Connection, delete, func, select

from cache.store.batches import batches
from cache.store.bodies import bodies
from cache.store.schema import answer, match, version
from cache.store.schema import scope as scopes
from cache.store.upsert import insert
from fetchers.errors import Validation
from fetchers.matching.matcher import Match, Matcher
from fetchers.record.study import Study, decode_study


class Holder(NamedTuple):
    """A scope whose answer holds a trial."""

    scope: str
    origin: str  # live | starter


class Newest(NamedTuple):
    """The newest stored version of a trial."""

    id: int
    body_hash: str
    origin: str


def kinds(connection: Connection) -> dict[str, str]:
    """``agent`` or ``sweep`` for every scope the store knows."""
    return {row.scope: row.kind for row in connection.execute(select(scopes.c.scope, scopes.c.kind))}


def holders(connection: Connection, nct_ids: Collection[str]) -> dict[str, list[Holder]]:
    """The scopes that hold each of these trials now."""
    query = select(answer.c.nct_id, answer.c.scope, answer.c.origin).where(
        answer.c.nct_id.in_(nct_ids), answer.c.ended_at.is_(None)
    )
    found: dict[str, list[Holder]] = defaultdict(list)
    for nct_id, name, origin in connection.execute(query):
        found[nct_id].append(Holder(name, origin))
    return found


def newest(connection: Connection, nct_ids: Collection[str]) -> dict[str, Newest]:
    """The newest version of each of these trials that has one."""
    last = select(func.max(version.c.id)).where(version.c.nct_id.in_(nct_ids)).group_by(version.c.nct_id)
    query = select(version.c.nct_id, version.c.id, version.c.body_hash, version.c.origin).where(version.c.id.in_(last))
    return {nct_id: Newest(*values) for nct_id, *values in connection.execute(query)}


def matches_of(
    study: Study, held_by: Iterable[Holder], kinds: Mapping[str, str], matcher: Matcher
) -> tuple[Match, ...]:
    """Every match of a record that these scopes hold, one an agent."""
    held = [(holder, kinds.get(holder.scope)) for holder in held_by]
    swept = any(kind == "sweep" and holder.origin == "live" for holder, kind in held)
    found = {one.agent: one for one in matcher.matches(study)} if swept else {}
    for holder, kind in held:
        one = _match(matcher, study, holder) if kind == "agent" else None
        if one is not None:
            found[one.agent] = one
    return tuple(found.values())


def _match(matcher: Matcher, study: Study, holder: Holder) -> Match | None:
    try:
        return matcher.match(study, holder.scope, asked=holder.origin == "live")
    except Validation:
        # The watch-list no longer has this agent: its old answer stays, but there are no names left to match.
        return None


def replace_matches(connection: Connection, found: Mapping[str, Iterable[Match]]) -> None:
    """These trials have exactly these matches."""
    connection.execute(delete(match).where(match.c.nct_id.in_(found)))
    rows = [
        {
            "nct_id": nct_id,
            "agent": one.agent,
            "tier": one.tier,
            "role": one.role,
            "found_by": reason(one),
        }
        for nct_id, ones in found.items()
        for one in ones
    ]
    if rows:
        insert(connection, match, rows)


def reason(one: Match) -> list[str] | dict[str, object]:
    """Why an agent is found, as the column ``found_by`` holds it: the names, and where they stand when it is given."""
    names = list(one.found_by)
    if one.found_in is None and one.quote is None:
        return names
    return {"names": names, "in": one.found_in} | ({"quote": one.quote} if one.quote else {})


def rematch(connection: Connection, matcher: Matcher, nct_ids: Collection[str]) -> None:
    """Derive the matches of these trials again, because the scopes that hold them have changed."""
    known_kinds = kinds(connection)
    for ids in batches(nct_ids):
        held = holders(connection, ids)
        versions = newest(connection, [nct_id for nct_id in ids if held.get(nct_id)])
        records = bodies(connection, [one.id for one in versions.values()])
        # A trial whose record is lost (a rescued store) keeps the matches it has until it is fetched again.
        found: dict[str, tuple[Match, ...]] = {nct_id: () for nct_id in ids if not held.get(nct_id)}
        for nct_id, one in versions.items():
            study = decode_study(records[one.id])
            found[nct_id] = matches_of(study, held[nct_id], known_kinds, matcher)
        replace_matches(connection, found)
