"""One object that knows a view of the data three ways: as an address, as a predicate and as an English sentence.

Because all three are read off the same fields, the link, the numbers and the sentence above them cannot disagree.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from cache.codes import LANES, ROLES, SPONSOR_CLASSES, STATUSES, STUDY_TYPES, TIERS
from cache.english import quoted
from cache.filters import sentence
from cache.filters.select import Selection, select
from fetchers.watchlist.model import Watchlist

if TYPE_CHECKING:
    import pandas as pd


YEARS = (1900, 2100)
LONGEST_TEXT = 200
_YES, _NO = frozenset({"1", "true", "yes", "on"}), frozenset({"0", "false", "no", "off"})

# Field -> key in the address, in the order in which an address is written.
KEYS = {
    "agents": "agent",
    "tiers": "tier",
    "roles": "role",
    "background": "background",
    "conditions": "condition",
    "everywhere": "all",
    "phases": "phase",
    "statuses": "status",
    "study_types": "type",
    "countries": "country",
    "sponsor_classes": "sponsor",
    "year_from": "from",
    "year_to": "to",
    "results": "results",
    "text": "q",
    "frame": "frame",
    "left": "left",
}
# Keys of other parts of the page's address; they are none of the filter's business and no mistake either.
FOREIGN = frozenset({"nct", "embed", "embed_options"})
_CODES = {
    "tiers": TIERS,
    "roles": ROLES,
    "phases": LANES,
    "statuses": STATUSES,
    "study_types": STUDY_TYPES,
    "sponsor_classes": SPONSOR_CLASSES,
}
_NAMES = ("agents", "conditions", "countries")
_SWITCHES = ("background", "everywhere", "frame", "left")
_WHAT = {
    "tiers": "tier",
    "roles": "role",
    "phases": "phase",
    "statuses": "status",
    "study_types": "study type",
    "sponsor_classes": "sponsor class",
    "agents": "agent",
    "conditions": "condition",
    "countries": "country",
}


@dataclass(frozen=True, slots=True)
class Filter:
    """A view of the data. The default is the opening view: trials whose record gives one of the agents other than as
    background, in the documents' conditions.

    Codes are the registry's (``statuses``, ``study_types``, ``sponsor_classes``; NOT_RECORDED for "the source does not
    say"), lanes of ``labels.LANES`` (``phases``), ids of the watch-list (``agents``, ``conditions``) and countries as
    the registry spells them. Values of one field widen, fields narrow. Order and repetition carry no meaning: they
    are normalised, so equal views are equal filters.
    """

    agents: tuple[str, ...] = ()  # none chosen: every agent of the watch-list
    tiers: tuple[str, ...] = ("given",)
    roles: tuple[str, ...] = ()  # of given pairs; once one is named, it and not ``background`` decides
    background: bool = False  # also pairs in which the agent is given as background only
    conditions: tuple[str, ...] = ()  # none chosen: the documents' conditions
    everywhere: bool = False  # none chosen: all conditions instead
    phases: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    study_types: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    sponsor_classes: tuple[str, ...] = ()
    year_from: int | None = None
    year_to: int | None = None
    results: bool | None = None  # False: known to have none posted; trials of which this is not known are neither
    text: str = ""  # every word must occur, in whatever case
    frame: bool = False  # also trials of the swept conditions without any agent
    left: bool = False  # also trials that left the registry

    def __post_init__(self) -> None:
        for name, codes in _CODES.items():
            chosen = frozenset(getattr(self, name))
            object.__setattr__(self, name, tuple(code for code in codes if code in chosen))
        for name in _NAMES:
            cleaned = {_clean(value) for value in getattr(self, name)}
            object.__setattr__(self, name, tuple(sorted(cleaned - {""})))
        object.__setattr__(self, "tiers", self.tiers or ("given",))
        object.__setattr__(self, "text", _clean(self.text)[:LONGEST_TEXT].strip())

    @classmethod
    def from_query(
        cls, query: str | Mapping[str, str | Sequence[str]], watchlist: Watchlist
    ) -> tuple["Filter", tuple[str, ...]]:
        """Read an address's query. Never raises: what makes no sense is left out, and the second item says so in
        sentences fit for the screen."""
        return _Reader(_as_lists(query), watchlist).read()

    def to_query(self) -> dict[str, list[str]]:
        """The keys and values of an address that reopens this view; only what differs from the default."""
        plain = Filter()
        query = {}
        for field in fields(self):
            value = getattr(self, field.name)
            if value != getattr(plain, field.name):
                query[KEYS[field.name]] = _as_texts(field.name, value)
        return query

    def groups(self, watchlist: Watchlist) -> tuple[str, ...]:
        """The condition groups this view is limited to; empty when it is not."""
        return self.conditions or (() if self.everywhere else watchlist.document_conditions)

    def apply(self, trials: "pd.DataFrame", matches: "pd.DataFrame", watchlist: Watchlist) -> Selection:
        """What this view shows of the frames of ``cache.read.trials``.

        A trial is let in when its own facts pass and at least one of its (trial, agent) pairs does: agent, tier, role
        and background are decided pair by pair. With ``frame`` the swept conditions' trials without any agent join.
        """
        return select(self, trials, matches, watchlist)

    def sentence(self, watchlist: Watchlist) -> str:
        """This view in plain English, without codes; one sentence ending in a full stop."""
        return sentence.of(self, watchlist)


def _clean(text: str) -> str:
    """Single spaces, and nothing in it that cannot be written down as UTF-8."""
    return " ".join(str(text).encode("utf-8", "ignore").decode("utf-8").split())


def _as_texts(name: str, value: Any) -> list[str]:
    if name == "results":
        return ["yes" if value else "no"]
    if isinstance(value, tuple):
        return [item if name in _NAMES else slug(item) for item in value]
    return ["1" if value is True else str(value)]


def slug(code: str) -> str:
    """A code as it is written in an address: ``PHASE1|PHASE2`` is ``phase1-phase2``."""
    return code.lower().replace("|", "-")


def _as_lists(query: str | Mapping[str, str | Sequence[str]]) -> dict[str, list[str]]:
    if isinstance(query, str):
        before, mark, after = query.partition("#")[0].partition("?")
        return parse_qs(after if mark and "=" not in before else before + mark + after)
    return {key: [value] if isinstance(value, str) else [str(item) for item in value] for key, value in query.items()}


class _Reader:
    """Reads one query, collecting what it had to leave out."""

    def __init__(self, query: Mapping[str, Sequence[str]], watchlist: Watchlist) -> None:
        self._query, self._watchlist = query, watchlist
        self._ignored: list[str] = []

    def read(self) -> tuple[Filter, tuple[str, ...]]:
        for key in self._query:
            if key not in KEYS.values() and key not in FOREIGN:
                self._ignore(f"There is no filter called {_quoted(key)}; it was ignored.")
        values: dict[str, Any] = {name: self._codes(name, codes) for name, codes in _CODES.items()}
        values["agents"] = self._ids("agents", (agent.id for agent in self._watchlist.agents))
        values["conditions"] = self._ids("conditions", (condition.id for condition in self._watchlist.conditions))
        values["countries"] = tuple(self._given("countries"))
        values |= {name: bool(self._switch(name)) for name in _SWITCHES}
        values["results"] = self._switch("results")
        values["year_from"], values["year_to"] = self._years()
        values["text"] = " ".join(self._given("text"))
        return Filter(**values), tuple(dict.fromkeys(self._ignored))

    def _ignore(self, text: str) -> None:
        self._ignored.append(text)

    def _given(self, name: str) -> list[str]:
        return [value for value in map(_clean, self._query.get(KEYS[name], ())) if value]

    def _known(self, name: str, known: Callable[[str], str | None], choices: Collection[str]) -> tuple[str, ...]:
        found = []
        for value in self._given(name):
            code = known(value)
            if code is None:
                self._ignore(f"Unknown {_WHAT[name]} {_quoted(value)} was ignored; known are {', '.join(choices)}.")
            else:
                found.append(code)
        return tuple(found)

    def _codes(self, name: str, codes: Sequence[str]) -> tuple[str, ...]:
        slugs = {slug(code): code for code in codes}
        return self._known(name, lambda value: slugs.get(slug(value)), tuple(slugs))

    def _ids(self, name: str, ids: Iterable[str]) -> tuple[str, ...]:
        known = {value.lower(): value for value in ids}
        return self._known(name, lambda value: known.get(value.lower()), tuple(known.values()))

    def _switch(self, name: str) -> bool | None:
        for value in self._given(name)[-1:]:
            if value.lower() in _YES | _NO:
                return value.lower() in _YES
            self._ignore(f"{_quoted(value)} is neither yes nor no, so {_quoted(KEYS[name])} was ignored.")
        return None

    def _years(self) -> tuple[int | None, int | None]:
        first, last = self._year("year_from"), self._year("year_to")
        if first is not None and last is not None and first > last:
            self._ignore(f"The years run backwards (from {first} to {last}), so both were ignored.")
            return None, None
        return first, last

    def _year(self, name: str) -> int | None:
        for value in self._given(name)[-1:]:
            if re.fullmatch(r"\d{4}", value, re.ASCII) and YEARS[0] <= int(value) <= YEARS[1]:
                return int(value)
            self._ignore(f"{_quoted(value)} is not a year between {YEARS[0]} and {YEARS[1]}; it was ignored.")
        return None


def _quoted(text: str) -> str:
    return quoted(_clean(text), 40)
