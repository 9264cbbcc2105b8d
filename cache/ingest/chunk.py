"""What is staged for a scope beside what the store knows of the same trials, a few hundred at a time."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import Connection, select

from cache.ingest.matches import Holder, Newest, bodies, newest
from cache.store.schema import answer, staged, study
from fetchers.errors import Incomplete

CHUNK = 500


class Arrival(NamedTuple):
    """What the staged rows of one trial say together; no body when a sweep saw it unchanged."""

    row_id: int
    asked: list[str]
    body_hash: str | None
    body: bytes | None
    prepared: bytes | None


class Stored(NamedTuple):
    """What the study table says of it."""

    origin: str
    first_seen: str
    left_registry: str | None


class Held(NamedTuple):
    """An answer row, ended or not."""

    scope: str
    origin: str
    first_seen: str
    ended_at: str | None


@dataclass(frozen=True)
class Chunk:
    """Some staged trials of a scope, in NCT order, with what the store knows of them."""

    scope: str
    arrivals: Mapping[str, Arrival]
    stored: Mapping[str, Stored]
    newest: Mapping[str, Newest]
    answers: Mapping[str, list[Held]]

    @property
    def last(self) -> str:
        return next(reversed(list(self.arrivals)))

    def holders(self, nct_id: str) -> list[Holder]:
        """The scopes that hold the trial now."""
        return [Holder(one.scope, one.origin) for one in self.answers.get(nct_id, ()) if one.ended_at is None]

    def holders_after(self, nct_id: str) -> list[Holder]:
        """The scopes that hold it once this answer is kept."""
        return [*(one for one in self.holders(nct_id) if one.scope != self.scope), Holder(self.scope, "live")]

    def held(self, nct_id: str) -> bool:
        """Whether this scope's last live answer holds the trial."""
        return Holder(self.scope, "live") in self.holders(nct_id)

    def before(self, nct_id: str) -> Held | None:
        """This scope's live answer row, also one that has ended."""
        rows = self.answers.get(nct_id, ())
        return next((one for one in rows if one.scope == self.scope and one.origin == "live"), None)

    def is_live(self, nct_id: str) -> bool:
        """Whether the newest stored version was read from the registry."""
        return nct_id in self.newest and self.newest[nct_id].origin == "live"

    def differs(self, nct_id: str) -> bool:
        """Whether the arrived body is another than the newest live one; a sweep's bodiless row is not."""
        arrived = self.arrivals[nct_id].body_hash
        if arrived is None:
            return False
        return not self.is_live(nct_id) or self.newest[nct_id].body_hash != arrived

    def work(self, *, rematch: bool) -> list[str]:
        """The trials whose row or matches may come out otherwise than they stand; all of them when ``rematch``."""
        return [nct_id for nct_id in self.arrivals if rematch or self.differs(nct_id) or not self._settled(nct_id)]

    def _settled(self, nct_id: str) -> bool:
        """Whether the scope holds a live trial that is not just coming back: one that left kept all its matches."""
        stored = self.stored.get(nct_id)
        return stored is not None and stored.origin == "live" and stored.left_registry is None and self.held(nct_id)

    def body_hash(self, nct_id: str) -> str:
        """Of the trial's record once this answer is kept."""
        return self.arrivals[nct_id].body_hash or self.newest[nct_id].body_hash

    def packed(self, connection: Connection, nct_ids: list[str]) -> dict[str, bytes]:
        """The packed record of each of these trials: the arrived one, else the newest stored one."""
        lacking = [nct_id for nct_id in nct_ids if self.arrivals[nct_id].body is None]
        unknown = [nct_id for nct_id in lacking if not self.is_live(nct_id)]
        if unknown:
            raise Incomplete(f"The store does not hold the record of {unknown[0]}; refresh again with --full.")
        kept = bodies(connection, [self.newest[nct_id].id for nct_id in lacking])
        return {nct_id: self.arrivals[nct_id].body or kept[self.newest[nct_id].id] for nct_id in nct_ids}


def next_chunk(connection: Connection, refresh_id: int, scope: str, after: str) -> Chunk | None:
    """The staged trials that follow ``after`` in NCT order; None at the end."""
    arrivals = _arrivals(connection, refresh_id, scope, after)
    if not arrivals:
        return None
    ids = list(arrivals)
    columns = (study.c.nct_id, study.c.origin, study.c.first_seen, study.c.left_registry)
    rows = connection.execute(select(*columns).where(study.c.nct_id.in_(ids)))
    stored = {nct_id: Stored(*values) for nct_id, *values in rows}
    answers: dict[str, list[Held]] = {}
    query = select(answer.c.nct_id, answer.c.scope, answer.c.origin, answer.c.first_seen, answer.c.ended_at)
    for nct_id, *values in connection.execute(query.where(answer.c.nct_id.in_(ids))):
        answers.setdefault(nct_id, []).append(Held(*values))
    return Chunk(scope, arrivals, stored, newest(connection, ids), answers)


def _arrivals(connection: Connection, refresh_id: int, scope: str, after: str) -> dict[str, Arrival]:
    mine = (staged.c.refresh_id == refresh_id, staged.c.scope == scope)
    ids = select(staged.c.nct_id).where(*mine, staged.c.nct_id > after).distinct()
    some = list(connection.scalars(ids.order_by(staged.c.nct_id).limit(CHUNK)))
    columns = (staged.c.id, staged.c.query, staged.c.body_hash, staged.c.body, staged.c.prepared)
    rows = select(staged.c.nct_id, *columns).where(*mine, staged.c.nct_id.in_(some))
    merged: dict[str, Arrival] = {}
    for nct_id, row_id, query, body_hash, body, prepared in connection.execute(
        rows.order_by(staged.c.nct_id, staged.c.id)
    ):
        before = merged.get(nct_id, Arrival(row_id, [], None, None, None))
        asked = before.asked if query in before.asked else [*before.asked, query]
        merged[nct_id] = Arrival(row_id, asked, body_hash or before.body_hash, body or before.body, prepared)
    return merged
