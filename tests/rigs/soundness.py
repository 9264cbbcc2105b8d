"""What a store holds that no accident may cost, and what must hold after every one of them."""

import itertools
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from cache.changes.differences import WHOLE, differences
from cache.refresh.plan import plan
from cache.store.bodies import whole
from cache.store.packing import hash_of
from cache.store.schema import answer, event, progress, refresh, scope, study, version
from cache.store.store import Store
from fetchers.matching.matcher import Matcher
from fetchers.record.study import Study, decode_study
from fetchers.registry.fields import FIELDS
from fetchers.registry.pages import decode_page
from fetchers.watchlist import load as watchlist
from tests.fake_registry import FakeRegistry
from tests.fake_registry.listing import Listing

WATCHLIST = watchlist.load()
MATCHER = Matcher(WATCHLIST)
SCOPES = plan(WATCHLIST, [], {})
Truth = dict[str, dict[str, str]]


class Violation(Exception):
    """A promise of the store was broken."""


def demand(true: bool, what: str) -> None:
    if not true:
        raise Violation(what)


@dataclass
class State:
    """What a store holds, as far as it may not be lost or halved."""

    held: dict[str, set[str]]  # scope -> ids
    loads: dict[str, str | None]  # scope -> the data load its answer is from
    hashes: dict[str, str]  # trial -> its record
    left: dict[str, str | None]
    versions: dict[int, tuple[Any, ...]]
    events: dict[int, tuple[Any, ...]]
    refreshes: list[tuple[int, str, str | None]]
    statuses: list[str]  # of the newest refresh's scopes


_BODY = list(version.c.keys()).index("body")


def state_of(store: Store) -> State:
    with store.reading() as connection:

        def rows(*columns: Any) -> list[Any]:
            return [tuple(row) for row in connection.execute(select(*columns))]

        held: dict[str, set[str]] = {name: set() for name in (one.scope for one in SCOPES)}
        for name, nct_id, ended in rows(answer.c.scope, answer.c.nct_id, answer.c.ended_at):
            if ended is None:
                held[name].add(nct_id)
        refreshes = sorted(rows(refresh.c.id, refresh.c.state, refresh.c.outcome))
        newest = refreshes[-1][0] if refreshes else 0
        live = [row for row in rows(*version.c) if row[2] == "live"]
        bodies = whole(connection, {row[0]: row[_BODY] for row in live})
        return State(
            held=held,
            loads=dict(rows(scope.c.scope, scope.c.registry_timestamp)),
            hashes=dict(rows(study.c.nct_id, study.c.body_hash)),
            left=dict(rows(study.c.nct_id, study.c.left_registry)),
            versions={row[0]: (*row[:_BODY], bodies[row[0]], *row[_BODY + 1 :]) for row in live},
            events={row[0]: row for row in ((*row[:4], *map(repr, row[4:])) for row in rows(*event.c))},
            refreshes=refreshes,
            statuses=[one for number, one in rows(progress.c.refresh_id, progress.c.status) if number == newest],
        )


def truth_of(fake: FakeRegistry) -> Truth:
    """What the registry holds for every scope, found without any socket: trial -> hash of its record."""
    listing, found = Listing(fake._holdings), {}
    for asked in SCOPES:
        records: dict[str, str] = {}
        for query in asked.queries:
            params = {query.parameter: query.value, "fields": FIELDS, "pageSize": "1000", "countTotal": "true"}
            page, _ = decode_page(listing.page(params).body())
            records |= {one.nct_id: hash_of(one.body()) for one in page.studies}
        found[asked.scope] = records
    return found


def judge(before: State, after: State, truth: Truth, load: str | None) -> None:
    """Nothing old is lost, and each scope shows the answer before or, from data load ``load``, the whole ``truth``."""
    demand(before.versions.items() <= after.versions.items(), "a version was lost or altered")
    demand(before.events.items() <= after.events.items(), "an event was lost or altered")
    for name, held in after.held.items():
        if after.loads[name] == before.loads[name]:
            demand(held == before.held[name], f"{name} was touched, but not as a whole")
        else:
            demand(after.loads[name] == load, f"{name} is from {after.loads[name]}, not from {load}")
            demand(held == set(truth[name]), f"{name} does not hold the new answer as a whole")
            stale = [nct_id for nct_id, digest in truth[name].items() if after.hashes[nct_id] != digest]
            demand(not stale, f"{name} holds {stale} with an old record")
    judge_history(after)


def judge_history(after: State) -> None:
    """The events are exactly the steps from version to version, each once; a verdict moves by many trials."""
    chains: dict[str, list[tuple[Any, ...]]] = {}
    for _, row in sorted(after.versions.items()):
        chains.setdefault(row[1], []).append(row)
    told: dict[str, list[str]] = {}
    for _, row in sorted(after.events.items()):
        if row[2] not in WHOLE and row[2] != "verdict":
            told.setdefault(row[1], []).append(row[2])
    for nct_id, chain in chains.items():
        pairs = list(itertools.pairwise(chain))
        demand(all(old[3] != new[3] for old, new in pairs), f"{nct_id} has the same version twice in a row")
        records = [(decode_study(old[_BODY]), decode_study(new[_BODY])) for old, new in pairs]
        steps = [one.kind for old, new in records for one in differences(old, new, in_focus=_in_focus(new))]
        demand(steps == told.get(nct_id, []), f"{nct_id}: events {told.get(nct_id)} for {steps}")


def _in_focus(record: Study) -> bool:
    return MATCHER.in_focus(MATCHER.condition_groups(record))
