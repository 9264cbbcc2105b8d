"""The one table of a filter's keys: address, predicate, sentence and panel are read off its rows.

To add a key, write a field in ``cache.filters.choices.Choices`` and a row here, at its clause's place in the sentence.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from operator import eq, ge, le
from typing import Any, Literal, TypeAlias

import pandas as pd

from cache import english
from cache.codes import LANE_WORDS, ROLE_WORDS, SPONSOR_WORDS, STATUS_WORDS, STUDY_TYPE_WORDS, TIER_WORDS
from cache.filters import sentence as said
from cache.filters.choices import Choices
from cache.filters.kinds import Codes, Ids, Kilometres, Kind, Names, NctIds, Place, Switch, Words, Year, YesNo
from cache.filters.select import Mask, among, any_of, coded
from cache.gazetteer import cities
from cache.places import near
from fetchers.watchlist.model import Watchlist

# Rows of a frame that a filter lets through; None when it does not limit them.
Rows: TypeAlias = Callable[[Choices, pd.DataFrame, Watchlist], Mask | None]
Clause: TypeAlias = Callable[[Choices, Watchlist], str]


@dataclass(frozen=True, slots=True)
class Widget:
    """How a field is set on the panel of filters."""

    kind: Literal["words", "many", "year", "yes_no", "switch"]
    label: str | Callable[[Watchlist], str]  # an empty one: not with this watch-list
    place: int  # on the panel
    help: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """Everything the product knows of one key."""

    name: str  # in the address
    field: str  # of ``Choices``
    kind: Kind[Any]
    word: str = ""  # in messages, where it is not the name
    trials: Rows | None = None  # which rows of the trials' frame pass
    sought: Callable[[Choices], str] | None = None  # the words of which only the store knows which trials hold them
    pairs: Rows | None = None  # which rows of the matches' frame pass
    joining: Rows | None = None  # which trials without any agent are let in as well
    opening: Clause | None = None  # of the sentence, before its first comma
    clause: Clause | None = None  # of the sentence, between two commas; empty when there is nothing to say
    widget: Widget | None = None  # None: set elsewhere than on the panel


def _role(wanted: Choices, matches: pd.DataFrame, watchlist: Watchlist) -> Mask | None:
    if wanted.roles:  # only what is given has a role: pairs of other tiers are none of its business
        return coded(matches["role"], wanted.roles) | ~coded(matches["tier"], ["given"])
    return None if wanted.background else ~coded(matches["role"], ["background"])


def _one_of(column: "pd.Series[Any]", codes: Collection[str]) -> Mask | None:
    return coded(column, codes) if codes else None


def _any_of(column: "pd.Series[Any]", values: Collection[str]) -> Mask | None:
    return any_of(column, values) if values else None


def _compared(column: "pd.Series[Any]", compare: Callable[[Any, Any], Any], value: int | bool | None) -> Mask | None:
    """What is not known compares with nothing: a trial without a start year is within no bounds."""
    return None if value is None else compare(column, value).fillna(False).to_numpy(dtype=bool)


def _near(wanted: Choices, trials: pd.DataFrame, watchlist: Watchlist) -> Mask | None:
    city = cities.one(wanted.near) if wanted.near else None
    return near.reach(trials, city.latitude, city.longitude, wanted.within).inside if city else None


def _swept(wanted: Choices, trials: pd.DataFrame, watchlist: Watchlist) -> Mask | None:
    swept = [condition.id for condition in watchlist.conditions if condition.swept]
    return any_of(trials["condition_groups"], swept) if wanted.frame else None


def _frame_label(watchlist: Watchlist) -> str:
    swept = english.listed(condition.name for condition in watchlist.conditions if condition.swept)
    return swept and f"Also {swept} trials that test none of the agents"


_ROLES_MEAN = (
    "Of trials that give the agent. Tested: in experimental arms and not in every arm; comparator: in comparator arms "
    "only; background: in every arm beside something else."
)

_WORDS_MEAN = (
    "All of them must stand in the record: titles, ids, conditions, treatments, arms, outcomes, criteria, summary, "
    "sponsors, sites, papers. “Double quotes” keep words together, rheum* finds all that begins so, and a "
    "medicine is found under all its names."
)

# In the order of the sentence. The role says and shows ``background`` as well, the condition ``everywhere``, the first
# year the last one.
KEYS = (
    Key(
        name="tier", field="tiers", kind=Codes(TIER_WORDS),
        pairs=lambda wanted, matches, _: coded(matches["tier"], wanted.tiers),
        opening=said.verb, widget=Widget("many", "How the agent appears", 9),
    ),
    Key(
        name="agent", field="agents", kind=Ids(lambda watchlist: watchlist.agents),
        pairs=lambda wanted, matches, _: _one_of(matches["agent"], wanted.agents),
        opening=said.agents, widget=Widget("many", "Agents", 2),
    ),
    Key(
        name="role", field="roles", kind=Codes(ROLE_WORDS), pairs=_role,
        opening=said.role, widget=Widget("many", "Role of the agent", 10, help=_ROLES_MEAN),
    ),
    Key(name="background", field="background", kind=Switch()),
    Key(
        name="condition", field="conditions", kind=Ids(lambda watchlist: watchlist.conditions),
        trials=lambda wanted, trials, watchlist: _any_of(trials["condition_groups"], wanted.groups(watchlist)),
        opening=said.where, widget=Widget("many", "Conditions", 5, help="Instead of the switch above"),
    ),
    Key(name="all", field="everywhere", kind=Switch()),
    Key(
        name="frame", field="frame", kind=Switch(), joining=_swept,
        clause=said.frame, widget=Widget("switch", _frame_label, 14),
    ),
    Key(
        name="phase", field="phases", kind=Codes(LANE_WORDS),
        trials=lambda wanted, trials, _: _one_of(trials["lane"], wanted.phases),
        clause=lambda wanted, _: said.either(wanted.phases, said.LANES),
        widget=Widget("many", "Phases", 3),
    ),
    Key(
        name="status", field="statuses", kind=Codes(STATUS_WORDS),
        trials=lambda wanted, trials, _: _one_of(trials["overall_status"], wanted.statuses),
        clause=lambda wanted, _: said.either(wanted.statuses, said.STATUSES),
        widget=Widget("many", "Statuses", 4),
    ),
    Key(
        name="type", field="study_types", kind=Codes(STUDY_TYPE_WORDS), word="study type",
        trials=lambda wanted, trials, _: _one_of(trials["study_type"], wanted.study_types),
        clause=lambda wanted, _: said.either(wanted.study_types, said.STUDY_TYPES),
        widget=Widget("many", "Study types", 7),
    ),
    Key(
        name="sponsor", field="sponsor_classes", kind=Codes(SPONSOR_WORDS), word="sponsor class",
        trials=lambda wanted, trials, _: _one_of(trials["sponsor_class"], wanted.sponsor_classes),
        clause=lambda wanted, _: said.after("sponsor class", said.either(wanted.sponsor_classes, said.SPONSORS)),
        widget=Widget("many", "Sponsor classes", 8),
    ),
    Key(
        name="country", field="countries", kind=Names("countries"),
        trials=lambda wanted, trials, _: _any_of(trials["countries"], wanted.countries),
        clause=lambda wanted, _: said.after("with a site in", english.listed(wanted.countries, "or")),
        widget=Widget("many", "Countries", 6),
    ),
    Key(name="near", field="near", kind=Place(), trials=_near, clause=said.near),
    Key(name="within", field="within", kind=Kilometres(Choices().within), word="distance"),
    Key(
        name="from", field="year_from", kind=Year(),
        trials=lambda wanted, trials, _: _compared(trials["start_year"], ge, wanted.year_from),
        clause=said.started, widget=Widget("year", "Started in or after", 11),
    ),
    Key(
        name="to", field="year_to", kind=Year(),
        trials=lambda wanted, trials, _: _compared(trials["start_year"], le, wanted.year_to),
        widget=Widget("year", "Started in or before", 12),
    ),
    Key(
        name="results", field="results", kind=YesNo("Posted", "Not posted"),
        trials=lambda wanted, trials, _: _compared(trials["has_results"], eq, wanted.results),
        clause=said.results, widget=Widget("yes_no", "Results in the registry", 13),
    ),
    Key(
        name="q", field="text", kind=Words(),
        sought=lambda wanted: wanted.text,
        clause=lambda wanted, _: f"with the words “{wanted.text}”" if wanted.text else "",
        widget=Widget("words", "Words", 1, help=_WORDS_MEAN),
    ),
    Key(
        name="ids", field="ids", kind=NctIds(),
        trials=lambda wanted, trials, _: among(trials["nct_id"], wanted.ids) if wanted.ids else None,
        clause=lambda wanted, _: f"only {english.count(len(wanted.ids), 'trial')} by NCT id" if wanted.ids else "",
    ),
    Key(
        name="left", field="left", kind=Switch(),
        trials=lambda wanted, trials, _: None if wanted.left else trials["left_registry"].isna().to_numpy(),
        clause=lambda wanted, _: "including those that left the registry" if wanted.left else "",
        widget=Widget("switch", "Include trials that left the registry", 15),
    ),
)  # fmt: skip
