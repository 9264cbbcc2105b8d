"""The rows of every table of the data set, read from the store a batch at a time."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import select

from cache.bulk.imported import imported
from cache.changes.changelog import changelog
from cache.changes.verdicts import standing
from cache.codes import NOT_RECORDED
from cache.export import nearest, outcomes, trials
from cache.export.dataset.values import Row
from cache.filters.select import among
from cache.read.frames import plain_rows
from cache.read.freshness import scope_rows
from cache.read.results import posted
from cache.read.versions import FACTS, facts
from cache.store.batches import batches
from cache.store.bodies import tried
from cache.store.schema import REGISTRY_NAME, REGISTRY_SCOPE, event, version
from cache.store.store import Store
from fetchers.watchlist.model import Watchlist

_AT_ONCE = 1000  # rows
_RECORDS = 200  # whole records, or their results, that are in memory at once

_OF_A_CHANGE = ("id", "nct_id", "kind", "weight", "sentence", "registry_date", "seen_at", "claim")

Batches = Iterator[list[Row]]


class Source(NamedTuple):
    """What the tables are read from: one state of a store, and the trials that the data set is about."""

    store: Store
    watchlist: Watchlist
    viewed: trials.Viewed

    @property
    def ids(self) -> list[str]:
        return list(self.viewed.trials["nct_id"])


def _trials(source: Source) -> Batches:
    shown, nobody = source.viewed.trials, source.viewed.matches.iloc[:0]
    for start in range(0, len(shown), _AT_ONCE):
        rows = trials.records(shown.iloc[start : start + _AT_ONCE], nobody)
        yield [
            row | {"status": row["overall_status"] or NOT_RECORDED} | nearest.columns(row["nct_id"], source.viewed.near)
            for row in rows
        ]


def _trial_agents(source: Source) -> Batches:
    names = {agent.id: agent.name for agent in source.watchlist.agents}
    why = source.viewed.matches
    why = why[among(why["nct_id"], source.viewed.trials["nct_id"])]
    why = why[["nct_id", "agent", "tier", "role", "found_by", "found_in"]]
    for start in range(0, len(why), _AT_ONCE):
        rows = plain_rows(why.iloc[start : start + _AT_ONCE])
        yield [row | {"agent_name": names.get(row["agent"])} for row in rows]


def _outcomes(source: Source) -> Batches:
    for ids in batches(source.ids, _RECORDS):
        yield list(outcomes.rows(posted(source.store, ids).values()))


def _events(source: Source) -> Batches:
    """In the order in which they were seen, so by number, a page at a time."""
    wanted, last = set(source.ids), 0
    columns = select(event.c.id, event.c.nct_id).order_by(event.c.id).limit(_AT_ONCE)
    while True:
        with source.store.reading() as connection:
            page = connection.execute(columns.where(event.c.id > last)).all()
        if not page:
            return
        last = page[-1].id
        ids = [row.id for row in page if row.nct_id in wanted]
        found = changelog(source.store, ids=ids) if ids else []
        yield [
            {name: getattr(one, name) for name in _OF_A_CHANGE}
            | {"before": _json(one.before), "after": _json(one.after), "year": int(one.seen_at[:4])}
            for one in reversed(found)
        ]


def _json(value: Any) -> str | None:
    return None if value is None else msgspec.json.encode(value).decode()


def _versions(source: Source) -> Batches:
    names = ("id", "nct_id", "origin", "body_hash", "registry_date", "registry_timestamp", "seen_at")
    columns = select(*(version.c[name] for name in names), version.c.body).order_by(version.c.nct_id, version.c.id)
    for ids in batches(source.ids, _RECORDS):
        with source.store.reading() as connection:
            found = connection.execute(columns.where(version.c.nct_id.in_(ids))).all()
            made = tried(connection, {row.id: row.body for row in found})
        newest = {row.nct_id: row.id for row in found}  # the last of each trial stays
        yield [
            {name: getattr(row, name) for name in names}
            | dict(zip(FACTS, facts(made[row.id], source.store.place, row.nct_id), strict=True))
            | {"newest": newest[row.nct_id] == row.id}
            for row in found
        ]


def _claims(source: Source) -> Batches:
    """Judged over all trials, whatever the data set is narrowed to."""
    verdicts = standing(source.store)
    rows = []
    for one in source.watchlist.claims:
        named = [name for name in (one.agent, *one.agents) if name]
        groups = [name for name in (one.condition, *one.conditions) if name]
        judged = verdicts.get(one.id)
        told = judged._asdict() | {"evidence": len(judged.ids)} if judged else {}
        about = {"claim": one.id, "document": one.document, "words": one.words, "kind": one.kind}
        rows.append(about | {"agents": named, "condition_groups": groups, "checkable": one.checkable} | told)
    yield rows


def _claim_trials(source: Source) -> Batches:
    wanted = set(source.ids)
    for claim, one in standing(source.store).items():
        yield [{"claim": claim, "nct_id": nct_id} for nct_id in one.ids if nct_id in wanted]


def _scopes(source: Source) -> Batches:
    rows = [row._asdict() for row in scope_rows(source.store, source.watchlist)]
    file = imported(source.store)
    if file:
        own = {"scope": REGISTRY_SCOPE, "name": REGISTRY_NAME, "kind": "file", "starter": False}
        rows.append(own | {"refreshed_at": file["imported_at"], "registry_timestamp": file["registry_timestamp"]})
    yield rows


# By the name of the table.
READERS: Mapping[str, Callable[[Source], Batches]] = {
    "trials": _trials, "trial_agents": _trial_agents, "outcomes": _outcomes, "events": _events, "versions": _versions,
    "claims": _claims, "claim_trials": _claim_trials, "scopes": _scopes,
}  # fmt: skip
