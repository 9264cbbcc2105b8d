"""Records, a matcher simple enough to predict, and a way to give a scope an answer, for the tests of the store."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Literal

import msgspec
from sqlalchemy import Table, insert, select

from cache.ingest.derive import rules_for
from cache.ingest.keep import ScopeReport, keep
from cache.ingest.staging import Staging
from cache.store.bodies import whole
from cache.store.schema import refresh, version
from cache.store.store import Store, timestamp
from fetchers.errors import Validation
from fetchers.matching.matcher import Match, Matcher
from fetchers.record.study import Study, decode_study

AGENTS = ("azathioprine", "methotrexate")
SWEEP = "me_cfs"
START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def record(number: int, *names: str, title: str = "A trial", **modules: Mapping[str, Any]) -> Study:
    """A live record whose interventions are ``names``; ``modules`` (``status={...}``) add to it."""
    protocol: dict[str, Any] = {
        "identificationModule": {"nctId": f"NCT{number:08d}", "briefTitle": title},
        "armsInterventionsModule": {"interventions": [{"type": "DRUG", "name": name} for name in names]},
    }
    protocol |= {f"{name}Module": value for name, value in modules.items()}
    return decode_study(msgspec.json.encode({"protocolSection": protocol, "hasResults": False}))


class NameMatcher(Matcher):
    """Matches an agent whose id is an intervention's name; one of the rules the real matcher has, and no other."""

    def __init__(self, tier: Literal["given", "mentioned", "excluded"] = "given") -> None:
        self.tier = tier

    def match(self, study: Study, agent_id: str, *, asked: bool) -> Match | None:
        if agent_id not in AGENTS:
            raise Validation(f"{agent_id} is not watched.")
        if agent_id in {one.name for one in study.interventions}:
            return Match(agent_id, self.tier, "tested", (agent_id,))
        return Match(agent_id, "mentioned", None, ()) if asked else None

    def matches(self, study: Study) -> tuple[Match, ...]:
        found = (self.match(study, agent, asked=False) for agent in AGENTS)
        return tuple(one for one in found if one)

    def condition_groups(self, study: Study) -> tuple[str, ...]:
        return (SWEEP,) if "ME/CFS" in study.conditions else ("other",)

    def in_focus(self, groups: Iterable[str]) -> bool:
        return SWEEP in groups


class Refresher:
    """Gives scopes answers the way a refresh does, one refresh after the other, an hour apart."""

    def __init__(self, store: Store, matcher: Matcher | None = None) -> None:
        self.store = store
        self.matcher = matcher or NameMatcher()
        self.id = 0
        self.now = START
        self.derives_ahead = True
        self.staged: dict[str, Staging] = {}

    def __del__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Throw away what is staged."""
        for one in self.staged.values():
            one.close()
        self.staged = {}

    def begin(self) -> int:
        self.id += 1
        self.forget()
        self.now = self.now.replace(day=self.id % 28 + 1)
        row = {"id": self.id, "state": "running", "started_at": timestamp(self.now), "beat_at": timestamp(self.now)}
        with self.store.writing() as connection:
            connection.execute(insert(refresh).values(row | {"full": True, "cancel": False, "requests": 0, "bytes": 0}))
        return self.id

    def stage(self, scope: str, studies: Iterable[Study], unchanged: Iterable[str] = (), query: str = "1") -> None:
        rules = None
        if self.derives_ahead:
            with self.store.reading() as connection:
                rules = rules_for(connection, scope, _kind(scope), self.matcher, "q1")
        staged = self.staging(scope)
        staged.rules = rules
        staged.add(f"{scope}:{query}", studies)
        staged.add_unchanged(f"{scope}:{query}", unchanged)

    def staging(self, scope: str) -> Staging:
        """What this refresh has collected for a scope."""
        return self.staged.setdefault(scope, Staging(self.store, self.id, scope))

    def keep(
        self, scope: str, *, vanished: Collection[str] = (), question: str = "q1", timestamp: str | None = None
    ) -> ScopeReport:
        report = keep(
            self.staging(scope),
            _kind(scope),
            self.matcher,
            registry_timestamp=timestamp or f"2026-03-{self.id:02d}T09:00:05",
            question=question,
            full=True,
            vanished=vanished,
            now=lambda: self.now,
        )
        self.staged.pop(scope).close()
        return report

    def answer(
        self, scope: str, studies: Iterable[Study], unchanged: Iterable[str] = (), **options: Any
    ) -> ScopeReport:
        """A whole refresh of one scope."""
        self.begin()
        self.stage(scope, studies, unchanged)
        return self.keep(scope, **options)


def _kind(scope: str) -> Literal["agent", "sweep"]:
    return "sweep" if scope == SWEEP else "agent"


def rows(store: Store, table: Table, *names: str) -> list[Any]:
    """The named columns of a table in the order of its key; one column comes as plain values."""
    columns = [table.c[name] for name in names]
    with store.reading() as connection:
        found = connection.execute(select(*columns).order_by(*table.primary_key.columns)).all()
    return [row[0] if len(names) == 1 else tuple(row) for row in found]


def stored_bodies(store: Store) -> list[tuple[str, bytes]]:
    """The trial and the record of every version, oldest first."""
    with store.reading() as connection:
        packed = connection.execute(select(version.c.id, version.c.nct_id, version.c.body).order_by(version.c.id)).all()
        found = whole(connection, {number: body for number, _, body in packed})
    return [(nct_id, found[number]) for number, nct_id, _ in packed]


ENTRY = ("searched", "id")


def everything(store: Store, skip: Sequence[Table] = ()) -> dict[str, list[Any]]:
    """Every row of every table, to compare a store with itself."""
    from cache.store.schema import metadata

    return {
        # How the entries of the search index are numbered is nobody's business.
        table.name: rows(store, table, *(one.name for one in table.columns if (table.name, one.name) != ENTRY))
        for table in metadata.sorted_tables
        if table not in skip
    }
