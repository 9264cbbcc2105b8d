"""One registered analysis in words, and what kind of answer it is: built by rule, no word of judgement. Pure.

A kind says how the p value stands to the level the record names, or to 0.05 where it names none; it says nothing on
what that means for anybody. Whatever has another rule of decision (non-inferiority, equivalence, one side without a
named level, Bayesian), or no single p value, is "another kind", with the words this rests on.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from fetchers.record.result_modules import Analysis, Outcome
from insights.findings import level, p_value
from insights.findings.lines import line

BELOW, NOT_BELOW, OTHER, NONE = "below", "not_below", "other", "none"
KINDS = {
    BELOW: "p below the level",
    NOT_BELOW: "p not below the level",
    OTHER: "another kind of analysis",
    NONE: "no analysis registered",
}


class Reading(NamedTuple):
    """The kind of an analysis, a key of KINDS; ``why``: the rule in our words; ``words``: the record's it rests on."""

    kind: str
    why: str
    words: tuple[str, ...] = ()


class Said(NamedTuple):
    """An analysis for the screen. ``groups``: who is compared, by the names of the outcome's groups; ``comments``: the
    record's own words on it under what they are about."""

    sentence: str
    reading: Reading
    groups: tuple[str, ...]
    comments: tuple[tuple[str, str], ...]


def say(analysis: Analysis, outcome: Outcome) -> Said:
    """One analysis of an outcome in words."""
    names = {one.id: line(one.title) or one.id or "a group without a name" for one in outcome.groups}
    return Said(
        sentence(analysis, outcome),
        read(analysis),
        tuple(names.get(id, id) for id in analysis.group_ids),
        tuple((what, line(text)) for what, text in _comments(analysis) if text),
    )


def _comments(analysis: Analysis) -> Sequence[tuple[str, str | None]]:
    return (
        ("On the comparison", analysis.group_description),
        ("On the p value", analysis.p_value_comment),
        ("On the method", analysis.statistical_comment),
        ("On the hypothesis", analysis.non_inferiority_comment),
        ("On the estimate", analysis.estimate_comment),
        ("On the lower limit", analysis.ci_lower_limit_comment),
        ("On the upper limit", analysis.ci_upper_limit_comment),
        ("Other analysis", analysis.other_analysis_description),
    )


def sentence(analysis: Analysis, outcome: Outcome) -> str:
    """The numbers of an analysis as registered: estimate, interval, spread, p value, method; what is absent is said."""
    parts = [part for part in (_estimate(analysis, outcome), _spread(analysis), _p(analysis)) if part]
    method = f"method {line(analysis.statistical_method)}" if analysis.statistical_method else "method not named"
    return f"{', '.join(parts)}, as registered; {method}"


def _estimate(analysis: Analysis, outcome: Outcome) -> str:
    interval = _interval(analysis)
    if analysis.param_value is None:
        return f"No estimate given{f' ({interval})' if interval else ''}"
    what = line(analysis.param_type) if analysis.param_type else "Estimate (what of is not named)"
    unit = _unit(analysis, outcome)
    return f"{what} {line(analysis.param_value)}{unit}{f' ({interval})' if interval else ''}"


def _unit(analysis: Analysis, outcome: Outcome) -> str:
    """A difference of means or medians has the unit of its outcome; a ratio, a risk or an effect size has none."""
    what = (analysis.param_type or "").lower()
    plain = "differ" in what and not any(
        word in what for word in ("risk", "ratio", "log", "standard", "percent", "%", "rate", "proportion", "odds")
    )
    return f" {line(outcome.unit_of_measure)}" if plain and outcome.unit_of_measure else ""


