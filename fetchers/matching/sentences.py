"""What a description says is given: a dose beside the name, a verb of giving, or a text that is little but the name.

Not given is what people had before, may have, are compared with, stop or go without. The cues come from reading real
records; where in doubt a sentence says nothing, since a trial counted by mistake is worse than one that is a mention.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from fetchers.matching.context import denied, parts
from fetchers.matching.names import Text
from fetchers.record.texts import plain


class Sentence(NamedTuple):
    """One sentence or item: as the registry wrote it, and made ready for the search."""

    quote: str
    text: Text


_CUT = re.compile(
    r"(?<=[!?])\s+|(?<![ .][a-z])(?<!\be\.g)(?<!\bi\.e)(?<!\bvs)\.\s+(?=[A-Z\d(•*-])|\n+\s*|\s(?=[•▪]"
    r"|\d{1,2}[.)]\s[A-Z])"
)
_LONGEST = 300

_UNIT = (
    r"(?:mg|mcg|µg|μg|ug|g|gm|grams?|milligrams?|ml|cc|iu|units?|u|%)"
    r"(?: ?(?:/|per) ?(?:kg|m2|m²|day|d|dose|ml|h|hr|hour|week|wk|body weight|kg body weight|kilogram))*"
)
_DOSE_BEFORE = re.compile(
    rf"\d[\d.,]*(?: ?(?:to|–) ?\d[\d.,]*)? ?{_UNIT}\)?(?: ?\([^)]*\))?"
    r"(?: (?:of|dose of|doses of|intravenous|oral|iv|im|po|injectable|a day|daily|per day|once|twice|weekly"
    r"|sterile))*[ ,(]*$"
)
_DOSE_AFTER = re.compile(
    rf"^(?:(?!\b(?:and|or|plus|with|than)\b)[^.;]){{0,30}}?\d[\d.,]*(?: ?to ?\d[\d.,]*)? ?{_UNIT}\b"
)
_GIVING = re.compile(
    r"(?:\b(?:receiv\w*|giv(?:e|es|en|ing)|administ\w*|(?:re)?inject\w*|infus\w*|infiltrat\w*|treated with"
    r"|treatment with"
    r"|take[ns]?|taking|consist\w* (?:of|in)|compris\w*|contain\w*|composed of|mixture|mixed|mixing|combin\w*"
    r"|add(?:ed|ing)"
    r"|addition of|includ\w*|plus|together with|along with|alongside|prescribed|started on|starting with|premedicat\w*"
    r"|pre ?treat\w* with|maintained on|background|continu\w*|appl(?:y|ied)|used?|using|loaded with|underwent"
    r"|undergo\w*"
    r"|regimens?|course of|pulses? of|dose of|biosimilar)\b|\+)[^.;]{0,160}$"
)
_GIVEN_AFTER = re.compile(
    r"^[^.;]{0,70}?\b(?:will be|is|are|was|were|to be|being)\b[^.;]{0,25}?\b(?:given|administered|injected"
    r"|infused|added"
    r"|applied|taken|continued|started|initiated|used|prescribed|delivered)\b|^[ ,(]*(?:proposed )?biosimilar\b"
)
_SHORT = 9
# An item of a list that begins with the medicine, perhaps behind its route: "IT: methotrexate +/- ...".
_BEGINS = re.compile(
    r"^(?:\W|\d|it|iv|po|im|sc|oral|intravenous|intrathecal|drugs?|medication|treatment|dose|arm|group|[a-d]\b)*$"
)

_EARLIER = re.compile(
    r"\b(?:prior(?! to)|previous\w*|history of|wash ?out|already|fail\w*|refractory|resistant|despite|have been"
    r"|had been|has been"
    r"|ever|formerly|who had|respond\w* to|(?:in)?adequate respon\w*|relaps\w* (?:after|on)|intoleran\w*|naive"
    r"|(?:after|following) (?:failure|failing|treatment|discontinu\w*|stopping)"
    r"|(?:other|another|earlier|published) (?:\w+ )?(?:study|studies|trials?)\b[^.;]{0,40}?\b(?:was"
    r"|were|used|gave|had))"
    r"\b[^.;]{0,100}$"
)
_EARLIER_AFTER = re.compile(
    r"^[^.;]{0,50}?\b(?:(?:before|prior to|at|until) (?:the )?(?:baseline|screening|enrol\w*|study entry|entry"
    r"|inclusion|randomi\w*)"
    r"|months? (?:before|ago|earlier)|weeks? (?:before|ago|earlier) "
    r"|(?:was|were) [^.;]{0,30}?in (?:the |an )?(?:other|another|earlier|previous"
    r"|published) (?:\w+ )?(?:study|trials?))\b"
)
_MAYBE = re.compile(
    r"\b(?:if|may|might|could|can|needed|rescue|prn|discretion|allow\w*|permit\w*|optional\w*|unless|in case"
    r"|in the event"
    r"|escape|salvage|recommend\w*|required|eligible|whether|such as|e\.g)\b[^.]{0,160}$"
)
_MAYBE_AFTER = re.compile(
    r"^[^.;,]{0,40}?\b(?:(?:if|as|when|where) (?:needed|required|necessary|indicated)|(?:is|are|was|were"
    r"|will be) (?:allowed|permitted)"
    r"|may (?:be|continue|remain|stay)|prn|rescue|on demand|at the discretion)\b"
)
_COMPARED = re.compile(
    r"\b(?:compar\w+ (?:with|to|of)|versus|vs|than|similar to|equivalent (?:to|of)|relative to|unlike"
    r"|alternatives? to|superior\w* to"
    r"|inferior\w* to|instead of|rather than|replac\w*|substitut\w*|effects? of|efficacy of|safety of|role of"
    r"|mechanism of|action of"
    r"|use of|risk of|exposure to|allerg\w* to|matching|mimic\w*)\b[^.;,]{0,40}$"
)
_NOT = re.compile(
    r"\b(?:not|never|without|no|neither|nor|none|avoid\w*|exclud\w*|omit\w*|withh[eo]ld\w*"
    r"|prohibit\w*|forbid\w*|stop\w*"
    r"|discontinu\w*|withdraw\w*|wean\w*)\b(?! only\b)[^.;,]{0,60}$"
)
_NOT_AFTER = re.compile(
    r"^[^.;,]{0,40}?\b(?:(?:is|are|was|were|will|do|does|did)(?: be)? not|withheld|discontinued|stopped"
    r"|prohibited|forbidden|omitted"
    r"|excluded|withdrawn|not)\b|^[ )]*equivalents?\b|^ ?(?:or )?ir\b"
)
_PEOPLE = re.compile(
    r"\b(?:patients?|subjects?|participants?|people|those|individuals?|children|adults|women|men|volunteers|infants)\b"
    r"(?: with [^.;,]{1,60}?)? (?:who |that )?(?:(?:are|were|is|have been|currently|already|regularly|being|on) )*"
    r"(?:receiving|taking|on|using|treated with|managed with|maintained on|with|requiring|under)\b[^.;]{0,80}$"
)
_MAIN_VERB = re.compile(r"\b(?:will|shall|receives?|received|were|was|are|is|underwent|undergo)\b")


def sentences(text: str | None) -> Iterator[Sentence]:
    """The sentences, items and lines of a registry text."""
    for quote in _CUT.split(plain(text or "")):
        if quote and quote.strip():
            yield Sentence(quote.strip(), Text(quote))


def says_given(text: str, start: int, end: int) -> bool:
    """Whether a folded sentence says that people get what stands at ``start:end``."""
    before, after = text[max(0, start - 200) : start], text[end : end + 120]
    if denied(text, start, end) or _COMPARED.search(before) or _NOT.search(before) or _NOT_AFTER.search(after):
        return False
    if _EARLIER.search(before) or _EARLIER_AFTER.search(after) or _MAYBE.search(before) or _MAYBE_AFTER.search(after):
        return False
    if any(part.placebo and part.start <= start < part.end for part in parts(text)):
        return False
    if _PEOPLE.search(before) and _MAIN_VERB.search(after):
        return False
    if len(text.split()) <= _SHORT or (_BEGINS.match(text[:start]) and not _MAIN_VERB.search(after)):
        return True
    return any(
        (_DOSE_BEFORE.search(before), _DOSE_AFTER.search(after), _GIVING.search(before), _GIVEN_AFTER.search(after))
    )


def says_maybe(name: str) -> bool:
    """Whether an intervention's folded name says that not everybody gets it: a rescue or optional medicine."""
    return bool(_MAYBE.search(name))


def cut(quote: str, name: str) -> str:
    """The sentence, or of a long one the stretch around the name."""
    if len(quote) <= _LONGEST:
        return quote
    at = max(0, quote.lower().find(name.lower().split()[0]) - _LONGEST // 2)
    piece = quote[at : at + _LONGEST]
    return ("…" if at else "") + piece.strip() + ("…" if at + _LONGEST < len(quote) else "")
