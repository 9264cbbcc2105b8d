"""An event in plain words, the same on the page, in the feed and on the command line."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from cache import codes as labels
from cache.changes import primary_results
from cache.changes.passages import passages
from cache.changes.weights import moved_days
from cache.english import count, inner, listed, quoted
from fetchers.record.dates import PartialDate

KIND_WORDS = {
    "new_trial": "New trial",
    "status": "Status",
    "phase": "Phase",
    "start_date": "Start",
    "primary_completion_date": "Primary completion",
    "completion_date": "Completion",
    "enrollment": "Enrolment",
    "results_posted": "Results",
    "title": "Title",
    "why_stopped": "Reason for stopping",
    "sponsor": "Lead sponsor",
    "arms": "Arms or interventions",
    "outcomes": "Primary outcomes",
    "eligibility": "Who may take part",
    "countries": "Countries",
    "planned_size": "Planned size",
    "case_definition": "Case definition",
    "post_exertional_malaise": "Post-exertional malaise",
    "left_registry": "Left the registry",
    "returned": "Back in the registry",
    "verdict": "Verdict on claim",
}
# The heaviest first; what each means is written down in ``cache.changes.weights``.
WEIGHT_WORDS = {
    "high": "High: somebody may act on it today",
    "medium": "Medium: the plan has moved",
    "low": "Low: true but small",
    "noise": "Noise: wording, order, a few days",
}
_LONG = 160  # characters of a registry text that a sentence quotes
_DAYS_A_MONTH = 30.44


def describe(kind: str, before: Any, after: Any) -> str:
    """Words such as "Status: recruiting → terminated"; registry texts are quoted as they are, long ones cut short."""
    return f"{KIND_WORDS.get(kind, kind)}{_DESCRIBE.get(kind, _detail)(before, after)}"


def _new(before: Any, after: Any) -> str:
    return f": {_status((after or {}).get('status'))}"


def _bare(before: Any, after: Any) -> str:
    return ""


def _results(before: Any, after: Any) -> str:
    if isinstance(before, list) and isinstance(after, list):
        return f": {primary_results.describe(before, after)}"
    return ": posted" if after else ": no longer posted"


def _between(words: Callable[[Any], str]) -> Callable[[Any, Any], str]:
    return lambda before, after: f": {words(before)} → {words(after)}"


def _move(before: Any, after: Any) -> str:
    return f": {_date(before)} → {_date(after)}{_moved(before, after)}"


def _status(code: str | None) -> str:
    return labels.word(labels.STATUS_WORDS, code).lower()


def _phases(codes: list[str] | None) -> str:
    return labels.word(labels.LANE_WORDS, labels.lane(codes, None)).lower()


def _date(value: dict[str, Any] | None) -> str:
    if not value:
        return "no date"
    kind = labels.DATE_TYPE_WORDS.get(value.get("type") or "")
    return f"{value['date']} ({kind})" if kind else str(value["date"])


def _moved(before: dict[str, Any] | None, after: dict[str, Any] | None) -> str:
    if not before or not after:
        return ""
    days = moved_days(before["date"], after["date"])
    if days == 0 or not all(PartialDate(one["date"]).sensible for one in (before, after)):
        return ""
    months = round(abs(days) / _DAYS_A_MONTH)
    size = count(months, "month") if months else count(abs(days), "day")
    return f", {size} {'later' if days > 0 else 'earlier'}"


def _people(value: dict[str, Any] | None) -> str:
    if not value or value.get("count") is None:
        return "not given"
    kind = labels.DATE_TYPE_WORDS.get(value.get("type") or "")
    return f"{value['count']:,} ({kind})" if kind else f"{value['count']:,}"


def _size(before: int, after: int) -> str:
    share = f", {abs(after - before) / before:.0%} {'more' if after > before else 'fewer'}" if before else ""
    return f": {before:,} → {after:,}{share}"


# No real texts on ME/CFS were at hand to measure the word rules with, so nothing they read is said for sure.
def _definitions(rules: list[str] | None) -> str:
    if rules is None:
        return "text not known"
    return (
        f"possibly {listed(labels.CASE_DEFINITION_WORDS.get(rule, rule) for rule in rules)}" if rules else "none named"
    )


def _malaise(key: str) -> str:
    said = inner(labels.MALAISE_WORDS.get(key, key))
    return said if key in ("none", "unknown") else f"possibly {said}"


def _lists(before: list[str] | None, after: list[str] | None) -> str:
    added = [one for one in after or () if one not in (before or ())]
    removed = [one for one in before or () if one not in (after or ())]
    parts = [f"{word} {', '.join(names)}" for word, names in (("added", added), ("removed", removed)) if names]
    return f": {'; '.join(parts) or 'changed'}"


def _verdict(before: dict[str, Any], after: dict[str, Any]) -> str:
    old, new = (inner(labels.word(labels.VERDICT_WORDS, one["verdict"])) for one in (before, after))
    moved = f"{old} → {new}"
    if "words" not in after:  # noted by an older release
        return f" {after['claim']}: {moved}"
    return f" {after['claim']}, “{after['words']}”: {moved}. {after['because']}"


def _outcomes(before: list[dict[str, Any]] | None, after: list[dict[str, Any]] | None) -> str:
    did = Counter(one.did for one in passages("outcomes", before, after))
    told = ", ".join(f"{did[one]} {one}" for one in ("changed", "added", "removed") if did[one])
    return f": {told}" if before and after and told else _detail(before, after)


def _detail(before: Any, after: Any) -> str:
    if isinstance(before, str | None) and isinstance(after, str | None):
        return f": {_quoted(before)} → {_quoted(after)}"
    return ": changed" if before and after else ": added" if after else ": removed"


def _quoted(text: str | None) -> str:
    return quoted(text, _LONG) if text else "nothing"


_DESCRIBE: dict[str, Callable[[Any, Any], str]] = {
    "new_trial": _new,
    "status": _between(_status),
    "phase": _between(_phases),
    "start_date": _move,
    "primary_completion_date": _move,
    "completion_date": _move,
    "enrollment": _between(_people),
    "results_posted": _results,
    "outcomes": _outcomes,
    "countries": _lists,
    "planned_size": _size,
    "case_definition": _between(_definitions),
    "post_exertional_malaise": _between(_malaise),
    "left_registry": _bare,
    "returned": _bare,
    "verdict": _verdict,
}
