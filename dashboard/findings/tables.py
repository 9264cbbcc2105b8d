"""What the page of findings lists and counts: pure functions from frames and reports to frames and sentences."""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import pandas as pd

from cache.codes import LANE_WORDS
from cache.english import count, shortened
from cache.filters.select import Selection, among
from dashboard.shared import words
from dashboard.shared.number_tables import found_link, group_numbers
from dashboard.shared.trial_list import agents_of
from fetchers.settings import RECORD_URL
from insights.findings import across, papers
from insights.findings.across import REPORTS, STATES, Found

Address = Callable[[str], str]  # a group -> where its trials are listed
_ON_A_CARD = 160  # characters of the titles of primary outcomes
_UNREAD = ("not_asked", "failed", "none_posted", "not_known")


class Material(NamedTuple):
    """The trials of a view, each with its state (``state``) and, of those that are read, what they report (``report``);
    the largest first, those of unknown size last."""

    trials: pd.DataFrame
    pairs: pd.DataFrame
    found: Found

    @property
    def states(self) -> Mapping[str, int]:
        """Trials in each state."""
        return Counter(self.trials["state"])

    @property
    def read(self) -> pd.DataFrame:
        return self.trials[(self.trials["state"] == "read").to_numpy(dtype=bool)]


def material(selection: Selection, found: Found) -> Material:
    """What is known of the results of the trials of a view."""
    trials = selection.trials
    keys = [found.reports[id].key if id in found.reports else None for id in trials["nct_id"]]
    made = trials.assign(
        state=pd.Series(across.states(found, trials), index=trials.index, dtype=object),
        report=pd.Series(keys, index=trials.index, dtype=object),
    )
    return Material(across.largest_first(made).reset_index(drop=True), selection.pairs, found)


def say(shown: Material) -> str:
    """How many trials have results here, what their analyses report, and what is missing; why, when there is none."""
    total, read = len(shown.trials), len(shown.read)
    if not read:
        return across.empty(shown.states)
    keys = Counter(shown.read["report"])
    parts = [f"{keys[key]:,} {_SAYS[key]}" for key in REPORTS if keys[key]]
    rest = [f"{shown.states[state]:,} {_REST[state]}" for state in _UNREAD if shown.states.get(state)]
    others = f" Of the others: {', '.join(rest)}." if rest else ""
    return f"Of {count(total, 'trial')}, the posted results of {read:,} are read: {', '.join(parts)}.{others}"


_SAYS = {
    "below": "with a primary analysis whose p lies below the level",
    "not_below": "whose primary analyses have a p value, none of it below the level",
    "other": "with primary analyses of another kind only",
    "none": "without an analysis of a primary outcome",
}
_REST = {
    "not_asked": "with posted results that have not been asked for yet",
    "failed": "with posted results that were asked for without success",
    "none_posted": "without posted results",
    "not_known": "where that is not known",
}


def report_numbers(shown: Material, address: Address) -> pd.DataFrame:
    """Trials by what their registered primary analyses report."""
    return group_numbers("What the analyses report", REPORTS, shown.read["report"].value_counts(), "report", address)


def state_numbers(shown: Material, address: Address) -> pd.DataFrame:
    """Trials by what is known of their results."""
    return group_numbers("Results", STATES, shown.trials["state"].value_counts(), "state", address)


def group(name: str, shown: Material) -> tuple[str, pd.DataFrame] | None:
    """Title and trials of a group; None for a name that means nothing."""
    kind, _, key = name.partition(".")
    titles = {"report": REPORTS, "state": STATES}.get(kind, {})
    return (titles[key], shown.trials[(shown.trials[kind] == key).to_numpy(dtype=bool)]) if key in titles else None


def rows(part: pd.DataFrame, shown: Material, names: Mapping[str, str], published: pd.DataFrame) -> pd.DataFrame:
    """Some trials of the material as a table in words; what results do not tell is missing. ``published``: the papers
    of all records."""
    ids = list(part["nct_id"])
    mine = published[among(published["nct_id"], ids)]
    named, dois = papers.by_trial(mine), papers.dois(mine)
    agents = agents_of(shown.pairs[shown.pairs["nct_id"].isin(ids)], names)
    reports = [shown.found.reports.get(id) for id in ids]

    def told(what: Callable[[across.Report], str]) -> list[str | None]:
        return [what(one) if one else None for one in reports]

    return pd.DataFrame(
        {
            "NCT id": [found_link(id) for id in ids],
            "Title": part["title"].to_numpy(),
            "People": part["enrollment"].to_numpy(),
            "Reports": told(lambda one: REPORTS[one.key]),
            "Agents": [agents.get(id, "none of them") for id in ids],
            "Primary outcome": told(lambda one: " · ".join(one.primary) or "none given"),
            "What its analyses report": told(across.says),
            "It rests on": told(lambda one: across.rests_on(one) or "no analysis"),
            "Serious events": told(lambda one: "; ".join(one.serious) or "not given"),
            "Deaths": told(lambda one: "; ".join(one.deaths) or "not given"),
            "Phase": [LANE_WORDS[str(lane)] for lane in part["lane"]],
            "Results": [_state(id, state, shown.found) for id, state in zip(ids, part["state"], strict=True)],
            "Papers": [papers.address(named, id) for id in ids],
            "Paper by DOI": [papers.doi_address(dois[id][0]) if id in dois else None for id in ids],
            "Record": [f"{RECORD_URL}{id}?tab=results" for id in ids],
        }
    )


def card(row: Mapping[Any, Any]) -> str:
    """A row of ``rows`` as Markdown, for a card: the title leads to what the trial found. The registry's letters stand
    for nothing but themselves."""
    title = row["Title"]
    name = words.quiet(title) if isinstance(title, str) else "Without a title"
    people = words.MISSING if pd.isna(row["People"]) else f"{int(row['People']):,}"
    told = [("Primary outcome", shortened(row["Primary outcome"], _ON_A_CARD))]
    told += [(head, row[head]) for head in ("What its analyses report", "Serious events")]
    return "\n\n".join(
        (
            f"**[{name}]({row['NCT id']})**",
            f":gray-badge[{row['Reports']}] People: {people} · {words.quiet(row['Agents'])}",
            *(f"{head}: {words.quiet(said)}" for head, said in told),
        )
    )


def _state(nct_id: str, state: Any, found: Found) -> str:
    if nct_id in found.older:
        return f"{STATES[state]}, not anew: {found.older[nct_id]}"
    reason = found.failed.get(nct_id) if state == "failed" else None
    return f"{STATES[state]}: {reason}" if reason else STATES[state]
