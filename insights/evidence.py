"""What claims, gaps, funnels and ladders share: pairs of trial and agent, what of the registry was asked, what counts
as activity and as a phase entered. Frames in, frames out, no Streamlit.

Activity is what shows that somebody did something: a trial registered, its record updated, results posted, or the
trial itself started or completed. A planned date is none. A date without a type counts when the status says that it
has come to pass and it is not in the future.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd

from cache.codes import NOT_RECORDED, PHASE_PATH, STATUSES
from cache.filters.filter import Filter
from cache.filters.select import Mask, any_of, coded, places
from cache.read.frames import plain
from fetchers.errors import Parsing
from fetchers.matching.context import is_make_believe
from fetchers.matching.names import Names, Text
from fetchers.record.dates import PartialDate

QUIET_YEARS = 2  # the registry itself calls a status unknown after two years without a word
RUNNING = ("RECRUITING", "ENROLLING_BY_INVITATION", "ACTIVE_NOT_RECRUITING")
STOPPED = ("SUSPENDED", "TERMINATED", "WITHDRAWN")
ENDED = ("COMPLETED", "TERMINATED")
OVER = (*ENDED, "WITHDRAWN", "UNKNOWN", "NO_LONGER_AVAILABLE", "APPROVED_FOR_MARKETING", "WITHHELD")
NOT_BEGUN = ("NOT_YET_RECRUITING", "WITHDRAWN")  # nobody has been given anything
# A status that is not recorded, or that the registry has invented since, is no proof that anybody has.
BEGUN = tuple(status for status in STATUSES if status not in (*NOT_BEGUN, "WITHHELD", NOT_RECORDED))
# The statuses of a list of trials that have begun, before it is narrowed to those whose last known status says so.
MAY_HAVE_BEGUN = (*BEGUN, NOT_RECORDED)

_FACTS = (
    "title", "origin", "overall_status", "last_known_status", "study_type", "lane", "start_date", "start_date_type",
    "primary_completion_date", "primary_completion_date_type", "completion_date", "completion_date_type",
    "first_posted", "last_update_posted", "results_first_posted", "has_results", "why_stopped", "condition_groups",
    "enrollment", "as_of",
)  # fmt: skip
MOST_BY_ID = 400  # trials whose ids still fit into an address
_TESTS = ("DIAGNOSTIC_TEST",)
_TYPE = re.compile(r"^[A-Z_]+: (?=.)")
_DONE = {
    "first_posted": "registered",
    "last_update_posted": "record updated",
    "results_first_posted": "results posted",
    "start_date": "trial started",
    "primary_completion_date": "primary completion",
    "completion_date": "trial completed",
}


class Asked(NamedTuple):
    """What is known of the question for one scope: whether the registry ever answered it, and when."""

    state: Literal["asked", "not_asked", "failed"]  # failed: asked, and never answered
    registry_date: str | None  # day of the data the newest answer was read from
    refreshed_at: str | None
    error: str | None  # of the last attempt, also when an earlier one had succeeded


def asked(scopes: pd.DataFrame) -> dict[str, Asked]:
    """The state of every scope of ``cache.read.trials.scopes``."""
    columns = (plain(scopes[name]) for name in ("scope", "refreshed_at", "registry_timestamp", "error"))
    return {scope: _asked(at, loaded, error) for scope, at, loaded, error in zip(*columns, strict=True)}


def _asked(at: str | None, loaded: str | None, error: str | None) -> Asked:
    state: Literal["asked", "not_asked", "failed"] = "asked" if at else "failed" if error else "not_asked"
    return Asked(state, (loaded or at or "")[:10] or None, at, error)


def pairs(trials: pd.DataFrame, matches: pd.DataFrame, facts: Sequence[str] = _FACTS) -> pd.DataFrame:
    """One row for each (trial, agent): nct_id, agent, tier, role and the trial's ``facts``. Trials that left the
    registry are in none."""
    place = places(trials, matches)
    kept = place >= 0
    if kept.any():
        kept[kept] = trials["left_registry"].isna().to_numpy()[place[kept]]
    named = matches.loc[kept, ["nct_id", "agent", "tier", "role"]].reset_index(drop=True)
    told = trials.loc[:, list(facts)].iloc[place[kept]].reset_index(drop=True)
    return pd.concat([named, told], axis=1)


def giving(trials: pd.DataFrame, found: pd.DataFrame, words: Sequence[str], groups: Sequence[str]) -> pd.DataFrame:
    """Trials of the groups with an intervention that one of the words names, whatever agent the watch-list follows: as
    rows like those of ``found``, the intervention in place of the agent. Tests and make-believe are none."""
    names = Names(words)
    rows = any_of(trials["condition_groups"], groups) & trials["left_registry"].isna().to_numpy()
    kept = trials[rows]
    said = [next((one for one in given or () if _gives(one, names)), None) for given in kept["interventions"]]
    kept = kept.assign(said=pd.Series(said, index=kept.index, dtype=object))
    kept = kept[kept["said"].notna()].reset_index(drop=True)
    tier, role = found["tier"].dtype, found["role"].dtype
    named = pd.DataFrame({"nct_id": kept["nct_id"], "agent": kept["said"].map(_plain_name)})
    named = named.assign(
        tier=pd.Series("given", index=kept.index, dtype=tier), role=pd.Series(index=kept.index, dtype=role)
    )
    return pd.concat([named, kept.loc[:, list(_FACTS)]], axis=1)


def _gives(intervention: str, names: Names) -> bool:
    """``intervention``: as the store has it, "DRUG: Rituximab"."""
    text = Text(_plain_name(intervention))
    is_test = intervention.partition(":")[0] in _TESTS
    return bool(names.find(text)) and not is_test and not is_make_believe(text.folded)


def _plain_name(intervention: str) -> str:
    return _TYPE.sub("", intervention)


def rows(found: pd.DataFrame, wanted: Mask) -> pd.DataFrame:
    """``found[wanted]``, for a fraction of its cost where no row is wanted, or every one: it copies all columns."""
    if not wanted.any():
        return found.iloc[:0]
    return found if wanted.all() else found[wanted]


def given(found: pd.DataFrame, *, background: bool = False) -> pd.DataFrame:
    """The pairs in which people get the agent; as background only when asked for."""
    return rows(found, is_given(found, background=background))


def is_given(found: pd.DataFrame, *, background: bool = False) -> Mask:
    rows = coded(found["tier"], ["given"])
    if not background:
        rows &= ~coded(found["role"], ["background"])
    return rows


def of_agents(found: pd.DataFrame, agents: Collection[str]) -> pd.DataFrame:
    """The pairs of some agents."""
    return rows(found, coded(found["agent"], agents))


def in_groups(found: pd.DataFrame, groups: Collection[str]) -> pd.DataFrame:
    """The pairs whose trial is in one of the condition groups."""
    return rows(found, is_in_groups(found, groups))


def is_in_groups(found: pd.DataFrame, groups: Collection[str]) -> Mask:
    return any_of(found["condition_groups"], groups)


def ids(found: pd.DataFrame) -> tuple[str, ...]:
    """Each trial once, in order."""
    # As objects first: one by one, pandas' own texts take ten times as long.
    return tuple(sorted(set(found["nct_id"].to_numpy(dtype=object))))


def just(wanted: Filter, ids: Sequence[str]) -> Filter:
    """A list narrowed to some of its trials, where no filter of theirs says which; too many are left as they are."""
    return replace(wanted, ids=tuple(ids)) if len(ids) <= MOST_BY_ID else wanted


def is_recruiting(found: pd.DataFrame) -> Mask:
    return coded(found["overall_status"], ["RECRUITING"])


def is_stopped(found: pd.DataFrame) -> Mask:
    """Suspended, terminated or withdrawn."""
    return coded(found["overall_status"], STOPPED)


def has_begun(found: pd.DataFrame) -> Mask:
    """Not what is still planned, was withdrawn before anybody took part, or has no status one could tell it by. Of a
    status that is unknown, or too old to hold, the last known one decides."""
    last = found["last_known_status"].isin(BEGUN).to_numpy(dtype=bool)
    untold = coded(found["overall_status"], ["UNKNOWN", NOT_RECORDED])
    rows: Mask = (untold & last) | (~untold & coded(found["overall_status"], BEGUN))
    return rows


def is_expanded(found: pd.DataFrame) -> Mask:
    """Expanded access, which is no trial."""
    return coded(found["lane"], ["EXPANDED_ACCESS"])


def is_running(found: pd.DataFrame, on: date) -> Mask:
    """Open or active by its status, not expanded access, heard of within the last two years, and not past the end it
    had planned. Takes ``dated``."""
    rows = coded(found["overall_status"], RUNNING) & ~is_expanded(found)
    rows[rows] = [is_recent(when, on) for when in found["newest"].to_numpy()[rows]]
    return rows & ~is_past_end(found, on)


def is_past_end(found: pd.DataFrame, on: date) -> Mask:
    """Whether even the last day its completion can mean lies before ``on``."""
    ends = [when or primary for when, primary in zip(
        plain(found["completion_date"]), plain(found["primary_completion_date"]), strict=True)]  # fmt: skip
    return np.array([end is not None and _last_day(end) < on for end in ends], dtype=bool)


def highest(found: pd.DataFrame) -> str | None:
    """The furthest phase entered: joint phases in their own lane; trials not begun, or without a phase, count not."""
    return furthest(found["lane"], has_begun(found))


def furthest(lanes: "pd.Series[Any]", rows: Mask) -> str | None:
    """The furthest phase among some rows; a lane that is no phase counts not."""
    names = lanes.cat.categories
    reached = {names[code] for code in np.unique(lanes.cat.codes.to_numpy()[rows]) if code >= 0}
    return next((lane for lane in reversed(PHASE_PATH) if lane in reached), None)


def dated(found: pd.DataFrame, on: date) -> pd.DataFrame:
    """The pairs with their newest activity: ``newest`` (a date as the registry wrote it, or None), ``what`` it was."""
    columns = [
        (what, plain(found[name]), plain(found[f"{name}_type"]) if f"{name}_type" in found else None)
        for name, what in _DONE.items()
    ]
    rows: list[tuple[str | None, str | None]] = []
    for at, status in enumerate(plain(found["overall_status"])):
        done = [
            (_last_day(dates[at]), dates[at], what)
            for what, dates, types in columns
            if dates[at] and (types is None or _came_to_pass(what, dates[at], types[at], status, on))
        ]
        rows.append(max(done)[1:] if done else (None, None))
    whens = pd.Series([when for when, _ in rows], index=found.index, dtype=object)
    whats = pd.Series([what for _, what in rows], index=found.index, dtype=object)
    return found.assign(newest=whens, what=whats)


def newest(found: pd.DataFrame) -> tuple[str | None, str | None, str | None]:
    """The newest activity among some ``dated`` pairs: its date, what it was, and the trial's id."""
    known = [
        (_last_day(when), when, what, nct_id)
        for when, what, nct_id in zip(found["newest"], found["what"], found["nct_id"], strict=True)
        if when
    ]
    return max(known)[1:] if known else (None, None, None)


def is_recent(when: str | None, on: date) -> bool:
    """Whether a date can lie within the last two years before ``on``."""
    if when is None:
        return False
    limit = date(on.year - QUIET_YEARS, on.month, min(on.day, 28))
    return _last_day(when) >= limit


def _came_to_pass(what: str, when: str, kind: str | None, status: str | None, on: date) -> bool:
    if _first_day(when) > on or kind == "ESTIMATED":
        return False
    if kind == "ACTUAL":
        return True
    return status in ENDED if what != "trial started" else status is not None and status not in NOT_BEGUN


@lru_cache(maxsize=20_000)
def _last_day(when: str) -> date:
    try:
        return PartialDate.parse(when).latest
    except Parsing:
        return date.min


@lru_cache(maxsize=20_000)
def _first_day(when: str) -> date:
    try:
        return PartialDate.parse(when).earliest
    except Parsing:
        return date.max


def registry_day(answers: Mapping[str, Asked], agents: Sequence[str], today: date) -> date:
    """The day to reckon from: the oldest data day among some agents, today when none of them was answered."""
    days = [found for agent in agents if (found := answers[agent].registry_date)]
    return min(map(date.fromisoformat, days), default=today)
