"""Which results stand in the registry, which are due there, and for which no US rule asks: facts on posting only.

The rule is the one of the US reporting law as trackers of it test it: an interventional trial of a product the FDA
regulates, of a phase beyond 1 or without phases, that is no feasibility study of a device, was not withdrawn and
started on or after 18 January 2017. One that started before and reached its primary completion on or after that day
is probably covered. Results are due a year after the primary completion, three years with a certificate of delay, and
are called overdue only when 30 more days have passed. A paper in a journal is no posted result.

A partial date is the span of days it can mean: an answer is given only when it is the same for every one of them. A
fact that is missing is never guessed, and odd dates (``insights.dates.odd``) are not reckoned with: the answer is then
that it cannot be told, with the fact. Nothing here says that a law was broken; who is covered is decided by facts that
are not public, too. Frames in, frames out, no Streamlit.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple

import pandas as pd

from cache.read import lists
from cache.read.frames import plain_rows
from insights.dates.spans import span
from insights.us_rule import checks

GRACE = timedelta(days=30)

# State -> words on the screen, in reading order.
STATES = {
    "posted": "Posted",
    "submitted": "Sent in, not posted yet",
    "overdue": "Overdue",
    "due": "Due, within the 30 days of grace",
    "ahead": "Due later",
    "not_covered": "Not covered by the rule",
    "planned": "Unclear: the completion date has passed but is still marked as planned",
    "uncleared": "Unclear: the device is not cleared, so posting may be held back",
    "imprecise": "Unclear: a month or year alone does not decide",
    "odd": "Unclear: the dates do not fit",
    "unknown": "Unclear: a fact is missing",
}
COVERAGE = {"covered": "Covered", "probable": "Probably covered", "not_covered": "Not covered", "unknown": "Not known"}
# Why a trial is not covered: code -> words, in the order in which one is named when there are several.
REASONS = {
    "expanded_access": "Expanded access, not a trial",
    "not_interventional": "Observational",
    "withdrawn": "Withdrawn before anybody took part",
    "phase_1": "Phase 1 or early phase 1",
    "device_feasibility": "Feasibility study of a device",
    "before_2017": "Ended before 18 January 2017",
    "no_fda_product": "No product regulated by the FDA",
    "no_us_site": "No site in the US, and no product named as regulated by the FDA",
    "waived": "The registry notes a waiver",
}
# What no later day changes, once the dates of the trial are past.
SETTLED = ("posted", "submitted", "not_covered")
# What has to be known and is not: code -> words.
FACTS = {
    "study_type": "the study type",
    "status": "the status",
    "phase": "the phase",
    "fda_product": "whether the FDA regulates a product of the trial",
    "start": "the start date",
    "completion": "the completion date",
    "sound_dates": "which of the dates are right (they do not fit)",
    "exact_completion": "the day of completion (a month or year alone does not decide)",
    "exact_day": "the day these facts were true (a month or year alone does not decide)",
    "actual_completion": "whether it was completed (its date has passed and is still marked as planned)",
    "results": "whether results are posted",
    "clearance": "whether the device is cleared (until then posting may be held back)",
    "day": "the day these facts were true",
}
# What is judged by.
READ = (
    "nct_id", "study_type", "overall_status", "phases", "primary_purpose", "start_date", "start_date_type",
    "primary_completion_date", "primary_completion_date_type", "completion_date", "completion_date_type",
    "status_verified", "certificate", "results_submitted", "results_posted", "has_results", "waived", "fda_drug",
    "fda_device", "unapproved_device", "us_export", "countries", "judged_on",
)  # fmt: skip
RESULT_COLUMNS = (
    "nct_id", "state", "coverage", "reason", "missing", "due_on", "days", "certificate", "ended_on", "judged_on",
)  # fmt: skip
# What alone keeps it from being told -> the state that says so.
_UNTOLD_BY = {
    "actual_completion": "planned",
    "clearance": "uncleared",
    "exact_completion": "imprecise",
    "exact_day": "imprecise",
    "sound_dates": "odd",
}
UNTOLD = (*dict.fromkeys(_UNTOLD_BY.values()), "unknown")  # the states in which it cannot be told


class Cover(NamedTuple):
    """Whether the rule covers a trial: a key of COVERAGE, the reason why not, the facts that are missing."""

    coverage: str
    reason: str | None
    missing: tuple[str, ...]


class Verdict(NamedTuple):
    """What can be said of one trial's results. ``due_on``: the last day the due date can mean; ``days``: since (or,
    negative, until) that day."""

    state: str
    coverage: str
    reason: str | None
    missing: tuple[str, ...]
    due_on: date | None
    days: int | None


class _Days(NamedTuple):
    """How many days after the due date the facts stood so, by the spans of both, and which of them is one."""

    least: int
    most: int
    by_completion: bool
    by_day: bool


def judged(facts: pd.DataFrame, trials: pd.DataFrame) -> pd.DataFrame:
    """``facts`` with ``judged_on``: the day of the data load a record was read from, or the day a starter fact stood
    so; missing when nobody noted it. ``trials``: rows of ``cache.read.trials.trials`` of the same trials."""
    days = trials["registry_timestamp"].str[:10].where(trials["origin"] == "live", trials["as_of"])
    return facts.assign(judged_on=facts["nct_id"].map(dict(zip(trials["nct_id"], days, strict=True))))


def of_the_day(made: pd.DataFrame, facts: pd.DataFrame) -> pd.DataFrame:
    """Rows on trials of ``facts`` with the day those stand so."""
    places = pd.Index(facts["nct_id"]).get_indexer(pd.Index(made["nct_id"]))
    return made.assign(judged_on=facts["judged_on"].array[places])


def judge(facts: pd.DataFrame) -> pd.DataFrame:
    """One row a trial of ``facts`` (columns of ``records.facts`` and ``judged_on``, the day its facts stood so).

    Columns ``RESULT_COLUMNS``; days and dates as text, ``missing`` a list. For posted results ``days`` tells how long
    after the due date they were sent in, negative when before.
    """
    rows = []
    for row in plain_rows(facts[list(READ)]):
        found = verdict(row)
        due = found.due_on.isoformat() if found.due_on else None
        rows.append((row["nct_id"], found.state, found.coverage, found.reason, list(found.missing), due, found.days,
                     row["certificate"], checks.ended(row)[0], row["judged_on"]))  # fmt: skip
    made = pd.DataFrame.from_records(rows, columns=list(RESULT_COLUMNS))
    return made.assign(missing=lists.series(made["missing"])).astype({"days": "Int64"})


def verdict(row: Mapping[str, Any]) -> Verdict:
    """The rule, applied to one row of facts (missing values are None)."""
    cover = covered(row)
    due = due_on(row) if cover.coverage in ("covered", "probable") else None
    if row["has_results"]:
        sent = row["results_submitted"] or row["results_posted"]
        late = _late(row, sent) if due and sent else None
        return Verdict("posted", cover.coverage, cover.reason, (), due, late)
    if cover.coverage == "not_covered":
        return Verdict("not_covered", cover.coverage, cover.reason, (), None, None)
    if row["results_submitted"]:
        return Verdict("submitted", cover.coverage, None, cover.missing, due, None)
    gaps = {*cover.missing, *_missing(row)}
    missing = tuple(fact for fact in FACTS if fact in gaps)
    if missing or due is None:
        return Verdict(_untold(missing), cover.coverage, None, missing, due, None)
    days = _days_after(row)
    states = {_standing(days.least), _standing(days.most)}
    doubt = _doubt(row, states, days)
    if doubt:
        return Verdict(_untold(doubt), cover.coverage, None, doubt, due, None)
    return Verdict(states.pop(), cover.coverage, None, (), due, days.least)


def covered(row: Mapping[str, Any]) -> Cover:
    """Whether the rule covers the trial. One fact that rules it out decides, whatever else is missing."""
    reasons, missing = checks.tested(row)
    for reason in REASONS:
        if reason in reasons:
            return Cover("not_covered", reason, ())
    gaps = tuple(fact for fact in FACTS if fact in missing)
    if gaps:
        return Cover("unknown", None, gaps)
    return Cover("covered" if checks.starts_after(row) else "probable", None, ())


def due_on(row: Mapping[str, Any]) -> date | None:
    """A year after the last day the (primary) completion can mean, three years with a certificate of delay; None
    without a completion, and when the dates do not fit."""
    return None if checks.ended(row)[0] is None or checks.odd_dates(row) else checks.due(row).last


def _days_after(row: Mapping[str, Any]) -> _Days:
    due, on = checks.due(row), span(row["judged_on"])
    return _Days((on.first - due.last).days, (on.last - due.first).days, due.first < due.last, on.first < on.last)


def _late(row: Mapping[str, Any], sent: str) -> int | None:
    """Days from ``due_on`` to the day results were sent in; None when the two may lie either way round."""
    due, on = checks.due(row), span(sent)
    either = on.first < due.last and on.last > due.first and (due.first < due.last or on.first < on.last)
    return None if either else (on.first - due.last).days


def _standing(days: int) -> str:
    return "overdue" if days > GRACE.days else "due" if days > 0 else "ahead"


def _missing(row: Mapping[str, Any]) -> set[str]:
    """What is not known though everything else says that results will be due."""
    known = {"completion": checks.ended(row)[0], "day": row["judged_on"]}
    return {fact for fact, found in known.items() if not found} | ({"results"} if row["has_results"] is None else set())


def _doubt(row: Mapping[str, Any], states: set[str], days: _Days) -> tuple[str, ...]:
    """What keeps a due date that has passed, or may have, from being one that counts."""
    if states == {"ahead"}:
        return ()
    if checks.ended(row)[1] == "ESTIMATED":
        return ("actual_completion",)
    if row["unapproved_device"]:
        return ("clearance",)
    if len(states) == 1:
        return ()
    found = {"exact_completion": days.by_completion, "exact_day": days.by_day}
    return tuple(fact for fact, open_span in found.items() if open_span)


def _untold(missing: tuple[str, ...]) -> str:
    """The state of a trial of which it cannot be told, by what is not known."""
    states = {_UNTOLD_BY.get(fact, "unknown") for fact in missing}
    return states.pop() if len(states) == 1 else "unknown"
