"""Splits eligibility text, which is free text, into what lets people in and what keeps them out.

The registry asks for two lists under two headings and gets everything: other wordings, one paragraph, several cohorts,
no heading at all. Text that stands under no heading counts as inclusion, as a reader would take it.
"""

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

Kind = Literal["inclusion", "exclusion"]


class Section(NamedTuple):
    """A stretch of the text, with its heading."""

    kind: Kind
    text: str


class Criteria(NamedTuple):
    """All inclusion and all exclusion text; what the record does not have is empty."""

    inclusion: str
    exclusion: str


# Lines without any of these, nearly all of them, are no heading.
_MAY_CUT = re.compile(r"clu|schl|ligible|not be ", re.IGNORECASE)
# Bullets, numbering and markdown in front of a heading.
_LEAD = r"^[\s*\-•·#>\\_.(]*(?:(?:\d{1,2}|[a-z])[.)\\]+\s*)?[*_#\s]*"
_WORD = (
    r"(?P<word>no[nt]?[- ]?inclusion\s*(?:/|and|or|&)\s*exclusion"
    r"|(?:non?[- ])?inclusion|exclusion(?:ary)?|ineligibility)s?"
)
# In front of "exclusion criteria" in a heading there may be an adjective or two ("Key", "Radiological") or a part of
# the study ("Cohort 2"), no sentence and no figure: "* Weight < 150 kg Exclusion Criteria" ends a criterion.
_PREFIX = (
    r"(?P<prefix>(?:(?:cohorts?|parts?|phases?|arms?|groups?|stages?|steps?|periods?|aims?) [\w/]{1,5} "
    r"|(?!(?:no|not|who|meets?|fulfil\w*|if|were|are|is|any|all|see|and|to|other protocol)\b)"
    r"[^\s:;,.*\d<>≤≥=]+ ){0,4}?)"
)
_HEADING = re.compile(_LEAD + _PREFIX + _WORD + r"\s+criteri\w*(?P<rest>.*)$", re.IGNORECASE)
_BARE = re.compile(
    _LEAD + r"(?:other |key |main |major )?"
    r"(?P<word>inclusions?|exclusions?|includes?d?|excludes?d?|exclusion for [^:]{1,40})[*_]*\s*(?::|[*_.\-–]*\s*$)",
    re.IGNORECASE,
)
_CRITERIA_FOR = re.compile(
    _LEAD + r"(?:criteria (?:for|of)|crit[eè]res? (?:de |d['’])|crit[eé]rios de|criteri di|reasons for)\s*"
    r"(?P<word>(?:n[oã]n?[- ])?inclus(?:i[oó]ne?|[aã]o)|e[xs]clus(?:i[oó]ne?|[aã]o))\b.*$",
    re.IGNORECASE,
)
_GERMAN = re.compile(_LEAD + r"(?P<word>(?:ein|aus)schl(?:uss|uß)kriterien)\b.*$", re.IGNORECASE)
# What may follow "exclusion criteria" in a heading: nothing, a colon, or words that lead to the list.
_REST = re.compile(
    r"^[*_\s]*(?:[.:\-–(]|$|(?:for|in|of|at|prior|before|determined|specific)\b[^.;]{0,80}:?\s*$"
    r"|(?:are|is|were|was|will be|include[sd]?|consists?)\b|[^.;:]{0,60}:\s*$)",
    re.IGNORECASE,
)
# A sentence that, with a colon at its end, opens a list of what keeps people out.
_OPENS_EXCLUSION = re.compile(
    r"\b(?:exclu(?:de[sd]?|sion|ding)|ineligible|not (?:be )?eligible"
    r"|(?:can|may|must|will|should)(?: ?not) be (?:enrolled|included|recruited))\b",
    re.IGNORECASE,
)
_NOT_OPENING = re.compile(r"\b(?:except|excluding|unless|eligible if|allowed|permitted|inclusion)\b", re.IGNORECASE)
# One criterion that keeps people out, standing among those that let them in.
_WHO = (
    r"(?:(?:the following |any |all )?"
    r"(?:patients?|subjects?|participants?|individuals?|people|persons?|women|men|those|volunteers|adults|children|we)\s+)?"
)
_EXCLUDED_IF = re.compile(
    _LEAD
    + _WHO
    + r"(?:(?:will|should|must|shall|may|to|were|are|is|be|being|also)\s+){0,3}exclud\w+\s*(?:from\b.*?\s)?"
    r"(?:if|when|who|with|for|those|patients|subjects|participants|persons|people|:)",
    re.IGNORECASE,
)
# A heading inside a paragraph: with a colon, or in capitals before a capital or at the end of the line.
_INLINE = re.compile(
    r"(?:(?<=[\w.;)*\]%])\s+|(?<=[a-z)]\.))[*_]{0,3}"
    r"(?:(?i:(?:key |main |major )?(?:non?[- ])?(?:inclusion|exclusion) criteri\w+)[*_]{0,3}\s*:"
    r"|(?:(?:Key|Main|Major) )?(?:Inclusion|Exclusion|INCLUSION|EXCLUSION) (?:Criteria|CRITERIA)"
    r"(?=\s+[A-Z0-9*•-]|[*_.]*$)"
    r"|(?:INCLUSION|EXCLUSION)S?\s*:)"
    r"|(?<=[,;.])\s+(?i:(?:inclusion|exclusion)s?)\s*:"
    r"|(?<=\s)[-–]\s+(?i:(?:inclusion|exclusion) criteri\w+)(?=\s+[-–]\s|\s*[-–]?$)"
    r"|(?<=[a-z.;)])\s+(?:INCLUSION|EXCLUSION) CRITERIA\b"
)
_POINTS_AT_LIST = re.compile(
    r"\b(?:the|these|those|any|all|of|no|none|other|previous|following|listed|defined|meet(?:s|ing)?|above|and|or|per|by"
    r"|to|with|see|under|in|for|as|from|violat\w+|satisf\w+|fulfil\w*|another|additional|specific|study|trial|protocol|either)$"
)
_NEW_CRITERION = re.compile(r"\n\s*(?=[*\-•·\\]|\d{1,2}\s*[.)\\]|[A-Z(])|\n\s*\n|(?<=[;])\s")
# A sentence goes on behind an open bracket, and behind a hyphen or dash at the end of a line; how far a bracket may
# reach: one that is never closed is a slip of the pen and must not swallow the rest of the list.
_GOES_ON = re.compile(r"(?<!-)\b\w+[-–]$")
_LONGEST_BRACKET = 200
# What marks an item of a list: a bullet, a number or a letter; neither a minus ("-2.5") nor a name ("E. coli").
_MARK = re.compile(r"^(?:[*•·]+\s*|[-–]\s+|\(?(?:\d{1,2}|[A-Za-z])\)\s+|\d{1,2}\.\s+|[a-z]\.\s+(?=[A-Z]))+")


