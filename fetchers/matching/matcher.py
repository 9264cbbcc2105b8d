"""Why does this trial belong to this agent: tier, role, and the names that decided it; and its condition groups.

``given``: a name of the agent stands in the name or other names of an intervention that is no placebo and is not said
to be stopped, missing or failed; or the registry's MeSH index names the agent and an intervention is left that nothing
else explains; or the description of an intervention or arm says that people get it. ``mentioned``: in titles, keywords,
descriptions, or as something people may or must have had. ``excluded``: in the eligibility text only, and there only as
something that keeps people out.
"""

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Literal, NamedTuple

from fetchers.matching.agent import AgentNames
from fetchers.matching.arms import Giving, Told, arms_of, comparability
from fetchers.matching.context import is_make_believe
from fetchers.matching.groups import Group
from fetchers.matching.names import Text
from fetchers.matching.roles import Role, role
from fetchers.matching.texts import Reading
from fetchers.record.study import Study
from fetchers.watchlist.model import OTHER, Watchlist

# Raised by hand whenever anything in matching changes: its rules, its cues, the splitting of eligibility text.
RULES = "4"

Tier = Literal["given", "mentioned", "excluded"]
# Where it is said that a given agent is given; the first of these that says so.
Place = Literal["name", "other_name", "mesh", "description"]
_PLACES: tuple[Place, ...] = ("name", "other_name", "mesh", "description")


class Match(NamedTuple):
    """``role`` only with tier ``given``. ``found_by``: the names, as the watch-list spells them, found in the place
    that decided the tier; empty when the registry returned a record in which none of our names stands. ``found_in``
    only with tier ``given``; ``quote`` is the sentence of a description that says so, or the other name that does not
    count because it stands among those of another medicine."""

    agent: str
    tier: Tier
    role: Role | None
    found_by: tuple[str, ...]
    found_in: Place | None = None
    quote: str | None = None


class Matcher:
    """All names of a watch-list, compiled once, when they are needed. Pure: the same record always gives the same
    answer."""

    def __init__(self, watchlist: Watchlist) -> None:
        self._watchlist = watchlist
        self._last: Reading | None = None

    @cached_property
    def _agents(self) -> dict[str, AgentNames]:
        return {agent.id: AgentNames(agent) for agent in self._watchlist.agents}

    @cached_property
    def _conditions(self) -> list[Group]:
        return [Group(condition) for condition in self._watchlist.conditions if condition.id != OTHER]

    @cached_property
    def _vocabulary(self) -> frozenset[str]:
        agents, groups = self._agents.values(), self._conditions
        return frozenset[str]().union(*(n.vocabulary for n in agents), *(g.vocabulary for g in groups))

    def match(self, study: Study, agent_id: str, *, asked: bool) -> Match | None:
        """Why the record belongs to the agent. ``asked``: the registry returned it for this agent, so never None."""
        names = self._agents.get(agent_id)
        if names is None:
            names = AgentNames(self._watchlist.agent(agent_id))  # raises Validation with the known ids
        found = self._found(names, self._reading(study))
        return found or (Match(agent_id, "mentioned", None, ()) if asked else None)

    def matches(self, study: Study) -> tuple[Match, ...]:
        """Every agent whose names, or whose MeSH headings, the record itself holds, in the watch-list's order."""
        reading = self._reading(study)
        return tuple(match for names in self._agents.values() if (match := self._found(names, reading)))

    def explains(self, name: str) -> bool:
        """Whether anything of the watch-list, false friends and members that are off included, tells what this is."""
        text = Text(name, self._vocabulary)
        return any(agent.knows(text) for agent in self._agents.values())

    def condition_groups(self, study: Study) -> tuple[str, ...]:
        """Ids of the groups the conditions, their MeSH headings and the titles name; ``("other",)`` when none."""
        reading = self._reading(study)
        found = tuple(group.id for group in self._conditions if group.holds(reading))
        return found or (OTHER,)

    def in_focus(self, groups: Iterable[str]) -> bool:
        """Whether a trial of these condition groups is in the watch-list's focus."""
        return not {condition.id for condition in self._watchlist.focus}.isdisjoint(groups)

    def _reading(self, study: Study) -> Reading:
        """The last record is kept: it is usually asked about for one agent after the other."""
        last = self._last
        if last is None or last.study is not study:
            self._last = last = Reading(study, self._vocabulary)
        return last

    def _found(self, names: AgentNames, reading: Reading) -> Match | None:
        # Whatever is given is named in an intervention, an arm or the index: most records need not be read further.
        if names.mesh & reading.intervention_mesh or names.may_be_given(reading):
            given = self._given(names, reading)
            if given:
                return given
        mentioned = names.in_text(reading.elsewhere)
        if mentioned:
            slip = names.slip(reading, self._agents.values())
            return Match(names.agent.id, "mentioned", None, mentioned, None, slip)
        return self._in_eligibility(names, reading)

    def _given(self, names: AgentNames, reading: Reading) -> Match | None:
        givings = names.givings(reading, others=self._agents.values())
        told = names.told(reading, givings)
        by = names.ordered(name for giving in givings for name in giving.own)
        if by:
            place = next(place for place in _PLACES if any(giving.found_in == place for giving in givings))
            quote = next((giving.quote for giving in givings if giving.quote), None) if place == "description" else None
            return Match(names.agent.id, "given", self._role(names, reading, givings, told), by, place, quote)
        said = [one for one in told if one]
        if said:
            by = names.ordered(name for one in said for name in one.own)
            answer = self._role(names, reading, givings, told)
            return Match(names.agent.id, "given", answer, by, "description", said[0].quote)
        return None

    def _role(
        self, names: AgentNames, reading: Reading, givings: Sequence[Giving], told: Sequence[Told | None]
    ) -> Role:
        arms = arms_of(reading, givings, told)
        answer = role(arms, alone_by_design=not arms and _alone_by_design(reading, givings))
        if answer == "comparator" and comparability(reading, arms, names.unknown(reading, self._agents.values())):
            return "unclear"
        return answer

    def _in_eligibility(self, names: AgentNames, reading: Reading) -> Match | None:
        found = names.in_text(reading.eligibility)
        if not found:
            return None
        lets_in = names.in_inclusion(reading.inclusion)
        return Match(names.agent.id, "mentioned" if lets_in else "excluded", None, lets_in or found)


def _alone_by_design(reading: Reading, givings: Sequence[Giving]) -> bool:
    """Whether a study without arms tests what its interventions give: it intervenes, and nothing else is given."""
    named = zip(reading.interventions, givings, strict=True)
    pretended = any(is_make_believe(one.name.folded) for one, giving in named if not giving.own)
    intervenes = reading.study.design.study_type == "INTERVENTIONAL" or pretended
    return intervenes and not any(giving.beside for giving in givings)
