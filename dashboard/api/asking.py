"""A question to the API, read and told in plain English before anything is looked up."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from cache.changes.changelog import WEIGHTS, at_least, since_moment
from cache.changes.differences import KINDS
from cache.english import inner, listed
from cache.filters import strict
from cache.filters.filter import Filter
from cache.filters.kinds import shown
from dashboard.api.parameters import Query, one
from fetchers.errors import Validation
from fetchers.watchlist.model import Watchlist
from insights.cli.rows import COUNTED
from insights.snapshot.parts import Parts


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
    changes: Mapping[str, Any] = {}  # of changes only: as ``changelog`` takes them


def of_view(query: Query, watchlist: Watchlist) -> Question:
    """Trials of a view of the dashboard."""
    view = strict.wanted(query, watchlist)
    swept = [condition.id for condition in watchlist.swept] if view.frame else []
    return Question(view.to_query(), view.sentence(watchlist), (*_agents(view, watchlist), *swept), view)


def of_findings(query: Query, watchlist: Watchlist) -> Question:
    """Trials of a view with posted results."""
    asked = of_view(query, watchlist)
    return asked._replace(sentence=f"What posted results report, of these: {asked.sentence}")


def of_agents(query: Query, watchlist: Watchlist) -> Question:
    """Agents of the watch-list."""
    view = strict.wanted(query, watchlist)
    said = f"Agents of the watch-list: {_named(view, watchlist)}."
    return Question(view.to_query(), said, _agents(view, watchlist), view)


def of_claims(query: Query, watchlist: Watchlist) -> Question:
    """Claims of the documents."""
    view = strict.wanted(query, watchlist)
    said = f"Claims of the documents about {_named(view, watchlist)}."
    said = said if view.agents else "Every claim of the documents."
    scopes = view.agents or (*_agents(view, watchlist), *(condition.id for condition in watchlist.swept))
    return Question(view.to_query(), said, scopes, view)


def of_gaps(query: Query, watchlist: Watchlist) -> Question:
    """Cells of the gap map."""
    view = strict.wanted(query, watchlist)
    conditions = [one for one in watchlist.conditions if not view.conditions or one.id in view.conditions]
    where = listed((inner(one.name) for one in conditions), "or") if view.conditions else "every condition group"
    said = f"Cells of the gap map: {_named(view, watchlist)} in {where}. {COUNTED[view.background][1]}"
    return Question(view.to_query(), said, _agents(view, watchlist), view)


def of_sources(query: Query, watchlist: Watchlist) -> Question:
    """Everything that is asked of the registry."""
    scopes = (*(agent.id for agent in watchlist.agents), *(condition.id for condition in watchlist.swept))
    return Question({}, "Every part of the data.", scopes, Filter())


def of_changes(query: Query, watchlist: Watchlist) -> Question:
    """Changes that refreshes saw."""
    since, weight, nct_id = one(query, "since"), one(query, "weight"), one(query, "nct")
    kinds, agents = _chosen(query, "kind", KINDS), _chosen(query, "agent", [agent.id for agent in watchlist.agents])
    if nct_id is not None:
        nct_id = nct(nct_id)
    asked: dict[str, Any] = {
        "since": None if since is None else since_moment(since),
        "weights": at_least(weight or WEIGHTS[-1]),
        "kinds": kinds,
        "agents": agents,
        "nct_id": nct_id,
    }
    told = {"since": asked["since"], "weight": weight, "nct": nct_id}
    parameters: dict[str, Sequence[str]] = {name: [value] for name, value in told.items() if value}
    parameters |= {name: values for name, values in (("kind", kinds), ("agent", agents)) if values}
    view = Filter(agents=tuple(agents))
    swept = () if agents else tuple(condition.id for condition in watchlist.swept)
    return Question(parameters, _changes_said(asked), (*_agents(view, watchlist), *swept), view, asked)


def nct(text: str) -> str:
    """An NCT id as the registry writes it. Raises Validation for a text that is none."""
    id = text.strip().upper()
    if len(id) == 11 and id.startswith("NCT") and id[3:].isascii() and id[3:].isdigit():
        return id
    raise Validation(f"{shown(text)} is not an NCT id: NCT and eight digits, as in NCT00000000.")


def _changes_said(asked: Mapping[str, Any]) -> str:
    which = "Every change"
    if asked["kinds"]:
        which = f"Changes of the kinds {listed(kind.replace('_', ' ') for kind in asked['kinds'])}"
    parts = [
        which,
        f"of {asked['nct_id']}" if asked["nct_id"] else "",
        f"of weight {listed(asked['weights'], 'or')}" if len(asked["weights"]) < len(WEIGHTS) else "",
        f"in trials of {listed(agent.replace('_', ' ') for agent in asked['agents'])}" if asked["agents"] else "",
        f"seen at or after {asked['since']}" if asked["since"] else "seen so far",
    ]
    return " ".join(filter(None, parts)) + "."


def _chosen(query: Query, name: str, known: Sequence[str]) -> list[str]:
    given = [text for text in query.get(name, ()) if text.strip()]
    for text in given:
        if text not in known:
            raise Validation(f"There is no {name} {shown(text)}; choose from {', '.join(known)}.")
    return [one for one in known if one in given]


def _agents(view: Filter, watchlist: Watchlist) -> tuple[str, ...]:
    return view.agents or tuple(agent.id for agent in watchlist.agents)


def _named(view: Filter, watchlist: Watchlist) -> str:
    chosen: Collection[str] = _agents(view, watchlist)
    return listed(inner(agent.name) for agent in watchlist.agents if agent.id in chosen)
