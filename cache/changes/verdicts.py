"""Changes of verdicts: what the rules say of a claim now and said before, as changes among the others.

A change is told of one trial: of those that entered or left the claim's evidence the one that moved last. The first
judgement of a store is a baseline, and so is the first by other rules or another watch-list, and the first that rests
on the registry and not on the starter: none of these is something that happened in the registry.
"""

import json
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, func, select

from cache.snapshot.place import JUDGED
from cache.store import seal
from cache.store.schema import event, meta
from cache.store.store import Store, bump, timestamp
from cache.store.upsert import insert

_NOT_ASKED = "not_asked"
_MOST_IDS = 50  # of one change; the page of the claim has all


class Judged(NamedTuple):
    """A verdict, and what it rests on. ``sample``: on the starter, at least in part."""

    verdict: str
    rule: str
    sample: bool
    ids: tuple[str, ...]


class Told(NamedTuple):
    """What a reader needs beside a verdict: the claim in our words, what the rule says, the date of the data."""

    words: str
    because: str
    registry_date: str | None


def note(
    store: Store,
    rules: str,
    judged: Mapping[str, Judged],
    told: Mapping[str, Told],
    *,
    version: int,
    now: datetime,
) -> list[str]:
    """Keep the verdicts by claim, and write a change for each that is another than before; the ids of those claims.

    ``rules``: the name of the rules they were judged by. ``version``: of the data they were judged by; when the store
    has gone on since, nothing is kept, for whoever changed it has the claims judged again.
    """
    with store.writing() as connection:
        if connection.scalar(select(meta.c.value).where(meta.c.key == "version")) != str(version):
            return []
        moved = _moved(_kept(connection, rules), judged)
        rows = [
            _row(connection, id, before, judged[id], told[id]) | {"seen_at": timestamp(now)}
            for id, before in moved.items()
        ]
        kept = {"rules": rules, "version": version + bool(rows), "claims": judged}
        seal.keep_aside(connection, JUDGED, json.dumps(kept))
        if rows:
            insert(connection, event, rows)
            bump(connection)
    return list(moved)


def standing(store: Store) -> dict[str, Judged]:
    """The verdicts by claim of the data as they are now; empty while the claims have not been judged by them."""
    with store.reading() as connection:
        found = connection.scalar(select(meta.c.value).where(meta.c.key == JUDGED))
    told: Mapping[str, Any] = json.loads(found) if found else {}
    return {id: Judged(*one) for id, one in told["claims"].items()} if told.get("version") == store.version() else {}


def _kept(connection: Connection, rules: str) -> dict[str, Judged]:
    """The last verdicts by these rules; empty when there are none."""
    found = connection.scalar(select(meta.c.value).where(meta.c.key == JUDGED))
    told: Mapping[str, Any] = json.loads(found) if found else {}
    return {id: Judged(*one) for id, one in told["claims"].items()} if told.get("rules") == rules else {}


def _moved(before: Mapping[str, Judged], now: Mapping[str, Judged]) -> dict[str, Judged]:
    """The claims whose verdict is another, with what it was; none of which one side was not asked of the registry."""
    return {
        id: before[id]
        for id, one in now.items()
        if id in before
        and before[id].verdict != one.verdict
        and not any(side.sample or side.verdict == _NOT_ASKED for side in (before[id], one))
        and (before[id].ids or one.ids)
    }


def _row(connection: Connection, claim: str, before: Judged, now: Judged, told: Told) -> dict[str, Any]:
    entered, left = sorted(set(now.ids) - set(before.ids)), sorted(set(before.ids) - set(now.ids))
    after = {"claim": claim, "words": told.words, "verdict": now.verdict, "rule": now.rule, "because": told.because}
    return {
        "nct_id": _last_moved(connection, entered + left or now.ids or before.ids),
        "kind": "verdict",
        "weight": "high",
        "registry_date": told.registry_date,
        "before": {"claim": claim, "verdict": before.verdict, "rule": before.rule},
        "after": after | {"entered": entered[:_MOST_IDS], "left": left[:_MOST_IDS]},
    }


def _last_moved(connection: Connection, ids: Collection[str]) -> str:
    """Of these trials the one whose change is the newest; without any, the one that was registered last."""
    newest = select(event.c.nct_id, func.max(event.c.id)).where(event.c.kind != "verdict").group_by(event.c.nct_id)
    found = {nct_id: number for nct_id, number in connection.execute(newest) if nct_id in set(ids)}
    return max(ids, key=lambda nct_id: (found.get(nct_id, 0), nct_id))
