"""Sentences on the screen that are computed from the data: how fresh it is, where it comes from, what a chart says.

Pure text. Everything that goes through Streamlit's Markdown is built of our own words and of names passed through
``plain``; the registry's texts are never put in here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import NamedTuple
from urllib.parse import urljoin

import pandas as pd

from cache.codes import LANE_WORDS, PHASE_PATH
from cache.english import count, day, listed, moment, number
from cache.filters.counts import AgentCover, KeyFigures
from cache.filters.filter import Filter
from cache.read.trials import Freshness
from dashboard.shared.escape import plain as plain
from dashboard.shared.escape import quiet as quiet
from dashboard.shared.palette import GROUPS
from fetchers.settings import RECORD_URL

SOURCE = f"Source: [ClinicalTrials.gov]({urljoin(RECORD_URL, '/')}), U.S. National Library of Medicine"
DERIVED = "Agents, roles and condition groups are assigned by this product, not by the registry."
ADVICE = "Not medical advice."


def age_in_days(text: str, now: datetime) -> int:
    """Whole days between the day of a date or moment and today, never negative."""
    then = datetime.fromisoformat(text[:10]).replace(tzinfo=UTC)
    return max((now.astimezone(UTC) - then).days, 0)


def as_of(fresh: Freshness) -> str:
    """The date of the data for a caption: "20 November 2026" or "starter snapshot of 5 July 2026"."""
    if fresh.live and fresh.registry_timestamp:
        return day(fresh.registry_timestamp[:10])
    if fresh.starter:
        return f"starter snapshot of {day(fresh.starter_date)}"
    return "no data yet"


def freshness_line(fresh: Freshness, now: datetime) -> str:
    """How old the data is, in one line; the first words name what it is."""
    if fresh.live and fresh.registry_timestamp:
        age = age_in_days(fresh.registry_timestamp, now)
        old = "from today" if age == 0 else f"{count(age, 'day')} old"
        return f"Registry data of {day(fresh.registry_timestamp[:10])} · fetched {moment(fresh.fetched_at)} · {old}"
    if fresh.starter:
        return (
            f"Starter snapshot of {day(fresh.starter_date)} · a sample of trials from public copies, "
            "not a count: the registry has not been asked yet"
        )
    return "No data yet · press “Refresh trial data” to ask the registry"


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


def failures(scopes: pd.DataFrame) -> list[tuple[str, str, str | None]]:
    """Name, reason and time of every part whose last refresh failed."""
    failed = scopes[scopes["error"].notna()]
    return [
        (name, error, at if isinstance(at, str) else None)
        for name, error, at in zip(failed["name"], failed["error"], failed["error_at"], strict=True)
    ]


def attribution(fresh: Freshness) -> str:
    """The line the registry's terms ask for: source, the date it processed the data, what was done to it."""
    if fresh.live and fresh.registry_timestamp:
        processed = f"data as processed by the registry on {day(fresh.registry_timestamp[:10])}"
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
        return "There are no trials to count in this view."
    largest = lanes.max()
    lane = listed(_lane(str(name)) for name in lanes.index[lanes == largest][:3])
    groups = counts.sum()
    parts = [f"{int(groups[group.id]):,} {_GROUP_SAYS[group.id]}" for group in GROUPS if groups.get(group.id, 0)]
    of = f"{count(total, 'trial')} in the sample" if sample else count(total, "trial")
    has, each = ("have", " each") if (lanes == largest).sum() > 1 else ("has", "")
    return f"Of {of}, {lane} {has} the most ({int(largest):,}{each}); {listed(parts)}."


def what(agents: int, documents: int) -> str:
    """What this is, in one sentence, for whichever watch-list."""
    counts = [number(agents), number(documents)]
    those = "agent" if agents == 1 else "agents"
    if not documents:
        return f"What ClinicalTrials.gov really shows about the {counts[0]} {those} of this watch-list."
    texts = "document recommends" if documents == 1 else "documents recommend"
    return f"What ClinicalTrials.gov really shows about the {counts[0]} {those} that {counts[1]} {texts}."


_GROUP_SAYS = {
    "open": "open or about to open",
    "running": "running but closed to new people",
    "finished": "finished",
    "stopped": "stopped or paused",
    "unverified": "of unverified or unknown status",
    "expanded": "expanded access",
}


def agents_say(counts: pd.DataFrame, names: Mapping[str, str], sampled: Sequence[str]) -> str:
    """One sentence on agents (index) by lanes (columns)."""
    totals = counts.sum(axis=1)
    if totals.sum() == 0:
        found = "No trial of any agent is in this view."
    else:
        top = str(totals.idxmax())
        found = f"The agent with the most trials is {plain(names[top])} ({int(totals[top]):,})"
        reached = [lane for lane in PHASE_PATH if lane in counts and counts[lane].sum()]
        found += f"; the furthest phase reached is {_lane(reached[-1])}." if reached else "."
    empty = [agent for agent in counts.index if totals[agent] == 0]
    none = [plain(names[agent]) for agent in empty if agent not in sampled]
    unasked = [plain(names[agent]) for agent in empty if agent in sampled]
    if none:
        found += f" None found for {listed(none, 'or')}."
    if unasked:
        found += f" Not asked yet: {listed(unasked)}."
    return found