def sections(text: str) -> tuple[Section, ...]:
    """The text cut at its headings, in order; joined together again it is the text, letter for letter."""
    cuts: list[tuple[int, Kind]] = [(0, "inclusion")]
    at = 0
    for line in text.splitlines(keepends=True):
        before = cuts[-1][1]
        cuts += [(at + offset, kind) for offset, kind in _cuts(line, before)]
        at += len(line)
    ends = [start for start, _ in cuts[1:]] + [len(text)]
    return tuple(Section(kind, text[start:end]) for (start, kind), end in zip(cuts, ends, strict=True) if end > start)


def split(text: str | None) -> Criteria:
    """All that lets in and all that keeps out, each in the order of the text, headings included."""
    found = sections(text or "")
    return Criteria(*("".join(part.text for part in found if part.kind == kind) for kind in ("inclusion", "exclusion")))


def criteria(text: str) -> tuple[str, ...]:
    """Single criteria of a section: bullets, numbered items, paragraphs; a line that merely wraps is not cut.

    Nor is what stands between brackets, nor a word that a hyphen joins to the next line.
    """
    ends = [found for found in _NEW_CRITERION.finditer(text) if not _inside(text, found)]
    starts = [0, *(found.end() for found in ends)]
    parts = (
        text[start:end] for start, end in zip(starts, [*(found.start() for found in ends), len(text)], strict=True)
    )
    return tuple(part for part in map(str.strip, parts) if part)


