"""The sentences and key figures of the Overview. Pure text, safe for Streamlit's Markdown."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import pandas as pd

from cache import english
from cache.codes import PHASE_PATH
from cache.english import agreeing, count, listed, number
from cache.filters.counts import KeyFigures
from cache.filters.filter import Filter
from dashboard.shared.words import lane_inside, plain


def what(agents: int, documents: int) -> str:
    """What this is, in one sentence, for whichever watch-list."""
    counts = [number(agents), number(documents)]
    those = agreeing(agents, "agent")
    if not documents:
        return f"What ClinicalTrials.gov really shows about the {counts[0]} {those} of this watch-list."
    texts = agreeing(documents, "document recommends", "documents recommend")
    return f"What ClinicalTrials.gov really shows about the {counts[0]} {those} that {counts[1]} {texts}."


def agents_say(counts: pd.DataFrame, names: Mapping[str, str], sampled: Sequence[str]) -> str:
    """One sentence on agents (index) by lanes (columns)."""
    totals = counts.sum(axis=1)
    if totals.sum() == 0:
        found = "This view has no trial of any agent."
    else:
        top = [plain(english.inner(names[str(agent)])) for agent in totals.index[totals == totals.max()]]
        found = f"The {agreeing(len(top), 'agent')} with the most trials {agreeing(len(top), 'is', 'are')} "
        found += f"{listed(top)} ({int(totals.max()):,}{' each' if len(top) > 1 else ''})."
        reached = [lane for lane in PHASE_PATH if lane in counts and counts[lane].sum()]
        found += f" The furthest phase of any agent here is {lane_inside(reached[-1])}." if reached else ""
    empty = [agent for agent in counts.index if totals[agent] == 0]
    none = [plain(english.inner(names[agent])) for agent in empty if agent not in sampled]
    unasked = [plain(english.inner(names[agent])) for agent in empty if agent in sampled]
    if none:
        found += f" None found for {listed(none, 'or')}."
    if unasked:
        found += f" The sample has no trial of {listed(unasked, 'or')}."
    return found


def starts_say(counts: pd.DataFrame, unknown: int) -> str:
    """One sentence on years (index) by started and planned (columns); ``unknown``: trials without a start date."""
    started = counts["started"]
    missing = f" {count(unknown, 'trial')} without a known start." if unknown else ""
    if started.sum() + counts["planned"].sum() == 0:
        return f"No trial with a known start is in this view.{missing}"
    parts = []
    if started.sum():
        years = [str(year) for year in started.index[started == started.max()]]
        most = int(started.max())
        alike = len(years) > 1 and bool((started[started > 0] == most).all())
        if alike or len(years) > 3:  # too many to name, or no year that stands out
            parts.append(f"At most {most:,} a year")
        else:
            parts.append(f"Most trials started in {listed(years)} ({most:,}{' each' if len(years) > 1 else ''})")
    if counts["planned"].sum():
        parts.append(f"{count(int(counts['planned'].sum()), 'start')} planned or not confirmed")
    said = "; ".join(parts)
    return f"{said[0].upper()}{said[1:]}.{missing}"


def soon_say(trials: int, overdue: int, *, sample: bool) -> str:
    """On the trials that are not yet recruiting; ``overdue``: those whose planned start has passed."""
    if not trials:
        return "No trial of this sample is about to open." if sample else "No trial in this view is about to open."
    verb = agreeing(trials, "is", "are")
    said = f"{count(trials, 'trial')} {verb} registered and not yet recruiting."
    if not overdue:
        return said
    if overdue == trials:
        whose = agreeing(trials, "Its planned start", "The planned start of all of them")
        return f"{said} {whose} has passed."
    last = agreeing(overdue, "it comes", "they come")
    return f"{said} The planned start of {overdue:,} of them has passed; {last} last."


class KeyFigure(NamedTuple):
    """A key figure: number and word, what it is a part of, and the view that lists its trials."""

    number: str
    word: str
    note: str
    listed: Filter | None


def key_figures(figures: KeyFigures, wanted: Filter, *, sample: bool) -> list[KeyFigure]:
    """The key figures of a view. On a sample they are called so, for they are no count of what is registered."""
    of = f"of {figures.status_known:,} with a recorded status"
    return [
        KeyFigure(
            f"{figures.trials:,}",
            english.agreeing(figures.trials, "trial") + (" in this sample" if sample else ""),
            _what(figures, sample),
            wanted,
        ),
        KeyFigure(f"{figures.recruiting:,}", "recruiting", of, replace(wanted, statuses=("RECRUITING",))),
        KeyFigure(f"{figures.completed:,}", "completed", of, replace(wanted, statuses=("COMPLETED",))),
        _results(figures, wanted),
    ]


def _what(figures: KeyFigures, sample: bool) -> str:
    if sample:
        return "A sample, not a count"
    unknown = figures.trials - figures.status_known
    return f"{unknown:,} without a recorded status" if unknown else "All with a recorded status"


def _results(figures: KeyFigures, wanted: Filter) -> KeyFigure:
    if not figures.results_known:
        return KeyFigure("?", "with posted results", "The source does not say this for any of these trials", None)
    note = f"of {figures.results_known:,} where known"
    return KeyFigure(f"{figures.with_results:,}", "with posted results", note, replace(wanted, results=True))
