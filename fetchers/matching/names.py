"""Finds names in registry texts as whole words, whatever the case, accents, hyphens, spaces and plurals.

Both sides go through the same folding, so ``CT-P13`` is found as ``CT P13``, ``GP2017`` as ``GP 2017`` and ``tumour``
as ``tumor``. A text is cut into words once, for all agents; a name is then tried only where its first word stands,
which keeps matching well under a millisecond a record. Where a text means something else by a name, a mask hides it.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, cached_property, lru_cache
from itertools import product
from typing import NamedTuple

from fetchers.matching.spelling import spellings
from fetchers.record.texts import plain
from fetchers.watchlist.model import ShortName

_WORD = re.compile(r"[^\W_]+")
_NOT_ASCII = re.compile(r"[^\x00-\x7f]+")
# For ASCII texts, as bytes, which Python translates many times as fast as text: everything but letters and figures
# becomes a space; or only white space, hyphens and underscores do.
_CUT = bytes(code if chr(code).isalnum() else 32 for code in range(128)) + bytes(128)
_SPACED = bytes(32 if chr(code).isspace() or chr(code) in "-_" else code for code in range(128)) + bytes(128)
_INTRAVENOUS = re.compile(r"\b([Ii])\.([Vv])\.?(?!\w)")
# Dashes become spaces, a soft hyphen nothing; α as in "TNF-α" is written out.
_SPELT = {
    **dict.fromkeys(map(ord, "‐‑‒–—―−"), " "),
    **{0xAD: "", ord("α"): "alpha", ord("β"): "beta", ord("’"): "'"},
    **{ord("ı"): "i", ord("ł"): "l", ord("ø"): "o", ord("ß"): "ss"},
}
_MARKS = dict.fromkeys(map(ord, "®™℠©"), " ")
# A code of letters and at least two figures is written with a hyphen, a space or nothing between them. Not so one of a
# single figure: "SB 4 weeks" is no SB4.
_CODE = re.compile(r"\b([a-z]+)(\d{2,})\b")
# What may stand between the words of one name: never what ends a criterion, never a word.
_BETWEEN = r"[ ,.:()\[\]/'*·•+&]{0,3}"


class Hit(NamedTuple):
    """A name as the watch-list spells it, and where it stands in the folded text."""

    name: str
    start: int
    end: int


class Text:
    """A registry text made ready for the search: in one line, then folded, then its words.

    ``vocabulary``: the words that any name looked for begins with; the text is read for them once, for all agents, and
    ``words`` are then only those.
    """

    __slots__ = ("folded", "squeezed", "words")

    def __init__(self, text: str, vocabulary: frozenset[str] | None = None) -> None:
        self.squeezed = squeeze(text)
        self.folded = lower(self.squeezed)
        self.words = _words_in(self.folded, vocabulary)

    @classmethod
    def joined(cls, texts: Sequence["Text"], between: str) -> "Text":
        """These texts as one, without reading them again; ``between`` must end a word on both sides."""
        made = cls.__new__(cls)
        made.squeezed = between.join([text.squeezed for text in texts])
        made.folded = between.join([text.folded for text in texts])
        made.words = frozenset[str]().union(*[text.words for text in texts])
        return made

    def starts(self, word: str) -> Iterator[int]:
        """Where the word stands in the folded text, by itself or at the beginning of a longer one."""
        text = self.folded
        if text.startswith(word):
            yield 0
        at = text.find(word, 1)
        while at > 0:
            if not text[at - 1].isalnum():
                yield at
            at = text.find(word, at + 1)


def squeeze(text: str) -> str:
    """One line without escapes, accents and dashes, single spaces between words; case kept."""
    text = plain(text)
    if ".v" in text or ".V" in text:
        text = _INTRAVENOUS.sub(r"\1\2", text)
    if not text.isascii():
        text = _NOT_ASCII.sub(lambda found: _ascii(found[0]), text)
        if not text.isascii():
            return " ".join(text.replace("-", " ").replace("_", " ").split())
    text = text.encode().translate(_SPACED).decode()
    while "  " in text:
        text = text.replace("  ", " ")
    return text.strip(" ")


def _words_in(folded: str, vocabulary: frozenset[str] | None) -> frozenset[str]:
    words = folded.encode().translate(_CUT).decode().split() if folded.isascii() else _WORD.findall(folded)
    return frozenset(words) if vocabulary is None else vocabulary.intersection(words)


def lower(squeezed: str) -> str:
    """A squeezed text without case and with one spelling of tumour: as names and texts are compared."""
    return squeezed.lower().replace("tumour", "tumor")


@lru_cache(maxsize=4096)
def _ascii(run: str) -> str:
    run = run.translate(_MARKS)  # before they are written out: no name is "Remicadetm"
    letters = "".join(c for c in unicodedata.normalize("NFKD", run) if not unicodedata.combining(c))
    return letters.translate(_SPELT)


class Names:
    """The names of one agent or condition, compiled once."""

    def __init__(
        self,
        names: Iterable[str],
        *,
        masks: Iterable[str] = (),
        short_names: Sequence[ShortName] = (),
        foreign: bool = False,
    ) -> None:
        """``foreign``: single names in small letters, which are generic ones, are found in other languages too."""
        names = tuple(dict.fromkeys(names))
        self._order = {name: at for at, name in enumerate((*names, *(short.name for short in short_names)))}
        self._names = _Phrases(names, foreign=foreign)
        self._masks = _Phrases(masks)
        self._short_names = [_Short(short) for short in short_names]
        self._firsts = self._names.firsts.union(*(short.firsts for short in self._short_names))

    @property
    def vocabulary(self) -> frozenset[str]:
        """Every word that a name or mask begins with."""
        return self._firsts | self._masks.firsts

    def find(self, text: Text, around: str = "") -> list[Hit]:
        """Every name in the text, from left to right, unless a mask covers it.

        ``around`` is folded text in which the company that a short name needs may stand, too.
        """
        if not self.may_find(text):
            return []
        hits = list(self._names.find(text))
        for short in self._short_names:
            hits += short.find(text, around)
        if not hits:
            return hits
        masked = list(self._masks.find(text))
        return sorted(
            (hit for hit in hits if not any(mask.start < hit.end and hit.start < mask.end for mask in masked)),
            key=lambda hit: hit.start,
        )

    def may_find(self, text: Text) -> bool:
        """Whether the word that a name begins with stands in the text."""
        return not self._firsts.isdisjoint(text.words)

    def masked(self, text: Text) -> bool:
        """Whether something stands here that only looks like one of the names, or is left out on purpose."""
        return any(True for _ in self._masks.find(text))

    def ordered(self, names: Iterable[str]) -> tuple[str, ...]:
        """Each name once, in the order of the watch-list; MeSH headings, which are no names of it, by the alphabet."""
        return tuple(sorted(set(names), key=lambda name: (self._order.get(name, len(self._order)), name)))


class _Phrases:
    """Phrases by the word they begin with; the longest that fits wins, among equals the first given."""

    def __init__(self, phrases: Iterable[str], *, foreign: bool = False) -> None:
        self._by_first: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        cut = {phrase: _words(phrase) for phrase in phrases}
        for phrase, words in sorted(cut.items(), key=lambda item: -len("".join(item[1]))):
            for first in _first_words(words):
                self._by_first.setdefault(first, []).append((words, phrase))
            for word in spellings(phrase) if foreign else ():
                self._by_first.setdefault(word, [((), phrase)])  # no words: this very word
        self.firsts = frozenset(self._by_first)

    def find(self, text: Text) -> Iterator[Hit]:
        present = self.firsts & text.words
        end = 0
        places = sorted((start, word) for word in present for start in text.starts(word))
        for start, word in places:
            if start < end:
                continue
            for words, phrase in self._by_first[word]:
                found = (_pattern(words) if words else _WORD).match(text.folded, start)
                if found and (words or found[0] == word):
                    end = found.end()
                    yield Hit(phrase, start, end)
                    break


class _Short:
    """An abbreviation, which counts in the right company only; one in capitals only in capitals."""

    def __init__(self, short: ShortName) -> None:
        self._name = short.name
        self._folded = _Phrases([short.name])
        self.firsts = self._folded.firsts
        self._near = tuple(lower(squeeze(near)) for near in short.near)

    @cached_property
    def _capitals(self) -> re.Pattern[str]:
        return re.compile(rf"(?<![^\W_]){re.escape(squeeze(self._name))}(?![^\W_])")

    def find(self, text: Text, around: str) -> list[Hit]:
        hits = list(self._folded.find(text))
        if hits and self._name.isupper() and not self._capitals.search(text.squeezed):
            return []
        return hits if hits and any(near in text.folded or near in around for near in self._near) else []


@cache
def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    """Made when the first of the words has been seen: of most names no text has any."""
    return re.compile(_BETWEEN.join(map(_either_number, words)) + r"(?![^\W_])")


def _words(phrase: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(_CODE.sub(r"\1 \2", lower(squeeze(phrase)))))


def _either_number(word: str) -> str:
    stem, end = _plural(word)
    return stem + (f"{end}?" if end else "")


def _plural(word: str) -> tuple[str, str]:
    """Stem and plural ending of a word; no ending when it has but one form (codes, short words, ``syndrome's``)."""
    if not word.isalpha() or len(word) < 4 or word.endswith(("ss", "us", "is")):
        return word, ""
    if word.endswith("s"):
        return (word[:-1], "s") if len(word) > 4 else (word, "")
    return word, "s"


def _first_words(words: Sequence[str]) -> Iterator[str]:
    """Every word a text may begin the phrase with, those of run-together spellings included."""
    forms = [{stem, stem + end} for stem, end in map(_plural, words)]
    for size in range(1, len(forms) + 1):
        for parts in product(*forms[:size]):
            yield "".join(parts)
