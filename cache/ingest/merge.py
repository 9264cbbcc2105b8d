"""One scope's staged answer becomes what the store holds, a few hundred trials at a time so that memory stays flat.

Runs inside the one transaction of ``cache.ingest.keep.keep``.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, delete

from cache.ingest.derive import Arrival, Derived, Rules, derived
from cache.ingest.events import Events
from cache.ingest.matches import replace_matches
from cache.ingest.staging import Before, Staging
from cache.ingest.standing import Standing, standing
from cache.search import index
from cache.search.index import Words
from cache.store.bodies import after
from cache.store.schema import answer, study, version
from cache.store.upsert import insert, upsert


@dataclass
class Merge:
    """The staged answer of one scope on its way into the store; ``run`` once."""

    connection: Connection
    staging: Staging
    before: Before
    rules: Rules
    events: Events
    registry_timestamp: str | None
    studies: int = 0
    new: int = 0
    changed: int = 0
    cut: list[str] = field(default_factory=list)  # of which a part could not be read

    def run(self) -> None:
        """Take over every staged trial, in NCT order; what stands in the store as it came is not written again."""
        settled = set() if self.rules.rematch else self.before.settled
        self.studies = len(settled)
        for arrived in self.staging.arrivals(settled):
            self._take(arrived)

    def _take(self, arrived: Mapping[str, Arrival]) -> None:
        here = standing(self.connection, self.staging.scope, list(arrived))
        made = derived(self.connection, here, arrived, self.rules)
        self.studies += len(arrived)
        self.new += sum(not here.holds(nct_id) for nct_id in arrived)
        self._note_events(here, arrived, made)
        self._write_versions(here, arrived, made)
        upsert(self.connection, study, [self._study_row(here, one) for one in made.values()])
        if made:
            replace_matches(self.connection, {nct_id: one.matches for nct_id, one in made.items()})
            index.put(self.connection, {id: Words(one.facts["body_hash"], one.words) for id, one in made.items()})
        self.cut += [nct_id for nct_id, one in made.items() if one.facts["note"] is not None]
        moved = {nct_id: one for nct_id, one in arrived.items() if not here.answers_alike(nct_id, one.queries)}
        upsert(self.connection, answer, [self._answer_row(here, *one) for one in moved.items()])

    def _note_events(self, here: Standing, arrived: Mapping[str, Arrival], made: Mapping[str, Derived]) -> None:
        for nct_id, one in made.items():
            if here.changed(nct_id, arrived[nct_id].body_hash):
                self.changed += 1
                self.events.changed(one.facts, one.events)
        for nct_id, row in here.studies.items():
            if row.left_registry is not None:
                self.events.returned(nct_id, row.left_registry)
        if not self.rules.baseline:
            fresh = [nct_id for nct_id, one in arrived.items() if one.body and here.before(nct_id) is None]
            self.events.appeared([made[nct_id].facts for nct_id in fresh])
        self.events.write()

    def _write_versions(self, here: Standing, arrived: Mapping[str, Arrival], made: Mapping[str, Derived]) -> None:
        differing = [nct_id for nct_id in made if here.differs(nct_id, arrived[nct_id].body_hash)]
        starters = [nct_id for nct_id in differing if nct_id in here.newest and not here.is_live(nct_id)]
        if starters:
            old = version.c.nct_id.in_(starters)
            self.connection.execute(delete(version).where(old, version.c.origin == "starter"))
        packed = self._packed(here, arrived, differing)
        rows = [
            {
                "nct_id": nct_id,
                "origin": "live",
                "body_hash": arrived[nct_id].body_hash,
                "registry_date": made[nct_id].facts["last_update_posted"],
                "registry_timestamp": self.registry_timestamp,
                "seen_at": self.events.at,
                "body": packed[nct_id],
            }
            for nct_id in differing
        ]
        if rows:
            insert(self.connection, version, rows)

    def _packed(
        self, here: Standing, arrived: Mapping[str, Arrival], nct_ids: Collection[str]
    ) -> dict[str, bytes | None]:
        """The arrived bodies as they are stored: against the live version before, if there is one."""
        follows = {here.newest[nct_id].id: nct_id for nct_id in nct_ids if here.is_live(nct_id)}
        later = after(self.connection, {number: arrived[nct_id].body or b"" for number, nct_id in follows.items()})
        return {nct_id: arrived[nct_id].body for nct_id in nct_ids} | {
            follows[number]: body for number, body in later.items()
        }

    def _study_row(self, here: Standing, made: Derived) -> dict[str, Any]:
        row = here.studies.get(made.facts["nct_id"])
        return made.facts | {
            "first_seen": row.first_seen if row and row.origin == "live" else self.events.at,
            "fetched_at": self.events.at,
            "left_registry": None,
        }

    def _answer_row(self, here: Standing, nct_id: str, arrived: Arrival) -> dict[str, Any]:
        before = here.before(nct_id)
        return {
            "scope": self.staging.scope,
            "nct_id": nct_id,
            "origin": "live",
            "asked": arrived.queries,
            "first_seen": before.first_seen if before else self.events.at,
            "ended_at": None,
        }
