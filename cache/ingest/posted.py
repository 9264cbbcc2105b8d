"""Posted results on their way into the store: which are wanted, which are due, and what an answer makes of them.

Rows are written batch by batch, each in a transaction of its own, so a step that stops goes on where it stopped.
"""

import hashlib
import json
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, func, select, update

from cache.changes.primary_results import changed
from cache.ingest.events import Events
from cache.store.batches import batches
from cache.store.packing import hash_of, pack, unpack
from cache.store.schema import RESULTS_SCOPE, match, meta, result, result_version, scope, study
from cache.store.store import Store, bump, timestamp, utcnow
from cache.store.upsert import insert, upsert
from fetchers.record.results import Results, decode_results
from fetchers.registry.result_fields import RESULT_FIELDS

SCOPE = RESULTS_SCOPE
NAME = "Posted results"  # of the scope, for people
# Results that were read with another list of fields are read anew.
QUESTION = hashlib.sha256(RESULT_FIELDS.encode()).hexdigest()[:32]


class Wanted(NamedTuple):
    """A trial whose results are wanted, with its record's dates; ``body_hash``: of the results that are stored."""

    nct_id: str
    results_first_posted: str | None
    last_update_posted: str | None
    body_hash: str | None
    failed: bool  # the last attempt
    due: bool  # never asked for, or its record has moved since it was read


class Kept(NamedTuple):
    """What one batch brought, in trials."""

    new: int = 0
    changed: int = 0
    failed: int = 0


class Cost(NamedTuple):
    """What reading results cost over the wire: the last step, and (end, requests, bytes) of each batch of late."""

    requests: int = 0
    bytes: int = 0
    batches: Sequence[Sequence[Any]] = ()


def wanted(store: Store, agents: Collection[str], conditions: Collection[str], *, others: bool) -> list[Wanted]:
    """The live trials given any of the agents whose results the registry posts, in the order they are asked for: those
    about ``conditions``, the ``others`` only when they are asked for; what failed the last time comes last."""
    given = select(match.c.nct_id).where(match.c.tier == "given", match.c.agent.in_(agents))
    read_for = (result.c.results_first_posted, result.c.last_update_posted, result.c.question)
    query = (
        select(study.c.nct_id, study.c.results_first_posted, study.c.last_update_posted, study.c.condition_groups)
        .add_columns(result.c.body_hash, result.c.error, *(column.label(f"read_{column.name}") for column in read_for))
        .join_from(study, result, study.c.nct_id == result.c.nct_id, isouter=True)
        .where(study.c.has_results, study.c.origin == "live", study.c.left_registry.is_(None))
        .where(study.c.nct_id.in_(given))
    )
    with store.reading() as connection:
        rows = connection.execute(query).all()
    inside = {row.nct_id: not set(row.condition_groups).isdisjoint(conditions) for row in rows}
    found = [_wanted(row) for row in rows if others or inside[row.nct_id]]
    return sorted(found, key=lambda one: (not inside[one.nct_id], one.failed, one.nct_id))


def _wanted(row: Any) -> Wanted:
    now = (row.results_first_posted, row.last_update_posted, QUESTION)
    then = (row.read_results_first_posted, row.read_last_update_posted, row.read_question)
    return Wanted(
        row.nct_id, *now[:2], row.body_hash, failed=row.error is not None, due=row.error is None and now != then
    )


def note_wanted(store: Store, nct_ids: Collection[str], *, all_agents: bool) -> None:
    """Write down whose results are wanted; with ``all_agents`` nobody else's are."""
    with store.writing() as connection:
        known = {row[0]: row[1] for row in connection.execute(select(result.c.nct_id, result.c.wanted))}
        fresh = [nct_id for nct_id in nct_ids if nct_id not in known]
        switched = {nct_id: True for nct_id in nct_ids if known.get(nct_id) is False}
        if all_agents:
            switched |= dict.fromkeys((one for one, was in known.items() if was and one not in set(nct_ids)), False)
        if not fresh and not switched:
            return
        if fresh:
            insert(connection, result, [{"nct_id": nct_id, "wanted": True} for nct_id in fresh])
        for value in (True, False):
            for some in batches([nct_id for nct_id, now in switched.items() if now is value]):
                connection.execute(update(result).where(result.c.nct_id.in_(some)).values(wanted=value))
        bump(connection)


