"""From the registry's rows to the trials that are counted, agent by agent: a funnel that always adds up.

Frames in, frames out, no Streamlit. Every step holds its ids, so each number is the length of a list one can read.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import pandas as pd

from cache.codes import LANE_WORDS, LANES, PHASE_PATH, STUDY_TYPE_WORDS, STUDY_TYPES
from cache.filters.select import coded
from cache.store.schema import REGISTRY_SCOPE
from fetchers.registry.queries import agent_queries
from fetchers.watchlist.model import Agent, Watchlist
from insights import evidence
from insights.evidence import Asked


class Step(NamedTuple):
    """One number: ``part_of`` names the step it is a part of; the parts of a step add up to it.

    ``ids`` may name a trial more than once only in ``rows``, where every query's own rows stand.
    """

    id: str
    label: str
    part_of: str | None
    ids: tuple[str, ...]

    @property
    def number(self) -> int:
        return len(self.ids)


class Funnel(NamedTuple):
    """``queries``: rows by query id, the rows of a query being trials it brought. ``answer``: what was asked."""

    agent: str
    answer: Asked
    steps: tuple[Step, ...]
    queries: Mapping[str, tuple[str, ...]]

    def step(self, id: str) -> Step:
        return next(step for step in self.steps if step.id == id)

    def parts(self, id: str) -> tuple[Step, ...]:
        return tuple(step for step in self.steps if step.part_of == id)


def funnels(
    watchlist: Watchlist, trials: pd.DataFrame, matches: pd.DataFrame, scopes: pd.DataFrame, answers: pd.DataFrame,
    agents: Sequence[Agent] | None = None,
) -> tuple[Funnel, ...]:  # fmt: skip
    """One funnel an agent, by default of all, in the watch-list's order. ``answers``:
    ``cache.read.questions.answers``."""
    asked = watchlist.agents if agents is None else agents
    found = evidence.pairs(trials, matches, ("study_type", "lane"))
    states = evidence.asked(scopes)
    swept = answers["scope"].isin([condition.id for condition in watchlist.swept])
    in_file = set(answers["nct_id"][answers["scope"] == REGISTRY_SCOPE]) - set(answers["nct_id"][swept])
    mine = {agent.id: answers[answers["scope"] == agent.id] for agent in asked}
    return tuple(
        _funnel(agent, evidence.of_agents(found, [agent.id]), mine[agent.id], states[agent.id], in_file)
        for agent in asked
    )


def _funnel(agent: Agent, mine: pd.DataFrame, held: pd.DataFrame, answer: Asked, in_file: set[str]) -> Funnel:
    queries: dict[str, list[str]] = {query.id: [] for query in agent_queries(agent)}
    for nct_id, asked in zip(held["nct_id"], held["asked"], strict=True):
        for query in asked or ():
            queries.setdefault(query, []).append(nct_id)
    rows = tuple(nct_id for ids in queries.values() for nct_id in ids)
    own = set(held["nct_id"])
    known = set(mine["nct_id"])
    steps = [
        *_fetched(rows),
        Step("found", "Different trials known for this agent", None, _sorted(own | known)),
        Step("answer", "Held by the answer for this agent", "found", _sorted(own)),
        Step("sweep", "Held only by the answer for a whole condition", "found", _sorted(known - own - in_file)),
        *_only_in_file((known - own) & in_file),
        Step("matched", "Different trials, by why they belong here", None, _sorted(own | known)),
        *(Step(f"tier_{tier}", label, "matched", _in(mine, "tier", tier)) for tier, label in _TIERS.items()),
        Step("no_match", "Without a reason (our mistake)", "matched", _sorted(own - known)),
        *_of_given(mine[coded(mine["tier"], ["given"])]),
    ]
    return Funnel(agent.id, answer, tuple(steps), {query: tuple(ids) for query, ids in queries.items()})


_TIERS = {
    "given": "Given: people get the agent",
    "mentioned": "Only mentioned",
    "excluded": "Only as an exclusion",
}


def _only_in_file(ids: set[str]) -> list[Step]:
    """Trials that no question brought; nothing when the registry's whole file was never imported, or brought none."""
    return [Step("file", "Held only by the registry’s whole file", "found", _sorted(ids))] if ids else []


def _fetched(rows: Sequence[str]) -> list[Step]:
    """Rows of all queries; a trial that several queries bring is one trial. Nothing when no query is on record."""
    if not rows:
        return []
    seen: set[str] = set()
    again = []
    for nct_id in rows:
        if nct_id in seen:
            again.append(nct_id)
        seen.add(nct_id)
    return [
        Step("rows", "Rows of all the registry’s answers", None, tuple(rows)),
        Step("once", "Each trial once", "rows", _sorted(seen)),
        Step("again", "The same trials again", "rows", tuple(again)),
    ]


def _of_given(given: pd.DataFrame) -> list[Step]:
    aside = given[coded(given["role"], ["background"])]
    counted = given.drop(aside.index)
    phased = [*PHASE_PATH]
    rest = [lane for lane in LANES if lane not in phased]
    return [
        Step("given", "Given", None, evidence.ids(given)),
        Step("counted", "Counted in the charts: tested, comparator or role unclear", "given", evidence.ids(counted)),
        Step("background", "As background: everybody gets it beside something else", "given", evidence.ids(aside)),
        Step("types", "Counted, by study type", None, evidence.ids(counted)),
        *(
            Step(f"type_{code}", STUDY_TYPE_WORDS.get(code, code), "types", _in(counted, "study_type", code))
            for code in dict.fromkeys([*STUDY_TYPES, *counted["study_type"].cat.categories])
        ),
        Step("lanes", "Counted, by phase", None, evidence.ids(counted)),
        Step("phased", "With a phase", "lanes", _in(counted, "lane", *phased)),
        *(Step(f"lane_{lane}", LANE_WORDS[lane], "lanes", _in(counted, "lane", lane)) for lane in rest),
    ]


def _in(found: pd.DataFrame, column: str, *codes: str) -> tuple[str, ...]:
    return evidence.ids(found[coded(found[column], codes)])


def _sorted(ids: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(ids))
