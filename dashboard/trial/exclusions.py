"""Exclusions of one trial that concern the watch-list: an agent that is only a reason to stay out, or a condition for
which a document speaks well of the agent this trial gives. Quotes, never advice. Pure.

The names are those the whole product looks for, found the same way (``fetchers.matching.names``).
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from cache.english import inner
from fetchers.matching.names import Names, Text
from fetchers.record import eligibility
from fetchers.record.texts import plain
from fetchers.watchlist.model import OTHER, Condition, Watchlist

_SENTENCE = re.compile(r"(?<=[.;])\s+")
_SHORT = 280  # characters a criterion may have to be quoted whole


class Note(NamedTuple):
    """One such exclusion: ``say`` in our words, ``quote`` in the registry's."""

    say: str
    quote: str


class Agent(NamedTuple):
    """An agent as it stands in the trial (a row of ``queries.matches``)."""

    id: str
    tier: str
    found_by: Sequence[str]


def notes(text: str | None, agents: Iterable[Agent], groups: Sequence[str], watchlist: Watchlist) -> list[Note]:
    """Every such exclusion in an eligibility text; none for a text that is not known.

    ``groups``: the trial's own condition groups, which its exclusions only narrow ("other chronic pain").
    """
    if not text:
        return []
    inside, outside = _criteria(text, "inclusion"), _criteria(text, "exclusion")
    found = []
    for agent in agents:
        if agent.tier == "excluded":
            found += list(_only_excluded(agent, (*outside, *inside), watchlist))
        elif agent.tier == "given":
            found += list(_paired(agent, outside, groups, watchlist))
    return list(dict.fromkeys(found))


def _only_excluded(agent: Agent, texts: Sequence[str], watchlist: Watchlist) -> Iterator[Note]:
    quote = _quote(Names(agent.found_by), texts)
    if quote:
        name = watchlist.agent(agent.id).name
        yield Note(f"{name}: in this trial only as a reason why people may not take part.", quote)


def _paired(agent: Agent, texts: Sequence[str], groups: Sequence[str], watchlist: Watchlist) -> Iterator[Note]:
    """The agent is given here, and a document names it for a condition that keeps people out of this trial."""
    documents = watchlist.agent(agent.id).documents
    for document in (one for one in watchlist.documents if one.id in documents):
        for id in document.conditions:
            condition = watchlist.condition(id)
            quote = None if id in groups or id == OTHER else _quote(_looked_for(condition), texts)
            if quote:
                name, place = inner(watchlist.agent(agent.id).name), inner(condition.name)
                yield Note(
                    f"Document {document.id} names {name} and speaks about {place}; "
                    f"this trial gives {name}, and its exclusions name {place}.",
                    quote,
                )


def _quote(names: Names, texts: Sequence[str]) -> str | None:
    """The first criterion that holds a name; of a long one the sentence."""
    for one in texts:
        if names.find(Text(one)):
            if len(one) <= _SHORT:
                return one
            return next((part for part in _SENTENCE.split(one) if names.find(Text(part))), one)
    return None


def _criteria(text: str, kind: str) -> tuple[str, ...]:
    parts = (one for one in eligibility.sections(plain(text)) if one.kind == kind)
    return tuple(" ".join(one.split()) for part in parts for one in eligibility.criteria(part.text))


@lru_cache(maxsize=64)
def _looked_for(condition: Condition) -> Names:
    return Names((*condition.terms, *condition.local_terms), masks=condition.not_terms)
