"""A question to the API, read and told in plain English before anything is looked up."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from cache.changes.changelog import WEIGHTS, at_least
from cache.english import inner, listed
from cache.filters.filter import Filter
from cache.filters.kinds import shown
from cache.filters.strict import accepted
from cache.follow import view as views
from cache.follow.view import Followed
from dashboard.api.parameters import Query
from fetchers.errors import Validation
from fetchers.watchlist.model import Watchlist
from insights.cli.rows import COUNTED
from insights.snapshot.parts import Parts

ALL = WEIGHTS[-1]  # the lightest weight: no change is left out


class Reading(NamedTuple):
    """One state of the store, and the day it is read on."""

    parts: Parts
    today: date

    @property
    def watchlist(self) -> Watchlist:
        return self.parts.watchlist


class Question(NamedTuple):
    """What was asked. ``scopes``: the parts of the data that the answer rests on."""

    parameters: Mapping[str, Sequence[str]]
    sentence: str
    scopes: tuple[str, ...]
    view: Filter
    followed: Followed = Followed()  # of changes only


def of_view(query: Query, watchlist: Watchlist) -> Question:
    """Trials of a view of the dashboard."""
    view = accepted(query, watchlist)
    swept = [condition.id for condition in watchlist.swept] if view.frame else []
    return Question(view.to_query(), view.sentence(watchlist), (*_agents(view, watchlist), *swept), view)


def of_findings(query: Query, watchlist: Watchlist) -> Question:
    """Trials of a view with posted results."""
    asked = of_view(query, watchlist)
    return asked._replace(sentence=f"What posted results report, of these: {asked.sentence}")


def of_agents(query: Query, watchlist: Watchlist) -> Question:
    """Agents of the watch-list."""
    view = accepted(query, watchlist)
    said = f"Agents of the watch-list: {_named(view, watchlist)}."
    return Question(view.to_query(), said, _agents(view, watchlist), view)


def of_claims(query: Query, watchlist: Watchlist) -> Question:
    """Claims of the documents."""
    view = accepted(query, watchlist)
    said = f"Claims of the documents about {_named(view, watchlist)}."
    said = said if view.agents else "Every claim of the documents."
    scopes = view.agents or (*_agents(view, watchlist), *(condition.id for condition in watchlist.swept))
    return Question(view.to_query(), said, scopes, view)


def of_gaps(query: Query, watchlist: Watchlist) -> Question:
    """Cells of the gap map."""
    view = accepted(query, watchlist)
    conditions = [one for one in watchlist.conditions if not view.conditions or one.id in view.conditions]
    where = listed((inner(one.name) for one in conditions), "or") if view.conditions else "every condition group"
    said = f"Cells of the gap map: {_named(view, watchlist)} in {where}. {COUNTED[view.background][1]}"
    return Question(view.to_query(), said, _agents(view, watchlist), view)


def of_sources(query: Query, watchlist: Watchlist) -> Question:
    """Everything that is asked of the registry."""
    scopes = (*(agent.id for agent in watchlist.agents), *(condition.id for condition in watchlist.swept))
    return Question({}, "Every part of the data.", scopes, Filter())


def of_changes(query: Query, watchlist: Watchlist) -> Question:
    """Changes that refreshes saw, of what a feed of the same query follows; noise, too, unless a weight is given."""
    followed = views.read(query, watchlist, weight=ALL)
    parameters: dict[str, Sequence[str]] = {k: v for k, v in followed.to_query().items() if k != "weight"}
    parameters |= {"weight": [followed.weight]} if followed.weight != ALL else {}
    parameters |= {"since": [followed.since]} if followed.since else {}
    wanted = followed.wanted or Filter(agents=followed.agents)
    swept = () if wanted.agents else tuple(condition.id for condition in watchlist.swept)
    return Question(parameters, _told(followed, watchlist), (*_agents(wanted, watchlist), *swept), wanted, followed)


def nct(text: str) -> str:
    """An NCT id as the registry writes it. Raises Validation for a text that is none."""
    id = text.strip().upper()
    if len(id) == 11 and id.startswith("NCT") and id[3:].isascii() and id[3:].isdigit():
        return id
    raise Validation(f"{shown(text)} is not an NCT id: NCT and eight digits, as in NCT00000000.")


def _told(followed: Followed, watchlist: Watchlist) -> str:
    kinds = listed(kind.replace("_", " ") for kind in followed.kinds)
    parts = [
        f"Changes of the kinds {kinds}" if kinds else "Every change",
        f"of weight {listed(at_least(followed.weight), 'or')}" if followed.weight != ALL else "",
        f"seen at or after {followed.since}" if followed.since else "seen so far",
        f"in {listed(followed.trials)}" if followed.trials else "",
        f"in trials of {_named(Filter(agents=followed.agents), watchlist)}" if followed.agents else "",
    ]
    said = " ".join(filter(None, parts)) + "."
    return said if followed.wanted is None else f"{said} Of these: {followed.wanted.sentence(watchlist)}"


def _agents(view: Filter, watchlist: Watchlist) -> tuple[str, ...]:
    return view.agents or tuple(agent.id for agent in watchlist.agents)


def _named(view: Filter, watchlist: Watchlist) -> str:
    chosen: Collection[str] = _agents(view, watchlist)
    return listed(inner(agent.name) for agent in watchlist.agents if agent.id in chosen)
