"""The sentences and key figures of the Overview. Pure text, safe for Streamlit's Markdown."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import pandas as pd

from cache.codes import PHASE_PATH
from cache.english import count, listed, number
from cache.filters.counts import AgentCover, KeyFigures
from cache.filters.filter import Filter
from dashboard.shared.words import lane_inside, plain


def what(agents: int, documents: int) -> str:
    """What this is, in one sentence, for whichever watch-list."""
    counts = [number(agents), number(documents)]
    those = "agent" if agents == 1 else "agents"
    if not documents:
        return f"What ClinicalTrials.gov really shows about the {counts[0]} {those} of this watch-list."
    texts = "document recommends" if documents == 1 else "documents recommend"
    return f"What ClinicalTrials.gov really shows about the {counts[0]} {those} that {counts[1]} {texts}."


def agents_say(counts: pd.DataFrame, names: Mapping[str, str], sampled: Sequence[str]) -> str:
    """One sentence on agents (index) by lanes (columns)."""
    totals = counts.sum(axis=1)
    if totals.sum() == 0:
        found = "No trial of any agent is in this view."
    else:
        top = str(totals.idxmax())
        found = f"The agent with the most trials is {plain(names[top])} ({int(totals[top]):,})"
        reached = [lane for lane in PHASE_PATH if lane in counts and counts[lane].sum()]
        found += f"; the furthest phase reached is {lane_inside(reached[-1])}." if reached else "."
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
