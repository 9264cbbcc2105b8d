"""What taking part in a trial asks for, as far as its record's words tell: visits, the home, remote contact, nights in
hospital, how severely ill people may be.

Word rules over the eligibility text (those of ``insights.criteria`` on the burden, which were measured) and over its
descriptions (the rules here, which were not: what they find is always said with "possibly"). Every finding carries the
words it rests on and says where they stand. A record in which no rule finds anything asks for something all the same.
"""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from cache.english import around
from fetchers.record.study import Study
from fetchers.record.texts import plain
from insights import criteria

QUOTE = 240  # characters of the record's words
SAID = {
    "home": "Visits or treatment at home",
    "remote": "Contact by phone, video or internet",
    "visits": "Visits to a clinic",
    "stay": "Nights in a hospital or research unit",
    "severity": "Names people who are bound to house or bed, or severely ill with ME/CFS",
}
_RULES = {
    rule: re.compile(words, re.IGNORECASE)
    for rule, words in {
        "home": r"\b(?:home|house)[- ]?(?:visit|call)s?\b|\bvisit\w* (?:\w+ ){0,3}(?:at|in) (?:their |the )?homes?\b"
        r"|\bhome[- ](?:based|administ\w+|infus\w+|deliver\w+|nurs\w+)|\bat[- ]home\b",
        "remote": r"\btele(?:health|medicine|consult\w*|rehab\w*)|\bvideo[- ]?(?:call|visit|confer\w+|consult\w*)s?\b"
        r"|\b(?:tele)?phone (?:call|visit|interview|contact|follow)\w*"
        r"|\bremote(?:ly)? (?:visit|follow|monitor|assess)\w*"
        r"|\b(?:online|web-based|virtual) (?:visit|session|program|intervention|questionnaire|survey)\w*",
        "visits": r"\b(?:clinic|study|site|outpatient|follow[- ]up|in-person|on-site) visits?\b",
        "stay": r"\bovernight\b|\b(?:be|are) (?:hospitali[sz]ed|admitted) (?:for|to)\b"
        r"|\binpatient (?:stay|study|unit|admission|ward)"
        r"|\badmission to (?:the )?(?:clinical|research)|\b(?:stay|remain) (?:in|at) the (?:hospital|clinic|unit|ward)",
        "severity": r"\bbed[- ]?(?:ridden|bound)|\b(?:house|home)[- ]?bound"
        r"|\bsevere(?:ly)? (?:affected|ill|ME\b|CFS\b|chronic fatigue syndrome|myalgic enceph\w+)",
    }.items()
}  # fmt: skip


class Finding(NamedTuple):
    """One place of a record where a rule fits."""

    said: str  # what it may ask for, with "possibly" unless the rule was measured and holds
    where: str  # of the record the words stand
    quote: str  # the registry's words, cut at words


def found(study: Study) -> list[Finding]:
    """Everything the rules find in a record, each rule once in each of its texts."""
    return [*_eligibility(study), *_descriptions(study)]


def _eligibility(study: Study) -> Iterator[Finding]:
    text = study.eligibility.eligibility_criteria
    for one in criteria.find(text):
        if one.trait == "burden":
            said = criteria.BURDEN[one.rule]
            place = "inclusion" if one.place == "in" else "exclusion"
            yield Finding(said if one.certain else f"{said}, possibly", f"Eligibility, {place}", one.quote)


def _descriptions(study: Study) -> Iterator[Finding]:
    for where, text in _texts(study):
        line = " ".join(plain(text).split())
        for rule, words in _RULES.items():
            hit = words.search(line)
            if hit:
                yield Finding(f"{SAID[rule]}, possibly", where, around(line, *hit.span(), QUOTE))


def _texts(study: Study) -> Iterable[tuple[str, str]]:
    description = study.protocol_section.description_module
    named = [("Brief summary", description.brief_summary), ("Detailed description", description.detailed_description)]
    named += [(f"Arm: {arm.label or 'without a name'}", arm.description) for arm in study.arms]
    named += [(f"Intervention: {one.name or 'without a name'}", one.description) for one in study.interventions]
    return [(where, text) for where, text in named if text]
