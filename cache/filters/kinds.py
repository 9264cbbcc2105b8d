"""The kinds of value a filter's field can have: how each is cleaned, read from an address and written to one."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from cache.english import listed, quoted
from cache.gazetteer import cities
from cache.places.distance import LONGEST
from fetchers.watchlist.model import Agent, Condition, Watchlist

YEARS = (1900, 2100)
LONGEST_TEXT = 200
_NCT_ID = re.compile(r"NCT\d{8}", re.ASCII | re.IGNORECASE)
Value = TypeVar("Value")
Ignore = Callable[[str], None]  # is told, in a sentence fit for the screen, what was left out
_YES, _NO = frozenset({"1", "true", "yes", "on"}), frozenset({"0", "false", "no", "off"})


class Kind(Generic[Value]):
    """One kind of value."""

    def clean(self, value: Value) -> Value:
        """The value without what carries no meaning, such as order and repetition."""
        return value

    def read(self, given: Sequence[str], word: str, watchlist: Watchlist, ignore: Ignore) -> Value:
        """The value of an address that gives these texts (at least one); ``word``: what messages call it."""
        raise NotImplementedError

    def write(self, value: Value) -> list[str]:
        """The texts of an address that ``read`` makes this value of."""
        raise NotImplementedError

    def options(self, watchlist: Watchlist) -> Mapping[str, str]:
        """What can be chosen, with its words, as far as it is known without the data."""
        return {}


@dataclass(frozen=True, slots=True)
class Codes(Kind[tuple[str, ...]]):
    """Some of the registry's or our own codes, in their reading order."""

    words: Mapping[str, str]  # of all codes

    def clean(self, value: Sequence[str]) -> tuple[str, ...]:
        chosen = frozenset(value)
        return tuple(code for code in self.words if code in chosen)

    def read(self, given: Sequence[str], word: str, watchlist: Watchlist, ignore: Ignore) -> tuple[str, ...]:
        slugs = {slug(code): code for code in self.words}
        return _known(given, word, {text: slugs.get(slug(text)) for text in given}, tuple(slugs), ignore)

    def write(self, value: Sequence[str]) -> list[str]:
        return [slug(code) for code in value]

    def options(self, watchlist: Watchlist) -> Mapping[str, str]:
        return self.words


class _Texts(Kind[tuple[str, ...]]):
    """Texts as they are, in the order of the alphabet."""

    def clean(self, value: Sequence[str]) -> tuple[str, ...]:
        return tuple(sorted({tidy(name) for name in value} - {""}))

    def write(self, value: Sequence[str]) -> list[str]:
        return list(value)


@dataclass(frozen=True, slots=True)
class Names(_Texts):
    """Names as the registry spells them, any at all."""

    column: str  # of the trials' frame: lists of all that can be chosen

    def read(self, given: Sequence[str], word: str, watchlist: Watchlist, ignore: Ignore) -> tuple[str, ...]:
        return tuple(given)


@dataclass(frozen=True, slots=True)
class Ids(_Texts):
    """Ids of the watch-list. One that it does not hold (any more) is kept, but no address gives it."""

    held: Callable[[Watchlist], Sequence[Agent] | Sequence[Condition]]

    def read(self, given: Sequence[str], word: str, watchlist: Watchlist, ignore: Ignore) -> tuple[str, ...]:
        ids = {one.id.lower(): one.id for one in self.held(watchlist)}
        return _known(given, word, {text: ids.get(text.lower()) for text in given}, tuple(ids.values()), ignore)

    def options(self, watchlist: Watchlist) -> Mapping[str, str]:
        return {one.id: one.name for one in self.held(watchlist)}


class NctIds(_Texts):
    """Trials by id, all in one text of the address so that many of them fit."""

    def clean(self, value: Sequence[str]) -> tuple[str, ...]:
        return tuple(sorted({id.upper() for id in value if is_nct_id(id)}))

    def read(self, given: Sequence[str], word: str, watchlist: Watchlist, ignore: Ignore) -> tuple[str, ...]:
        ids = [id.strip() for text in given for id in text.split(",")]
        for id in ids:
            if not is_nct_id(id):
                ignore(f"{shown(id)} is not an NCT id; it was ignored.")
        return tuple(ids)

    def write(self, value: Sequence[str]) -> list[str]:
        return [",".join(value)]


class Switch(Kind[bool]):
    """On or off; off is the default."""

    def read(self, given: Sequence[str], word: str, watchlist: Watchlist, ignore: Ignore) -> bool:
        return bool(_yes_or_no(given[-1], word, ignore))

    def write(self, value: bool) -> list[str]:
        return ["1"]


