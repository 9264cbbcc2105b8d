"""The end of an answer: taken over or thrown away in one transaction. ``cache.ingest.staging`` collects it before."""

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Literal, NamedTuple

from sqlalchemy import Connection, delete, func, insert, select, update

from cache.ingest.derive import rules_for
from cache.ingest.events import Events
from cache.ingest.leavers import drop_starter, end_answers
from cache.ingest.merge import Merge
from cache.ingest.staging import Staging
from cache.store.batches import batches
from cache.store.held import held_live
from cache.store.schema import answer, study
from cache.store.schema import scope as scopes
from cache.store.schema import set_aside as aside
from cache.store.store import Store, bump, timestamp, utcnow
from cache.store.upsert import upsert
from fetchers.matching.matcher import Matcher

Kind = Literal["agent", "sweep", "results"]


class ScopeReport(NamedTuple):
    """What keeping one answer did, in trials."""

    studies: int  # the answer holds
    new: int  # this scope did not hold before
    changed: int  # whose record differs from the newest version stored before
    left: int  # this scope holds no more
    set_aside: int  # records that could not be read
    unreadable: int = 0  # trials of which a part could not be read


def keep(
    staging: Staging,
    kind: Kind,
    matcher: Matcher,
    *,
    registry_timestamp: str | None,
    question: str,
    full: bool,
    vanished: Collection[str],
    now: Callable[[], datetime] = utcnow,
) -> ScopeReport:
    """Take over a staged answer: records, versions, matches, events, and the trials it lacks.

    ``vanished`` are trials of which the registry has said that it no longer has them; only those among ``leavers``
    count. All other leavers merely stop belonging to this scope. ``question`` is the fingerprint of what shaped the
    answer: when it differs from the last one, every match is computed anew. ``full``: every record was asked for.
    """
    scope = staging.scope
    with staging.store.writing() as connection:
        rules, before = rules_for(connection, scope, kind, matcher, question), staging.before(connection)
        events = Events(connection, staging.refresh_id, timestamp(now()), registry_timestamp)
        _note_unseen(connection, staging, before.unseen)
        _write_scope(connection, scope, kind, full=full, at=events.at, question=question, timestamp=registry_timestamp)
        merge = Merge(connection, staging, before, rules, events, registry_timestamp)
        merge.run()
        left = end_answers(connection, staging, before.unseen, matcher, vanished=vanished, events=events)
        events.write()
        if rules.baseline:
            drop_starter(connection, scope, matcher)
        aside_now, cut = _count_aside(connection, staging, {*before.cut, *merge.cut}, events.at)
        report = ScopeReport(merge.studies, merge.new, merge.changed, left, aside_now, cut)
        bump(connection)
    return report


def fail(
    store: Store,
    refresh_id: int,
    scope: str,
    error: str,
    *,
    kind: Kind = "agent",
    now: Callable[[], datetime] = utcnow,
) -> None:
    """Note why ``scope`` has no new answer and forget what it set aside meanwhile; the old answer stands untouched.

    ``kind`` is only needed for a scope the store does not know yet.
    """
    with store.writing() as connection:
        connection.execute(delete(aside).where(aside.c.refresh_id == refresh_id, aside.c.scope == scope))
        told = {"error": error, "error_at": timestamp(now())}
        result = connection.execute(update(scopes).where(scopes.c.scope == scope).values(**told))
        if not result.rowcount:
            connection.execute(insert(scopes).values(scope=scope, kind=kind, starter=False, **told))
        bump(connection)


def _write_scope(
    connection: Connection, scope: str, kind: Kind, *, full: bool, at: str, question: str, timestamp: str | None
) -> None:
    row = {
        "scope": scope,
        "kind": kind,
        "starter": False,
        "refreshed_at": at,
        "registry_timestamp": timestamp,
        "question": question,
        "error": None,
        "error_at": None,
    }
    if full:
        row["asked_in_full_at"] = at
    upsert(connection, scopes, [row])


def _note_unseen(connection: Connection, staging: Staging, unseen: Collection[str]) -> None:
    """Write into the rows of trials that did not come this time when they were last read.

    Of all others that is the last refresh of a scope that holds them, so their rows are not written again.
    """
    if not unseen:
        return
    mine = (aside.c.scope == staging.scope, aside.c.refresh_id.is_distinct_from(staging.refresh_id))
    missed = set(connection.scalars(select(aside.c.nct_id).where(*mine)))
    before = connection.scalar(select(scopes.c.refreshed_at).where(scopes.c.scope == staging.scope))
    if before is not None and None not in missed:
        _seen(connection, {*unseen} - missed, before)


def _seen(connection: Connection, nct_ids: Collection[str], at: str) -> None:
    for ids in batches(nct_ids):
        older = (study.c.nct_id.in_(ids), study.c.origin == "live", study.c.fetched_at < at)
        connection.execute(update(study).where(*older).values(fetched_at=at))


def _count_aside(connection: Connection, staging: Staging, cut: Collection[str], at: str) -> tuple[int, int]:
    """Delete the records set aside by earlier answers or read in the end by this one. ``cut``: the trials of which a
    part could not be read, at the time before or now.

    Returns how many records of this answer could not be read, and of how many trials a part could not.
    """
    scope = staging.scope
    connection.execute(
        delete(aside).where(aside.c.scope == scope, aside.c.refresh_id.is_distinct_from(staging.refresh_id))
    )
    missed = list(connection.scalars(select(aside.c.nct_id).where(aside.c.scope == scope)))
    for ids in batches([nct_id for nct_id in missed if nct_id in staging.ids]):
        connection.execute(delete(aside).where(aside.c.scope == scope, aside.c.nct_id.in_(ids)))
    if None in missed:  # which trials did not come cannot be told from the notes alone
        _seen(connection, staging.ids, at)
    records = select(func.count()).select_from(aside).where(aside.c.scope == scope)
    still = select(func.count()).select_from(answer).join(study, answer.c.nct_id == study.c.nct_id)
    still = still.where(*held_live(scope), study.c.origin == "live", study.c.note.is_not(None))
    unreadable = (connection.scalars(still.where(answer.c.nct_id.in_(ids))).one() for ids in batches(cut))
    return connection.scalars(records).one(), sum(unreadable)
