"""Sentences on the screen that are computed from the data: how fresh it is, where it comes from, what a chart says.

Pure text. Everything that goes through Streamlit's Markdown is built of our own words and of names passed through
``plain``; the registry's texts are never put in here.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from urllib.parse import urljoin

import pandas as pd

from cache.codes import LANE_WORDS
from cache.english import count, day, listed, moment
from cache.read.trials import Freshness
from dashboard.shared.escape import plain as plain
from dashboard.shared.escape import quiet as quiet
from dashboard.shared.escape import without_folders as without_folders
from dashboard.shared.palette import GROUPS
from fetchers.settings import RECORD_URL

SOURCE = f"Source: [ClinicalTrials.gov]({urljoin(RECORD_URL, '/')}), U.S. National Library of Medicine"
DERIVED = "Agents, roles and condition groups are assigned by this product, not by the registry."
ADVICE = "Not medical advice."
RESULTS = "Posted results"  # the part of a refresh that reads them
MISSING = "not known"  # what stands where a fact is missing
_NAMED = 3  # older parts that are named one by one


def age_in_days(text: str, now: datetime) -> int:
    """Whole days between the day of a date or moment and today, never negative."""
    then = datetime.fromisoformat(text[:10]).replace(tzinfo=UTC)
    return max((now.astimezone(UTC) - then).days, 0)


def as_of(fresh: Freshness) -> str:
    """The date of the data for a caption: "20 November 2026" or "starter snapshot of 5 July 2026"."""
    if fresh.live and fresh.registry_timestamp:
        older = f" (parts from {_since(fresh)})" if fresh.older else ""
        return f"{day(fresh.registry_timestamp[:10])}{older}"
    if fresh.starter:
        return f"starter snapshot of {day(fresh.starter_date)}"
    return "no data yet"


def freshness_line(fresh: Freshness, now: datetime, names: Mapping[str, str] | None = None) -> str:
    """How old the data is, in one line; the first words name what it is. ``names``: of its parts, by scope."""
    if fresh.live and fresh.registry_timestamp:
        age = age_in_days(fresh.registry_timestamp, now)
        old = "from today" if age == 0 else f"{count(age, 'day')} old"
        said = f"Registry data of {day(fresh.registry_timestamp[:10])}, {old}"
        unread = f" · {count(fresh.unread, 'record')} not read, or not fully" if fresh.unread else ""
        return f"{said}{_older(fresh, names or {})}{unread}"
    if fresh.starter:
        return (
            f"Starter snapshot of {day(fresh.starter_date)}: a sample, not a count. The registry has not been asked yet"
        )
    return "No data yet · press “Refresh trial data” to ask the registry"


def fetched(fresh: Freshness) -> str | None:
    """When the data was fetched; None while nothing was."""
    return f"Fetched {moment(fresh.fetched_at)}." if fresh.live else None


def _older(fresh: Freshness, names: Mapping[str, str]) -> str:
    """Which parts are older than the date that is named; of many, how many."""
    if not fresh.older:
        return ""
    if len(fresh.older) > _NAMED:
        return f" · {count(len(fresh.older), 'part')} older (from {_since(fresh)})"
    parts = (f"{plain(names.get(scope, scope))} (from {day(load[:10])})" for scope, load in fresh.older)
    return f" · older: {listed(parts)}"


def _since(fresh: Freshness) -> str:
    """The days of the older parts: one day, or the first and the last."""
    days = sorted({load[:10] for _, load in fresh.older})
    return day(days[0]) if len(days) == 1 else f"{day(days[0])} to {day(days[-1])}"


def starter_line(fresh: Freshness, sampled: Sequence[str]) -> str | None:
    """Which agents still come from the starter snapshot while others are live; None when that needs no saying."""
    if not (fresh.live and sampled):
        return None
    if fresh.starter_date is None:
        return f"Not asked yet: {listed(map(plain, sampled))}."
    return (
        f"Not asked yet, shown from the starter snapshot of {day(fresh.starter_date)} "
        f"(a sample, not a count): {listed(map(plain, sampled))}."
    )


def attribution(fresh: Freshness) -> str:
    """The line the registry's terms ask for: source, the date it processed the data, what was done to it."""
    if fresh.live and fresh.registry_timestamp:
        processed = f"data as processed by the registry on {as_of(fresh)}"
    elif fresh.starter:
        processed = f"facts from public copies of its records, starter snapshot of {day(fresh.starter_date)}"
    else:
        processed = "no data fetched yet"
    return f"{SOURCE}; {processed}. {DERIVED} {ADVICE}"


