"""A filter in plain English: what is shown, in one sentence, without a code in it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from cache.codes import LANE_WORDS, NOT_RECORDED, SPONSOR_WORDS, STATUS_WORDS, STUDY_TYPE_WORDS
from cache.english import inner, listed, number
from fetchers.watchlist.model import Watchlist

if TYPE_CHECKING:
    from cache.filters.filter import Filter

_VERBS = {"given": "give", "mentioned": "only mention", "excluded": "only exclude people because of"}
_ROLES = {
    "tested": "as the tested treatment",
    "comparator": "as comparator",
    "background": "as background",
    "unclear": "in an unclear role",
}
# Where the words of a legend do not read well in the middle of a sentence.
_LANES = LANE_WORDS | {"NA": "phase not applicable", "NONE": "without a phase"}
_STATUSES = STATUS_WORDS | {
    "ACTIVE_NOT_RECRUITING": "active but no longer recruiting",
    "UNKNOWN": "of unknown status",
    NOT_RECORDED: "of a status that is not recorded",
}
_TYPES = STUDY_TYPE_WORDS | {NOT_RECORDED: "of a study type that is not recorded"}
_SPONSORS = SPONSOR_WORDS | {"OTHER": "other", NOT_RECORDED: "not recorded"}


def of(wanted: "Filter", watchlist: Watchlist) -> str:
    """The sentence of ``Filter.sentence``."""
    clauses = [f"Trials that {_verb(wanted)} {_agents(wanted, watchlist)}{_role(wanted)} {_where(wanted, watchlist)}"]
    if wanted.frame:
        clauses[0] += f", and trials in {_swept(watchlist)} in which no agent is found"
    clauses += _coded(wanted)
    if wanted.countries:
        clauses.append(f"with a site in {_either(wanted.countries)}")
    clauses += _started(wanted)
    if wanted.results is not None:
        clauses.append("with posted results" if wanted.results else "without posted results")
    if wanted.text:
        clauses.append(f"with the words “{wanted.text}”")
    if wanted.left:
        clauses.append("also those that left the registry")
    return ", ".join(clauses) + "."


def _verb(wanted: "Filter") -> str:
    return _either([_VERBS[tier] for tier in wanted.tiers])


def _agents(wanted: "Filter", watchlist: Watchlist) -> str:
    if wanted.agents:
        return _either(_names(wanted.agents, {agent.id: agent.name for agent in watchlist.agents}))
    count = len(watchlist.agents)
    if count == 1:
        return inner(watchlist.agents[0].name)
    return f"any of the {number(count)} agents"


def _role(wanted: "Filter") -> str:
    if "given" not in wanted.tiers:
        return ""
    if wanted.roles:
        named = _either([_ROLES[role] for role in wanted.roles])
        return f" {named}" if wanted.tiers == ("given",) else f" (given {named})"
    return " (also as background)" if wanted.background else " (not as background)"


def _where(wanted: "Filter", watchlist: Watchlist) -> str:
    names = {condition.id: condition.name for condition in watchlist.conditions}
    if wanted.conditions:
        return f"in {_either(_names(wanted.conditions, names))}"
    return "in any condition" if wanted.everywhere else "in the documents’ conditions"


def _swept(watchlist: Watchlist) -> str:
    return _either([inner(condition.name) for condition in watchlist.conditions if condition.swept]) or "no condition"


def _coded(wanted: "Filter") -> list[str]:
    clauses = []
    for codes, words in (
        (wanted.phases, _LANES),
        (wanted.statuses, _STATUSES),
        (wanted.study_types, _TYPES),
    ):
        if codes:
            clauses.append(_either([inner(words[code]) for code in codes]))
    if wanted.sponsor_classes:
        names = [inner(_SPONSORS[code]) for code in wanted.sponsor_classes]
        clauses.append(f"sponsor class {_either(names)}")
    return clauses


def _started(wanted: "Filter") -> list[str]:
    first, last = wanted.year_from, wanted.year_to
    if first is None and last is None:
        return []
    if last is None:
        return [f"started in {first} or later"]
    if first is None:
        return [f"started in {last} or earlier"]
    return [f"started in {first}" if first == last else f"started from {first} to {last}"]


def _names(ids: Sequence[str], names: Mapping[str, str]) -> list[str]:
    """Names in the watch-list's order; an id it does not hold is shown as words."""
    known = [inner(name) for key, name in names.items() if key in ids]
    return known + [key.replace("_", " ") for key in ids if key not in names]


def _either(words: Iterable[str]) -> str:
    return listed(words, "or")
