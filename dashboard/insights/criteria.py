"""What the eligibility text of a trial says of case definition, post-exertional malaise and the burden of taking part.

Written word rules over the registry's own words, nothing else. Every finding carries the words it rests on and whether
they stand among what lets people in or what keeps them out. How far a rule can be trusted was measured on real texts
that were read and labelled one by one; the figures lie in ``criteria.csv`` beside this module, and what a rule below
0.9, or one that could not be measured, says is shown with "possibly". A text in which no rule finds anything "does not
name" the matter: that is not the same as "does not ask for it". Texts in, findings out, no Streamlit.
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Literal, NamedTuple

import pandas as pd

from dashboard.insights import measured
from dashboard.insights.quoting import around
from fetchers.eligibility import criteria, sections
from fetchers.study import Study, plain

MEASURED = Path(__file__).with_name("criteria.csv")
QUOTE = 280  # characters of the registry's words
FINDING_COLUMNS = ("nct_id", "trait", "rule", "place", "quote", "certain")

DEFINITIONS = {
    "ccc": "Canadian (CCC, 2003)",
    "icc": "International (ICC, 2011)",
    "iom": "IOM / NAM / SEID (2015)",
    "fukuda": "Fukuda / CDC (1994)",
    "holmes": "Holmes / CDC (1988)",
    "oxford": "Oxford (1991)",
    "nice": "NICE (2007, 2021)",
}
WITH_PEM = ("ccc", "icc", "iom")  # definitions that cannot be met without post-exertional malaise
PEM = {
    "required": "Asked for by name",
    "implied": "By its case definition",
    "mentioned": "Only mentioned",
    "excluded": "Only as an exclusion",
    "none": "Not named",
    "unknown": "Eligibility text not known",
}
BURDEN = {
    "visits": "Has to keep visits or follow-up",
    "remote": "Needs a phone, a computer or the home",
    "function": "Limited by a scale of performance or disability",
    "mobility": "Says who can or cannot walk or leave bed or house",
}


class Finding(NamedTuple):
    """One place in a text where a rule fits."""

    trait: str  # definition, pem or burden
    rule: str
    place: Literal["in", "out"]
    quote: str  # the registry's words, cut at words
    certain: bool  # the rule was measured and holds; without it "possibly" goes with it


_COME = (
    r"(?:attend\w*|return(?:ing)?|adher\w*|compl(?:y|iance|iant|ete)\b|availab\w*|keep|keeping|co-?operat\w*|unable"
    r"|inability|willing\w*|able|agrees?|objectives|unavailable|follow up for)"
)
# Whatever the case, but abbreviations in capitals only: "nice" and "icc" are other words.
_RULES: dict[str, dict[str, str]] = {
    "definition": {
        "ccc": r"\bcanadian (?:consensus |clinical |case |2003 )*(?:criteri\w*|definition)|\b(?-i:CCC)\b"
        r"|carruthers[^.;]{0,20}2003",
        "icc": r"\binternational consensus criteri\w*|\b(?:ME.?)?(?-i:ICC)\b|carruthers[^.;]{0,20}2011",
        "iom": r"\binstitute of medicine\b|\b(?-i:IOM)\b|\bnational academy of medicine\b|\b(?-i:NAM) criteri\w*"
        r"|\b(?-i:SEID)\b"
        r"|systemic exertion intolerance",
        "fukuda": r"\bfukuda\b|\b(?:CDC|cent(?:er|re)s? for disease control[^.;]{0,25})[^.;]{0,30}"
        r"(?:1994|criteri\w*|case definition)|\b1994 (?:CDC|case definition|international)",
        "holmes": r"\bholmes\b|\b1988 (?:CDC|case definition)|\bCDC[^.;]{0,15}1988",
        "oxford": r"\boxford (?:consensus |research |1991 )*(?:criteri\w*|definition)|sharpe[^.;]{0,20}1991",
        "nice": r"\b(?-i:NICE)\b[^.;]{0,30}(?:criteri\w*|guid\w*|definition)",
    },
    "pem": {
        "pem": r"\bpost.?exertional (?:malaise|fatigue|symptom|neuroimmune|worsening|exhaustion)|\b(?-i:PEM)\b"
        r"|\b(?-i:PESE)\b"
        r"|malaise (?:after|following) (?:\w+ )?exertion",
    },
    "burden": {
        "visits": rf"\b{_COME}\b[^.;]{{0,90}}\b(?:visits\b|visitors\b|visit schedules?|follow[- ]?ups?\b(?! form))"
        r"|\bfollow[- ]?up for \d|\bfollow[- ]?up schedule|\bfollowed longitudinally|\bmonitoring every"
        r"|\bgeographic\w* (?:barriers?|factors?|reasons?|distance)"
        rf"|\b{_COME}\b[^.;]{{0,25}}\b(?:classes|workshops|appointments?|sessions|for assessment)\b"
        r"|\b(?:able|willing|unable|unwilling) to travel\b",
        "remote": r"\bsmart ?(?:cell )?phones?|\bcell phones?|\bmobile (?:phone|device|app)\w*|\btelephone|\bphones?\b"
        r"|\binternet\b(?! addict)|\bwi-?fi\b|\bcomputers?\b(?! tomograph)|\biPad\b|\bonline\b|\bvirtual(?:ly)?\b"
        r"|\be-?diary\b|\belectronic (?:device|diary|tablet)|\bhome visits?|\btele(?:health|medicine)"
        r"|\bvideo (?:call|visit|conferenc)\w*|\bremote(?:ly)? (?:visit|participat|follow|monitor|assess)\w*"
        r"|\b(?:take|taking|test\b|step|done|performed|given|treated|self-administ\w+)[^.;]{0,50}\bat home\b",
        "function": r"\b(?-i:ECOG)\b|\beastern cooperative oncology|\bkarnofsky|\b(?-i:KPS)\b|\blansky|\bzubrod"
        r"|\bperformance status"
        r"|\b(?-i:EDSS)\b|\bexpanded disability|\bfunctional (?:ambulation|class\b)|\bdisability (?:score|index|scale)"
        r"|\bbell(?:'s|’s)? (?:CFIDS |disability |functionality )*(?:score|scale)|\bSF.?36\b"
        r"|\bphysical function\w* (?:sub)?scale",
        "mobility": r"\bwheel.?chair|\bbed.?(?:ridden|bound)|\b(?:house|home).?bound|\bimmobile\b(?! vertebra)"
        r"|\b(?:can|cannot|able to|ability to|unable to|inability to) (?:\w+ )?(?:walk|ambulate)\b"
        r"|\b(?:can|cannot|able to|unable to) leave (?:the |their )?(?:house|home|bed)\b"
        r"|\bwalking (?:impairment|aids?)\b|\bambulation\b|\bmobility (?:deficit|limit|impair)\w*|\bnon.?ambulatory\b",
    },
}  # fmt: skip
# Words beside a hit that make something else of it.
_NOT = {
    "visits": r"parent study|lost to follow|completed (?:all|the last)|previously|did not attend|emergency",
    "remote": r"expos(?:ed|ure)|household|allergen",
}
_COMPILED = {
    trait: {rule: re.compile(words, re.IGNORECASE) for rule, words in rules.items()} for trait, rules in _RULES.items()
}
_REJECTED = {rule: re.compile(words, re.IGNORECASE) for rule, words in _NOT.items()}
# One of several symptoms is no condition of its own.
_OPTIONAL = re.compile(
    r"\b(?:at least|minimum of|or more of|\d\+? of|one of|two of|three of|four of|any of|such as|e\.g\.|may|including"
    r"|symptoms? like|and/or)\b",
    re.IGNORECASE,
)


def find(text: str | None) -> list[Finding]:
    """Every rule that fits, once for each place (in, out) with the first words it fits, in the order of the text."""
    found: dict[tuple[str, str], Finding] = {}
    for place, criterion in _criteria(text):
        for trait, rules in _COMPILED.items():
            for rule, words in rules.items():
                hit = _hit(rule, words, criterion)
                if hit and (rule, place) not in found:
                    quote = around(criterion, hit.start(), hit.end(), QUOTE)
                    found[rule, place] = Finding(trait, rule, place, quote, certain(rule))
    return list(found.values())


def pem_of(text: str | None) -> tuple[str, str | None]:
    """A key of PEM for a text and the words it rests on. ``text`` None: the source does not have it."""
    if not text:
        return "unknown", None
    hits = [(place, one, hit) for place, one in _criteria(text) if (hit := _hit("pem", _COMPILED["pem"]["pem"], one))]
    quoted = [(place, one[: hit.end()], around(one, hit.start(), hit.end(), QUOTE)) for place, one, hit in hits]
    alone = [quote for place, before, quote in quoted if place == "in" and not _OPTIONAL.search(before)]
    implied = [one.quote for one in find(text) if one.rule in WITH_PEM and one.place == "in"]
    inside = [quote for place, _, quote in quoted if place == "in"]
    outside = [quote for place, _, quote in quoted if place == "out"]
    for key, quotes in (("required", alone), ("implied", implied), ("mentioned", inside), ("excluded", outside)):
        if quotes:
            return key, quotes[0]
    return "none", None


def table(studies: Iterable[Study]) -> pd.DataFrame:
    """Every finding of every study; columns ``FINDING_COLUMNS``."""
    rows = [(study.nct_id, *one) for study in studies for one in find(study.eligibility.eligibility_criteria)]
    return pd.DataFrame.from_records(rows, columns=list(FINDING_COLUMNS))


def pem_table(studies: Iterable[Study]) -> pd.DataFrame:
    """For every study what its text asks of post-exertional malaise: ``nct_id``, ``pem`` (key of PEM), ``quote``,
    ``definitions`` (keys of DEFINITIONS named among what lets people in)."""
    rows = []
    for study in studies:
        text = study.eligibility.eligibility_criteria
        named = {one.rule for one in find(text) if one.trait == "definition" and one.place == "in"}
        rows.append((study.nct_id, *pem_of(text), [rule for rule in DEFINITIONS if rule in named]))
    return pd.DataFrame.from_records(rows, columns=["nct_id", "pem", "quote", "definitions"])


def certain(rule: str) -> bool:
    """Whether what a rule finds may be said without "possibly"."""
    return measured.holds(MEASURED, rule)


def figures() -> dict[str, measured.Figures]:
    """The committed figures by rule, as ``python -m tests.measure_criteria`` prints them."""
    return measured.load(MEASURED)


def rules() -> tuple[str, ...]:
    """Every rule by name."""
    return tuple(rule for found in _RULES.values() for rule in found)


def _criteria(text: str | None) -> Iterator[tuple[Literal["in", "out"], str]]:
    for section in sections(plain(text or "")):
        for one in criteria(section.text):
            yield ("in" if section.kind == "inclusion" else "out"), " ".join(one.split())


def _hit(rule: str, words: re.Pattern[str], criterion: str) -> re.Match[str] | None:
    for hit in words.finditer(criterion):
        near = criterion[max(0, hit.start() - 60) : hit.end() + 40]
        if rule not in _REJECTED or not _REJECTED[rule].search(near):
            return hit
    return None
