"""The clauses of a filter's English sentence, without a code in them."""

from collections.abc import Iterable, Mapping, Sequence

from cache.codes import LANE_WORDS, NOT_RECORDED, SPONSOR_WORDS, STATUS_WORDS, STUDY_TYPE_WORDS
from cache.english import inner, listed, number
from cache.filters.choices import Choices
from cache.gazetteer import cities
from fetchers.watchlist.model import Watchlist

# Where the words of a legend do not read well in the middle of a sentence.
LANES = LANE_WORDS | {"NA": "phase not applicable", "NONE": "without a phase"}
STATUSES = STATUS_WORDS | {
    "ACTIVE_NOT_RECRUITING": "active but no longer recruiting",
    "UNKNOWN": "of unknown status",
    NOT_RECORDED: "without a recorded status",
}
STUDY_TYPES = STUDY_TYPE_WORDS | {NOT_RECORDED: "without a recorded study type"}
SPONSORS = SPONSOR_WORDS | {"OTHER": "other", NOT_RECORDED: "not recorded"}
_VERBS = {"given": "give", "mentioned": "only mention", "excluded": "only exclude people because of"}
_ROLES = {
    "tested": "as the tested treatment",
    "comparator": "as comparator",
    "background": "as background",
    "unclear": "in an unclear role",
}


def either(codes: Iterable[str], words: Mapping[str, str]) -> str:
    """The words of some codes: "phase 2 or phase 3"; empty for none."""
    return _or(inner(words[code]) for code in codes)


def after(lead: str, text: str) -> str:
    """A clause of a fixed beginning and what was chosen; empty when nothing was."""
    return f"{lead} {text}" if text else ""


def verb(wanted: Choices, watchlist: Watchlist) -> str:
    """What the trials do with the agents."""
    return _or(_VERBS[tier] for tier in wanted.tiers)


def agents(wanted: Choices, watchlist: Watchlist) -> str:
    """Which agents."""
    if wanted.agents:
        return _or(_names(wanted.agents, {agent.id: agent.name for agent in watchlist.agents}))
    count = len(watchlist.agents)
    if count == 1:
        return inner(watchlist.agents[0].name)
    return f"any of the {number(count)} agents"


def role(wanted: Choices, watchlist: Watchlist) -> str:
    """As what they are given; of other tiers there is nothing to say."""
    if "given" not in wanted.tiers:
        return ""
    if wanted.roles:
        named = _or(_ROLES[role] for role in wanted.roles)
        return named if wanted.tiers == ("given",) else f"(given {named})"
    return "(including as background)" if wanted.background else "(not as background)"


def where(wanted: Choices, watchlist: Watchlist) -> str:
    """In which conditions."""
    if wanted.conditions:
        names = {condition.id: condition.name for condition in watchlist.conditions}
        return f"in {_or(_names(wanted.conditions, names))}"
    return "in any condition" if wanted.everywhere else "in the documents’ conditions"


def frame(wanted: Choices, watchlist: Watchlist) -> str:
    """Which trials join without any agent."""
    swept = _or(inner(condition.name) for condition in watchlist.conditions if condition.swept)
    return f"and trials in {swept or 'no condition'} in which no agent is found" if wanted.frame else ""


def started(wanted: Choices, watchlist: Watchlist) -> str:
    """Between which years."""
    first, last = wanted.year_from, wanted.year_to
    if first is None and last is None:
        return ""
    if last is None:
        return f"started in {first} or later"
    if first is None:
        return f"started in {last} or earlier"
    return f"started in {first}" if first == last else f"started from {first} to {last}"


def near(wanted: Choices, watchlist: Watchlist) -> str:
    """How near to which city a site is."""
    city = cities.one(wanted.near) if wanted.near else None
    if city is None:
        return ""
    place = cities.shown(city)
    return f"with a site within {wanted.within:,} km of {place}" if wanted.within else f"seen from {place}"


def results(wanted: Choices, watchlist: Watchlist) -> str:
    """With or without results."""
    if wanted.results is None:
        return ""
    return "with posted results" if wanted.results else "without posted results"


def _names(ids: Sequence[str], names: Mapping[str, str]) -> list[str]:
    """Names in the watch-list's order; an id it does not hold is shown as words."""
    known = [inner(name) for key, name in names.items() if key in ids]
    return known + [key.replace("_", " ") for key in ids if key not in names]


def _or(words: Iterable[str]) -> str:
    return listed(words, "or")
