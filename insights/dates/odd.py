"""Dates of a record that cannot all be right: they are told, and nothing is reckoned with them.

Partial dates are spans: a date is odd only when no day it can mean would do. Which of two dates is wrong is not known,
so both are told and neither is used. Pure.
"""

from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import Any, NamedTuple

from fetchers.record.dates import FIRST_YEAR, LAST_YEAR, PartialDate
from insights.dates.spans import span

# Kind -> words on the screen, in reading order.
ODD = {
    "before_start": "Ended before it started",
    "primary_after_completion": "Primary completion after completion",
    "still_to_come": "Marked as actual, but still to come",
    "far": f"A date before {FIRST_YEAR} or after {LAST_YEAR}",
}
# The dates that sponsors write, with their words.
DATES = {
    "start_date": "start",
    "primary_completion_date": "primary completion",
    "completion_date": "completion",
    "status_verified": "verified last",
}
_ORDER = ("start_date", "primary_completion_date", "completion_date")  # in which they come to pass


class Odd(NamedTuple):
    """What is odd, a key of ODD, and the dates it is about, keys of DATES."""

    kind: str
    dates: tuple[str, ...]

    def told(self, row: Mapping[str, Any]) -> str:
        """The dates as the registry wrote them: "start 2020-05, completion 2019"."""
        return ", ".join(f"{DATES[name]} {row[name]}" for name in self.dates)


def odd(row: Mapping[str, Any]) -> list[Odd]:
    """Everything odd about the dates of one row (a missing value is None, or not there), in the order of ODD."""
    return sorted(_found(row), key=lambda one: list(ODD).index(one.kind))


def unfit(row: Mapping[str, Any]) -> frozenset[str]:
    """The dates that nothing may be reckoned with."""
    return frozenset(name for one in _found(row) for name in one.dates)


def sound(row: Mapping[str, Any]) -> dict[str, Any]:
    """The row without the dates that nothing may be reckoned with."""
    return {**row, **dict.fromkeys(unfit(row))}


def _found(row: Mapping[str, Any]) -> Iterator[Odd]:
    written = {name: str(row[name]) for name in DATES if row.get(name)}
    far = {name for name, text in written.items() if not PartialDate(text).sensible}
    yield from (Odd("far", (name,)) for name in DATES if name in far)
    spans = {name: span(written[name]) for name in _ORDER if name in written and name not in far}
    for early, late in combinations([name for name in _ORDER if name in spans], 2):
        if spans[early].first > spans[late].last:
            yield Odd("before_start" if early == "start_date" else "primary_after_completion", (early, late))
    judged = row.get("judged_on")
    for name, days in spans.items():
        if judged and row.get(f"{name}_type") == "ACTUAL" and days.first > span(str(judged)).last:
            yield Odd("still_to_come", (name,))
