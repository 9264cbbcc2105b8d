"""The events of the store as people read them: with title, agents and a sentence in plain words."""

import re
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

import pandas as pd
from sqlalchemy import ColumnElement, Connection, Select, func, select

from cache.changes.passages import Passage, exact, passages
from cache.changes.weights import Weight
from cache.changes.wording import describe
from cache.store.schema import event, match, refresh, study
from cache.store.store import Store, timestamp
from fetchers.errors import Validation
from fetchers.record.texts import shown, shown_line
from fetchers.settings import RECORD_URL

# From what somebody may act on today to what only changed its wording.
WEIGHTS: tuple[Weight, ...] = ("high", "medium", "low", "noise")
# What is shown unless the noise is asked for, too.
TOLD_BY_DEFAULT: tuple[Weight, ...] = WEIGHTS[:-1]


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
        """The event object of the command line's contract, and the trial's title, agents, sentence and record.

        ``diff``: the passages of a text that differ, word by word.
        """
        values = {key: value for key, value in self._asdict().items() if key != "id"}
        values |= {"agents": [*self.agents], "sentence": self.sentence, "record": RECORD_URL + self.nct_id}
        return values | {"diff": [one.as_json() for one in exact(self.kind, self.before, self.after)]}

    @property
    def sentence(self) -> str:
        """What happened, in plain words: "Status: recruiting → terminated"."""
        return describe(self.kind, self.before, self.after)

    @property
    def claim(self) -> str | None:
        """The id of the claim whose verdict it is; None for every other change."""
        return str(self.after["claim"]) if self.kind == "verdict" else None

    @property
    def passages(self) -> tuple[Passage, ...]:
        """The words taken out and put in; nothing for a change of no text."""
        return passages(self.kind, self.before, self.after)


def at_least(weight: str) -> tuple[Weight, ...]:
    """The weights from the heaviest down to this one. Raises Validation for a word that is none."""
    for place, known in enumerate(WEIGHTS, start=1):
        if known == weight:
            return WEIGHTS[:place]
    raise Validation(f"There is no weight {weight!r}; choose from {', '.join(WEIGHTS)}.")


def changelog(
    store: Store,
    *,
    since: str | None = None,
    weights: Collection[str] = WEIGHTS,
    kinds: Collection[str] = (),
    agents: Collection[str] = (),
    nct_id: str | None = None,
    ids: Collection[int] | None = None,
    limit: int | None = None,
) -> list[Change]:
    """Events seen at or after ``since`` (a UTC moment as the store writes it), newest first, at most ``limit``.

    Empty ``kinds`` or ``agents`` mean all; with agents named, only trials matched to one of them, in whatever tier.
    """
    wanted: list[ColumnElement[bool]] = [event.c.weight.in_(list(weights))]
    if since is not None:
        wanted.append(event.c.seen_at >= since)
    if kinds:
        wanted.append(event.c.kind.in_(list(kinds)))
    if nct_id is not None:
        wanted.append(event.c.nct_id == nct_id)
    if ids is not None:
        wanted.append(event.c.id.in_(list(ids)))
    if agents:
        wanted.append(event.c.nct_id.in_(select(match.c.nct_id).where(match.c.agent.in_(list(agents)))))
    with store.reading() as connection:
        found = _agents_of(connection, wanted)
        rows = connection.execute(_newest_first(wanted).limit(limit)).all()
    return [_change(row, tuple(found.get(row.nct_id, ()))) for row in rows]


def _newest_first(wanted: Sequence[ColumnElement[bool]]) -> Select[Any]:
    query = select(event, study.c.title).join_from(event, study, event.c.nct_id == study.c.nct_id, isouter=True)
    return query.where(*wanted).order_by(event.c.seen_at.desc(), event.c.id.desc())