def starts_say(counts: pd.DataFrame, unknown: int) -> str:
    """One sentence on years (index) by started and planned (columns); ``unknown``: trials without a start date."""
    started = counts["started"]
    missing = f" For {count(unknown, 'trial')} the start is not known." if unknown else ""
    if started.sum() + counts["planned"].sum() == 0:
        return f"No trial with a known start is in this view.{missing}"
    parts = []
    if started.sum():
        years = [str(year) for year in started.index[started == started.max()]]
        most = int(started.max())
        alike = len(years) > 1 and bool((started[started > 0] == most).all())
        if alike or len(years) > 3:  # too many to name, or no year that stands out
            parts.append(f"Never more than {most:,} a year")
        else:
            parts.append(f"Most trials started in {listed(years)} ({most:,}{' each' if len(years) > 1 else ''})")
    if counts["planned"].sum():
        parts.append(f"{count(int(counts['planned'].sum()), 'start')} planned or not confirmed")
    said = "; ".join(parts)
    return f"{said[0].upper()}{said[1:]}.{missing}"


def counted(fresh: Freshness, trials: int, agents: int, what: str) -> str:
    """The caption of a chart: the date, how many trials and agents, what is counted."""
    return f"As of {as_of(fresh)} · {count(trials, 'trial')}, {count(agents, 'agent')} · {what}"


def _lane(lane: str) -> str:
    words = {"NA": "“phase not applicable”", "NONE": "“no phase”", "UNKNOWN": "“phase not known”"}
    return words.get(lane, LANE_WORDS[lane][0].lower() + LANE_WORDS[lane][1:])


class Card(NamedTuple):
    """A key figure: what is counted, the number, its denominator in words, and the view that lists its trials."""

    label: str
    value: str
    note: str
    listed: Filter | None


def cards(figures: KeyFigures, wanted: Filter, *, sample: bool) -> list[Card]:
    """The key figures of a view. On a sample they are called so, for they are no count of what is registered."""
    of = f"of {figures.status_known:,} with a recorded status"
    return [
        Card("Trials in the sample" if sample else "Trials", f"{figures.trials:,}", _what(figures, sample), wanted),
        Card("Recruiting now", f"{figures.recruiting:,}", of, replace(wanted, statuses=("RECRUITING",))),
        Card("Completed", f"{figures.completed:,}", of, replace(wanted, statuses=("COMPLETED",))),
        _results(figures, wanted),
    ]


def _what(figures: KeyFigures, sample: bool) -> str:
    if sample:
        return "A sample, not a count"
    unknown = figures.trials - figures.status_known
    return f"{unknown:,} without a recorded status" if unknown else "All with a recorded status"


def _results(figures: KeyFigures, wanted: Filter) -> Card:
    if not figures.results_known:
        return Card("With posted results", "Not known", "The source does not say it of any of these trials", None)
    note = f"of {figures.results_known:,} where known"
    return Card("With posted results", f"{figures.with_results:,}", note, replace(wanted, results=True))


def without(cover: AgentCover, names: Mapping[str, str], swept: Sequence[str]) -> Card:
    """The key figure on agents: those without a trial in the swept conditions, and why. Not asked is not none found."""
    label = f"Agents without any trial in {listed(swept, 'or')}"
    agents = len(names)
    parts = []
    if cover.none_found:
        parts.append(f"None found for {listed(plain(names[agent]) for agent in cover.none_found)}.")
    if cover.not_asked:
        parts.append(f"Not asked yet: {listed(plain(names[agent]) for agent in cover.not_asked)}.")
    if cover.found:
        parts.append(f"A trial was found for {listed(plain(names[agent]) for agent in cover.found)}.")
    known = bool(cover.none_found) or not cover.not_asked
    return Card(label, f"{len(cover.none_found)} of {agents}" if known else "Not known yet", " ".join(parts), None)


def cells_mean(sampled: Sequence[str], agents: int, *, cells: bool = True) -> str:
    """What numbers by agent are; ``cells``: they stand in the heatmap, with its marks."""
    said = "a trial of two agents counts for both" + ("; bold: the furthest phase" if cells else "")
    if not sampled:
        return said
    who = "all numbers are" if len(sampled) == agents else "numbers of agents not asked yet are"
    return f"{said}; {who} a sample" + ("; “–”: not asked yet" if cells else "")


def hits(found: int, *, sample: bool) -> str:
    """How many trials a list holds; "none found" never says that none exists."""
    if not found:
        return "No trial found"
    return f"{count(found, 'trial')} found{' in the starter sample' if sample else ''}"


def most_say(found: "pd.Series[int]") -> str:
    """One sentence on a few words with their numbers."""
    if not found.sum():
        return "No trial is counted here."
    top = found.max()
    return f"Most often: {listed(plain(str(word)) for word in found.index[found == top])} ({int(top):,})."


def nothing(fresh: Freshness, everywhere: bool) -> str:
    """What to do when a view has no trial at all."""
    if not fresh.live and not fresh.starter:
        return "Nothing has been fetched yet. Press “Refresh trial data” in the sidebar to ask the registry."
    if everywhere:
        return "No trial was found in this view. That does not mean that none exists: widen the filters."
    return "No trial was found in this view. That does not mean that none exists: try “All conditions”."
