"""What somebody looks for, read from what was typed. Pure.

Words stand anywhere in the record, all of them; what stands in double quotes or is joined by a hyphen stands together,
also written as one word or as two; a word that ends in ``*`` is the beginning of a word. A name of a medicine of the
watch-list stands for all its names.
"""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from cache.search.passages import BETWEEN
from cache.search.words import forms, parts
from fetchers.watchlist.model import Watchlist

_TYPED = re.compile(r'"([^"]*)"?|(\S+)')
_QUOTES = re.compile("[\u201c\u201d\u201e\u00ab\u00bb]")
_LONGEST_NAME = 6  # words
_SHORTEST_HALF = 3  # letters of each of two words that were typed as one


class Phrase(NamedTuple):
    """Words side by side; with ``opens`` the only one is the beginning of a word; with ``whole`` none of them
    is looked for as two words."""

    words: tuple[str, ...]
    opens: bool = False
    whole: bool = False

    @property
    def key(self) -> str:
        return "".join(self.words)

    @property
    def pattern(self) -> re.Pattern[str]:
        """Finds the phrase in a ``cache.search.words.flat`` text."""
        return _pattern(self)


class Item(NamedTuple):
    """What must be found: one of these phrases. ``typed``: as it was written; ``names``: of the medicine it means."""

    typed: str
    phrases: tuple[Phrase, ...]
    names: tuple[str, ...] = ()


Asked = tuple[Item, ...]


def read(text: str, watchlist: Watchlist) -> Asked:
    """What is looked for; empty when there is no word in it."""
    found: list[Item] = []
    loose: list[tuple[str, Phrase]] = []
    for quoted, word in _TYPED.findall(_QUOTES.sub('"', text)):
        opens = word.endswith("*")
        phrase = Phrase(tuple(parts(quoted or word)))
        if not phrase.words:
            continue
        if quoted:
            found += [*_named(loose, watchlist), Item(quoted, (phrase,))]
            loose = []
        else:
            loose.append((word, Phrase(phrase.words, opens and len(phrase.words) == 1)))
    return (*found, *_named(loose, watchlist))


def halves(word: str) -> Iterator[tuple[str, str]]:
    """Every two words that this one may be written as: with a space between them none is shorter than three letters,
    with a hyphen than two."""
    for cut in range(2, len(word) - 1):
        yield word[:cut], word[cut:]


def _named(loose: list[tuple[str, Phrase]], watchlist: Watchlist) -> Iterator[Item]:
    """Words that stand side by side, the longest run of them that is a name as that name."""
    names = _names(watchlist)
    at = 0
    while at < len(loose):
        for end in range(min(len(loose), at + _LONGEST_NAME), at, -1):
            run = loose[at:end]
            known = None if run[0][1].opens else names.get("".join(phrase.key for _, phrase in run))
            if known or end == at + 1:
                break
        typed = " ".join(word for word, _ in run)
        own = Phrase(tuple(word for _, phrase in run for word in phrase.words), run[0][1].opens)
        phrases = {own.key: own} | {phrase.key: phrase for phrase in (known or _joined(loose, at))}
        yield Item(typed, tuple(phrases.values()), tuple((known or {}).values()))
        at = end


def _joined(loose: list[tuple[str, Phrase]], at: int) -> Iterator[Phrase]:
    """The word as a part of one with its neighbour before or after it: "post exertional" is "postexertional"."""
    for pair in (loose[max(0, at - 1) : at + 1], loose[at : at + 2]):
        keys = [phrase.key for _, phrase in pair if not phrase.opens]
        if len(keys) == 2 and min(map(len, keys)) >= _SHORTEST_HALF:
            yield Phrase(("".join(keys),))


@lru_cache(maxsize=4)
def _names(watchlist: Watchlist) -> Mapping[str, Mapping[Phrase, str]]:
    """By each name of a medicine, written as one word: all its names."""
    found: dict[str, dict[Phrase, str]] = {}
    for agent in watchlist.agents:
        for member in agent.members:
            # The names of one that is off may be those of several medicines.
            written = dict.fromkeys((*member.names, *member.local_names)) if member.on else {}
            phrases = {Phrase(tuple(parts(name)), whole=True): name for name in written}
            different = {one.key: (one, name) for one, name in reversed(phrases.items()) if one.words}
            for key in different:
                found.setdefault(key, {}).update(reversed(list(different.values())))
    return found


# Letters and digits; what may stand between two words; what may stand inside one.
_LETTER = "a-z0-9\x80-\U0010ffff"
_GAP = f"[^{_LETTER}{BETWEEN}]+"
_JOIN = "[-'/]"


@lru_cache(maxsize=4096)
def _pattern(phrase: Phrase) -> re.Pattern[str]:
    if phrase.opens:
        return re.compile(f"(?<![{_LETTER}]){phrase.key}[{_LETTER}]*")
    together = f"(?:{_GAP})?".join(map(_either if phrase.whole else _word, phrase.words))
    return re.compile(f"(?<![{_LETTER}]){together}(?![{_LETTER}])")


def _word(word: str) -> str:
    """A word with its plural, also as two words."""
    apart = (f"{first}{_between(first, rest)}{_either(rest)}" for first, rest in halves(word))
    return f"(?:{'|'.join((_either(word), *apart))})"


def _between(first: str, rest: str) -> str:
    return _GAP if min(len(first), len(rest)) >= _SHORTEST_HALF else _JOIN


def _either(word: str) -> str:
    return f"(?:{'|'.join(forms(word) or (word,))})"
