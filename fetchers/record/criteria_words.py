"""Where an eligibility text names a case definition, post-exertional malaise or the burden of taking part.

Written word rules over the registry's own words, nothing else: texts in, places out. What they may be trusted with is
for whoever shows it (``insights.criteria``).
"""

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from fetchers.record.eligibility import criteria, sections
from fetchers.record.texts import plain

WITH_PEM = ("ccc", "icc", "iom")  # definitions that cannot be met without post-exertional malaise
MALAISE = ("required", "implied", "mentioned", "excluded", "none", "unknown")


class Hit(NamedTuple):
    """One place in a text where a rule fits: ``start`` and ``end`` in the criterion, which is on one line."""

    trait: str  # definition, pem or burden
    rule: str
    place: Literal["in", "out"]
    criterion: str
    start: int
    end: int
    negated: bool  # among what lets in, but said not to be asked for ("Canadian criteria are not required")


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
# Words in front of a hit that negate it, as long as nothing between them and the hit is what they negate instead.
_ALL_SAID = r"(?! (?:only|just|less|fewer|more|later|earlier|limited|longer than)\b)"
_NEGATES = re.compile(
    rf"\b(?:(?:not|no){_ALL_SAID}|nor|neither|never|cannot|nobody|none of|with(?:/| or )without|(?P<takes>without|w/o"
    r"|absence of|excluding|except|other than|apart from|unless)|lack\w*|free (?:of|from)|regardless of"
    r"|irrespective of|independent\w* of|whether|rather than|instead of|den(?:y|ies|ying)|fail\w* to|unable)\b"
    r"|n[’']t\b|\bnon-(?=$)",
    re.IGNORECASE,
)
_NEGATES_ELSE = re.compile(
    r"\b(?:other|otherwise|expla\w+|caus\w+|account\w*|attribut\w+|reliev\w+|alleviat\w+|improv\w+|resolv\w+"
    r"|reduc\w+|lessen\w*|rest|energy|stamina|refresh\w*|concentrat\w*|work|lifelong|result\w*|due|because"
    r"|recover\w*|treat\w*|medic\w+|tak(?:e|en|ing)|exclu\w+|defined|better|who|whose|plus|pregnan\w+"
    r"|(?:and|but) (?:with|ha[sv]e?|must|meet\w*|report\w*|fulfil\w*))\b",
    re.IGNORECASE,
)
_NEGATION_REACH = 80  # characters between a negation and what it negates
_CLAUSE_END = re.compile(r"[.;:,]|\b(?:but|however|although|though|while|whereas)\b", re.IGNORECASE)
_LISTED_ON = re.compile(r"\s*(?:and/)?n?or\b", re.IGNORECASE)
# Words behind a hit that say the same of it, before any other verb.
_NOT_ASKED = re.compile(
    r"(?:(?!\b(?:is|are|was|were|be|must|should|ha[sv]e?|required|needed|with|without|but|while|whereas)\b)[^.;:,]){0,60}?"
    r"[\s,:(–-]*\b(?:(?:but|al?though|though|which|that|this|it)\s+)*"
    r"(?:(?:(?:is|are|was|were|do|does|did|need|needs|ha[sv]e?|must|may|should|will|can)\s*(?:not|n[’']t)|not|no longer"
    r"|cannot)\s+(?:(?:be|been|have|to|a|an|the|strictly|absolutely|always|necessarily|currently)\s+)*"
    r"(?:required?|necessary|need(?:ed)?|mandatory|essential|obligatory|present|requirement|prerequisite|criterion|met"
    r"|fulfilled|satisfied)|(?:is |are )?no (?:requirement|prerequisite|criterion)|may or may not|whether or not"
    r"|(?:is |are |may be |can be )?(?:optional|absent|unnecessary)|if (?:present|any|applicable))\b",
    re.IGNORECASE,
)
# What joins two case definitions of one criterion; a comma joins as the next one does.
_OR = re.compile(r"\bn?or\b(?! (?:more|less|older|over|longer|greater|later)\b)|(?<!\d)/(?!\d)", re.IGNORECASE)
_AND = re.compile(r"\band\b|&|\bplus\b", re.IGNORECASE)
_ONE_OF = re.compile(r"\b(?:one|one or more|any) of\b", re.IGNORECASE)
_ONE_NAME = re.compile(r"\bME ?/ ?CFS\b|\bCFS ?/ ?ME\b")


def hits(text: str | None) -> list[Hit]:
    """Every rule that fits, once for each place (in, out) with the first words it fits, in the order of the text; what
    lets people in once more where it is negated."""
    found: dict[tuple[str, str, bool], Hit] = {}
    for place, criterion in _criteria(text):
        for trait, words in _COMPILED.items():
            for rule in words:
                hit, negated = _best(trait, rule, place, criterion)
                if hit and (rule, place, negated) not in found:
                    found[rule, place, negated] = Hit(trait, rule, place, criterion, *hit.span(), negated)
    return list(found.values())


