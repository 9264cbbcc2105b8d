"""Where a medicine acts: in the whole body, or only where it is put, as form and route words tell. Folded texts.

The documents speak of medicines that damp the immune system of the whole body. A cream does not, nor does a spray for
the nose; an injection into a joint or beside a nerve is counted with the former, as those who give it do.
"""

import re
from collections.abc import Iterable

_SYSTEMIC = re.compile(
    r"\b(?:oral(?:ly)?|by mouth|p\.?o|tablets?|capsules?|pills?|syrup|intravenous(?:ly)?|i\.?v"
    r"|intramuscular(?:ly)?|i\.?m"
    r"|(?:re)?inject\w*|infus\w*|infiltrat\w*|blocks?|epidural(?:ly)?|perineural(?:ly)?|transforaminal"
    r"|interlaminar|caudal|intrathecal(?:ly)?|intra ?articular(?:ly)?|intra ?lesional(?:ly)?|intra ?tympanic(?:ally)?"
    r"|peri ?articular|sub ?acromial|subcutaneous(?:ly)?|systemic(?:ally)?|parenteral(?:ly)?|mg ?/ ?kg|mg ?/ ?m2"
    r"|mg (?:a day|per day|daily|once|twice)|mg ?/ ?(?:day|d)|taper\w*|pulses?|bolus|depot)\b"
)
# Between a medicine's name and its form: salts, strengths.
_SALT = (
    r"(?:(?:acetonide|acetate|valerate|\w*propionate|furoate|butyrate|sodium|phosphate|in orabase|usp|\d[\d.,]* ?%)"
    r"[ ,(]*)"
)
_PERCENT = re.compile(r"^(?: (?:acetonide|acetate|valerate|butyrate|\w*propionate))? ?[,(]? ?\d[\d.,]* ?%")
# A form that is also injected or swallowed, when it says so.
_EITHER = frozenset({"drop", "drops", "gel", "spray", "foam", "implant", "solution"})
# "Oral, intravenous or topical": a list that began with a way into the whole body.
_LISTED = re.compile(rf"{_SYSTEMIC.pattern}[^.;:]{{0,60}}(?:[,/]| or | and )[^.;:]{{0,25}}$")
# Behind these words a form word speaks of a place or of another medicine.
_NOT_A_FORM = (
    r"(?! (?:polyp|congest|obstruct|surg|sept|cavit|symptom|endosc|ana?esth|lidoc|antibi|antisep|vaso|arter|nerve|pain"
    r"))"
)


class Forms:
    """The form and route words of an agent's members that are off, compiled once."""

    def __init__(self, words: Iterable[str]) -> None:
        words = tuple(words)
        either = "|".join(sorted((word.replace(" ", r" ?") for word in words), key=len, reverse=True))
        self._any = bool(either)
        # A piece of each: most texts hold none, and to look for these takes a fraction of the time.
        self._pieces = frozenset(max(word.split(), key=len) for word in words)
        form = rf"(?:{either or '(?!)'})s?"
        self._form = re.compile(rf"\b{form}\b{_NOT_A_FORM}")
        self._before = re.compile(rf"\b{form}(?: (?!and\b|or\b)[a-z]+)?[ (]*$")
        self._after = re.compile(rf"^[ ,(]*{_SALT}*{form}\b")

    def hides(self, text: str, start: int, end: int) -> bool:
        """Whether the words beside a name put it on or breathe it in; not where a list says "systemic", too."""
        if not self._any:
            return False
        if self._after.match(text[end : end + 50]):
            return not _SYSTEMIC.search(text[max(0, start - 15) : start])
        found = self._before.search(text, max(0, start - 45), start)
        return bool(found) and not _LISTED.search(text, max(0, start - 110), found.start() if found else 0)

    def outside(self, name: str, end: int, texts: Iterable[str]) -> bool:
        """Whether an intervention is put on or breathed in. Its name decides, else the first of the other texts that
        says something; ``end`` is where our name ends in it."""
        if not self._any:
            return False
        told = self._verdict(name, strict=False)
        if told is None:
            found = (self._verdict(text, strict=True) for text in texts)
            told = next((one for one in found if one is not None), None)
        return bool(_PERCENT.match(name[end:])) if told is None else told

    def _verdict(self, text: str, *, strict: bool) -> bool | None:
        """True: put on or breathed in. False: swallowed or injected. Strict: one word of the latter is enough."""
        forms = set[str]()
        if any(piece in text for piece in self._pieces):
            forms = {found[0] for found in self._form.finditer(text)}
        systemic = bool(_SYSTEMIC.search(text))
        if forms and (not systemic or not (strict or forms <= _EITHER)):
            return True
        return False if systemic else None
