"""Texts as words that can be looked for: without case, accents and simple English plurals. Pure.

A text is cut into parts at everything that is no letter and no digit. What a hyphen, an apostrophe or a slash parts may
also be looked for as one word: "post-exertional" is "postexertional".
"""

import re
import unicodedata
from collections.abc import Iterator

from fetchers.record.texts import plain

_ACCENTS = "\u0300-\u036f"
_PART = re.compile(rf"[^\W_](?:[^\W_]|[{_ACCENTS}])*")
_FOREIGN = re.compile(r"[^\x00-\x7f]")
_JOINS = "-\u2010\u2011\u2012\u2013'\u2019/"
# Letters that are no other letter with an accent.
_LETTERS = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe", "ı": "i", "ð": "d", "þ": "th"})


def folded(word: str) -> str:
    """Without case and accents."""
    if not word.isascii():
        word = "".join(one for one in unicodedata.normalize("NFKD", word) if one.isalnum())
    return word.casefold().translate(_LETTERS)


def singular(word: str) -> str:
    """A folded word without the ending of a simple English plural, so that it is the same for one and for many: an e
    that may belong to either goes as well ("headache", "headaches" and "patches" end in -ch)."""
    if len(word) < 4:
        return word
    if word[-1] == "s" and word[-2] not in "sui":
        word = word[:-1]
    if word.endswith("ie") and len(word) > 4:
        return word[:-2] + "y"
    return word[:-1] if word.endswith(("che", "she", "sse", "xe", "ze")) else word


def forms(word: str) -> list[str]:
    """Every folded word whose ``singular`` is this one."""
    ones = (word, f"{word}e", f"{word[:-1]}ie")
    return [one for plain in ones for one in (plain, f"{plain}s") if singular(one) == word]


def parts(text: str) -> Iterator[str]:
    """The words of a text in its order, each cut where it has a sign."""
    for found in _PART.findall(text):
        word = folded(found)
        if word:
            yield singular(word)


def for_index(text: str) -> str:
    """A text of the registry as SQLite's tokenizer ``ascii`` cuts it into the same parts, plurals left as they are."""
    return _FOREIGN.sub(_letter, plain(text))


def flat(text: str) -> str:
    """A text in which ``Phrase.pattern`` finds: without case and accents, its parts and what stands between them."""
    return _FOREIGN.sub(_letter, text).lower()


def aligned(text: str) -> tuple[str, list[int]]:
    """``flat``, and for each of its letters the place in the text it was made of."""
    letters = [one.lower() if one.isascii() else _KNOWN[one] for one in text]
    return "".join(letters), [place for place, made in enumerate(letters) for _ in made]


class _Letters(dict[str, str]):
    def __missing__(self, letter: str) -> str:
        if letter in _JOINS:
            made = "-"
        elif letter.isalnum():
            made = folded(letter)
        else:
            made = "" if re.match(f"[{_ACCENTS}]", letter) else " "
        self[letter] = made
        return made


_KNOWN = _Letters()


def _letter(found: re.Match[str]) -> str:
    return _KNOWN[found.group()]
