"""How much a change matters: the rules, one function a kind.

high    somebody may act on it today: a trial opens, stops, posts results, changes what it measures or by which case
        definition it lets people in, asks for post-exertional malaise or no longer does, slips by a year
medium  the plan has moved: dates by three months, enrolment by a fifth, sponsor, who may take part
low     true but small
noise   wording, spelling, a more precise date, a move under 14 days; shown on request only

Order and white space alone make no change at all (``cache.changes.differences``); criteria in another order or with
other bullets are noise.
"""

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any, Literal

from fetchers.record.dates import PartialDate
from fetchers.record.eligibility import listed
from fetchers.record.texts import plain

Weight = Literal["high", "medium", "low", "noise"]

NOISE_DAYS = 14
MEDIUM_DAYS = 90
HIGH_DAYS = 365
HALF, QUARTER, FIFTH = 0.5, 0.25, 0.2
ASKING = frozenset({"required", "implied"})  # of ``criteria_words.MALAISE``: nobody gets in without it
STOPPED = frozenset({"TERMINATED", "WITHDRAWN", "SUSPENDED", "NO_LONGER_AVAILABLE", "WITHHELD"})
OPEN = frozenset({"RECRUITING", "ENROLLING_BY_INVITATION", "AVAILABLE"})
SETTLED = frozenset({"COMPLETED", "ACTIVE_NOT_RECRUITING", "UNKNOWN", "APPROVED_FOR_MARKETING"})

# Signs that carry meaning stay: "age < 18" and "age > 18" are no spelling variants of each other, nor "-2.5" and "2.5";
# "12weeks" and "12 weeks" are, and so are a hyphen and the sign for minus.
_WORD = re.compile(r"(?:(?<![\w)\]])-)?\d[\d.]*|[^\W\d]+|[<>≤≥=±%+]")
_MINUS = str.maketrans("−–", "--")


def weigh(kind: str, before: Any, after: Any) -> Weight:
    """The weight of a difference; ``before`` and ``after`` are two unequal facets of that kind."""
    return _RULES[kind](before, after)


def _status(before: str | None, after: str | None) -> Weight:
    if after in STOPPED or before in STOPPED or (after in OPEN and before not in OPEN):
        return "high"
    return "medium" if after in SETTLED or before in SETTLED else "low"


def _date(before: dict[str, Any] | None, after: dict[str, Any] | None) -> Weight:
    if before is None or after is None:
        return "low"
    days = abs(moved_days(before["date"], after["date"]))
    if days >= HIGH_DAYS:
        return "high"
    if days >= MEDIUM_DAYS:
        return "medium"
    happened = before["type"] != "ACTUAL" and after["type"] == "ACTUAL"
    return "low" if days >= NOISE_DAYS or happened else "noise"


@lru_cache(maxsize=50_000)
def moved_days(before: str, after: str) -> int:
    """Days from one registry date to another; 0 when the one may mean the other (``2024-12`` and ``2024-12-09``)."""
    old, new = PartialDate.parse(before), PartialDate.parse(after)
    overlap = old.earliest <= new.latest and new.earliest <= old.latest
    return 0 if overlap else (new.latest - old.latest).days


def _enrollment(before: dict[str, Any] | None, after: dict[str, Any] | None) -> Weight:
    old, new = (before or {}).get("count"), (after or {}).get("count")
    if old is None or new is None:
        return "low"
    share = moved_share(old, new)
    return "high" if share >= HALF else "medium" if share >= FIFTH else "low"


def moved_share(before: int, after: int) -> float:
    """By what share of what it was a number of people has moved."""
    return abs(after - before) / max(before, 1)


def _planned(before: int, after: int) -> Weight:
    return "high" if moved_share(before, after) >= HALF else "medium"


def _malaise(before: str, after: str) -> Weight:
    return "high" if (before in ASKING) != (after in ASKING) else "medium"


def _text(changed: Weight) -> Callable[[str | None, str | None], Weight]:
    return lambda before, after: "noise" if _words(before) == _words(after) else changed


def _arms(before: dict[str, Any] | None, after: dict[str, Any] | None) -> Weight:
    old, new = before or {}, after or {}
    if _words(*_names(old)) != _words(*_names(new)):
        return "high"
    # The order in which arms are listed says nothing.
    return "noise" if sorted(_words(_flat(old))) == sorted(_words(_flat(new))) else "medium"


def _names(arms: dict[str, Any]) -> list[str]:
    return sorted(str(one["name"]).casefold() for one in arms.get("interventions", ()))


def _outcomes(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> Weight:
    if _each(one["measure"] for one in before) != _each(one["measure"] for one in after):
        return "high"
    return "noise" if _each(map(_flat, before)) == _each(map(_flat, after)) else "medium"


def _eligibility(before: dict[str, Any] | None, after: dict[str, Any] | None) -> Weight:
    return "noise" if _rules_of(before) == _rules_of(after) else "medium"


def _rules_of(people: dict[str, Any] | None) -> list[Any]:
    """Who may take part: every criterion with its list, in whatever order, and what the record says besides."""
    known = people or {}
    listed_ones = sorted((kind, tells(one)) for kind, one in listed(plain(known.get("criteria") or "")))
    return [listed_ones, _words(_flat({key: value for key, value in known.items() if key != "criteria"}))]


def _countries(before: list[str], after: list[str]) -> Weight:
    return "medium" if set(before) - set(after) else "low"


def _results(before: bool | None, after: bool | None) -> Weight:
    return "high" if before or after else "noise"


def _always(weight: Weight) -> Callable[[Any, Any], Weight]:
    return lambda before, after: weight


def _words(*texts: str | None) -> list[str]:
    """What the texts say without case, markdown, punctuation and spacing; numbers keep their decimal points."""
    return [
        word.strip(".") for text in texts if text for word in _WORD.findall(plain(text).casefold().translate(_MINUS))
    ]


def tells(text: str) -> tuple[str, ...]:
    """What a text says, for telling whether two say the same."""
    return tuple(_words(text))


def _each(texts: Iterable[str | None]) -> list[list[str]]:
    """What each text says, whatever their order."""
    return sorted(_words(text) for text in texts)


def _flat(value: Any) -> str:
    if isinstance(value, dict):
        return " ".join(_flat(one) for one in value.values())
    if isinstance(value, list):
        return " ".join(_flat(one) for one in value)
    return "" if value is None else str(value)


_RULES: dict[str, Callable[[Any, Any], Weight]] = {
    "status": _status,
    "phase": _always("high"),
    "start_date": _date,
    "primary_completion_date": _date,
    "completion_date": _date,
    "enrollment": _enrollment,
    "results_posted": _results,
    "title": _text("low"),
    "why_stopped": _text("medium"),
    "sponsor": _text("medium"),
    "arms": _arms,
    "outcomes": _outcomes,
    "eligibility": _eligibility,
    "countries": _countries,
    "planned_size": _planned,
    "case_definition": _always("high"),
    "post_exertional_malaise": _malaise,
}
