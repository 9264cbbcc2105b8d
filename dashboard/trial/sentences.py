"""Sentences on one trial that are computed from its record: what it is, whether it is up to date, its results. Pure.

Results are told as posting facts, never as a finding on anybody. The registry's own words do not go in here.
"""

from collections.abc import Iterator, Sequence

import pandas as pd

from cache.codes import LANE_WORDS, STATUS_WORDS, STUDY_TYPE_WORDS
from cache.english import count, day, inner, listed, moment
from dashboard.shared.trial_list import STATUS, status_words
from dashboard.trial import words as trial_words
from dashboard.trial.known import Known
from dashboard.trial.words import Row
from fetchers.record import other_registries
from fetchers.record.study import Study
from insights.dates.odd import ODD
from insights.results_due import FACTS, REASONS, Verdict
from insights.stale import REGISTRATION

PAPERS = "A paper in a journal is no posted result."
POSTING = "This is a fact about posting. It does not judge anybody’s conduct."
EXPANDED = "This is expanded access, not a trial: people get the treatment outside of one."


def origin(row: Row) -> str:
    """Where the facts of a trial come from and how old they are."""
    if row["origin"] == "starter":
        source = trial_words.text(row["source"]) or "a public copy"
        said = f"From the starter snapshot: facts of {day(trial_words.text(row['as_of']))}, read in {source}."
        note = f" {row['note']}" if isinstance(row["note"], str) else ""
        return f"{said}{note} The record may have changed since; a refresh brings its present state."
    of = f"; data of {day(row['registry_timestamp'])}" if trial_words.text(row["registry_timestamp"]) else ""
    unreadable = f" {row['note']}" if isinstance(row["note"], str) else ""
    return f"Read from the registry on {moment(row['fetched_at'])}{of}.{unreadable}"


def line(known: Known, agents: Sequence[str], conditions: Sequence[str]) -> str:
    """What the trial is, in one line; what is not known is left out. ``agents``: those it gives, ``conditions``: the
    groups it belongs to, both by name."""
    row = known.row
    lane = str(row["lane"])
    masking = (trial_words.design(known.study).get("Masking") or "").partition(" (")[0]
    adjectives = [
        LANE_WORDS[lane] if lane not in ("NA", "NONE", "UNKNOWN", "EXPANDED_ACCESS") else "",
        _allocation(known),
        "open-label" if masking == "Open label" else "masked" if masking else "",
    ]
    said = " ".join(filter(None, (", ".join(filter(None, adjectives)), _NOUNS.get(row["study_type"], "study"))))
    said += f" of {listed(map(inner, agents))}" if agents else ""
    said += _people(row)
    said += f" {'with' if _people(row) else 'in'} {listed(map(inner, conditions))}" if conditions else ""
    status = status_words(*(row[name] for name in STATUS))
    updated = trial_words.text(row["last_update_posted"])
    rest = [inner(status) if status else "status not known", f"last updated {day(updated)}" if updated else ""]
    return f"{'; '.join(filter(None, (said[0].upper() + said[1:].removesuffix(','), *rest)))}."


_NOUNS = {"INTERVENTIONAL": "trial", "OBSERVATIONAL": "observational study", "EXPANDED_ACCESS": "expanded access"}


def _people(row: Row) -> str:
    if row["enrollment"] is pd.NA:
        return ""
    planned = ", as planned," if row["enrollment_type"] == "ESTIMATED" else ""
    return f" in {count(int(row['enrollment']), 'person', 'people')}{planned}"


def _allocation(known: Known) -> str:
    found = trial_words.design(known.study).get("Allocation")
    return inner(found) if found in ("Randomised", "Not randomised") else ""


def also_registered(study: Study) -> str:
    """That the trial stands in other registries too, by the ids its record gives; empty when it names none."""
    registries = dict.fromkeys(one.registry for one in other_registries.elsewhere(study))
    if not registries:
        return ""
    return f"Also registered elsewhere, as its ids tell: {listed(registries)}. The registries may differ."


def short(known: Known) -> str:
    """The trial in two or three short sentences, for a reader who stops there."""
    return " ".join([f"{', '.join(_kind(known))}.", f"{_state(known)}.", *doubts(known)])


def doubts(known: Known) -> list[str]:
    """What of the record may no longer hold, a sentence each."""
    said = []
    if any(one["flag"] not in ODD for one in known.flags):
        said.append("Its record may be out of date: see the dates.")
    if any(one["flag"] in ODD for one in known.flags):
        said.append("Some of its dates do not fit.")
    return said


def _kind(known: Known) -> Iterator[str]:
    row = known.row
    yield trial_words.word(STUDY_TYPE_WORDS, row["study_type"]) or "Study type not known"
    found = trial_words.design(known.study)
    if _allocation(known):
        yield _allocation(known)
    masking = (found.get("Masking") or "").partition(" (")[0]
    if masking:
        yield "open label" if masking == "Open label" else f"blinded ({masking.lower()})"
    control = trial_words.control(known.study) or ""
    if control.startswith("Yes"):
        yield "with a placebo or sham arm"
    yield trial_words.enrolment(row) or "number of people not known"