@dataclass(frozen=True, slots=True)
class YesNo(Kind[bool | None]):
    """Yes, no or either."""

    yes: str  # words for a choice
    no: str

    def read(self, given: Sequence[str], word: str, watchlist: Watchlist, ignore: Ignore) -> bool | None:
        return _yes_or_no(given[-1], word, ignore)

    def write(self, value: bool | None) -> list[str]:
        return ["yes" if value else "no"]

    def options(self, watchlist: Watchlist) -> Mapping[str, str]:
        return {"any": "Any", "yes": self.yes, "no": self.no}


class Year(Kind[int | None]):
    """A year of ``YEARS``."""

    def read(self, given: Sequence[str], word: str, watchlist: Watchlist, ignore: Ignore) -> int | None:
        text = given[-1]
        if re.fullmatch(r"\d{4}", text, re.ASCII) and YEARS[0] <= int(text) <= YEARS[1]:
            return int(text)
        ignore(f"{shown(text)} is not a year between {YEARS[0]} and {YEARS[1]}; it was ignored.")
        return None

    def write(self, value: int | None) -> list[str]:
        return [str(value)]


class Place(Kind[str]):
    """A city by its label in the gazetteer; a name that several have is none."""

    def clean(self, value: str) -> str:
        text = tidy(value)[:LONGEST_TEXT]
        city = cities.one(text) if text else None
        return cities.label(city) if city else ""

    def read(self, given: Sequence[str], word: str, watchlist: Watchlist, ignore: Ignore) -> str:
        text = given[-1][:LONGEST_TEXT]
        if cities.one(text) is None:
            ignore(f"{shown(text)} {_unclear(text)}; it was ignored.")
        return text

    def write(self, value: str) -> list[str]:
        return [value]


@dataclass(frozen=True, slots=True)
class Kilometres(Kind[int]):
    """How far away something may be; 0, in an address "any": however far."""

    usual: int

    def clean(self, value: int) -> int:
        return min(max(value, 0), LONGEST)

    def read(self, given: Sequence[str], word: str, watchlist: Watchlist, ignore: Ignore) -> int:
        text = given[-1].lower()
        if text == "any":
            return 0
        if re.fullmatch(r"[0-9]{1,5}", text) and 0 < int(text) <= LONGEST:
            return int(text)
        ignore(f"{shown(text)} was ignored: a distance is a whole number of kilometres up to {LONGEST:,}, or any.")
        return self.usual

    def write(self, value: int) -> list[str]:
        return [str(value or "any")]


class Words(Kind[str]):
    """Words to be looked for, at most ``LONGEST_TEXT`` letters."""

    def clean(self, value: str) -> str:
        return tidy(value)[:LONGEST_TEXT].strip()

    def read(self, given: Sequence[str], word: str, watchlist: Watchlist, ignore: Ignore) -> str:
        text = " ".join(given)
        if len(text) > LONGEST_TEXT:
            ignore(f"The words are longer than {LONGEST_TEXT} letters; the rest of them was ignored.")
        return text

    def write(self, value: str) -> list[str]:
        return [value]


def is_nct_id(text: str) -> bool:
    """Whether a text is the id of a trial, in capitals or not."""
    return _NCT_ID.fullmatch(text) is not None


def is_on(text: str) -> bool | None:
    """What a switch in an address says; None when that is unclear."""
    return text.lower() in _YES if text.lower() in _YES | _NO else None


def slug(code: str) -> str:
    """A code as it is written in an address: ``PHASE1|PHASE2`` is ``phase1-phase2``."""
    return code.lower().replace("|", "-")


def tidy(text: Any) -> str:
    """Single spaces, and nothing in it that cannot be written down as UTF-8."""
    return " ".join(str(text).encode("utf-8", "ignore").decode("utf-8").split())


def shown(text: str) -> str:
    """What somebody wrote, quoted and not too long for a message."""
    return quoted(tidy(text), 40)


def _known(
    given: Sequence[str], word: str, codes: Mapping[str, str | None], choices: Sequence[str], ignore: Ignore
) -> tuple[str, ...]:
    """The codes of the given texts; ``ignore`` is told of each that has none."""
    for text in given:
        if codes[text] is None:
            ignore(f"Unknown {word} {shown(text)} was ignored; choose from {', '.join(choices)}.")
    return tuple(code for text in given if (code := codes[text]) is not None)


def _unclear(text: str) -> str:
    """Why a text is no city."""
    found = [cities.label(city) for city in cities.find(text)]
    if found:
        return f"may be {listed(map(shown, found), 'or')}"
    near = cities.alike(text)
    return f"is not in our list of cities{f'; near spellings: {listed(near)}' if near else ''}"


def _yes_or_no(text: str, word: str, ignore: Ignore) -> bool | None:
    on = is_on(text)
    if on is None:
        ignore(f"{shown(text)} is neither yes nor no, so {shown(word)} was ignored.")
    return on
