"""Who may take part in one trial: the registry's text as two lists, and what the word rules find in it. Pure.

The text is only cut, never changed: the items of a list, one after the other, are all letters of what lets people in
or keeps them out; only white space between two of them is left out.
"""

from functools import partial
from typing import NamedTuple

from fetchers.record import eligibility
from fetchers.record.modules import Eligibility
from fetchers.record.texts import plain
from insights import criteria
from insights.criteria import BURDEN, DEFINITIONS, MEASURED, PEM, Finding
from insights.measured import possibly

_SEXES = {"ALL": "All", "FEMALE": "Women only", "MALE": "Men only"}
_HEALTHY = {True: "Accepted", False: "Not accepted"}
_PLACES = {"in": "to let in", "out": "to keep out"}
_NEGATED = "named, but not asked for"
_NO_CRITERIA = "The record gives no criteria"
_possibly = partial(possibly, MEASURED)


class Lists(NamedTuple):
    """Single criteria, headings of the text included, in the order of the text."""

    inside: tuple[str, ...]
    outside: tuple[str, ...]


class Said(NamedTuple):
    """What a word rule reads in the eligibility text; ``quote``: the words it rests on, None when there are none."""

    what: str
    finding: str
    quote: str | None


def lists(text: str) -> Lists:
    """A text cut into single criteria, those that let in and those that keep out."""
    found: dict[str, list[str]] = {"inclusion": [], "exclusion": []}
    for section in eligibility.sections(plain(text)):
        found[section.kind] += eligibility.criteria(section.text)
    return Lists(tuple(found["inclusion"]), tuple(found["exclusion"]))


def people(rules: Eligibility | None, *, told: bool) -> dict[str, str | None]:
    """Age, sex and healthy volunteers; None for what is not known. ``told``: what is not named is no limit."""
    if rules is None:
        return {"Age": None, "Sex": None, "Healthy volunteers": None}
    return {
        "Age": _ages(rules, told=told),
        "Sex": _SEXES.get(rules.sex, rules.sex) if rules.sex else None,
        "Healthy volunteers": None if rules.healthy_volunteers is None else _HEALTHY[rules.healthy_volunteers],
    }


def _ages(rules: Eligibility, *, told: bool) -> str | None:
    if not (rules.minimum_age or rules.maximum_age):
        return "The record names no limit" if told else None
    least = rules.minimum_age or ("no lower limit" if told else "lower limit not known")
    most = rules.maximum_age or ("no upper limit" if told else "upper limit not known")
    return f"{least} to {most}"


def said(text: str | None, *, in_focus: bool, told: bool) -> list[Said]:
    """What the text says of case definition, post-exertional malaise and the burden of taking part. ``told``: without
    a text the record gives no criteria; else they are only not known.

    For a trial in the watch-list's focus (ME/CFS) the first two have a row also when nothing is found. For other trials
    a case definition has none: outside ME/CFS "CDC criteria" or "ICC" mean something else. Post-exertional malaise by
    name means the same everywhere, and readers look for it in trials in long COVID, too, so it is shown where it is
    found. The rules on the burden were measured on texts of other conditions and hold for every trial.
    """
    found = criteria.find(text)
    burden = [_said("Taking part", BURDEN[one.rule], one) for one in found if one.trait == "burden"]
    if in_focus:
        if not text:
            none = _NO_CRITERIA if told else PEM["unknown"]
            return [Said("Case definition", none, None), Said("Post-exertional malaise", none, None)]
        return [*_definitions(found), _malaise(text), *burden]
    named = any(one.trait == "pem" for one in found)
    return ([_malaise(text)] if named else []) + burden


def _definitions(found: list[Finding]) -> list[Said]:
    named = [_said("Case definition", DEFINITIONS[one.rule], one) for one in found if one.trait == "definition"]
    return named or [Said("Case definition", "Not named", None)]


def _malaise(text: str | None) -> Said:
    key, quote = criteria.pem_of(text)
    words = PEM[key] if key == "none" else _possibly("pem", PEM[key])
    return Said("Post-exertional malaise", words, quote)


def _said(what: str, words: str, one: Finding) -> Said:
    where = _NEGATED if one.negated else _PLACES[one.place]
    return Said(what, f"{_possibly(one.rule, words)} ({where})", one.quote)