def _agents_of(connection: Connection, wanted: Sequence[ColumnElement[bool]]) -> dict[str, list[str]]:
    """The agents of every trial with such an event."""
    trials = select(event.c.nct_id).where(*wanted)
    pairs = select(match.c.nct_id, match.c.agent).where(match.c.nct_id.in_(trials)).order_by(match.c.agent)
    found: dict[str, list[str]] = {}
    for nct_id, agent in connection.execute(pairs):
        found.setdefault(nct_id, []).append(agent)
    return found


COLUMNS = ("id", "nct_id", "title", "kind", "weight", "sentence", "registry_date", "seen_at", "agents", "claim")


def as_frame(store: Store, since: str) -> pd.DataFrame:
    """Every event seen at or after ``since``, newest first, told in a sentence; columns ``COLUMNS``.

    ``agents`` holds lists. ``before`` and ``after`` are not kept, since criteria are long texts.
    """
    wanted = [event.c.seen_at >= since]
    with store.reading() as connection:
        agents = _agents_of(connection, wanted)
        rows = []
        for row in connection.execution_options(yield_per=1000).execute(_newest_first(wanted)):
            one = _change(row, ())
            rows.append((one.id, one.nct_id, one.title, one.kind, one.weight, one.sentence, one.registry_date,
                         one.seen_at, agents.get(one.nct_id, []), one.claim))  # fmt: skip
    return pd.DataFrame.from_records(rows, columns=list(COLUMNS))


class Refreshed(NamedTuple):
    """When refreshes succeeded; times as the store keeps them, None without one."""

    began: str | None  # start of the newest refresh that brought every or some answers
    events: str | None  # when the newest event was seen, in whatever refresh
    baseline: str | None  # when the first of them began


def refreshed(store: Store) -> Refreshed:
    """The times from which "since the last refresh" and "no change yet" are reckoned."""
    worked = refresh.c.outcome.in_(["fresh", "partial"])
    moments = select(func.max(refresh.c.started_at), func.min(refresh.c.started_at)).where(worked)
    with store.reading() as connection:
        newest, first = connection.execute(moments).one()
        events = connection.scalar(select(func.max(event.c.seen_at)))
    return Refreshed(newest, events, first)


def by_trial(changes: Iterable[Change]) -> list[list[Change]]:
    """Changes grouped by trial, the trial with the heaviest change first, within a trial the heaviest first.

    Equally heavy ones keep the order in which they come, so newest first stays newest first.
    """
    groups: dict[str, list[Change]] = {}
    for one in changes:
        groups.setdefault(one.nct_id, []).append(one)
    ordered = [sorted(group, key=_heaviness) for group in groups.values()]
    return sorted(ordered, key=lambda group: _heaviness(group[0]))


def counted(changes: Iterable[Change]) -> dict[Weight, int]:
    """How many changes there are of each weight, all four in order."""
    found = dict.fromkeys(WEIGHTS, 0)
    for one in changes:
        found[one.weight] += 1
    return found


def since_moment(text: str, name: str = "since") -> str:
    """A day or an ISO moment as the store keeps moments; UTC unless it names a zone. Raises Validation."""
    try:
        given = datetime.fromisoformat(text) if re.match(r"\d{4}-\d{2}-\d{2}", text) else None
        if given is not None:
            return timestamp(given if given.tzinfo else given.replace(tzinfo=UTC))
    except (ValueError, OverflowError):
        pass
    raise Validation(f"{name} needs a date or a moment such as 2026-11-20 or 2026-11-20T09:00:00Z, not {text!r}.")


def _heaviness(change: Change) -> int:
    return WEIGHTS.index(change.weight)


def _change(row: Any, agents: tuple[str, ...]) -> Change:
    found = Change._make((*(getattr(row, name) for name in Change._fields[:-1]), agents))
    title = found.title and shown_line(found.title)
    return found._replace(title=title, before=_shown(found.before), after=_shown(found.after))


def _shown(value: Any) -> Any:
    """What an event tells, with its texts as people read them."""
    if isinstance(value, dict):
        return {key: _shown(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_shown(one) for one in value]
    return shown(value) if isinstance(value, str) else value