def listed(text: str | None) -> tuple[tuple[Kind, str], ...]:
    """Every criterion with the list it stands in, in the order of the text, on one line and without its bullet."""
    found = (
        (section.kind, _MARK.sub("", " ".join(one.split())))
        for section in sections(text or "")
        for one in criteria(section.text)
    )
    return tuple((kind, one) for kind, one in found if one)


def _inside(text: str, cut: re.Match[str]) -> bool:
    """Whether a cut here would tear what belongs together; a blank line always cuts."""
    if cut[0].count("\n") > 1:
        return False
    before = text[max(0, cut.start() - _LONGEST_BRACKET) : cut.start()]
    return bool(_GOES_ON.search(before)) or (_depth(before) > 0 and _closes(text, cut.end(), _depth(before)))


def _depth(before: str) -> int:
    """How many brackets are open at the end of a text; those that close what was opened further back do not count."""
    depth = 0
    for letter in before:
        depth = depth + 1 if letter in "([" else max(depth - 1, 0) if letter in ")]" else depth
    return depth


def _closes(text: str, start: int, depth: int) -> bool:
    for letter in text[start : start + _LONGEST_BRACKET]:
        depth += (letter in "([") - (letter in ")]")
        if depth == 0:
            return True
    return False


def _cuts(line: str, before: Kind) -> Iterator[tuple[int, Kind]]:
    """Where in this line another section starts, and which."""
    if not _MAY_CUT.search(line):
        return
    stripped = line.rstrip()
    kind = _heading(stripped)
    if kind:
        yield 0, kind
    elif before == "inclusion" and _EXCLUDED_IF.match(stripped):
        yield 0, "exclusion"
        yield len(line), "inclusion"
        return
    own = re.search(r"criteri\w*", stripped, re.IGNORECASE) if kind else None
    yield from _inline(stripped, own.end() if own else 0)


def _inline(line: str, start: int = 0) -> Iterator[tuple[int, Kind]]:
    """Headings inside a line, but for those it only points at."""
    for found in _INLINE.finditer(line, start):
        if not _POINTS_AT_LIST.search(line[: found.start()].lower()):
            yield found.start(), _kind(found[0])


def _heading(line: str) -> Kind | None:
    found = _HEADING.match(line)
    if found and _REST.match(found["rest"]) and not re.match(r"\s*/", found["rest"]) and not _ends_bullet(found):
        return _kind(found["word"])
    found = _BARE.match(line) or _CRITERIA_FOR.match(line) or _GERMAN.match(line)
    if found:
        return _kind(found["word"])
    opens = line.rstrip("*_ ").endswith(":") and _OPENS_EXCLUSION.search(line) and not _NOT_OPENING.search(line)
    return "exclusion" if opens and not any(_inline(line)) else None


def _ends_bullet(heading: re.Match[str]) -> bool:
    """Whether the words in front are a criterion: in "* Able to walk Exclusion Criteria" the heading has capitals."""
    before = heading["prefix"].split()
    return (
        bool(before) and heading.string.lstrip()[0] in "*-•" and heading["word"][0].isupper() and before[-1].islower()
    )


def _kind(words: str) -> Kind:
    keeps_out = re.search(r"e[xs]clu|n[oã]n?[- ]inclu|ineligib|aussch", words, re.IGNORECASE)
    return "exclusion" if keeps_out else "inclusion"
