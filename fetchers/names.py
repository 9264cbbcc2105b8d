"""Finds names in registry texts as whole words, whatever the case, accents, hyphens, spaces and plurals.

Both sides go through the same folding, so ``CT-P13`` is found as ``CT P13`` and ``tumour`` as ``tumor``. Texts in which
a name means something else are masked out before names are looked for.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from fetchers.study import plain
from fetchers.watchlist_model import ShortName

_TOKEN = re.compile(r"[^\W_]+")
_NOT_ASCII = re.compile(r"[^\x00-\x7f]+")
# Dashes become spaces, a soft hyphen nothing; α as in "TNF-α" is written out.
_SPELT = {**dict.fromkeys(map(ord, "‐‑‒–—―−"), " "), 0xAD: "", ord("α"): "alpha", ord("β"): "beta", ord("’"): "'"}
# What may stand between the words of one name; never the end of a criterion, never a word.
_BETWEEN = r"[ ,.:()\[\]/'*·•+&]{0,3}"
# Stands for a short name found in capitals, so that it survives the loss of case. Private use: in no registry text.
_MARK = "\ue000"


class Hit(NamedTuple):
    """A name as the watch-list spells it, and where it stands in the folded text."""

    name: str
    start: int
    end: int


def squeeze(text: str) -> str:
    """One line without escapes, accents and dashes, single spaces between words; case kept."""
    text = plain(text)
    if not text.isascii():
        text = _NOT_ASCII.sub(lambda found: _ascii(found[0]), text)
    return " ".join(text.replace("-", " ").replace("_", " ").split())


@lru_cache(maxsize=4096)
def _ascii(run: str) -> str:
    letters = "".join(c for c in unicodedata.normalize("NFKD", run) if not unicodedata.combining(c))
    return letters.translate(_SPELT)


def fold(text: str) -> str:
    """``squeeze`` without case and with one spelling of tumour: the form in which names and texts are compared."""
    return lower(squeeze(text))


def lower(squeezed: str) -> str:
    """The second half of ``fold``, for a text that is squeezed already."""
    return squeezed.lower().replace("tumour", "tumor")


class Names:
    """The names of one agent or condition, compiled once."""

    def __init__(
        self, names: Iterable[str], *, masks: Iterable[str] = (), short_names: Sequence[ShortName] = ()
    ) -> None:
        self._order = {name: at for at, name in enumerate(dict.fromkeys((*names, *(s.name for s in short_names))))}
        spelt = [name for name in self._order if name not in {short.name for short in short_names}]
        self._search = _any_of(spelt, extra=f"{_MARK}[0-9]+{_MARK}")
        self._which = [(re.compile(_pattern(name)), name) for name in spelt]
        self._known: dict[str, str] = {}
        masks = tuple(masks)
        self._masks = _any_of(masks) if masks else None
        self._shorts = [
            (
                re.compile(rf"(?<![A-Za-z0-9]){re.escape(squeeze(short.name))}(?![A-Za-z0-9])"),
                short,
                fold_all(short.near),
            )
            for short in short_names
        ]
        near = (text for short in short_names for text in short.near)
        self._anchors = _anchors([*spelt, *near])

    def may_stand_in(self, lowered: str) -> bool:
        """False only when none of the names can stand in this lower-case text; quick, for the many texts without."""
        return any(anchor in lowered for anchor in self._anchors)

    def find(self, squeezed: str, around: str = "") -> tuple[str, list[Hit]]:
        """The folded text as it was searched, and every name in it with its place there, from left to right.

        ``around`` is squeezed text in which the company that a short name needs may stand, too.
        """
        text = lower(self._marked(squeezed, around))
        if self._masks and self._search.search(text):
            searched = self._masks.sub(lambda found: "~" * len(found[0]), text)
        else:
            searched = text
        return text, [Hit(self._name(found[0]), *found.span()) for found in self._search.finditer(searched)]

    def masked(self, squeezed: str) -> bool:
        """Whether a text stands here in which names mean something else."""
        return bool(self._masks and self._masks.search(lower(squeezed)))

    def ordered(self, names: Iterable[str]) -> tuple[str, ...]:
        """Each name once, in the order of the watch-list."""
        return tuple(sorted(set(names), key=lambda name: self._order.get(name, len(self._order))))

    def _marked(self, squeezed: str, around: str) -> str:
        for number, (pattern, short, near) in enumerate(self._shorts):
            if short.name in squeezed and any(text in lower(squeezed + around) for text in near):
                squeezed = pattern.sub(f"{_MARK}{number}{_MARK}", squeezed)
        return squeezed

    def _name(self, found: str) -> str:
        if found[0] == _MARK:
            return self._shorts[int(found.strip(_MARK))][1].name
        if found not in self._known:
            self._known[found] = next(name for pattern, name in self._which if pattern.fullmatch(found))
        return self._known[found]


def fold_all(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(map(fold, texts))


def _tokens(name: str) -> list[str]:
    return _TOKEN.findall(fold(name))


def _pattern(name: str) -> str:
    return _BETWEEN.join(map(_either_number, _tokens(name)))


def _either_number(token: str) -> str:
    if len(token) < 4 or not token.isalpha() or token.endswith(("ss", "us", "is")):
        return token + "s?" if token.isalpha() and len(token) == 4 and not token.endswith("s") else token
    return token + ("?" if token.endswith("s") else "s?")


def _any_of(names: Sequence[str], extra: str = "") -> re.Pattern[str]:
    patterns = [_pattern(name) for name in sorted(names, key=len, reverse=True)]
    starts = "".join(sorted({pattern[0] for pattern in patterns} | ({extra[0]} if extra else set())))
    # The look-ahead on the first letter spares most words the long list of alternatives.
    alternatives = "|".join([*patterns, *([extra] if extra else [])])
    return re.compile(rf"(?<![^\W_])(?=[{starts}])(?:{alternatives})(?![^\W_])")


def _anchors(names: Sequence[str]) -> tuple[str, ...]:
    """Few short texts one of which stands wherever a name stands: greedily the word that most names still share."""
    left = [{_singular(token) for token in _tokens(name)} for name in names]
    anchors: list[str] = []
    while left:
        shared = Counter(token for words in left for token in words)
        anchors.append(max(shared, key=lambda token: (len(token) > 2, shared[token], len(token), token)))
        left = [words for words in left if not any(anchors[-1] in token for token in words)]
    return tuple(sorted(anchor for anchor in anchors if not any(o != anchor and o in anchor for o in anchors)))


def _singular(token: str) -> str:
    return token.rstrip("s") if len(token) > 4 else token
