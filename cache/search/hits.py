"""Where in a record the words stand that were looked for, with the words around them. Pure."""

from typing import NamedTuple

from cache.search.asked import Asked
from cache.search.passages import passages
from cache.search.words import aligned, flat
from fetchers.record.study import Study
from fetchers.record.texts import shown_line

_AROUND = 60  # letters on each side


class Hit(NamedTuple):
    """What was found, and the words before and after it; the text as people read it."""

    place: str
    before: str
    found: str
    after: str


def hits(study: Study, asked: Asked, most: int = 4) -> list[Hit]:
    """At most so many hits, in the order of places; every word that is looked for comes before any comes twice."""
    by_item: list[list[Hit]] = [[] for _ in asked]
    for passage in passages(study):
        text = shown_line(passage.text)
        ready = flat(text)
        for item, told in zip(asked, by_item, strict=True):
            matches = (phrase.pattern.search(ready) for phrase in item.phrases)
            found = min((match.span() for match in matches if match), default=None)
            if found and len(told) < most:
                told.append(_hit(passage.place, text, *found))
    rounds = (told[turn] for turn in range(most) for told in by_item if turn < len(told))
    return list(dict.fromkeys(rounds))[:most]


def _hit(place: str, text: str, start: int, end: int) -> Hit:
    places = aligned(text)[1]
    start, end = places[start], places[end - 1] + 1
    return Hit(place, _cut(text[:start], at_end=False), text[start:end], _cut(text[end:], at_end=True))


def _cut(text: str, *, at_end: bool) -> str:
    """The words next to the hit, whole ones, with dots where there are more."""
    if len(text) <= _AROUND:
        return text
    if at_end:
        return text[:_AROUND].rsplit(" ", 1)[0] + " …"
    return "… " + text[-_AROUND:].split(" ", 1)[-1]
