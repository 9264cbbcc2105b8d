"""The rows of a rescued store that follow from others, made again from what the newest readable record of a trial says.

Runs inside one transaction, after every readable row has been copied. What no record tells is taken from rows that are
as they were stored, from the changes that were told, or from the starter snapshot.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, case, delete, func, select, update

from cache import starter
from cache.ingest.matches import holders, kinds, matches_of, replace_matches
from cache.ingest.study_row import starter_facts
from cache.recovery.check import unlike_newest_results
from cache.recovery.derived import Derivation, Found, places, read, records
from cache.store import seal
from cache.store.batches import batches
from cache.store.bodies import readable
from cache.store.packing import hash_of
from cache.store.schema import answer, event, match, result, result_version, scope, study, version
from cache.store.upsert import insert, upsert
from fetchers.matching.matcher import Match
from fetchers.record.study import Study


def rebuild(connection: Connection, rules: Derivation) -> None:
    """Give every trial with a readable record its row, its matches and, where they are lost, its answers."""
    _drop_unreadable(connection)
    _mend_versions(connection)
    incomplete = _drop_altered(connection)
    _name_scopes(connection, rules)
    samples = {one.study.nct_id: one for one in starter.records()}
    for ids in batches(list(connection.scalars(select(version.c.nct_id).distinct()))):
        found = records(connection, ids)
        rows = _standing(connection, found)
        for nct_id, (record, newest) in found.items():
            if newest.origin == "live":
                rows[nct_id] |= rules.facts(record, newest.body_hash)
            else:
                rows[nct_id] |= _starter_facts(record, rows[nct_id], samples.get(nct_id))
                rows[nct_id] |= rules.shared(record, newest.body_hash)
        upsert(connection, study, rows.values())
        shown = {nct_id: one for nct_id, one in found.items() if rows[nct_id]["left_registry"] is None}
        _hold(connection, shown, incomplete, rules)
        _match(connection, found, shown, rules)
    _name_scopes(connection, rules, asked=False)


def rebuild_results(connection: Connection) -> None:
    """Give posted results whose state is lost, or names others, a state again; they are read anew next."""
    connection.execute(delete(result).where(result.c.nct_id.in_(unlike_newest_results().scalar_subquery())))
    columns = (result_version.c.nct_id, result_version.c.body_hash, result_version.c.seen_at)
    newest = select(func.max(result_version.c.id)).group_by(result_version.c.nct_id)
    lost = select(*columns).where(result_version.c.id.in_(newest))
    lost = lost.where(result_version.c.nct_id.not_in(select(result.c.nct_id)))
    rows = [
        {"nct_id": nct_id, "wanted": True, "body_hash": body_hash, "read_at": seen_at}
        for nct_id, body_hash, seen_at in connection.execute(lost)
    ]
    if rows:
        insert(connection, result, rows)


def _starter_facts(record: Study, row: Mapping[str, Any], sample: starter.StarterRecord | None) -> dict[str, Any]:
    """The facts of a starter record; where they were read its row says, or else the snapshot."""
    said: Any = row if row["source"] else sample._asdict() if sample else {}
    source = said.get("source") or "Starter snapshot"
    return starter_facts(record, as_of=said.get("as_of"), source=source, note=said.get("note"))


def _drop_unreadable(connection: Connection) -> None:
    """Delete versions that were packed against one that is lost: nobody can read them any more."""
    for some in batches(list(connection.scalars(select(version.c.id)))):
        hashes = connection.execute(select(version.c.id, version.c.body_hash).where(version.c.id.in_(some)))
        found = readable(connection, some)
        lost = [number for number, told in hashes if number not in found or hash_of(found[number]) != told]
        connection.execute(delete(version).where(version.c.id.in_(lost)))


def _mend_versions(connection: Connection) -> None:
    """An altered version belongs to the trial that its record names, and has that record's date."""
    altered = [number for (number,) in seal.broken(connection, version)]
    for some in batches(altered):
        for number, body in readable(connection, some).items():
            record = read(body)
            if record is not None:
                values = {"nct_id": record.nct_id, "registry_date": record.last_update_posted}
                connection.execute(update(version).where(version.c.id == number).values(**values))


def _drop_altered(connection: Connection) -> set[str]:
    """Delete derived rows that are not as they were stored; returns the trials that may lack answers now."""
    altered = {table: list(seal.broken(connection, table)) for table in (study, answer, match, scope)}
    for table, keys in altered.items():
        statement = delete(table).where(*seal.this_row(table))
        if table is study:  # a row without any record is all there is of its trial
            statement = statement.where(study.c.nct_id.in_(select(version.c.nct_id)))
        if keys:
            connection.execute(statement, [seal.named(table, key) for key in keys])
    return {nct_id for _, nct_id in altered[answer]}


