"""Read-only views of the store as pandas frames, made for 25,000 to 100,000 trials.

Each function reads in one short transaction and returns a fresh frame. Missing text is NaN, missing lists are None,
missing numbers and booleans are NA: never zero, never an empty list, never false.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import msgspec
import pandas as pd
from sqlalchemy import JSON, Boolean, Integer, Text, cast, func, select

from cache.codes import ROLES, SPONSOR_CLASSES, STATUSES, STUDY_TYPES, TIERS
from cache.read import frames, lists
from cache.read.freshness import Freshness as Freshness
from cache.read.freshness import ScopeRow, scope_rows, shown
from cache.read.freshness import freshness as freshness
from cache.read.lists import Lists
from cache.store.bodies import bodies
from cache.store.collector import paused
from cache.store.errors import Damaged
from cache.store.held import brought, held_by_any
from cache.store.schema import answer, match, progress, scope, study, version
from cache.store.schema import set_aside as aside
from cache.store.store import Store
from fetchers.record.study import Study, as_shown, decode_study
from fetchers.record.texts import shown_line
from fetchers.watchlist.model import Watchlist

LISTS = tuple(column.name for column in study.c if isinstance(column.type, JSON))
INTEGERS = tuple(column.name for column in study.c if isinstance(column.type, Integer))
BOOLEANS = tuple(column.name for column in study.c if isinstance(column.type, Boolean))
_CATEGORIES: dict[str, Sequence[str]] = {
    "origin": ("live", "starter"),
    "overall_status": STATUSES[:-1],  # without NOT_RECORDED, which is no code but its absence
    "study_type": STUDY_TYPES[:-1],
    "sponsor_class": SPONSOR_CLASSES[:-1],
}
# What people read, and therefore without the registry's escapes: texts, and lists of them.
_TEXTS = ("title", "official_title", "acronym", "lead_sponsor", "why_stopped")
_NAMES = ("conditions", "interventions")

TRIAL_COLUMNS = (
    "nct_id", "title", "official_title", "acronym", "origin", "overall_status", "last_known_status", "status_verified",
    "study_type", "phases", "lane", "start_date", "start_date_type", "start_year", "primary_completion_date",
    "primary_completion_date_type", "completion_date", "completion_date_type", "enrollment", "enrollment_type",
    "lead_sponsor", "sponsor_class", "conditions", "interventions", "countries", "sites", "points", "has_results",
    "why_stopped",
    "first_posted", "last_update_posted", "results_first_posted", "condition_groups", "aliases", "as_of", "source",
    "note", "fetched_at", "left_registry", "registry_timestamp", "number",
)  # fmt: skip
MATCH_COLUMNS = ("nct_id", "agent", "tier", "role", "found_by", "found_in", "quote", "origin", "number")


@contextmanager
def _readable(store: Store) -> Iterator[None]:
    """Raise Damaged when what is stored makes no sense as data."""
    try:
        yield
    except (ValueError, msgspec.MsgspecError) as error:
        raise Damaged(f"The store {store.place} is damaged (its data cannot be read: {error}).") from error


def trials(store: Store) -> pd.DataFrame:
    """Every trial that is shown, one row each, ordered by NCT id; columns ``TRIAL_COLUMNS``.

    ``lane`` is an ordered category over ``LANES``; status, study type, sponsor class and origin are categories;
    ``registry_timestamp`` is the newest data load the row is known to have stood in; ``number`` serves
    ``cache.filters.select``.
    """
    stored = [column for column in study.c if column.name in TRIAL_COLUMNS]
    asked = [cast(column, Text).label(column.name) if column.name in LISTS else column for column in stored]
    with paused():
        with store.reading() as connection:
            rows = connection.execute(select(*asked).where(shown()).order_by(study.c.nct_id)).all()
            loads = _pairs(connection.execute(_newest_loads()).all())
            loads |= _pairs(connection.execute(_last_loads()).all())
            seen = _pairs(connection.execute(_last_seen()).all())
        values = dict(zip([column.name for column in stored], frames.columns(rows, len(stored)), strict=True))
        read = zip(values["nct_id"], values["fetched_at"], strict=True)
        values["fetched_at"] = tuple(max(at, seen.get(nct_id, at)) for nct_id, at in read)
        with _readable(store):
            return _trial_frame(values, loads)


def matches(store: Store) -> pd.DataFrame:
    """Why each shown trial belongs to an agent, one row a (trial, agent); columns ``MATCH_COLUMNS``."""
    columns = [match.c.nct_id, match.c.agent, match.c.tier, match.c.role, cast(match.c.found_by, Text), study.c.origin]
    query = select(*columns).join_from(match, study, match.c.nct_id == study.c.nct_id).where(shown())
    with paused():
        with store.reading() as connection:
            rows = connection.execute(query.order_by(match.c.nct_id, match.c.agent)).all()
        with _readable(store):
            return _match_frame(*frames.columns(rows, len(columns)))


def scopes(store: Store, watchlist: Watchlist) -> pd.DataFrame:
    """``cache.read.freshness.scope_rows`` as a frame."""
    made = dict(zip(ScopeRow._fields, frames.columns(scope_rows(store, watchlist), len(ScopeRow._fields)), strict=True))
    numeric = ("starter", "studies", *TIERS)
    return pd.DataFrame(
        {
            head: pd.Series(list(made[head])) if head in numeric else frames.texts(made[head])
            for head in ScopeRow._fields
        }
    )


def study_body(store: Store, nct_id: str) -> Study | None:
    """The newest stored state of one record with all its parts (arms, eligibility, sites), its texts as they are
    shown; None when it is unknown."""
    query = select(func.max(version.c.id)).where(version.c.nct_id == nct_id)
    with store.reading() as connection:
        newest = connection.scalar(query)
        body = None if newest is None else bodies(connection, [newest])[newest]
    return None if body is None else as_shown(decode_study(body))


def set_aside(store: Store) -> pd.DataFrame:
    """Records that could not be read, with the reason: those of each scope's newest answer; scope, nct_id, reason,
    seen_at."""
    columns = [aside.c.scope, aside.c.nct_id, aside.c.reason, aside.c.seen_at]
    answered = select(progress.c.scope, func.max(progress.c.refresh_id)).where(progress.c.status == "fresh")
    with store.reading() as connection:
        newest = _pairs(connection.execute(answered.group_by(progress.c.scope)).all())
        rows = connection.execute(select(aside.c.refresh_id, *columns).order_by(aside.c.id)).all()
    for row in rows:
        newest[row.scope] = max(newest.get(row.scope, 0), row.refresh_id or 0)
    kept = [row[1:] for row in rows if (row.refresh_id or 0) == newest[row.scope]]
    made = frames.columns(kept, len(columns))
    return pd.DataFrame({column.name: frames.texts(made[place]) for place, column in enumerate(columns)})


def _trial_frame(values: dict[str, Any], loads: dict[str, str | None]) -> pd.DataFrame:
    as_stored = {name: pd.Series(Lists.of_texts(values[name])) for name in LISTS}
    values |= {name: frames.json_lists(values[name]) for name in LISTS if name != "points"}
    values |= {name: [one and shown_line(one) for one in values[name]] for name in _TEXTS}
    values |= {name: [one and [*map(shown_line, one)] for one in values[name]] for name in _NAMES}
    made = as_stored | {name: _series(name, column) for name, column in values.items() if name not in LISTS}
    made |= {name: lists.series(values[name]) for name in _NAMES}
    made["lane"] = frames.lanes(values["phases"], values["study_type"])
    made["start_year"] = frames.years(values["start_date"])
    made["registry_timestamp"] = frames.texts(loads.get(nct_id) for nct_id in values["nct_id"])
    made["number"] = pd.Series(frames.numbers(values["nct_id"]))
    return pd.DataFrame({name: made[name] for name in TRIAL_COLUMNS})


def _match_frame(
    nct_ids: Sequence[str], agents: Sequence[str], tiers: Sequence[str], roles: Sequence[str | None],
    found_by: Sequence[str], origins: Sequence[str],
) -> pd.DataFrame:  # fmt: skip
    why = frames.reasons(found_by)
    made = {
        "nct_id": frames.texts(nct_ids),
        "agent": frames.categories(agents, ()),
        "tier": frames.categories(tiers, TIERS),
        "role": frames.categories(roles, ROLES),
        "found_by": lists.series([one.names for one in why]),
        "found_in": frames.texts(one.place for one in why),
        "quote": frames.texts(one.quote for one in why),
        "origin": frames.categories(origins, _CATEGORIES["origin"]),
        "number": pd.Series(frames.numbers(nct_ids)),
    }
    return pd.DataFrame({name: made[name] for name in MATCH_COLUMNS})


def _newest_loads() -> Any:
    """The newest data load in which some scope's live answer held the trial."""
    query = select(answer.c.nct_id, func.max(scope.c.registry_timestamp))
    query = query.join_from(answer, scope, answer.c.scope == scope.c.scope)
    return query.where(answer.c.origin == "live", answer.c.ended_at.is_(None)).group_by(answer.c.nct_id)


def _last_seen() -> Any:
    """The last refresh that read the trial, when a scope's live answer holds it; its row says when it was written."""
    query = select(answer.c.nct_id, func.max(scope.c.refreshed_at))
    query = query.join_from(answer, scope, answer.c.scope == scope.c.scope)
    query = query.where(*held_by_any(), brought(), scope.c.refreshed_at.is_not(None))
    return query.group_by(answer.c.nct_id)


def _last_loads() -> Any:
    """For trials that left the registry: the data load their last state was read from."""
    query = select(version.c.nct_id, func.max(version.c.registry_timestamp))
    query = query.join_from(version, study, version.c.nct_id == study.c.nct_id)
    return query.where(study.c.left_registry.is_not(None)).group_by(version.c.nct_id)


def _pairs(rows: Iterable[Any]) -> dict[str, Any]:
    return {row[0]: row[1] for row in rows}


def _series(name: str, values: Sequence[Any]) -> "pd.Series[Any]":
    if name in _CATEGORIES:
        return frames.categories(values, _CATEGORIES[name])
    if name in INTEGERS:
        return frames.integers(values)
    return frames.booleans(values) if name in BOOLEANS else frames.texts(values)
