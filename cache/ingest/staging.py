"""An answer while it is collected, page by page in short transactions; no reader sees it until it is kept."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, delete, exists, insert, select

from cache.ingest.derive import Hashed, Rules, derive_ahead
from cache.store.packing import hash_of, pack
from cache.store.schema import answer, staged, study, version
from cache.store.schema import set_aside as aside
from cache.store.store import Store, timestamp, utcnow
from fetchers.record.study import Study
from fetchers.registry.pages import SetAside


class Known(NamedTuple):
    """What a slim sweep compares a trial with."""

    last_update_posted: str | None
    overall_status: str | None
    has_results: bool | None


def stage(
    store: Store, refresh_id: int, scope: str, query_id: str, studies: Iterable[Study], rules: Rules | None = None
) -> None:
    """Put one page of records aside for ``scope``, with what follows from them. Nothing a reader sees changes.

    Without rules (``cache.ingest.derive.rules_for``) nothing is derived yet; ``keep`` then has it to do.
    """
    common = {"refresh_id": refresh_id, "scope": scope, "query": query_id}
    rows: list[dict[str, object]] = []
    records: dict[str, Hashed] = {}
    for record in studies:
        body = record.body()
        records[record.nct_id] = hashed = Hashed(record, hash_of(body))
        rows.append(common | {"nct_id": record.nct_id, "body_hash": hashed.body_hash, "body": pack(body)})
    derived = derive_ahead(store, scope, records, rules) if rules and records else {}
    _insert(store, [row | {"prepared": derived.get(str(row["nct_id"]))} for row in rows])


def stage_unchanged(store: Store, refresh_id: int, scope: str, query_id: str, nct_ids: Iterable[str]) -> None:
    """Note that the registry returned these trials, unchanged since they were stored (see ``known``)."""
    common = {"refresh_id": refresh_id, "scope": scope, "query": query_id, "body_hash": None, "body": None}
    _insert(store, [{"nct_id": nct_id} | common for nct_id in nct_ids])


def _insert(store: Store, rows: list[dict[str, object]]) -> None:
    if rows:
        with store.writing() as connection:
            connection.execute(insert(staged), rows)


def set_aside(
    store: Store,
    refresh_id: int,
    scope: str,
    records: Iterable[SetAside],
    *,
    now: Callable[[], datetime] = utcnow,
) -> None:
    """Keep the reasons why records could not be read. One with an id is noted once for a scope and refresh, one
    without as often as it is given."""
    given = list(records)
    if not given:
        return
    mine = (aside.c.refresh_id == refresh_id, aside.c.scope == scope)
    seen_at = timestamp(now())
    with store.writing() as connection:
        noted = set(connection.scalars(select(aside.c.nct_id).where(*mine, aside.c.nct_id.is_not(None))))
        rows = []
        for record in given:
            if record.nct_id is None or record.nct_id not in noted:
                row = {"refresh_id": refresh_id, "scope": scope, "seen_at": seen_at}
                rows.append(row | {"nct_id": record.nct_id, "reason": record.reason})
                noted.add(record.nct_id)
        if rows:
            connection.execute(insert(aside), rows)


def known(store: Store, scope: str) -> dict[str, Known]:
    """The live trials this scope holds, by NCT id.

    Left out, and so asked for again, are those whose record we lack (a rescued store), that were set aside the last
    time, or of which a part could not be read; all of them, when one without an id was set aside: it may be any.
    """
    unread = select(aside.c.nct_id).where(aside.c.scope == scope, aside.c.nct_id.is_not(None))
    nameless = exists().where(aside.c.scope == scope, aside.c.nct_id.is_(None))
    have_body = exists().where(version.c.nct_id == study.c.nct_id, version.c.body_hash == study.c.body_hash)
    query = (
        select(study.c.nct_id, study.c.last_update_posted, study.c.overall_status, study.c.has_results)
        .join_from(answer, study, answer.c.nct_id == study.c.nct_id)
        .where(*held_live(scope), study.c.origin == "live", have_body)
        .where(study.c.note.is_(None), study.c.nct_id.not_in(unread), ~nameless)
    )
    with store.reading() as connection:
        return {nct_id: Known(*values) for nct_id, *values in connection.execute(query)}


def leavers(store: Store, refresh_id: int, scope: str) -> tuple[str, ...]:
    """Live trials this scope holds that the staged answer lacks, sorted.

    A trial whose record was set aside has not left; and when the id of such a record could not be read, it may be any
    trial, so none has left.
    """
    with store.reading() as connection:
        return left_out(connection, refresh_id, scope)


def left_out(connection: Connection, refresh_id: int, scope: str) -> tuple[str, ...]:
    """``leavers`` inside a transaction."""
    explained = set(
        connection.scalars(select(aside.c.nct_id).where(aside.c.refresh_id == refresh_id, aside.c.scope == scope))
    )
    if None in explained:
        return ()
    here = exists().where(
        staged.c.refresh_id == refresh_id, staged.c.scope == scope, staged.c.nct_id == answer.c.nct_id
    )
    query = select(answer.c.nct_id).where(*held_live(scope), ~here).order_by(answer.c.nct_id)
    return tuple(nct_id for nct_id in connection.scalars(query) if nct_id not in explained)


def held_live(scope: str) -> tuple[ColumnElement[bool], ...]:
    """Conditions on ``answer``: what the registry's last answer for this scope holds."""
    return (answer.c.scope == scope, answer.c.origin == "live", answer.c.ended_at.is_(None))


def forget(connection: Connection, scope: str) -> None:
    """Drop what is staged for ``scope``, also by a refresh that died: only one runs at a time."""
    connection.execute(delete(staged).where(staged.c.scope == scope))
