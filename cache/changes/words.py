"""What was taken out of a text and what was put in, word by word.

The pieces of a difference are exact: ``same`` and ``out`` joined are the text before, ``same`` and ``in`` the text
after, letter for letter. For people ``shortened`` leaves out what stayed the same far from any change.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from typing import Literal, NamedTuple

Op = Literal["same", "out", "in"]

# A word, a sign, or white space.
_TOKEN = re.compile(r"\w+|\s+|[^\w\s]")
_WORD = re.compile(r"\w+")
_BESIDE = 8  # words that stay beside a change when the rest is left out
_SAID: dict[Op, str] = {"out": "[taken out: {}]", "in": "[put in: {}]", "same": "{}"}


# A stretch of tokens before and after; equal where nothing changed.
Run = tuple[list[str], list[str]]


class Piece(NamedTuple):
    """A stretch of text that stayed (``same``), was taken out (``out``) or put in (``in``)."""

    op: Op
    text: str


def difference(before: str, after: str) -> tuple[Piece, ...]:
    """The way from one text to the other. What is taken out comes before what is put in at the same place."""
    runs: list[Run] = []
    # By lines first: that a criterion stayed as it was is found sooner than that its words did.
    for old, new in _runs(before.splitlines(keepends=True), after.splitlines(keepends=True)):
        runs += [(old, new)] if old == new else _by_words("".join(old), "".join(new))
    return tuple(_pieces(_joined(runs)))


def _by_words(before: str, after: str) -> Iterator[Run]:
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    head = _alike(old, new)
    tail = _alike(old[head:][::-1], new[head:][::-1])
    yield old[:head], new[:head]
    yield from _runs(old[head : len(old) - tail], new[head : len(new) - tail])
    yield old[len(old) - tail :], new[len(new) - tail :]


def applied(before: str, pieces: Iterable[Piece]) -> str:
    """The text after. Raises ValueError when the pieces do not belong to the text before."""
    listed = list(pieces)
    if "".join(one.text for one in listed if one.op != "in") != before:
        raise ValueError("This difference belongs to another text.")
    return "".join(one.text for one in listed if one.op != "out")


def shortened(pieces: Sequence[Piece]) -> tuple[Piece, ...]:
    """The same for people: on one line, of what stayed only the words near a change, "…" for the rest."""
    last = len(pieces) - 1
    short = (
        Piece(one.op, _near(one.text, starts=place == 0, ends=place == last) if one.op == "same" else one.text)
        for place, one in enumerate(pieces)
    )
    return tuple(Piece(one.op, re.sub(r"\s+", " ", one.text)) for one in short)


def said(pieces: Sequence[Piece]) -> str:
    """``shortened`` as plain text: "… over [taken out: 18] [put in: 16] years …"."""
    told = ""
    for one in shortened(pieces):
        inner = one.text.strip()
        # The white space around a change says nothing: it stays outside the brackets.
        words = one.text.replace(inner, _SAID[one.op].format(inner)) if inner else one.text
        told += f" {words}" if one.op == "in" and not told.endswith(" ") else words
    return re.sub(r" +", " ", told).strip()


def _alike(old: Sequence[str], new: Sequence[str]) -> int:
    """How many tokens two lists share at their start."""
    return next((place for place, (one, other) in enumerate(zip(old, new, strict=False)) if one != other),
                min(len(old), len(new)))  # fmt: skip


def _runs(old: list[str], new: list[str]) -> Iterator[Run]:
    """The tokens before and after, stretch by stretch."""
    for _, from_old, to_old, from_new, to_new in SequenceMatcher(str.isspace, old, new).get_opcodes():
        yield old[from_old:to_old], new[from_new:to_new]


def _joined(runs: Iterable[Run]) -> list[Run]:
    """Runs with what stayed between two changes drawn to them when it is less than two words: a phrase that was
    rewritten reads as one."""
    found: list[Run] = []
    for old, new in (run for run in runs if run != ([], [])):
        changed = old != new
        between = found[-1] if found else None
        if changed and len(found) > 1 and between and between[0] == between[1] and _words(between[0]) < 2:
            before = found[-2]
            found[-2:] = [(before[0] + between[0] + old, before[1] + between[1] + new)]
        elif between and changed == (between[0] != between[1]):
            found[-1] = (between[0] + old, between[1] + new)
        else:
            found.append((old, new))
    return found


def _words(tokens: Iterable[str]) -> int:
    return sum(len(_WORD.findall(token)) for token in tokens)


def _pieces(runs: Iterable[Run]) -> Iterator[Piece]:
    for old, new in runs:
        if old == new:
            yield Piece("same", "".join(old))
            continue
        if old:
            yield Piece("out", "".join(old))
        if new:
            yield Piece("in", "".join(new))


def _near(text: str, *, starts: bool, ends: bool) -> str:
    """What stayed, without the words that are far from the change before and the change after it."""
    words = list(_WORD.finditer(text))
    if len(words) <= _BESIDE * ((not starts) + (not ends)) + 1:
        return text
    head = "" if starts else text[: words[_BESIDE - 1].end()] + " "
    tail = "" if ends else " " + text[words[-_BESIDE].start() :]
    return f"{head}…{tail}"
