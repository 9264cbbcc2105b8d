"""What the words around a name say about it: a placebo, something not given, something that keeps people out.

All functions take folded texts (``fetchers.matching.names``). The cues come from reading real records; a cue counts
only where nothing between it and the name starts a new thought.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple


class Part(NamedTuple):
    """A stretch of an intervention's name between two connecting words; ``placebo`` when it is a make-believe."""

    start: int
    end: int
    placebo: bool


def _any(cues: str) -> str:
    """One pattern for a list of cues, which are patterns themselves and stand between semicolons."""
    return "(?:" + "|".join(cue.strip() for cue in re.sub(r"\s+", " ", cues).split(" ; ")) + ")"


# "double dummy" and "placebo controlled" describe a design, not what is given.
_PLACEBO = re.compile(r"\b(?:placebos?|sham|(?<!double )dummy|vehicle|simulated|mock|fake)\b(?! ?controlled)")
_CONNECTOR = re.compile(
    r"[+;,/&]|\b"
    + _any(r"""
    plus ; with(?! or) ; or ; vs ; versus ; and ; followed by ; then ; compared to ; combined ; in addition to
""")
    + r"\b"
)
# "placebo for A and B" makes both A and B placebos, "placebo + A" does not.
_PLACEBO_FOR = re.compile(r"\b(?:for|to|of|match\w*|resembling|identical|mimicking)\b")
_GOES_ON = frozenset({",", "/", "&", "or", "and"})

# A new thought begins here, so a cue further left says nothing about the name.
_RESET = _any(r"""
    start\w* ; initiat\w* ; add ; adding ; added ; switch\w* ; then ; followed ; plus ; but ; vs ; versus ;
    continu\w* ; receiv\w* ; (?<!treatment )(?<!treated )(?<!therapy )with ; compared ; whereas ; while
""")
_GAP = rf"(?: (?!{_RESET}\b)[^ ,;:.+()|]+){{0,4}}[ (]*$"
_DENIED_BEFORE = re.compile(
    r"\b"
    + _any(r"""
    withdraw\w* ; discontinu\w* ; cessation ; ceas\w+ ; stop(?:ping|ped)? ; wean\w* ; interrupt\w* ;
    omi(?:t|ssion)\w* ; taper(?:ing)?(?: off| down)?(?! (?:doses?|course|regimen|schedule)\b) ; eliminat\w+ ;
    minimi[sz]\w+ ; sparing ; avoid\w* ; instead of ; rather than ; alternative to ;
    (?<!with or )(?<!with and )without ; no ; not ; (?:non|anti)(?=[ (]*$) ; free (?:of|from) ; fail\w* ;
    (?:inadequate|insufficient|incomplete|poor|suboptimal|lack of) respon\w+ ; non ?respon\w+ ; resistan\w+ to ;
    refractory to ; naive to ; intoleran\w+ (?:to|of|for) ; contraindicat\w+ ; allerg\w+ to ; hypersensitivity to
    ; toxicity (?:of|from) ; antibod\w+ (?:to|against) ; levels? of ; induced by ; prior(?! to) ; previous\w* ;
    history of
""")
    + _GAP
)
_DENIED_AFTER = re.compile(
    r"^[ )]*(?:(?:therapy|treatment|use|drug|medication|serum|trough) )?"
    + _any(r"""
    free ; sparing ; spared ; refractory ; resistan\w+ ; dependen\w+ ; naive ; intoleran\w+ ; failures? ;
    inadequate ; insufficient ; incomplete ; non ?respon\w+ ; unresponsive ; experienced ; withdrawal ;
    discontinuation ; cessation ; tapering(?! (?:dose|course|regimen|schedule|protocol|scheme)) ; weaning ;
    avoidance ; elimination ; minimi[sz]ation ; interruption ; holiday ; stop ; toxicity ; hypersensitivity ;
    allergy ; levels? ; concentrations? ; anti ?drug ; induced ; associated(?! with| to) ; related(?! to) ; receptor ;
    binding ; suppression test
""")
    + r"\b"
)

