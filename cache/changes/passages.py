"""The texts of an event, passage by passage: each with the words taken out and put in.

A passage is a criterion, an arm, an outcome or a text as a whole. Those of a list are matched whatever their order;
one that only moved, or has another bullet or spelling, is none.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from itertools import product
from typing import Any, Literal, NamedTuple

from cache.changes.weights import tells
from cache.changes.words import Piece, difference, said
from fetchers.record.eligibility import listed

Did = Literal["added", "removed", "changed"]

# The kinds of events that carry texts.
TEXTS = ("title", "why_stopped", "sponsor", "arms", "outcomes", "eligibility")
PART_WORDS = {
    "title": "Title",
    "why_stopped": "Reason for stopping",
    "sponsor": "Lead sponsor",
    "arm": "Arm",
    "intervention": "Intervention",
    "outcome": "Primary outcome",
    "inclusion": "Inclusion criterion",
    "exclusion": "Exclusion criterion",
    "criteria": "Criteria as written",
    "minimum_age": "Minimum age",
    "maximum_age": "Maximum age",
    "sex": "Sex",
    "healthy_volunteers": "Healthy volunteers",
}
_ALIKE = 0.5  # the share of words from which two passages count as versions of one
_MOST_PAIRS = 40_000  # more are not compared: two lists as long as that have nothing in common but their trial
_SEXES = {"ALL": "all", "FEMALE": "women only", "MALE": "men only"}
_AGES = ("minimum_age", "maximum_age", "sex", "healthy_volunteers")


class Passage(NamedTuple):
    """One passage that differs; ``part`` is a key of PART_WORDS."""

    part: str
    did: Did
    words: tuple[Piece, ...]

    def as_json(self) -> dict[str, Any]:
        """``words`` as pairs: what happened to a stretch of text, and the text."""
        return {"part": self.part, "change": self.did, "words": [[*piece] for piece in self.words]}

    @property
    def name(self) -> str:
        """ "Exclusion criterion added"."""
        return f"{PART_WORDS[self.part]} {self.did}"

    @property
    def sentence(self) -> str:
        """ "Exclusion criterion changed: Age over [taken out: 18] [put in: 16]", "Arm added: Placebo"."""
        words = said(self.words) if self.did == "changed" else " ".join(self.words[0].text.split())
        return f"{self.name}: {words}"


def passages(kind: str, before: Any, after: Any) -> tuple[Passage, ...]:
    """What differs in the texts of an event; nothing for one without texts, or when only order or spelling differ."""
    return tuple(_PASSAGES[kind](before, after)) if kind in _PASSAGES else ()


def exact(kind: str, before: Any, after: Any) -> tuple[Passage, ...]:
    """``passages``, and the criteria as a whole, letter for letter, for programs."""
    found = passages(kind, before, after)
    if kind != "eligibility":
        return found
    old, new = ((value or {}).get("criteria") for value in (before, after))
    return (*_text("criteria", old, new), *found)


def _text(part: str, before: str | None, after: str | None) -> Iterator[Passage]:
    if (before or "") == (after or ""):
        return
    if not before or not after:
        yield _whole(part, "added" if after else "removed", after or before or "")
    else:
        yield Passage(part, "changed", difference(before, after))


def _whole(part: str, did: Did, text: str) -> Passage:
    return Passage(part, did, (Piece("in" if did == "added" else "out", text),))


def _of(part: str) -> Callable[[Any, Any], Iterator[Passage]]:
    return lambda before, after: _text(part, before, after)


def _arms(before: dict[str, Any] | None, after: dict[str, Any] | None) -> Iterator[Passage]:
    for part, key, words in (("arm", "arms", _arm), ("intervention", "interventions", _intervention)):
        old, new = ([words(one) for one in (value or {}).get(key, ())] for value in (before, after))
        yield from _matched(part, old, new)


def _arm(arm: dict[str, Any]) -> str:
    given = ", ".join(arm.get("interventions") or ())
    return f"{_named(arm.get('label'), arm.get('type'))}{f': {given}' if given else ''}"


def _intervention(one: dict[str, Any]) -> str:
    return _named(one.get("name"), one.get("type"))


def _named(name: str | None, code: str | None) -> str:
    kind = f" ({code.replace('_', ' ').lower()})" if code else ""
    return f"{name or 'without a name'}{kind}"


def _outcomes(before: list[dict[str, Any]] | None, after: list[dict[str, Any]] | None) -> Iterator[Passage]:
    old, new = ([_outcome(one) for one in value or ()] for value in (before, after))
    yield from _matched("outcome", old, new)


def _outcome(one: dict[str, Any]) -> str:
    frame = one.get("time_frame")
    return f"{one.get('measure') or 'without a title'}{f' (time frame: {frame})' if frame else ''}"


def _eligibility(before: dict[str, Any] | None, after: dict[str, Any] | None) -> Iterator[Passage]:
    old, new = before or {}, after or {}
    of: dict[str, tuple[list[str], list[str]]] = {"inclusion": ([], []), "exclusion": ([], [])}
    for side, value in enumerate((old, new)):
        for kind, text in listed(value.get("criteria")):
            of[kind][side].append(text)
    for part, (ours, theirs) in of.items():
        yield from _matched(part, ours, theirs)
    for part in _AGES:
        yield from _text(part, _spoken(old.get(part)), _spoken(new.get(part)))


def _spoken(value: Any) -> str | None:
    if isinstance(value, bool):
        return "accepted" if value else "not accepted"
    return None if value is None else _SEXES.get(value, str(value))


def _matched(part: str, old: Iterable[str], new: Iterable[str]) -> Iterator[Passage]:
    """The items of two lists without an equal in the other: versions of one side by side, then what only one has."""
    gone, come = _without_equals(list(old), list(new))
    for here, there in _versions(gone, come):
        if here is not None and there is not None:
            yield Passage(part, "changed", difference(here, there))
        else:
            yield _whole(part, "removed" if there is None else "added", here or there or "")


def _without_equals(old: list[str], new: list[str]) -> tuple[list[str], list[str]]:
    waiting: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for place, text in enumerate(new):
        waiting[tells(text)].append(place)
    gone, met = [], set()
    for text in old:
        places = waiting[tells(text)]
        if places:
            met.add(places.pop(0))
        else:
            gone.append(text)
    return gone, [text for place, text in enumerate(new) if place not in met]


def _versions(gone: list[str], come: list[str]) -> Iterator[tuple[str | None, str | None]]:
    """Pairs in the order of the list before, the most alike found first; what is new comes last."""
    pairs: dict[int, int] = {}
    taken: set[int] = set()
    for _, here, there in sorted(_alike(gone, come)):
        if here not in pairs and there not in taken:
            pairs[here] = there
            taken.add(there)
    for here, text in enumerate(gone):
        yield text, come[pairs[here]] if here in pairs else None
    for there, text in enumerate(come):
        if there not in taken:
            yield None, text


def _alike(gone: list[str], come: list[str]) -> Iterator[tuple[float, int, int]]:
    """The places of two texts that share enough words, and what parts them: the less, the more alike they are."""
    if len(gone) * len(come) > _MOST_PAIRS:
        return
    ours, theirs = ([set(tells(text)) for text in texts] for texts in (gone, come))
    for (here, mine), (there, other) in product(enumerate(ours), enumerate(theirs)):
        share = 2 * len(mine & other) / max(len(mine) + len(other), 1)
        if share >= _ALIKE:
            yield 1 - share, here, there


_PASSAGES: dict[str, Callable[[Any, Any], Iterator[Passage]]] = {
    "title": _of("title"),
    "why_stopped": _of("why_stopped"),
    "sponsor": _of("sponsor"),
    "arms": _arms,
    "outcomes": _outcomes,
    "eligibility": _eligibility,
}