def _interval(analysis: Analysis) -> str:
    low, high = analysis.ci_lower_limit, analysis.ci_upper_limit
    percent = line(analysis.ci_pct_value).rstrip("% ")
    told = any(char.isdigit() for char in percent)
    if low is None and high is None:
        return f"{percent} % CI, its limits not given" if told else ""
    name = f"{percent} % CI" if told else "CI, its level not given,"
    side = ", one-sided" if analysis.ci_num_sides == "ONE_SIDED" else ""
    if low is not None and high is not None:
        return f"{name} {line(low)} to {line(high)}{side}"
    if low is not None:
        return f"{name} from {line(low)}, no upper limit given{side}"
    return f"{name} up to {line(high)}, no lower limit given{side}"


_SPREADS = {"STANDARD_DEVIATION": "standard deviation", "STANDARD_ERROR_OF_MEAN": "standard error of the mean"}


def _spread(analysis: Analysis) -> str:
    if analysis.dispersion_value is None:
        return ""
    kind = analysis.dispersion_type or ""
    return f"{_SPREADS.get(kind, line(kind) or 'spread, its kind not named,')} {line(analysis.dispersion_value)}"


def _p(analysis: Analysis) -> str:
    return "no p value given" if p_value.is_missing(analysis.p_value) else p_value.said(str(analysis.p_value))


def read(analysis: Analysis) -> Reading:
    """The kind of an analysis, with the words it rests on. The rules, in their order, the first that applies:

    another type of hypothesis than a difference; no p value; one-sided and no level named; "NS"; no single number
    between 0 and 1; else p against every level the record names (0.05 where it names none, and beside it the level of
    an interval that is not of 95 %): below or not below when it is so for each of them, otherwise another kind, and so
    is p below with "not significant" beside it.
    """
    other = level.another_kind(analysis)
    if other:
        return Reading(OTHER, f"{other.what}, which is not judged by p alone", _words(other.words))
    if p_value.is_missing(analysis.p_value):
        return Reading(OTHER, "no p value is given")
    named, side = level.levels(analysis), level.one_sided(analysis)
    if side and not named:
        return Reading(OTHER, f"{side.what}, and the record names no level for it", _words(side.words))
    if p_value.says_not(analysis.p_value):
        return Reading(NOT_BELOW, "the record writes this in place of a number", (str(analysis.p_value),))
    return _judged(analysis, named)


def _judged(analysis: Analysis, named: tuple[level.Level, ...]) -> Reading:
    found = p_value.read(analysis.p_value)
    written = str(analysis.p_value)
    if found is None:
        return Reading(OTHER, "the p value is no single number between 0 and 1", (written,))
    against = [one.number for one in named] or _unnamed(analysis)
    answers = {found.below(one) for one in against}
    rests = tuple(one.words for one in named)
    said, levels = p_value.said(written), " and ".join(f"{one.normalize():f}" for one in against)
    source = "named in the record" if named else _source(against)
    if answers == {True} and p_value.says_not_beside(written):
        return Reading(OTHER, f"p is below {levels}, {source}, but the record says “not” beside it", (written, *rests))
    if answers == {True}:
        return Reading(BELOW, f"{said} is below {levels}, {source}", rests)
    if answers == {False}:
        return Reading(NOT_BELOW, f"{said} is not below {levels}, {source}", rests)
    return Reading(OTHER, f"{said} does not say whether p is below {levels}, {source}", rests)


def _unnamed(analysis: Analysis) -> list[Decimal]:
    """0.05; an interval of 90 % tells of another level, so that p must stand to both alike."""
    interval = p_value.read(f"{line(analysis.ci_pct_value).rstrip('% ')}%") if analysis.ci_pct_value else None
    if interval is None or interval.number >= 1 or 1 - interval.number == level.USUAL:
        return [level.USUAL]
    return sorted({level.USUAL, 1 - interval.number}) if interval.number > Decimal("0.5") else [level.USUAL]


def _source(against: list[Decimal]) -> str:
    if len(against) == 1:
        return "the usual level, as the record names no other"
    return "the usual level and that of its interval, as the record names none"


def _words(text: str) -> tuple[str, ...]:
    return (text,) if text else ()
