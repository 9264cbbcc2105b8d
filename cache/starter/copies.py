"""Copies of a trial's record, and which of them the starter shows: the newest one whole, never two of them mixed."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from cache.codes import STATUS_WORDS, word
from cache.english import inner, on_day

# Statuses that say the trial goes on, so that they may no longer hold when the copy is old.
OPEN = ("NOT_YET_RECRUITING", "RECRUITING", "ENROLLING_BY_INVITATION", "ACTIVE_NOT_RECRUITING", "AVAILABLE")


@dataclass(frozen=True)
class Copy:
    """What one public copy says of one trial, in the registry's shape.

    ``as_of``: the day (month, year) on which the facts stood so at the latest; None when nobody wrote it down.
    ``rank``: how much the form of the copy is trusted, 0 first; it decides between copies of one day.
    """

    nct_id: str
    study: dict[str, Any]
    source: str
    as_of: str | None = None
    rank: int = 0
    notes: tuple[str, ...] = field(default=())


def newest(copies: Iterable[Copy]) -> list[Copy]:
    """One copy a trial, ordered by NCT id: the newest, of equally new ones the most trusted form.

    A copy without a date counts as older than any other; a month or a year counts from its first day.
    """
    best: dict[str, Copy] = {}
    for one in copies:
        other = best.setdefault(one.nct_id, one)
        if (one.as_of or "", -one.rank) > (other.as_of or "", -other.rank):
            best[one.nct_id] = one
    return [best[nct_id] for nct_id in sorted(best)]


def without_outdated_statuses(copies: Iterable[Copy]) -> list[Copy]:
    """The copies, each open status of a copy older than a year moved to where the registry keeps the last known one.

    The year is counted back from the newest day of all these copies, which is the day of the snapshot, and never from
    the day on which this runs: the same copies always give the same statuses. A month or a year counts from its first
    day, and a copy without a date as older.
    """
    given = list(copies)
    snapshot = max((one.as_of for one in given if one.as_of), default="")
    oldest = f"{int(snapshot[:4]) - 1}{snapshot[4:]}" if snapshot else ""
    return [_outdated(one) if (one.as_of or "") < oldest or not one.as_of else one for one in given]


def _outdated(one: Copy) -> Copy:
    protocol = one.study["protocolSection"]
    told = protocol.get("statusModule", {})
    status = told.get("overallStatus")
    if status not in OPEN:
        return one
    kept = {name: value for name, value in told.items() if name != "overallStatus"} | {"lastKnownStatus": status}
    study = one.study | {"protocolSection": protocol | {"statusModule": kept}}
    said = inner(word(STATUS_WORDS, status))
    note = f"Its status was “{said}” {on_day(one.as_of)}; today’s is not known."
    return replace(one, study=study, notes=(*one.notes, note))
