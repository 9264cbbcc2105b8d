"""What changed in the primary results of a trial between two times they were read.

It is told as an event of the kind ``results_posted``, whose before and after are then the lists that ``primary`` makes
instead of "posted or not". A first reading is no change: that results were posted, the record has told already.
"""

from itertools import zip_longest
from typing import Any

from cache.changes.differences import Event, told
from cache.english import count, quoted, shortened
from fetchers.record.result_modules import Analysis, Measurement, Outcome
from fetchers.record.results import Results

_LONG = 80  # characters of a title or a value that a sentence quotes


def primary(results: Results) -> list[dict[str, Any]]:
    """Each primary outcome with its numbers, as written: JSON values in the order of the record."""
    return [
        {
            "measure": outcome.title,
            "time_frame": outcome.time_frame,
            "unit": outcome.unit_of_measure,
            "values": _values(outcome),
            "analyses": [_analysis(one) for one in outcome.analyses],
        }
        for outcome in results.primary
    ]


def changed(before: Results, after: Results) -> tuple[Event, ...]:
    """The event, or none when the primary results tell the same."""
    old, new = primary(before), primary(after)
    return () if told(old) == told(new) else (Event("results_posted", "high", old, new),)


def describe(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> str:
    """The first difference in words, and how many outcomes differ besides."""
    pairs = [(old, new) for old, new in zip_longest(before, after) if told(old) != told(new)]
    if not pairs:
        return "primary result changed"
    more = f", and {count(len(pairs) - 1, 'other outcome')}" if len(pairs) > 1 else ""
    return f"primary result changed: {_difference(*pairs[0])}{more}"


def _difference(old: dict[str, Any] | None, new: dict[str, Any] | None) -> str:
    if old is None or new is None:
        name = quoted((old or new or {}).get("measure") or "an outcome without a title", _LONG)
        return f"{name} {'added' if old is None else 'removed'}"
    name = quoted(new["measure"] or "an outcome without a title", _LONG)
    for label in dict.fromkeys([*old["values"], *new["values"]]):
        was, now = old["values"].get(label), new["values"].get(label)
        if was != now:
            return f"{name}, {shortened(label, _LONG)}: {_said(was)} → {_said(now)}"
    for was, now in zip_longest(old["analyses"], new["analyses"]):
        if told(was) != told(now):
            return f"{name}, analysis: {_said(was)} → {_said(now)}"
    return name


def _said(value: str | None) -> str:
    return shortened(value, _LONG) if value else "nothing"


def _values(outcome: Outcome) -> dict[str, str]:
    groups = {group.id: group.title for group in outcome.groups}
    found: dict[str, str] = {}
    for one in outcome.classes:
        for category in one.categories:
            for number in category.measurements:
                parts = (groups.get(number.group_id) or number.group_id, one.title, category.title)
                label = " / ".join(part for part in parts if part) or "without a label"
                # Two rows may have the same words.
                name, times = label, 1
                while name in found:
                    times += 1
                    name = f"{label} ({times})"
                found[name] = _number(number)
    return found


def _number(one: Measurement) -> str:
    limits = f" [{one.lower_limit or '?'} to {one.upper_limit or '?'}]" if one.lower_limit or one.upper_limit else ""
    spread = f" ({one.spread})" if one.spread else ""
    return f"{one.value or 'no value'}{spread}{limits}"


def _analysis(one: Analysis) -> str:
    interval = None
    if one.ci_lower_limit or one.ci_upper_limit:
        interval = f"[{one.ci_lower_limit or '?'} to {one.ci_upper_limit or '?'}]"
    estimate = " ".join(part for part in (one.param_type, one.param_value, interval) if part)
    p_value = f"p {one.p_value}" if one.p_value else ""
    return ", ".join(part for part in (estimate, p_value, one.statistical_method) if part)