def _standing(connection: Connection, nct_ids: Collection[str]) -> dict[str, dict[str, Any]]:
    """What a record does not say of itself: since when it is known, when it was fetched, whether it has left."""
    names = ("first_seen", "fetched_at", "left_registry", "as_of", "source", "note")
    seen = select(version.c.nct_id, func.min(version.c.seen_at), func.max(version.c.seen_at))
    seen = seen.where(version.c.nct_id.in_(nct_ids)).group_by(version.c.nct_id)
    rows = {nct_id: dict(zip(names, (*times, *[None] * 4), strict=True)) for nct_id, *times in connection.execute(seen)}
    moved = select(event.c.nct_id, event.c.kind, event.c.after).where(event.c.nct_id.in_(nct_ids)).order_by(event.c.id)
    for nct_id, kind, after in connection.execute(moved.where(event.c.kind.in_(("left_registry", "returned")))):
        rows[nct_id]["left_registry"] = after if kind == "left_registry" else None
    kept = select(study.c.nct_id, *(study.c[name] for name in names)).where(study.c.nct_id.in_(nct_ids))
    return rows | {nct_id: dict(zip(names, values, strict=True)) for nct_id, *values in connection.execute(kept)}


def _hold(connection: Connection, shown: Found, incomplete: Collection[str], rules: Derivation) -> None:
    """Answers for trials that lack some: of the agents they are matched to or name, and of their sweeps."""
    query = select(answer.c.nct_id, answer.c.scope).where(answer.c.nct_id.in_(shown))
    there = {tuple(row) for row in connection.execute(query)}
    lacking = {nct_id for nct_id in shown if nct_id in incomplete} | (shown.keys() - {nct_id for nct_id, _ in there})
    asked = {name: not sample for name, sample in connection.execute(select(scope.c.scope, scope.c.starter))}
    due = {
        (nct_id, name)
        for nct_id, name in places(connection, {nct_id: shown[nct_id] for nct_id in lacking}, rules)
        if _may_hold(name, shown[nct_id][1].origin == "live", asked, rules)
    }
    since = connection.execute(select(study.c.nct_id, study.c.first_seen).where(study.c.nct_id.in_(lacking)))
    seen = dict(tuple(row) for row in since)
    rows = [
        {"scope": name, "nct_id": nct_id, "origin": shown[nct_id][1].origin, "asked": [], "first_seen": seen[nct_id]}
        for nct_id, name in sorted(due - there)
    ]
    if rows:
        insert(connection, answer, rows)


def _may_hold(name: str, live: bool, asked: Mapping[str, bool], rules: Derivation) -> bool:
    """A scope that was never asked holds no live trial; of a sweep that is lost nobody knows whether it was."""
    return asked[name] == live if name in asked else rules.kinds[name] == "agent"


def _match(connection: Connection, found: Found, shown: Found, rules: Derivation) -> None:
    """Matches as the holders give them; a trial that has left keeps those it had."""
    known_kinds = rules.kinds | kinds(connection)
    held = holders(connection, list(shown))
    made: dict[str, Iterable[Match]] = {
        nct_id: matches_of(record, held.get(nct_id, ()), known_kinds, rules.matcher)
        for nct_id, (record, _) in shown.items()
    }
    matched = set(connection.scalars(select(match.c.nct_id).where(match.c.nct_id.in_(found))))
    gone = found.keys() - shown.keys() - matched
    replace_matches(connection, made | {nct_id: rules.matcher.matches(found[nct_id][0]) for nct_id in gone})


def _name_scopes(connection: Connection, rules: Derivation, *, asked: bool = True) -> None:
    """A row for every scope that holds something and has none; ``asked``: when its newest record came it was asked."""
    live = func.max(case((answer.c.origin == "live", 1), else_=0))
    query = select(answer.c.scope, live, func.max(version.c.seen_at))
    query = query.join_from(answer, version, version.c.nct_id == answer.c.nct_id)
    query = query.where(answer.c.scope.not_in(select(scope.c.scope)), answer.c.scope.in_(rules.kinds))
    rows = [
        {"scope": name, "kind": rules.kinds[name], "starter": not any_live,
         "refreshed_at": at if asked and any_live else None}
        for name, any_live, at in connection.execute(query.group_by(answer.c.scope))
    ]  # fmt: skip
    if rows:
        insert(connection, scope, rows)