def _state(known: Known) -> str:
    status = status_words(*(known.row[name] for name in STATUS)) or "Status not known"
    posted = trial_words.results(known.row["has_results"])
    results = inner(posted) if posted else "not known whether posted"
    return f"{status}; results: {results}"


def results(known: Known) -> list[str]:
    """What is known of posted results, a sentence each; the first one is the answer."""
    verdict, posted = known.verdict, trial_words.results(known.row["has_results"])
    if verdict is None:
        return [f"Results: {inner(posted) if posted else 'whether they are posted is not known'}."]
    said = [*_posted(known, verdict), *_due(verdict)]
    fact = known.fact or {}
    if fact.get("certificate"):
        said.append(f"A certificate of delay is noted ({day(fact['certificate'])}).")
    if verdict.coverage == "probable" and not verdict.missing:
        said.append("The rule probably covers it: it began before 18 January 2017 and ended after.")
    return [*said, f"Judged on {day(known.judged_on)}."]


def _posted(known: Known, verdict: Verdict) -> Iterator[str]:
    fact = known.fact or {}
    if verdict.state == "posted":
        first = f", first on {day(fact['results_posted'])}" if fact.get("results_posted") else ""
        yield f"Results are posted in the registry{first}."
    elif fact.get("results_submitted"):
        sent = day(fact["results_submitted"])
        yield f"Results were sent to the registry on {sent} and are not posted yet."
    elif fact.get("has_results") is None:
        yield "Whether results are posted in the registry is not known."
    else:
        yield "No results are posted in the registry."


def _due(verdict: Verdict) -> Iterator[str]:
    """What follows from the US reporting rule."""
    due, days = (day(verdict.due_on.isoformat()) if verdict.due_on else None), verdict.days
    if verdict.coverage == "not_covered":
        yield f"The US reporting rule does not cover it: {inner(REASONS[str(verdict.reason)])}."
    elif verdict.state == "posted" and due and days is not None:
        yield f"They were sent in {_apart(days)} the day the US reporting rule names, {due}."
    elif verdict.state == "overdue" and days is not None:
        yield f"By the US reporting rule they were due by {due}, {count(days, 'day')} before: overdue."
    elif verdict.state == "due" and days is not None:
        yield f"By the US reporting rule they were due by {due}, {count(days, 'day')} before; 30 days of grace run."
    elif verdict.state == "ahead" and days is not None:
        yield f"By the US reporting rule they are due by {due}, {count(-days, 'day')} ahead."
    elif verdict.missing:
        what = listed(FACTS[one] for one in verdict.missing)
        yield f"Due under the US reporting rule: unknown. Missing: {what}."


def _apart(days: int) -> str:
    if not days:
        return "on"
    return f"{count(abs(days), 'day')} {'after' if days > 0 else 'before'}"


def registration(known: Known) -> str | None:
    """Whether it was registered by the day it started, with both dates; None for expanded access, which the WHO's rule
    does not mean."""
    if known.row["study_type"] == "EXPANDED_ACCESS":
        return None
    found, days = known.registration
    fact = known.fact or {}
    start, sent, posted = (fact.get(name) for name in ("start_date", "first_submitted", "first_posted"))
    told = f"first submitted {day(sent)}" if sent else f"first posted {day(posted)}"
    if found == "unknown":
        return f"Registered before start: unknown (start {day(start)}, {told})."
    late = f", {count(days, 'day')} later" if days is not None and days > 0 else ""
    return f"{REGISTRATION[found]}: start {day(start)}, {told}{late}."


def flags(known: Known) -> list[str]:
    """What time has overtaken in the record, and which of its dates do not fit, a sentence each."""
    return [_odd(one) if one["flag"] in ODD else _flag(one) for one in known.flags]


def _odd(one: dict[str, str | int | None]) -> str:
    return f"{ODD[str(one['flag'])]}: {one['date']}. Dates that do not fit are not used."


def _flag(one: dict[str, str | int | None]) -> str:
    when = day(str(one["date"])) if one["date"] else None
    days, on = one["days"], one["judged_on"]
    ago = f" ({count(int(days), 'day')} before)" if days is not None else ""
    status = inner(STATUS_WORDS.get(str(one["status"]), str(one["status"])))
    last = status_words(one["last_known_status"], None)
    said = {
        "past_completion": f"Its completion date, {when}, has passed{ago}, and the record still says {status}.",
        "past_start": f"Its start date, {when}, has passed{ago}, and the record still says {status}.",
        "unverified": f"It is going on, but the record was last verified in {when}{ago}, more than two years ago.",
        "unknown_status": f"Its status is unknown; the last known one is {inner(last) if last else 'not recorded'}. "
        + (f"The record was last verified in {when}{ago}." if when else "When it was last verified is not known."),
    }[str(one["flag"])]
    return f"{said} {f'Judged on {day(str(on))}.' if on else 'The day these facts stood so is not known.'}"
