"""Records that time has overtaken or whose dates do not fit, trials that stopped and why, and late registrations.

Everything is judged on the day the facts stood so (``judged_on``), never on a later one, and every partial date is
read the way that is best for the sponsor. Odd dates are told and not reckoned with. Why a trial stopped is told in the
registry's own words; the classes beside them come from written word rules and may be several. Frames in, frames out,
no Streamlit.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from cache.read import lists
from cache.read.frames import plain_rows
from insights.dates.odd import ODD, odd, sound, unfit
from insights.dates.spans import span, years_after
from insights.why_stopped import why_classes

UNVERIFIED_YEARS = 2
OPEN = ("NOT_YET_RECRUITING", "RECRUITING", "ENROLLING_BY_INVITATION")
# Statuses of trials that are not over: the sponsor is asked to confirm these records.
GOING_ON = (*OPEN, "ACTIVE_NOT_RECRUITING", "SUSPENDED", "AVAILABLE", "TEMPORARILY_NOT_AVAILABLE")
MAY_MOVE = (*GOING_ON, "UNKNOWN")  # what time alone may overtake
STOPPED = ("TERMINATED", "WITHDRAWN", "SUSPENDED")

# Flag -> words on the screen, in reading order.
FLAGS = {
    "past_completion": "Past its completion date and still open",
    "past_start": "Past its start date and not yet recruiting",
    "unverified": "Under way, but not verified for two years",
    "unknown_status": "Unknown status",
    **ODD,
}
REGISTRATION = {
    "prospective": "Registered before or on the day it started",
    "retrospective": "Registered after it started",
    "unknown": "Registered before start: unknown",
}
# What all but ``stopped`` is told by, and what that is.
READ = (
    "nct_id", "overall_status", "last_known_status", "status_verified", "start_date", "start_date_type",
    "primary_completion_date", "primary_completion_date_type", "completion_date", "completion_date_type",
    "first_submitted", "first_posted", "judged_on",
)  # fmt: skip
STOPPED_BY = ("nct_id", "origin", "overall_status", "why_stopped")
STALE_COLUMNS = ("nct_id", "flag", "status", "last_known_status", "date", "days", "judged_on")
STOPPED_COLUMNS = ("nct_id", "status", "why", "classes")
REGISTRATION_COLUMNS = ("nct_id", "registration", "start", "submitted", "days")


def stale(facts: pd.DataFrame) -> pd.DataFrame:
    """One row a trial and flag (a trial may have several); columns ``STALE_COLUMNS``.

    ``date`` is what has passed (or, for an unknown status, the day it was verified last), as the registry wrote it,
    ``days`` how long ago; of odd dates, those that do not fit, each with its name, and no days. ``facts``: columns of
    ``cache.read.records.facts`` and ``judged_on``; a trial without a ``judged_on`` can only have the flags of its
    status and of its dates alone.
    """
    rows = [found for row in plain_rows(facts[list(READ)]) for found in _found(row)]
    return pd.DataFrame.from_records(rows, columns=list(STALE_COLUMNS)).astype({"days": "Int64"})


def flags(row: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The rows of ``stale`` of one trial, as plain values."""
    return [dict(zip(STALE_COLUMNS, found, strict=True)) for found in _found(row)]


def stopped(facts: pd.DataFrame) -> pd.DataFrame:
    """Every terminated, withdrawn or suspended trial: why in the registry's words (None when it says nothing), and the
    classes (keys of CLASSES, never empty); columns ``STOPPED_COLUMNS``."""
    rows = [
        (row["nct_id"], row["overall_status"], row["why_stopped"], _classes(row))
        for row in plain_rows(facts.loc[facts["overall_status"].isin(STOPPED), list(STOPPED_BY)])
    ]
    made = pd.DataFrame.from_records(rows, columns=list(STOPPED_COLUMNS))
    return made.assign(classes=lists.series(made["classes"]))


def registration(facts: pd.DataFrame) -> pd.DataFrame:
    """Whether each trial was registered by the day it started, as the WHO asks; columns ``REGISTRATION_COLUMNS``.

    ``days``: from the latest day the start can mean to the first submission; negative when it came before.
    """
    rows = []
    for row in plain_rows(facts[list(READ)]):
        found, days = registered(row)
        rows.append((row["nct_id"], found, row["start_date"], row["first_submitted"], days))
    return pd.DataFrame.from_records(rows, columns=list(REGISTRATION_COLUMNS)).astype({"days": "Int64"})


def registered(row: Mapping[str, Any]) -> tuple[str, int | None]:
    """A key of REGISTRATION. A record that was posted by the start was submitted by then, too."""
    start, submitted, posted = row["start_date"], row["first_submitted"], row["first_posted"]
    if not start or "start_date" in unfit(row):
        return "unknown", None
    latest = span(start).last
    if submitted:
        days = (span(submitted).first - latest).days
        return ("prospective" if days <= 0 else "retrospective"), days
    if posted and span(posted).first <= latest:
        return "prospective", None
    return "unknown", None


def _classes(row: Mapping[str, Any]) -> list[str]:
    if row["why_stopped"] is None and row["origin"] == "starter":
        return ["not_known"]
    return why_classes(row["why_stopped"])


def _found(row: Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
    for flag, when, days in _flags(row):
        yield row["nct_id"], flag, row["overall_status"], row["last_known_status"], when, days, row["judged_on"]


def _flags(row: Mapping[str, Any]) -> list[tuple[str, str | None, int | None]]:
    strange: list[tuple[str, str | None, int | None]] = [(one.kind, one.told(row), None) for one in odd(row)]
    return _overtaken(sound(row)) + strange


def _overtaken(row: Mapping[str, Any]) -> list[tuple[str, str | None, int | None]]:
    status, verified = row["overall_status"], row["status_verified"]
    if status == "UNKNOWN":
        return [("unknown_status", verified, _since(row, verified))]
    found: list[tuple[str, str | None, int | None]] = []
    ended = row["completion_date"] or row["primary_completion_date"]
    for flag, statuses, when in (
        ("past_completion", OPEN, ended),
        ("past_start", OPEN[:1], row["start_date"]),
    ):
        days = _since(row, when)
        if status in statuses and days is not None and days > 0:
            found.append((flag, when, days))
    if status in GOING_ON and verified and _long_ago(row, verified):
        found.append(("unverified", verified, _since(row, verified)))
    return found


def _since(row: Mapping[str, Any], when: str | None) -> int | None:
    """Days from the latest day a date can mean to the earliest day the facts can be of."""
    if not when or not row["judged_on"]:
        return None
    return (span(row["judged_on"]).first - span(when).last).days


def _long_ago(row: Mapping[str, Any], verified: str) -> bool:
    limit = years_after(span(verified).last, UNVERIFIED_YEARS)
    return bool(row["judged_on"]) and span(row["judged_on"]).first > limit
