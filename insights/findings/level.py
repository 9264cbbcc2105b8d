"""What the comments of a registered analysis say of the test: the level of significance, one side or two, the kind.

Word rules over the record's own words; each finding keeps the words it rests on. 0.05 is taken only where the record
names no level.
"""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from fetchers.record.result_modules import Analysis
from insights.findings.lines import line

USUAL = Decimal("0.05")
_MOST_WORDS = 160

_LEVEL = r"(?P<level>0?[.,]\d{1,5}|\d{1,2}(?:[.,]\d{1,3})?\s*(?:%|percent\b|per cent\b))"
_ERROR = r"(?:type[- ](?:I|1|one)[- ]error|false[- ]positive|error)"
_BETWEEN = (
    "rate level of was is were be been set kept at to as below risk a an overall the for nominal controlled fixed "
    "equal used two one 2 1 sided tailed familywise family wise each test study"
)
_LINK = rf"(?:[\s,:()=<≤-]|\b(?:{'|'.join(_BETWEEN.split())})\b)*?"
_NAMED = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?:\balpha\b|\bα){_LINK}{_LEVEL}",
        rf"\b(?:level of (?:statistical )?significance|significance (?:level|threshold|limit)|"
        rf"threshold (?:for|of) (?:statistical )?significance|{_ERROR}){_LINK}{_LEVEL}",
        rf"(?<![\d.,]){_LEVEL}\s*(?:\([^()]{{1,30}}\)\s*)?(?:(?:two|one|2|1)[- ](?:sided|tailed)\s+)?"
        rf"(?:(?:nominal|overall)\s+)?(?:alpha|α|(?:statistical )?significance|level of significance|{_ERROR})\b",
        rf"\b(?:at|to) (?:an?|the)\s+(?:[\w-]+\s+){{0,3}}{_LEVEL}[- ]level\b",
        rf"\bsignifican(?:t|ce)\b[^.;]{{0,60}}?\b(?:if|at|when|defined as|set at|considered|declared)\b[^.;]{{0,30}}?"
        rf"\bp(?:[- ]?values?)?\s*(?:of|was|is|were|less than|below|[<≤\\\s])+{_LEVEL}",
        rf"\bp(?:[- ]?values?)?\s*(?:of|was|is|were|less than|below|[<≤\\\s])+{_LEVEL}\s*(?:was|were|is|are)\s+"
        r"(?:considered|regarded|deemed|taken|defined|used)[^.;]{0,40}?\bsignifican",
        rf"\b(?:not )?(?:statistically )?significant at (?:the )?(?:p\s*[<≤\\\s]*)?{_LEVEL}",
    )
)
_ONE_SIDED = re.compile(r"\b(?:one|1|single)[- ]?(?:sided|tailed)\b|\b(?:one|1) (?:tail|side)\b", re.IGNORECASE)
_BAYES = re.compile(
    r"\bbayes|\bposterior (?:probabilit|distribut|mean|median|odds|estimat|credib)|\bcredible interval", re.IGNORECASE
)
_NO_WORSE = re.compile(r"\bnon[- ]?inferior|\bequivalen(?:ce|t)\b", re.IGNORECASE)
_COMMENTS = (
    "p_value_comment", "statistical_comment", "group_description", "estimate_comment", "other_analysis_description",
    "non_inferiority_comment",
)  # fmt: skip
_HYPOTHESIS = {
    "NON_INFERIORITY": "a test of non-inferiority",
    "EQUIVALENCE": "a test of equivalence",
    "NON_INFERIORITY_OR_EQUIVALENCE": "a test of non-inferiority or equivalence",
    "NON_INFERIORITY_OR_EQUIVALENCE_LEGACY": "a test of non-inferiority or equivalence",
    "OTHER": "a hypothesis of another type than superiority",
}


class Level(NamedTuple):
    """A level the record names, and the words that name it."""

    number: Decimal
    words: str


class Marked(NamedTuple):
    """What sets an analysis apart: said in our words, and the record's own it rests on (empty: a code of its form)."""

    what: str
    words: str


def levels(analysis: Analysis) -> tuple[Level, ...]:
    """Every different level of significance its comments name, in their order."""
    found: dict[Decimal, str] = {}
    for text in _texts(analysis):
        named = [(hit.start(), hit) for pattern in _NAMED for hit in pattern.finditer(text)]
        for _, hit in sorted(named, key=lambda one: one[0]):
            number = _number(hit["level"])
            if 0 < number < Decimal("0.5"):
                found.setdefault(number, sentence(text, hit.start(), hit.end()))
    return tuple(Level(number, words) for number, words in found.items())


def _number(text: str) -> Decimal:
    digits = re.sub(r"[^\d.,]", "", text).replace(",", ".")
    return Decimal(digits).normalize() / (1 if digits == text.strip().replace(",", ".") else 100)


def one_sided(analysis: Analysis) -> Marked | None:
    """Whether the test or its interval has one side; None when nothing says so."""
    for text in (analysis.statistical_method or "", analysis.p_value or "", *_texts(analysis)):
        hit = _ONE_SIDED.search(text)
        if hit:
            return Marked("a one-sided test", sentence(text, hit.start(), hit.end()))
    if analysis.ci_num_sides == "ONE_SIDED":
        return Marked("an interval with one side", "")
    return None


def another_kind(analysis: Analysis) -> Marked | None:
    """Non-inferiority, equivalence, another type of hypothesis, or Bayesian; None for a test of a difference."""
    named = _HYPOTHESIS.get(analysis.non_inferiority_type or "")
    if named:
        return Marked(named, _begun(analysis.non_inferiority_comment))
    method = (analysis.statistical_method, analysis.param_type, analysis.dispersion_type)
    for text in (*(one or "" for one in method), *_texts(analysis)):
        hit = _BAYES.search(text)
        if hit:
            return Marked("a Bayesian analysis", sentence(text, hit.start(), hit.end()))
    return _no_worse(analysis)


def _begun(text: str | None) -> str:
    return sentence(line(text), 0, 0)


def _no_worse(analysis: Analysis) -> Marked | None:
    """Older records have one type for superiority and others: there the comments decide."""
    if analysis.non_inferiority_type == "SUPERIORITY":
        return None
    for text in _texts(analysis):
        hit = _NO_WORSE.search(text)
        if hit:
            return Marked("a test of non-inferiority or equivalence", sentence(text, hit.start(), hit.end()))
    if analysis.tested_non_inferiority:
        return Marked("a test of non-inferiority or equivalence", "")
    return None


def _texts(analysis: Analysis) -> Iterator[str]:
    for name in _COMMENTS:
        text = getattr(analysis, name)
        if text:
            yield line(text)


def sentence(text: str, start: int, end: int) -> str:
    """The sentence around a finding; a long one is cut between words, with a mark."""
    first = text.rfind(". ", 0, start) + 2 if ". " in text[:start] else 0
    stop = text.find(". ", end)
    last = len(text) if stop < 0 else stop + 1
    before = after = ""
    if start - first > _MOST_WORDS // 2:
        first, before = text.find(" ", start - _MOST_WORDS // 2, start) + 1 or start, "… "
    if last - first > _MOST_WORDS and last > end:
        cut = text.rfind(" ", end, max(end, first + _MOST_WORDS) + 1)
        last, after = (cut if cut > 0 else end), " …"
    return f"{before}{text[first:last].strip()}{after}"
