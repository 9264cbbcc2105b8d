"""What the store knows of some trials before a scope's new answer is taken over, and what follows for that answer."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import Connection, select

from cache.ingest.matches import Holder, Newest, newest
from cache.store.bodies import bodies
from cache.store.schema import answer, study


class StudyRow(NamedTuple):
    """What the ``study`` table says of a trial."""

    origin: str
    first_seen: str
    left_registry: str | None


class AnswerRow(NamedTuple):
    """One scope's hold on a trial, ended or not."""

    scope: str
    origin: str
    first_seen: str
    ended_at: str | None
    asked: list[str]


class Basis(NamedTuple):
    """What matches and events are derived from beside the record; a derivation holds as long as this is the same."""

    holders: list[Holder]
    newest: int | None


@dataclass(frozen=True)
class Standing:
    """Some trials as the store holds them, seen by ``scope``."""

    scope: str
    studies: Mapping[str, StudyRow]
    newest: Mapping[str, Newest]
    answers: Mapping[str, list[AnswerRow]]

    def basis(self, nct_id: str) -> Basis:
        """The scopes that hold the trial once this answer is kept, and its newest version until then."""
        others = (one for one in self.answers.get(nct_id, ()) if one.ended_at is None and one.scope != self.scope)
        holders = sorted([*(Holder(one.scope, one.origin) for one in others), Holder(self.scope, "live")])
        return Basis(holders, self.newest[nct_id].id if nct_id in self.newest else None)

    def before(self, nct_id: str) -> AnswerRow | None:
        """This scope's live answer row, also one that has ended."""
        rows = self.answers.get(nct_id, ())
        return next((one for one in rows if one.scope == self.scope and one.origin == "live"), None)

    def holds(self, nct_id: str) -> bool:
        """Whether this scope's last live answer holds the trial."""
        row = self.before(nct_id)
        return row is not None and row.ended_at is None

    def answers_alike(self, nct_id: str, queries: list[str]) -> bool:
        """Whether this scope's row already says that it holds the trial, and which queries brought it."""
        row = self.before(nct_id)
        return row is not None and row.ended_at is None and row.asked == queries

    def is_live(self, nct_id: str) -> bool:
        """Whether the newest stored version was read from the registry."""
        return nct_id in self.newest and self.newest[nct_id].origin == "live"

    def differs(self, nct_id: str, body_hash: str | None) -> bool:
        """Whether an arrived body is another than the newest live one; None, from a sweep, is not."""
        return body_hash is not None and not (self.is_live(nct_id) and self.newest[nct_id].body_hash == body_hash)

    def changed(self, nct_id: str, body_hash: str | None) -> bool:
        """Whether it is another than a live one; starter versions are never compared with the registry's own."""
        return self.is_live(nct_id) and self.differs(nct_id, body_hash)

    def is_settled(self, nct_id: str, body_hash: str | None) -> bool:
        """Whether row and matches stand as they are: a live trial this scope held and holds, with the same record."""
        row = self.studies.get(nct_id)
        live = row is not None and row.origin == "live" and row.left_registry is None
        return live and self.holds(nct_id) and not self.differs(nct_id, body_hash)

    def replaced(self, connection: Connection, arrived: Mapping[str, str | None]) -> dict[str, bytes]:
        """The present record of each trial whose arrived body hash says that it has changed."""
        moved = {self.newest[nct_id].id: nct_id for nct_id, hash in arrived.items() if self.changed(nct_id, hash)}
        return {moved[id]: body for id, body in bodies(connection, list(moved)).items()}


def standing(connection: Connection, scope: str, nct_ids: Collection[str]) -> Standing:
    """How these trials stand in the store."""
    columns = (study.c.nct_id, study.c.origin, study.c.first_seen, study.c.left_registry)
    rows = connection.execute(select(*columns).where(study.c.nct_id.in_(nct_ids)))
    studies = {nct_id: StudyRow(*values) for nct_id, *values in rows}
    answers: dict[str, list[AnswerRow]] = {}
    query = select(answer.c.nct_id, answer.c.scope, answer.c.origin, answer.c.first_seen, answer.c.ended_at)
    query = query.add_columns(answer.c.asked)
    for nct_id, *values in connection.execute(query.where(answer.c.nct_id.in_(nct_ids))):
        answers.setdefault(nct_id, []).append(AnswerRow(*values))
    return Standing(scope, studies, newest(connection, nct_ids), answers)