# "not responding to", "no more than", "no change in", "no allergy to" do not keep people on the medicine out.
_STILL_ON_IT = (
    r"(?! (?:\w+ ){0,2}?"
    + _any(r"""
    respon\w+ ; adequate\w* ; control\w* ; toler\w+ ; achiev\w* ; improv\w* ; satisf\w+ ; suffic\w* ; effective\w*
    ; benefi\w+ ; success\w* ; more than ; less than ; exceed\w* ; greater ; higher ; lower ; fewer ; least ;
    limited ; chang\w+ ; increas\w* ; necessarily ; later ; only ; contraindicat\w* ; allerg\w+ ; intoleran\w+ ;
    hypersens\w+
""")
    + ")"
)
_KEEPS_OUT_BEFORE = re.compile(
    r"\b(?:"
    + _any(r"""
    no ; not ; never ; without ; neither ; nor ; none ; cannot ; avoid\w* ; exclud\w+ ; exclusion ; ineligible ;
    abstain\w* ; refrain\w*
""")
    + r"\b"
    + _STILL_ON_IT
    + r"|naive (?:to|for)\b|free (?:of|from)\b|absence of\b|off(?= (?:all |any |oral |systemic )?[\w ]{0,20}$))"
)
# Behind these words an exception begins: "no DMARD other than methotrexate".
_EXCEPTION = re.compile(
    r"\b"
    + _any(r"""
    but ; unless ; except\w* ; however ; other than ; apart from ; besides ; although ; may ; allowed ; permitted
    ; must ; should have ; stable
""")
    + r"\b(?! not\b| be excluded\b)"
)
_SENTENCE = re.compile(r"[;?!]|\.(?= |$)(?<!e\.g\.)(?<!i\.e\.)(?<! eg\.)(?<! vs\.)")
_NOT_ALLOWED = _any(r"""
    (?:is|are|was|were|must|may|will|should)(?: be)? not (?:be )?(?:allowed|permitted|eligible|accepted|used|given) ;
    not (?:allowed|permitted|eligible|acceptable) ; prohibited ; forbidden ; disallowed ;
    (?:is|are|be|were|was) excluded ; ineligible ;
    (?:must|should|may|will|can|has|have)(?: have)? not (?:have )?(?:be|been) (?:given|administered|taken|used|received)
""")
# "Stopped corticosteroids 3 months before": a wash-out. Not so when it failed or did harm, which is a history.
_WASHED_OUT = re.compile(
    r"\b(?:stop\w*|discontinu\w*|interrupt\w*|wash(?:ed)? ?out|withdr\w+|ceas\w+|suspend\w*|be off"
    r"|come off)\b[^.;]{0,80}$"
)
# The same told behind the name ("methotrexate must be stopped") or as the time that has gone by without it.
_WASHED_OUT_AFTER = re.compile(
    r"^[ )]*(?:(?:therapy|treatment|use|medication|medicines?|drugs?|and|or) )*(?:wash ?out"
    r"|(?:(?:must|should|will|shall|has|have|had|to|is|are|was|were)(?: have)? (?:be(?:en)? )?)?"
    r"(?:stopped|discontinued|interrupted|withdrawn|washed out|suspended|ceased|tapered (?:off|out))"
    r"(?=[^.;]{0,30}\b(?:days?|weeks?|months?|half lives|before|prior to|at least|screening|baseline|entry|randomi\w+"
    r"|for|$)|$)"
    r"|[^.;]{0,20}\b(?:more than|at least|over|>) ?\d+ (?:days?|weeks?|months?) (?:ago|earlier|before|prior))"
)
_TIME_WITHOUT = re.compile(
    r"\bsince (?:the |their |his |her )?(?:last|final|previous|most recent)? ?"
    r"(?:(?:dose|infusion|injection|use|intake|administration|course|treatment|therapy)s? )?(?:of |with )?$"
)
_TIME = re.compile(r"\b\d+ (?:days?|weeks?|months?|half lives)\b|\b(?:days?|weeks?|months?) (?:have|has|must)\b")
_HISTORY = re.compile(
    r"\b(?:fail\w*|efficacy|respon\w+|intoleran\w+|toxicity|adverse|side effects?|relaps\w*|flare\w*)\b"
)
_KEEPS_OUT_AFTER = re.compile(
    rf"^[ )]*(?:(?:therapy|treatment|use) )?(?:naive|free)\b|^[^.;]{{0,80}}?\b{_NOT_ALLOWED}\b"
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
    washed_out = (
        _WASHED_OUT.search(criterion, sentence, start)
        or _WASHED_OUT_AFTER.search(criterion[end : end + 120])
        or (_TIME.search(criterion, sentence, start) and _TIME_WITHOUT.search(criterion, sentence, start))
    )
    if washed_out and not _HISTORY.search(criterion[sentence : end + 120]):
        return True
    return bool(_KEEPS_OUT_AFTER.search(criterion[end : end + 120]))
