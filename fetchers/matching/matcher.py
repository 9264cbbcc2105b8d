"""Why does this trial belong to this agent: tier, role, and the names that decided it; and its condition groups.

``given``: a name of the agent stands in the name or other names of an intervention that is no placebo and is not said
to be stopped, missing or failed; or the registry's MeSH index names the agent and an intervention is left that nothing
else explains. ``mentioned``: in titles, keywords, arms, descriptions, or as something people may or must have had.
``excluded``: in the eligibility text only, and there only as something that keeps people out.
"""

from typing import Literal, NamedTuple

from fetchers.matching.agent import AgentNames
from fetchers.matching.groups import Group
from fetchers.matching.roles import Role, arms_of, role
from fetchers.matching.texts import Reading
from fetchers.record.study import Study
from fetchers.watchlist.model import OTHER, Watchlist

# Raised by hand whenever anything in matching changes: its rules, its cues, the splitting of eligibility text.
RULES = "2"

Tier = Literal["given", "mentioned", "excluded"]


class Match(NamedTuple):
    """``role`` only with tier ``given``. ``found_by``: the names, as the watch-list spells them, found in the place
    that decided the tier; empty when the registry returned a record in which none of our names stands."""

    agent: str
    tier: Tier
    role: Role | None
    found_by: tuple[str, ...]


class Matcher:
    """All names of a watch-list, compiled once. Pure: the same record always gives the same answer."""

    def __init__(self, watchlist: Watchlist) -> None:
        self._agents = {agent.id: AgentNames(agent) for agent in watchlist.agents}
        self._conditions = [Group(condition) for condition in watchlist.conditions if condition.id != OTHER]
        self._watchlist = watchlist
        self._last: Reading | None = None

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

    def condition_groups(self, study: Study) -> tuple[str, ...]:
        """Ids of the groups the conditions, their MeSH headings and the titles name; ``("other",)`` when none."""
        reading = self._reading(study)
        found = tuple(group.id for group in self._conditions if group.holds(reading))
        return found or (OTHER,)

    def _reading(self, study: Study) -> Reading:
        """The last record is kept: it is usually asked about for one agent after the other."""
        last = self._last
        if last is None or last.study is not study:
            self._last = last = Reading(study)
        return last

    def _found(self, names: AgentNames, reading: Reading) -> Match | None:
        agent = names.agent.id
        mentioned = names.in_text(reading.elsewhere)
        if not mentioned and not names.mesh & reading.intervention_mesh:
            return self._in_eligibility(names, reading)
        givings = names.givings(reading, others=self._agents.values())
        given = names.ordered(name for giving in givings for name in giving.own)
        if given:
            arms = arms_of(reading.study.arms, reading.study.interventions, givings)
            return Match(agent, "given", role(arms), given)
        if mentioned:
            return Match(agent, "mentioned", None, mentioned)
        return self._in_eligibility(names, reading)

    def _in_eligibility(self, names: AgentNames, reading: Reading) -> Match | None:
        found = names.in_text(reading.eligibility)
        if not found:
            return None
        lets_in = names.in_inclusion(reading.inclusion)
        return Match(names.agent.id, "mentioned" if lets_in else "excluded", None, lets_in or found)
