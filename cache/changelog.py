"""The events of the store as people read them: with title, agents and a sentence in plain words."""

from collections.abc import Collection
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, func, select

from cache.schema import event, match, study
from cache.store import Store
from cache.telling import tell
from cache.weights import Weight

WEIGHTS: tuple[Weight, ...] = ("high", "medium", "low", "noise")
# What is told unless somebody asks for the noise too.
TOLD: tuple[Weight, ...] = WEIGHTS[:-1]


class Change(NamedTuple):
    """One event with what a reader needs beside it; both dates, ours (``seen_at``) and the registry's."""

    id: int
    nct_id: str
    title: str | None
    kind: str
    weight: Weight
    before: Any
    after: Any
    registry_date: str | None
    seen_at: str
    agents: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """The event object of the command line's contract, and the trial's title and agents."""
        return {key: value for key, value in self._asdict().items() if key != "id"}

    @property
    def sentence(self) -> str:
        """What happened, in plain words: "Status: recruiting → terminated"."""
        return tell(self.kind, self.before, self.after)


def changelog(
    store: Store,
    *,
    since: str | None = None,
    weights: Collection[str] = WEIGHTS,
    kinds: Collection[str] = (),
    agents: Collection[str] = (),
    nct_id: str | None = None,
) -> list[Change]:
    """Events seen at or after ``since`` (a UTC moment as the store writes it), newest first.

    Empty ``kinds`` or ``agents`` mean all; with agents named, only trials matched to one of them.
    """
    wanted: list[ColumnElement[bool]] = [event.c.weight.in_(list(weights))]
    if since is not None:
        wanted.append(event.c.seen_at >= since)
    if kinds:
        wanted.append(event.c.kind.in_(list(kinds)))
    if nct_id is not None:
        wanted.append(event.c.nct_id == nct_id)
    query = select(event, study.c.title).join_from(event, study, event.c.nct_id == study.c.nct_id, isouter=True)
    query = query.where(*wanted).order_by(event.c.seen_at.desc(), event.c.id.desc())
    told = select(event.c.nct_id).where(*wanted)
    with store.reading() as connection:
        rows = connection.execute(query).all()
        by_trial: dict[str, list[str]] = {}
        pairs = select(match.c.nct_id, match.c.agent).where(match.c.nct_id.in_(told)).order_by(match.c.agent)
        for trial, agent in connection.execute(pairs):
            by_trial.setdefault(trial, []).append(agent)
    found = [_change(row, tuple(by_trial.get(row.nct_id, ()))) for row in rows]
    return [one for one in found if not agents or set(agents) & set(one.agents)]


def last_refresh_moment(store: Store) -> str | None:
    """When the newest events were seen: the moment of the last refresh that brought any."""
    with store.reading() as connection:
        newest: str | None = connection.scalar(select(func.max(event.c.seen_at)))
    return newest


def _change(row: Any, agents: tuple[str, ...]) -> Change:
    return Change(
        row.id,
        row.nct_id,
        row.title,
        row.kind,
        row.weight,
        row.before,
        row.after,
        row.registry_date,
        row.seen_at,
        agents,
    )
