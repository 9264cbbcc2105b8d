"""What is asked of the registry: parameter and value of every request for an agent or a swept condition. Pure.

One request asks for one member, its names joined by OR; a member with too many names for the registry takes several.
"""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from fetchers.watchlist.model import Agent, Condition
from fetchers.watchlist.word_budget import MAX_WORDS, WORD, count_words

# Words that are operators of the registry's query language when they stand alone in capitals.
_OPERATORS = "AND|OR|NOT|AREA|SEARCH|COVERAGE|COVER|EXPANSION|RANGE|MISSING|ALL|MIN|MAX|DISTANCE|TILT"
_OPERATOR = re.compile(rf"(?<![\w\\])(?:{_OPERATORS})(?!\w)")

# The parameters that stand for a question without a word; nothing of them is sent.
WHOLE = {"everything": "true"}


class Query(NamedTuple):
    """One question: ``scope`` is the agent or condition it belongs to, ``names`` what stands in ``value``."""

    id: str
    scope: str
    parameter: str
    value: str
    names: tuple[str, ...]

    @property
    def question(self) -> str:
        """As the registry's own address has it, unencoded: ``query.intr=azathioprine OR Imuran``."""
        return f"{self.parameter}={self.value}"


def agent_queries(agent: Agent) -> tuple[Query, ...]:
    """The requests that together ask for every member that is on; ids are ``agent:member``, then ``agent:member:2``."""
    return tuple(
        _query(f"{agent.id}:{member.id}" + (f":{number}" if number > 1 else ""), agent.id, "query.intr", names)
        for member in agent.members
        if member.on
        for number, names in enumerate(_within_budget(member.names), start=1)
    )


def sweep_queries(condition: Condition) -> tuple[Query, ...]:
    """The requests that together ask for a whole condition; ids are ``condition:1``, ``condition:2`` ..."""
    return tuple(
        _query(f"{condition.id}:{number}", condition.id, "query.cond", names)
        for number, names in enumerate(_within_budget(condition.terms), start=1)
    )


def whole_query(scope: str) -> Query:
    """The one request that asks for every study the registry has; it holds no word."""
    return Query(f"{scope}:1", scope, *next(iter(WHOLE.items())), ())


def quoted(name: str) -> str:
    """The name as a term that means just itself: no quote, bracket or operator word in it is ever executed."""
    if WORD.fullmatch(name) and not _OPERATOR.fullmatch(name):
        return name
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + _OPERATOR.sub(lambda word: "\\" + word[0], escaped) + '"'


def _query(id: str, scope: str, parameter: str, names: tuple[str, ...]) -> Query:
    return Query(id, scope, parameter, " OR ".join(map(quoted, names)), names)


def _within_budget(names: Iterable[str]) -> Iterator[tuple[str, ...]]:
    """The names in order, in as few groups as fit. A name without a letter or digit is passed over: an empty
    question would ask for the whole registry."""
    group: list[str] = []
    words = 0
    for name in dict.fromkeys(name for name in names if WORD.search(name)):
        cost = count_words(name) + bool(group)  # the OR before it counts too
        if group and words + cost > MAX_WORDS:
            yield tuple(group)
            group, words, cost = [], 0, count_words(name)
        group.append(name)
        words += cost
    if group:
        yield tuple(group)
