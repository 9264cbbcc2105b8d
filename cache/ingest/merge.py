"""One scope's staged answer becomes what the store holds, a few hundred trials at a time so that memory stays flat.

Runs inside the one transaction of ``cache.ingest.keep.keep``.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, insert, update

from cache.ingest.chunk import Chunk, next_chunk
from cache.ingest.derive import Derived, Rules, derived
from cache.ingest.events import Events
from cache.ingest.matches import bodies, replace_matches
from cache.store.packing import unpack
from cache.store.schema import answer, study, version
from cache.store.upsert import upsert
from fetchers.record.study import Study, decode_study


@dataclass
class Merge:
    """The staged answer of one scope on its way into the store; ``run`` once."""

    connection: Connection
    refresh_id: int
    scope: str
    rules: Rules
    events: Events
    registry_timestamp: str | None
    studies: int = 0
    new: int = 0
    changed: int = 0

    @property
    def at(self) -> str:
        return self.events.at

    def run(self) -> None:
        """Take over every staged trial, in NCT order."""
        last = ""
        while (chunk := next_chunk(self.connection, self.refresh_id, self.scope, last)) is not None:
            last = chunk.last
            self.studies += len(chunk.arrivals)
            self.new += sum(not chunk.held(nct_id) for nct_id in chunk.arrivals)
            self._take(chunk)

    def _take(self, chunk: Chunk) -> None:
        made = derived(self.connection, chunk, chunk.work(rematch=self.rules.rematch), self.rules)
        differing = [nct_id for nct_id in made if chunk.differs(nct_id)]
        self._tell(chunk, differing)
        self._write_versions(chunk, differing, made)
        upsert(self.connection, study, [self._study_row(chunk, one) for one in made.values()])
        if made:
            replace_matches(self.connection, {nct_id: one.matches for nct_id, one in made.items()})
        touched = [nct_id for nct_id in chunk.arrivals if nct_id not in made]
        if touched:
            fresh = update(study).where(study.c.nct_id.in_(touched)).values(fetched_at=self.at, left_registry=None)
            self.connection.execute(fresh)
        upsert(self.connection, answer, [self._answer_row(chunk, nct_id) for nct_id in chunk.arrivals])

    def _tell(self, chunk: Chunk, differing: list[str]) -> None:
        """Note the events of this chunk; starter versions are never compared with live ones."""
        moved = {nct_id: chunk.newest[nct_id] for nct_id in differing if chunk.is_live(nct_id)}
        self.changed += len(moved)
        before = bodies(self.connection, [one.id for one in moved.values()])
        for nct_id, one in moved.items():
            self.events.changed(decode_study(unpack(before[one.id])), _arrived(chunk, nct_id))
        for nct_id, stored in chunk.stored.items():
            if stored.left_registry is not None:
                self.events.returned(nct_id, stored.left_registry)
        if not self.rules.baseline:
            fresh = [nct_id for nct_id in chunk.arrivals if chunk.before(nct_id) is None]
            self.events.appeared({nct_id: _arrived(chunk, nct_id) for nct_id in fresh if chunk.arrivals[nct_id].body})
        self.events.write()

    def _write_versions(self, chunk: Chunk, differing: list[str], made: dict[str, Derived]) -> None:
        starters = [nct_id for nct_id in differing if nct_id in chunk.newest and not chunk.is_live(nct_id)]
        if starters:
            old = version.c.nct_id.in_(starters)
            self.connection.execute(delete(version).where(old, version.c.origin == "starter"))
        rows = [
            {
                "nct_id": nct_id,
                "origin": "live",
                "body_hash": chunk.body_hash(nct_id),
                "registry_date": made[nct_id].facts["last_update_posted"],
                "registry_timestamp": self.registry_timestamp,
                "seen_at": self.at,
                "body": chunk.arrivals[nct_id].body,
            }
            for nct_id in differing
        ]
        if rows:
            self.connection.execute(insert(version), rows)

    def _study_row(self, chunk: Chunk, made: Derived) -> dict[str, Any]:
        stored = chunk.stored.get(made.facts["nct_id"])
        return made.facts | {
            "first_seen": stored.first_seen if stored and stored.origin == "live" else self.at,
            "fetched_at": self.at,
            "left_registry": None,
        }

    def _answer_row(self, chunk: Chunk, nct_id: str) -> dict[str, Any]:
        before = chunk.before(nct_id)
        return {
            "scope": self.scope,
            "nct_id": nct_id,
            "origin": "live",
            "asked": chunk.arrivals[nct_id].asked,
            "first_seen": before.first_seen if before else self.at,
            "ended_at": None,
        }


def _arrived(chunk: Chunk, nct_id: str) -> Study:
    return decode_study(unpack(chunk.arrivals[nct_id].body or b""))