def phases_say(counts: pd.DataFrame, *, sample: bool = False) -> str:
    """One sentence on lanes (index) by groups of statuses (columns)."""
    lanes = counts.sum(axis=1)
    total = int(lanes.sum())
    if total == 0:
        return "This view holds no trials to count."
    largest = lanes.max()
    lane = listed(lane_inside(str(name)) for name in lanes.index[lanes == largest][:3])
    groups = counts.sum()
    parts = [f"{int(groups[group.id]):,} {_GROUP_SAYS[group.id]}" for group in GROUPS if groups.get(group.id, 0)]
    of = f"{count(total, 'trial')} in the sample" if sample else count(total, "trial")
    has, each = ("have", " each") if (lanes == largest).sum() > 1 else ("has", "")
    return f"Of {of}, {lane} {has} the most ({int(largest):,}{each}). By status: {listed(parts)}."


_GROUP_SAYS = {
    "open": "open or about to open",
    "running": "running but closed to new people",
    "finished": "finished",
    "stopped": "stopped or paused",
    "unverified": "with an unverified or unknown status",
    "expanded": "expanded access",
}


def counted(fresh: Freshness, trials: int, agents: int, what: str) -> str:
    """The caption of a chart: the date, how many trials and agents, what is counted."""
    return f"As of {as_of(fresh)} · {count(trials, 'trial')}, {count(agents, 'agent')} · {what}"


def lane_inside(lane: str) -> str:
    """A lane inside a sentence."""
    words = {"NA": "“phase not applicable”", "NONE": "“no phase”", "UNKNOWN": "“phase not known”"}
    return words.get(lane, LANE_WORDS[lane][0].lower() + LANE_WORDS[lane][1:])


def cells_mean(sampled: Sequence[str], agents: int, *, cells: bool = True) -> str:
    """What numbers by agent are; ``cells``: they stand in the heatmap, with its marks."""
    said = "a trial of two agents counts for both" + ("; bold: the furthest phase" if cells else "")
    if not sampled:
        return said
    who = "all numbers are" if len(sampled) == agents else "numbers of agents not asked yet are"
    return f"{said}; {who} a sample" + ("; “–”: not asked yet" if cells else "")


def nothing(fresh: Freshness, everywhere: bool) -> str:
    """What to do when a view has no trial at all."""
    if not fresh.live and not fresh.starter:
        return "Nothing has been fetched yet. Press “Refresh trial data” in the sidebar to ask the registry."
    if everywhere:
        return "No trial was found in this view. That does not mean that none exists: widen the filters."
    return "No trial was found in this view. That does not mean that none exists: try “All conditions”."


_SPECIAL = {
    "NA": "Not applicable",
    "ECT": "Educational, counselling or training",
    "RANDOMIZED": "Randomised",
    "NON_RANDOMIZED": "Not randomised",
    "NONE": "Open label (nobody is blinded)",
    "NO_INTERVENTION": "No intervention",
}


def code(found: str | None) -> str | None:
    """A registry code of the design in words: ``ACTIVE_COMPARATOR`` is "Active comparator"."""
    return _SPECIAL.get(found, found.replace("_", " ").capitalize()) if found else None


def intervention(item: str) -> str:
    """ "DRUG: Prednisone" without shouting: "Prednisone (drug)"."""
    kind, colon, name = item.partition(": ")
    known = colon and kind.isupper() and kind.replace("_", "").isalpha()
    return f"{name} ({kind.replace('_', ' ').lower()})" if known else item
