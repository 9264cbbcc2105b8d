"""What the words around a name say about it: a placebo, something not given, something that keeps people out.

All functions take folded texts (``fetchers.names``). The lists of cues come from reading real records; a cue counts only
where nothing between it and the name starts a new thought.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple


class Part(NamedTuple):
    """A stretch of an intervention's name between two connecting words; ``placebo`` when it is a make-believe."""

    start: int
    end: int
    placebo: bool


_PLACEBO = re.compile(
    r"\b(?:placebos?|sham|(?<!double )(?<!double-)dummy|vehicle|simulated|mock|fake)\b(?! ?controlled)"
)
_CONNECTOR = re.compile(
    r"\+|;|,|/|&|\bplus\b|\bwith(?! or)\b|\bor\b|\bvs\b|\bversus\b|\band\b|\bfollowed by\b|\bthen\b|\bcompared to\b|\bcombined\b|\bin addition to\b"
)
# "placebo for A and B" makes both A and B placebos, "placebo + A" does not.
_PLACEBO_FOR = re.compile(r"\b(?:for|to|of|match\w*|resembling|identical|mimicking)\b")
_GOES_ON = frozenset({",", "/", "&", "or", "and"})

# A new thought begins here, so a cue further left says nothing about the name.
_RESET = (
    r"start\w*|initiat\w*|add|adding|added|switch\w*|then|followed|plus|but|vs|versus|continu\w*|receiv\w*"
    r"|(?<!treatment )(?<!treated )(?<!therapy )(?<!without )with|compared|whereas|while"
)
_GAP = rf"(?: (?!(?:{_RESET})\b)[^ ,;.+()|]+){{0,4}}[ (]*$"
_DENIED_BEFORE = re.compile(
    r"\b(?:withdraw\w*|discontinu\w*|cessation|ceas\w+|stopp?(?:ing|ed)?|taper(?:ing|ed)?(?: off| down)?|wean\w*|without|no|non|not"
    r"|free (?:of|from)|fail\w*|(?:inadequate|insufficient|incomplete|poor|lack of|suboptimal) respon\w+|non ?respon\w+"
    r"|resistan\w+ to|refractory to|intoleran\w+ (?:to|of|for)|contraindicat\w+|naive to|avoid\w*|instead of|rather than"
    r"|alternative to|allerg\w+ to|hypersensitivity to|toxicity (?:of|from)|antibod\w+ (?:to|against)|levels? of|prior|previous\w*"
    r"|history of|interrupt\w*|omi(?:t|ssion)\w*|minimi[sz]\w+|eliminat\w+|sparing|spare|induced by|receptor)" + _GAP
)
_DENIED_AFTER = re.compile(
    r"^[ )]*(?:(?:therapy|treatment|use|drug|medication|serum|trough) )?"
    r"(?:free|sparing|spared|refractory|resistan\w+|dependen\w+|naive|intoleran\w+|withdrawal|discontinuation|cessation"
    r"|tapering(?! (?:dose|regimen|schedule|course|protocol|scheme))|weaning|avoidance|minimi[sz]ation|elimination|failures?"
    r"|inadequate|insufficient|incomplete|non ?respon\w+|unresponsive|toxicity|hypersensitivity|allergy|levels?|concentrations?"
    r"|antibod\w+|anti ?drug|induced|associated|related|receptor|binding|suppression test|interruption|holiday|stop|experienced)\b"
)

# In a criterion. "not responding to", "no more than", "no change in" do not keep people on the medicine out.
_STILL_ON_IT = (
    r"(?! (?:\w+ ){0,2}?(?:respon\w+|adequate\w*|control\w*|toler\w+|achiev\w*|more than|greater|exceed\w*|chang\w+|increas\w*|improv\w*"
    r"|satisf\w+|suffic\w*|less than|higher|limited|necessarily|later|fewer|lower|least|only|effective\w*|benefi\w+|success\w*|contraindicat\w*|allerg\w+|intoleran\w+|hypersens\w+))"
)
_KEEPS_OUT_BEFORE = re.compile(
    r"\b(?:(?:no|not|never|without|neither|nor|none|cannot|avoid\w*|exclud\w+|exclusion|ineligible|abstain\w*|refrain\w*)\b"
    + _STILL_ON_IT
    + r"|naive (?:to|for)\b|free (?:of|from)\b|absence of\b|off(?= (?:all |any |oral |systemic )?[\w ]{0,20}$))"
)
# Behind these words the exception begins: "no DMARD other than methotrexate".
_EXCEPTION = re.compile(
    r"\b(?:but|unless|except\w*|however|other than|apart from|besides|may|allowed|permitted|although|if (?:on|taking|receiving)|must|should have|stable)\b(?! not\b| be excluded\b)"
)
_SENTENCE = re.compile(r"[;?!]|\.(?= |$)(?<!e\.g\.)(?<!i\.e\.)(?<! eg\.)(?<! vs\.)")
_KEEPS_OUT_AFTER = re.compile(
    r"^[ )]*(?:(?:therapy|treatment|use) )?(?:naive|free)\b"
    r"|^[^.;]{0,80}?\b(?:(?:is|are|was|were|be|must|may|will|should)(?: be)? not (?:be )?(?:allowed|permitted|eligible|acceptable|accepted|used|given)"
    r"|not (?:allowed|permitted|eligible)|prohibited|forbidden|disallowed|(?:is|are|be|were|was) excluded|ineligible)\b"
)


def parts(name: str) -> tuple[Part, ...]:
    """An intervention's name cut at its connecting words; the parts that speak of a placebo or sham are marked."""
    found: list[Part] = []
    carried = False
    for start, end, connector in _pieces(name):
        text = name[start:end]
        carried = carried and connector in _GOES_ON
        cue = _PLACEBO.search(text)
        if cue:
            carried = bool(_PLACEBO_FOR.search(text, cue.end())) and not text.rstrip().endswith(")")
        found.append(Part(start, end, bool(cue) or carried))
        carried = carried and not text.rstrip().endswith(")")
    return tuple(found)


def _pieces(name: str) -> Iterator[tuple[int, int, str]]:
    start, connector = 0, ""
    for found in _CONNECTOR.finditer(name):
        yield start, found.start(), connector
        start, connector = found.end(), found[0]
    yield start, len(name), connector


def is_make_believe(name: str) -> bool:
    """Whether the name speaks of a placebo or sham at all."""
    return bool(_PLACEBO.search(name))


def denied(name: str, start: int, end: int) -> bool:
    """Whether what stands at ``start:end`` of an intervention's name is stopped, missing or only spoken about."""
    return bool(_DENIED_BEFORE.search(name, max(0, start - 80), start) or _DENIED_AFTER.search(name[end : end + 60]))


def keeps_out(criterion: str, start: int, end: int) -> bool:
    """Whether a criterion that lets people in asks them *not* to have what stands at ``start:end``."""
    sentence = max((found.end() for found in _SENTENCE.finditer(criterion, 0, start)), default=0)
    exception = max((found.end() for found in _EXCEPTION.finditer(criterion, sentence, start)), default=sentence)
    if _KEEPS_OUT_BEFORE.search(criterion[exception:start]):
        return True
    return bool(_KEEPS_OUT_AFTER.search(criterion[end : end + 120]))