def keep(
    store: Store,
    refresh_id: int,
    asked: Sequence[Wanted],
    answers: Mapping[str, Results | str],
    cost: Cost,
    *,
    now: Callable[[], datetime] = utcnow,
) -> Kept:
    """Take over what came of one batch and note its cost: results, or the reason why there are none; then those that
    were read before stay."""
    at = timestamp(now())
    with store.writing() as connection:
        events = Events(connection, refresh_id, at, None)
        rows, versions, kept = [], [], Kept()
        before = _bodies(connection, [one.nct_id for one in asked if one.body_hash])
        for one in asked:
            answer = answers[one.nct_id]
            if isinstance(answer, str):
                rows.append({"nct_id": one.nct_id, "error": answer, "error_at": at})
                kept = kept._replace(failed=kept.failed + 1)
                continue
            body = answer.body()
            body_hash = hash_of(body)
            rows.append(_read_row(one, body_hash, at))
            if body_hash == one.body_hash:
                continue
            versions.append(_version_row(one, body, at))
            kept = kept._replace(new=kept.new + (not one.body_hash), changed=kept.changed + bool(one.body_hash))
            if one.nct_id in before:
                facts = {"nct_id": one.nct_id, "last_update_posted": one.last_update_posted}
                events.changed(facts, changed(before[one.nct_id], answer))
        for row in rows:
            connection.execute(update(result).where(result.c.nct_id == row.pop("nct_id")).values(**row))
        if versions:
            insert(connection, result_version, versions)
        events.write()
        upsert(connection, meta, [{"key": SCOPE, "value": json.dumps(cost._asdict())}])
        bump(connection)
    return kept


def _version_row(one: Wanted, body: bytes, at: str) -> dict[str, Any]:
    dates = {"registry_date": one.last_update_posted, "seen_at": at}
    return {"nct_id": one.nct_id, "body_hash": hash_of(body), "body": pack(body), **dates}


def _read_row(one: Wanted, body_hash: str, at: str) -> dict[str, Any]:
    dates = {"results_first_posted": one.results_first_posted, "last_update_posted": one.last_update_posted}
    told = {"body_hash": body_hash, "question": QUESTION, "read_at": at, "error": None, "error_at": None}
    return {"nct_id": one.nct_id, **dates, **told}


def _bodies(connection: Connection, nct_ids: Collection[str]) -> dict[str, Results]:
    newest = select(func.max(result_version.c.id)).where(result_version.c.nct_id.in_(nct_ids))
    newest = newest.group_by(result_version.c.nct_id)
    query = select(result_version.c.nct_id, result_version.c.body).where(result_version.c.id.in_(newest))
    return {nct_id: decode_results(unpack(body)) for nct_id, body in connection.execute(query)}


def cost(store: Store) -> Cost:
    """What the last step cost, and each batch of late."""
    with store.reading() as connection:
        told = connection.scalar(select(meta.c.value).where(meta.c.key == SCOPE))
    return Cost(**json.loads(told)) if told else Cost()


def number_read(store: Store) -> int:
    """Of how many trials whose results are wanted some are stored."""
    with store.reading() as connection:
        return connection.scalars(select(func.count(result.c.body_hash)).where(result.c.wanted)).one()


def end(store: Store, *, complete: bool, error: str | None, registry_timestamp: str | None, at: str) -> None:
    """Write the state of the scope after a step that did not fail; ``error``: why it left something for later."""
    row: dict[str, Any] = {"scope": SCOPE, "kind": "results", "starter": False, "error": error}
    row |= {"error_at": at if error else None, "registry_timestamp": registry_timestamp if complete else None}
    if complete:
        row |= {"refreshed_at": at, "question": QUESTION}
    with store.writing() as connection:
        upsert(connection, scope, [row])
        bump(connection)
