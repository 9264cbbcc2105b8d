"""The facts by which the US reporting rule is tested, each by itself; ``insights.results_due`` puts them together."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from insights.dates.odd import unfit
from insights.dates.spans import Span, span, years_after

RULE_FROM = date(2017, 1, 18)  # the day the rule came into force
_US = "United States"
_TYPES = {"EXPANDED_ACCESS": "expanded_access", "OBSERVATIONAL": "not_interventional"}
# Why a trial is not covered, and what would have to be known; None for what does not apply.
Answer = tuple[str | None, str | None]


def tested(row: Mapping[str, Any]) -> tuple[set[str], set[str]]:
    """Every reason why the rule does not cover a trial, and every fact that is missing to tell."""
    answers = [check(row) for check in _CHECKS]
    return {why for why, _ in answers if why}, {fact for _, fact in answers if fact}


def starts_after(row: Mapping[str, Any]) -> bool:
    """Whether it started when the rule was in force, whatever day its start date means."""
    return bool(row["start_date"]) and span(str(row["start_date"])).first >= RULE_FROM


def ended(row: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """The primary completion with its type, or, where there is none, the completion, which is later."""
    if row["primary_completion_date"]:
        return row["primary_completion_date"], row["primary_completion_date_type"]
    return row["completion_date"], row["completion_date_type"]


def odd_dates(row: Mapping[str, Any]) -> bool:
    """Whether a date the rule goes by is one that nothing may be reckoned with."""
    end = "primary_completion_date" if row["primary_completion_date"] else "completion_date"
    return not unfit(row).isdisjoint({"start_date", end})


def due(row: Mapping[str, Any]) -> Span:
    """A year after the days the completion can mean, three years with a certificate of delay. Takes a row with one."""
    days, years = span(str(ended(row)[0])), 3 if row["certificate"] else 1
    return Span(years_after(days.first, years), years_after(days.last, years))


def _kind(row: Mapping[str, Any]) -> Answer:
    kind = row["study_type"]
    if kind in _TYPES:
        return _TYPES[kind], None
    # Only interventional trials have phases, so a source that names them has said the type.
    return None, None if kind == "INTERVENTIONAL" or (kind is None and row["phases"]) else "study_type"


def _status(row: Mapping[str, Any]) -> Answer:
    if row["waived"]:
        return "waived", None
    status = row["overall_status"]
    return ("withdrawn" if status == "WITHDRAWN" else None), (None if status else "status")


def _phases(row: Mapping[str, Any]) -> Answer:
    phases = row["phases"]
    if not phases:  # not said, or an interventional trial without one
        return None, "phase"
    return ("phase_1" if set(phases) <= {"EARLY_PHASE1", "PHASE1"} else None), None


def _purpose(row: Mapping[str, Any]) -> Answer:
    # A purpose is rarely missing, and then it is no feasibility study: the registry makes those name it.
    return ("device_feasibility" if row["primary_purpose"] == "DEVICE_FEASIBILITY" else None), None


def _started(row: Mapping[str, Any]) -> Answer:
    start, end = row["start_date"], ended(row)[0]
    if odd_dates(row):
        return None, "sound_dates"
    if end and not starts_after(row) and span(end).first < RULE_FROM:
        return ("before_2017", None) if span(end).last < RULE_FROM else (None, "exact_completion")
    if not start:
        return None, "start"
    return None, None if end else "completion"


def _product(row: Mapping[str, Any]) -> Answer:
    drug, device = row["fda_drug"], row["fda_device"]
    if drug or device:
        return None, None
    if drug is False and device is False:
        return "no_fda_product", None
    if row["countries"] and _US not in row["countries"] and not row["us_export"]:
        return "no_us_site", None
    return None, "fda_product"


_CHECKS: tuple[Callable[[Mapping[str, Any]], Answer], ...] = (_kind, _status, _phases, _purpose, _started, _product)
