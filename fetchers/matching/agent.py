"""One agent's names at work on one record: in which interventions it is given, and where else it is spoken of."""

import re
from collections.abc import Iterable

from fetchers.matching.context import denied, is_make_believe, keeps_out, parts
from fetchers.matching.names import Hit, Names, Text
from fetchers.matching.roles import Giving
from fetchers.matching.texts import Named, Reading
from fetchers.watchlist.model import Agent

# Interventions of these types are no medicine and no treatment an index heading could stand for.
_NO_TREATMENT = frozenset({"BEHAVIORAL", "DIAGNOSTIC_TEST", "DIETARY_SUPPLEMENT", "GENETIC", "RADIATION"})
# Words that say how something is given, not what: they are nothing "beside" the agent.
_HOW_WORDS = """
    oral orally tablet tablets capsule capsules pill pills injection injections injectable infusion infusions
    subcutaneous subcutaneously intravenous intravenously intramuscular intraarticular articular intra intrathecal
    epidural transforaminal interlaminar caudal local weekly daily twice once week weeks month months days hour
    hours minutes dose doses dosing high higher medium lower standard regular sodium solution suspension taper
    tapered tapering therapy treatment drug group first second initial maintenance induction every later prefilled
    syringe autoinjector device session sessions human acetate succinate phosphate acetonide hexacetonide chamber
    pressure short long term course extended early late only alone monotherapy combination combined background
    stable optional immediate delayed versus pulse bolus single multiple repeated treated arms europe
"""
_HOW = frozenset(_HOW_WORDS.split())
_WORD = re.compile(r"[a-z]{4,}")


class AgentNames:
    """The names of an agent's members that are on; names of members that are off count as false friends."""

    def __init__(self, agent: Agent) -> None:
        on = [member for member in agent.members if member.on]
        off = [name for member in agent.members if not member.on for name in (*member.names, *member.local_names)]
        names = [name for member in on for name in (*member.names, *member.local_names)]
        shorts = [short for member in on for short in member.short_names]
        self.agent = agent
        self.mesh = frozenset(term.lower() for member in on for term in member.mesh)
        self._headings = [term for member in on for term in member.mesh]
        self._names = Names(names, masks=(*agent.false_friends, *off), short_names=shorts)

    def in_text(self, text: Text) -> tuple[str, ...]:
        """The names in a text, whatever is said about them."""
        return self._names.ordered(hit.name for hit in self._names.find(text))

    def in_inclusion(self, inclusion: Iterable[Text]) -> tuple[str, ...]:
        """The names in criteria that let people in, but for those that ask people not to have the agent."""
        return self._names.ordered(
            hit.name
            for criterion in inclusion
            for hit in self._names.find(criterion)
            if not keeps_out(criterion.folded, hit.start, hit.end)
        )

    def givings(self, reading: Reading, others: Iterable["AgentNames"]) -> list[Giving]:
        """What each intervention gives, in the record's order, as this agent sees it."""
        givings = [self._giving(named) for named in reading.interventions]
        if self.mesh & reading.intervention_mesh and not any(giving.own for giving in givings):
            others = [names for names in others if names is not self]
            for at in self._only_by_heading(reading, others):
                givings[at] = Giving(frozenset(self._headings_in(reading)), frozenset())
        return givings

    def ordered(self, names: Iterable[str]) -> tuple[str, ...]:
        return self._names.ordered(names)

    def _giving(self, named: Named) -> Giving:
        name = named.name
        hits = self._names.find(name, named.about.squeezed)
        # Other names of "Placebo", "No prednisone" or "Budesonide" (off) are no names of something given.
        called = [name]
        if not hits and not is_make_believe(name.folded) and not self._names.masked(name):
            called += named.other_names
        own: set[str] = set()
        beside: set[str] = set()
        for text in called:
            found = self._names.find(text, named.about.squeezed)
            if positive := _positive(text, found):
                own |= positive
                beside |= _more(text, found)
        if not own and any(not part.placebo for part in parts(name.folded)):
            beside = {name.folded}
        return Giving(frozenset(own), frozenset(beside))

    def _only_by_heading(self, reading: Reading, others: Iterable["AgentNames"]) -> list[int]:
        """Interventions that the index heading must stand for, since nothing else explains them or the heading.

        The index is made for the whole record, from keywords too, so a heading alone proves nothing: where one of our
        names stands in an intervention, keyword or title, the heading comes from there.
        """
        names = (text for named in reading.interventions for text in (named.name, *named.other_names))
        if any(self._names.find(text) for text in (reading.titles, reading.keywords, *names)):
            return []
        explained = {word for heading in reading.intervention_mesh - self.mesh for word in _WORD.findall(heading)}
        return [
            at
            for at, named in enumerate(reading.interventions)
            if named.type not in _NO_TREATMENT
            and not is_make_believe(named.name.folded)
            and not self._names.masked(named.about)
            and not explained.intersection(_WORD.findall(named.about.folded))
            and not any(other.in_text(named.about) for other in others)
        ]

    def _headings_in(self, reading: Reading) -> list[str]:
        return [heading for heading in self._headings if heading.lower() in reading.intervention_mesh]


def _positive(name: Text, hits: Iterable[Hit]) -> set[str]:
    """The names of which an intervention's name says that they are given."""
    real = [part for part in parts(name.folded) if not part.placebo]
    return {
        hit.name
        for hit in hits
        if any(part.start <= hit.start < part.end for part in real) and not denied(name.folded, hit.start, hit.end)
    }


def _more(name: Text, hits: Iterable[Hit]) -> set[str]:
    """What else an intervention's name says is given; words on how the agent is given are nothing else."""
    others = (
        name.folded[part.start : part.end].strip()
        for part in parts(name.folded)
        if not part.placebo and not any(part.start <= hit.start < part.end for hit in hits)
    )
    return {text for text in others if any(word not in _HOW for word in _WORD.findall(text))}