def malaise(text: str | None) -> tuple[str, Hit | None]:
    """What a text asks of post-exertional malaise, a word of MALAISE, and where. ``text`` None: the source does not
    have it.

    Malaise that is negated ("not required") is only mentioned. A definition implies it only when nobody gets in by
    another one: "Fukuda or Canadian" does not."""
    if not text:
        return "unknown", None
    places: dict[str, Hit] = {}
    for place, one in _criteria(text):
        hit, negated = _best("pem", "pem", place, one)
        if hit:
            asked = not negated and not _OPTIONAL.search(one[: hit.end()])
            key = "excluded" if place == "out" else "required" if asked else "mentioned"
            places.setdefault(key, Hit("pem", "pem", place, one, *hit.span(), negated))
        implied = _implied(one) if place == "in" else None
        if implied:
            places.setdefault("implied", Hit("pem", "pem", place, one, *implied.span(), False))
    key = next((key for key in MALAISE if key in places), "none")
    return key, places.get(key)


def definitions(text: str | None) -> list[str] | None:
    """The case definitions named among what lets people in, by their rules; None without a text."""
    if not text:
        return None
    found = {one.rule for one in hits(text) if one.trait == "definition" and one.place == "in" and not one.negated}
    return [rule for rule in _RULES["definition"] if rule in found]


def rules() -> tuple[str, ...]:
    """Every rule by name."""
    return tuple(rule for found in _RULES.values() for rule in found)


def _criteria(text: str | None) -> Iterator[tuple[Literal["in", "out"], str]]:
    for section in sections(plain(text or "")):
        for one in criteria(section.text):
            yield ("in" if section.kind == "inclusion" else "out"), " ".join(one.split())


def _hits(rule: str, words: re.Pattern[str], criterion: str) -> Iterator[re.Match[str]]:
    for hit in words.finditer(criterion):
        near = criterion[max(0, hit.start() - 60) : hit.end() + 40]
        if rule not in _REJECTED or not _REJECTED[rule].search(near):
            yield hit


def _best(trait: str, rule: str, place: str, criterion: str) -> tuple[re.Match[str] | None, bool]:
    """The first hit that is not negated, else the first; and whether it is. Burden and what keeps out have none."""
    first = None
    for hit in _hits(rule, _COMPILED[trait][rule], criterion):
        if trait == "burden" or place == "out" or not _negated(criterion, hit):
            return hit, False
        first = first or hit
    return first, first is not None


def _negated(criterion: str, hit: re.Match[str]) -> bool:
    if _NOT_ASKED.match(criterion, hit.end()):
        return True
    clause = _clause(criterion[max(0, hit.start() - 2 * _NEGATION_REACH) : hit.start()])
    negations = list(_NEGATES.finditer(clause))
    if not negations:
        return False
    last = negations[-1]
    between = clause[last.end() :]
    if len(between) > _NEGATION_REACH or _NEGATES_ELSE.search(between):
        return False
    # "Nobody without malaise" asks for it.
    return not (last["takes"] and len(negations) > 1)


def _clause(before: str) -> str:
    """The end of a text from where its last clause starts; of a list that goes on with "or", from its start."""
    ends = list(_CLAUSE_END.finditer(before))
    while ends and ends[-1][0] == "," and _LISTED_ON.match(before, ends[-1].end()):
        ends.pop()
        while ends and ends[-1][0] == ",":
            ends.pop()
    return before[ends[-1].end() :] if ends else before


def _implied(criterion: str) -> re.Match[str] | None:
    """The first definition that asks for malaise, when each alternative ("or") of a criterion has one."""
    named = [(hit, rule) for rule, words in _COMPILED["definition"].items() for hit in _hits(rule, words, criterion)]
    named = sorted((one for one in named if not _negated(criterion, one[0])), key=lambda one: one[0].start())
    if not any(rule in WITH_PEM for _, rule in named):
        return None
    one_of = bool(_ONE_OF.search(criterion[: named[0][0].start()]))
    alternatives, joined = [named[-1:]], one_of
    for one, after in zip(named[-2::-1], named[:0:-1], strict=True):
        between = _ONE_NAME.sub("", criterion[one[0].end() : after[0].start()])
        listed = joined and "," in between and not _AND.search(between)
        joined = one_of or listed or bool(_OR.search(between))
        if joined and one[1] != after[1]:
            alternatives.append([one])
        else:
            alternatives[-1].append(one)
    if any(all(rule not in WITH_PEM for _, rule in group) for group in alternatives):
        return None
    return next(hit for hit, rule in named if rule in WITH_PEM)
