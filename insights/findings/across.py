"""What the posted results of many trials report, trial by trial: nothing is pooled, nothing is weighed. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import pandas as pd

from cache.english import agreeing, count, listed
from cache.read.results import Posted
from cache.read.results import posted as posted_results
from cache.store.store import Store
from fetchers.record.results import Results
from insights.findings import analysis, tables
from insights.findings.analysis import BELOW, KINDS, NONE, NOT_BELOW, OTHER, Reading
from insights.findings.lines import line

_AT_A_TIME = 500
# What is known of the results of a trial: key -> words.
STATES = {
    "read": "Results read",
    "not_asked": "Results posted, not asked for yet",
    "failed": "Results posted, asked for, and that failed",
    "none_posted": "No results posted",
    "not_known": "Not known whether results are posted",
}
# What the registered analyses of a trial's primary outcomes report, all of them together: key -> words.
REPORTS = {
    "below": "A p below the level",
    "not_below": "p given, none below the level",
    "other": "Another kind of analysis only",
    "none": "No primary analysis registered",
}


# What the results of a trial count of one kind of harm, over its groups: key -> words.
HARMS = {
    "some": "in at least one group",
    "none": "counted, and none in any group",
    "not_counted": "not counted in every group, and none told",
}


class Report(NamedTuple):
    """One trial with results. ``readings``: of every registered analysis of its primary outcomes, with the sentence;
    ``bare``: how many primary outcomes have no analysis; ``serious``, ``deaths``: people a group, in words;
    ``harmed``, ``died``: a key of HARMS for each of the two."""

    nct_id: str
    primary: tuple[str, ...]
    readings: tuple[tuple[str, Reading], ...]
    bare: int
    serious: tuple[str, ...]
    deaths: tuple[str, ...]
    harmed: str = "not_counted"
    died: str = "not_counted"

    @property
    def kinds(self) -> Mapping[str, int]:
        """How many analyses of each kind; outcomes without one under NONE."""
        found = Counter(reading.kind for _, reading in self.readings)
        return {kind: number for kind in KINDS if (number := self.bare if kind == NONE else found[kind])}

    @property
    def key(self) -> str:
        """The key of REPORTS: the first of below, not below, other, none of which there is an analysis."""
        return next((kind for kind in (BELOW, NOT_BELOW, OTHER) if kind in self.kinds), NONE)


def report(results: Results) -> Report:
    """What the results of one trial report."""
    readings = [
        (analysis.sentence(one, outcome), analysis.read(one)) for outcome in results.primary for one in outcome.analyses
    ]
    harmed = tables.harms(results).rows
    return Report(
        results.nct_id,
        tuple(line(one.title) or "Without a title" for one in results.primary),
        tuple(readings),
        sum(not one.analyses for one in results.primary),
        tuple(f"{group}: {serious}" for group, _, serious, _ in harmed),
        tuple(f"{group}: {deaths}" for group, deaths, *_ in harmed),
        _counted((one.serious_num_affected, one.serious_num_at_risk) for one in results.harms.event_groups),
        _counted((one.deaths_num_affected, one.deaths_num_at_risk) for one in results.harms.event_groups),
    )


def _counted(groups: Iterable[tuple[int | None, int | None]]) -> str:
    """The key of HARMS for people affected and at risk by group: none only where every group was at risk and says 0."""
    counts = list(groups)
    if any(affected for affected, _ in counts):
        return "some"
    return "none" if counts and all(affected == 0 and at_risk for affected, at_risk in counts) else "not_counted"


def has_section(one: Posted | None) -> bool:
    """Whether there are results to show."""
    return one is not None and one.results is not None and one.results.results_section is not None


class Found(NamedTuple):
    """The posted results of the stored trials by id: of those that are read what they report, of those that could not
    be read why. ``older``: why the results that are read are not the newest (withdrawn since, or reading failed)."""

    reports: Mapping[str, Report] = {}
    failed: Mapping[str, str] = {}
    older: Mapping[str, str] = {}

    def state(self, nct_id: str, has_results: bool | None) -> str:
        """The key of STATES for a trial."""
        if nct_id in self.reports:
            return "read"
        if not has_results:
            return "not_known" if has_results is None else "none_posted"
        return "failed" if nct_id in self.failed else "not_asked"


NOTHING = Found()


def found(posted: Iterable[Posted]) -> Found:
    """What is known of the results of some trials."""
    reports: dict[str, Report] = {}
    failed: dict[str, str] = {}
    older: dict[str, str] = {}
    for one in posted:
        if has_section(one) and one.results is not None:
            reports[one.nct_id] = report(one.results)
        if one.error:
            (older if one.nct_id in reports else failed)[one.nct_id] = one.error
    return Found(reports, failed, older)


def stored(store: Store, nct_ids: Sequence[str]) -> Found:
    """What the stored results of some trials report; only a part of them is held at once."""
    parts = (nct_ids[at : at + _AT_A_TIME] for at in range(0, len(nct_ids), _AT_A_TIME))
    return found(one for part in parts for one in posted_results(store, part).values())


def states(found: Found, trials: pd.DataFrame) -> list[str]:
    """For each trial of a frame its key of STATES."""
    posted = trials["has_results"].astype(object).where(trials["has_results"].notna(), None)
    return [found.state(id, has) for id, has in zip(trials["nct_id"], posted, strict=True)]


def largest_first(trials: pd.DataFrame) -> pd.DataFrame:
    """Trials by size; those of unknown size last."""
    return trials.sort_values(["enrollment", "nct_id"], ascending=[False, True], na_position="last")


def says(one: Report) -> str:
    """What the analyses of a trial report, in one line: "2 of 3 analyses: p below the level; …"."""
    if not one.primary:
        return "The record gives no primary outcome."
    total = len(one.readings)
    parts = [f"{number} of {count(total, 'analysis', 'analyses')}: {KINDS[kind]}" for kind, number in one.kinds.items()
             if kind != NONE]  # fmt: skip
    if one.bare:
        parts.append(f"{one.bare} of {count(len(one.primary), 'primary outcome')}: {KINDS[NONE]}")
    return "; ".join(parts)


def rests_on(one: Report) -> str:
    """The words the kinds rest on, each reason once, with the record's own in quotation marks."""
    said: dict[str, None] = {}
    for _, reading in one.readings:
        said[reading.why + "".join(f" (“{words}”)" for words in reading.words)] = None
    return "; ".join(said)


def empty(states: Mapping[str, int]) -> str:
    """Why no result is shown, by the number of trials in each state; which of: none posted, not asked yet, failed."""
    if not sum(states.values()):
        return "No trial is in this view, so there are no results to show."
    said = {
        "none_posted": "no results posted",
        "not_asked": "results posted that have not been asked for yet",
        "failed": "results posted that were asked for without success",
    }
    parts = [
        f"{count(number, 'trial')} {agreeing(number, 'has', 'have')} {words}"
        for state, words in said.items()
        if (number := states.get(state, 0))
    ]
    unknown = states.get("not_known", 0)
    rest = f" Whether {count(unknown, 'trial')} posted results is not known." if unknown else ""
    return f"No posted results to show here{f': {listed(parts)}' if parts else ''}.{rest}"
