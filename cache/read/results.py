"""Posted results as they are stored, and how far reading them has come: read-only."""

import json
from collections.abc import Iterable
from typing import Any, Literal, NamedTuple

from sqlalchemy import Row, and_, func, or_, select

from cache.store.batches import batches
from cache.store.errors import Damaged
from cache.store.packing import BrokenBody, unpack
from cache.store.schema import RESULTS_SCOPE, meta, result, result_version, scope, study
from cache.store.store import Store
from fetchers.errors import Parsing
from fetchers.record.results import Results, decode_results

SCOPE = RESULTS_SCOPE
WITHDRAWN = "The registry no longer posts results of this trial; these are the last that were read."


class Posted(NamedTuple):
    """What is known of the posted results of one trial.

    ``read``: there are ``results``; ``error`` then says why they could not be read anew, or that the registry has
    withdrawn them since. ``failed``: asked for, never read, and ``error`` says why. ``registry_date``: the last update
    of the record they were read from, as the registry wrote it.
    """

    nct_id: str
    state: Literal["read", "failed", "not_asked"]
    results: Results | None
    read_at: str | None
    registry_date: str | None
    error: str | None


class ResultsState(NamedTuple):
    """How far reading has come: of the trials whose results are wanted, how many are read, how many failed.

    A trial can be both: its earlier results are shown. ``refreshed_at``: since when all of them have been asked for;
    ``error``: why the last step ended early, be it a failure or its budget; ``bytes`` and ``requests`` of that step.
    """

    wanted: int
    read: int
    failed: int
    refreshed_at: str | None
    error: str | None
    bytes: int
    requests: int


def posted(store: Store, nct_ids: Iterable[str]) -> dict[str, Posted]:
    """The results of each of these trials that is stored here. Raises Damaged for some that cannot be read back."""
    found: dict[str, Posted] = {}
    for ids in batches(list(dict.fromkeys(nct_ids))):
        newest = select(func.max(result_version.c.id)).where(result_version.c.nct_id.in_(ids))
        newest = newest.group_by(result_version.c.nct_id)
        query = (
            select(study.c.nct_id, study.c.has_results, result.c.read_at, result.c.last_update_posted, result.c.error)
            .add_columns(result_version.c.body)
            .join_from(study, result, study.c.nct_id == result.c.nct_id, isouter=True)
            .join(
                result_version,
                (result_version.c.nct_id == result.c.nct_id) & result_version.c.id.in_(newest.scalar_subquery()),
                isouter=True,
            )
            .where(study.c.nct_id.in_(ids))
            .order_by(study.c.nct_id)
        )
        with store.reading() as connection:
            rows = connection.execute(query).all()
        found |= {row.nct_id: _posted(store, row) for row in rows}
    return found


def state(store: Store) -> ResultsState:
    """How far reading posted results has come, over all trials whose results the last refresh wanted."""
    counted = select(func.count(), func.count(result.c.body_hash), func.count(result.c.error)).where(result.c.wanted)
    told = select(scope.c.refreshed_at, scope.c.error).where(scope.c.scope == SCOPE)
    with store.reading() as connection:
        numbers = connection.execute(counted).one()
        refreshed_at, error = connection.execute(told).first() or (None, None)
        cost = json.loads(connection.scalar(select(meta.c.value).where(meta.c.key == SCOPE)) or "{}")
    return ResultsState(*numbers, refreshed_at, error, cost.get("bytes", 0), cost.get("requests", 0))


def spent_since(store: Store, since: str) -> tuple[int, int]:
    """Requests and bytes that posted results have cost after a moment (UTC) of the last hour."""
    with store.reading() as connection:
        cost = json.loads(connection.scalar(select(meta.c.value).where(meta.c.key == SCOPE)) or "{}")
    late = [(requests, size) for at, requests, size in cost.get("batches", ()) if at > since]
    return sum(requests for requests, _ in late), sum(size for _, size in late)


class Failure(NamedTuple):
    """Why the results of a trial are not there, or not the newest, and since when (UTC); None where no attempt tells.
    ``older``: earlier ones are shown."""

    nct_id: str
    reason: str
    at: str | None
    older: bool


def failures(store: Store) -> list[Failure]:
    """The trials whose results are wanted and could not be read at the last attempt, and those whose results were
    withdrawn after they had been read; by NCT id."""
    stored = result.c.body_hash.is_not(None)
    withdrawn = and_(stored, study.c.has_results.is_(False), study.c.left_registry.is_(None))
    query = (
        select(result.c.nct_id, result.c.error, result.c.error_at, stored.label("older"), withdrawn.label("withdrawn"))
        .join_from(result, study, study.c.nct_id == result.c.nct_id)
        .where(or_(and_(result.c.wanted, result.c.error.is_not(None)), withdrawn))
        .order_by(result.c.nct_id)
    )
    with store.reading() as connection:
        rows = connection.execute(query).all()
    return [
        Failure(row.nct_id, WITHDRAWN, None, older=True)
        if row.withdrawn
        else Failure(row.nct_id, row.error, row.error_at, older=bool(row.older))
        for row in rows
    ]


def said(state: ResultsState) -> str:
    """How far it has come, in a few words; a number before its noun."""
    if not state.wanted:
        return "results: none asked for yet" if state.refreshed_at is None else "results: none to read"
    failed = f", {state.failed:,} could not be read" if state.failed else ""
    return f"results: {state.read:,} of {state.wanted:,} read{failed}"


def _posted(store: Store, row: Row[Any]) -> Posted:
    if row.body is None:
        return Posted(row.nct_id, "failed" if row.error else "not_asked", None, None, None, row.error)
    try:
        results = decode_results(unpack(row.body))
    except (Parsing, BrokenBody) as error:
        raise Damaged(
            f"The store {store.place} is damaged (the results of {row.nct_id} cannot be read: {error})."
        ) from error
    reason = WITHDRAWN if row.has_results is False else row.error
    return Posted(row.nct_id, "read", results, row.read_at, row.last_update_posted, reason)
