"""One agent's names at work on one record: in which interventions it is given, and where else it is spoken of."""

import re
from collections.abc import Iterable, Iterator

from fetchers.matching.arms import Giving, Told, usual
from fetchers.matching.context import denied, is_make_believe, keeps_out, parts
from fetchers.matching.forms import Forms
from fetchers.matching.headings import resembles, says_what, stand_for
from fetchers.matching.medicines import medicines
from fetchers.matching.names import Hit, Names, Text
from fetchers.matching.sentences import Sentence, cut, says_given, says_maybe
from fetchers.matching.texts import Named, Reading
from fetchers.watchlist.model import Agent

# Interventions of these types are nothing that is given "beside" the agent, and their descriptions speak of people.
_NOTHING_GIVEN = frozenset({"BEHAVIORAL", "DIAGNOSTIC_TEST"})
_WORD = re.compile(r"[a-z]{4,}")
# A copy of the agent under a name of its own says so in its description, whatever else the trial gives.
_COPY = re.compile(r"\bbio ?similars?\b")
# Interventions that are looks at people, not treatments.
_LOOK = re.compile(
    r"\b(?:laborator\w*|biomarkers?|questionnaires?|surveys?|quality of life|pharmacological stud\w*"
    r"|assessments?|samples?|sampling"
    r"|specimens?|blood draw|biops\w*|imaging|tomography|magnetic resonance|scan|follow ?up|pharmacokinetics?"
    r"|interviews?)\b"
)


class AgentNames:
    """The names of an agent's members that are on; names of members that are off count as false friends."""

    def __init__(self, agent: Agent) -> None:
        on = [member for member in agent.members if member.on]
        off = [member for member in agent.members if not member.on]
        names = [name for member in on for name in (*member.names, *member.local_names)]
        hidden = [name for member in off for name in (*member.names, *member.local_names)]
        shorts = [short for member in on for short in member.short_names]
        self.agent = agent
        self.mesh = frozenset(term.lower() for member in on for term in member.mesh)
        self._headings = [term for member in on for term in member.mesh]
        self._names = Names(names, masks=(*agent.false_friends, *hidden), short_names=shorts, foreign=True)
        self._hidden = Names(hidden)
        self._forms = Forms(form for member in off for form in member.forms)

    @property
    def vocabulary(self) -> frozenset[str]:
        """Every word that a name begins with."""
        return self._names.vocabulary | self._hidden.vocabulary

    def knows(self, text: Text) -> bool:
        """Whether a name, a false friend or a member that is off stands in a text."""
        return self._names.masked(text) or bool(self._names.find(text, text.folded))

    def in_text(self, text: Text, company: str = "") -> tuple[str, ...]:
        """The names in a text, whatever is said about them."""
        hits = self._find(text, company)
        return self._names.ordered(hit.name for hit in hits) if hits else ()

    def may_be_given(self, reading: Reading) -> bool:
        """Whether a name may stand in an intervention or an arm: the first word of one does."""
        texts = (*(named.about for named in reading.interventions), *reading.arms)
        return any(self._names.may_find(text) for text in texts)

    def in_inclusion(self, inclusion: Iterable[Text]) -> tuple[str, ...]:
        """The names in criteria that let people in, but for those that ask people not to have the agent."""
        return self._names.ordered(
            hit.name
            for criterion in inclusion
            for hit in self._find(criterion)
            if not keeps_out(criterion.folded, hit.start, hit.end)
        )

    def givings(self, reading: Reading, others: Iterable["AgentNames"]) -> list[Giving]:
        """What each intervention gives, in the record's order, as this agent sees it."""
        others = [names for names in others if names is not self]
        givings = [self._giving(reading, at, others) for at in range(len(reading.interventions))]
        if not any(giving.own for giving in givings) and self.mesh & reading.intervention_mesh:
            # Where the index names other medicines, too, the agent may be but a part of what the heading stands for.
            alone = not reading.intervention_mesh - self.mesh
            for at in self._only_by_heading(reading, others):
                alike = resembles(self.mesh & reading.intervention_mesh, reading.interventions[at])
                beside = frozenset() if alone or alike else givings[at].beside
                givings[at] = Giving(frozenset(self._headings_in(reading)), beside, "mesh")
        # What is put on or breathed in is the agent in another form, so its description speaks of that.
        if any(giving.own or giving.outside for giving in givings):
            copies = (bool(_COPY.search(named.description.folded)) for named in reading.interventions)
            asked = enumerate(zip(givings, copies, strict=True))
            return [
                self._by_description(reading, at, one) if copy and not one.own else one for at, (one, copy) in asked
            ]
        return [self._by_description(reading, at, giving) for at, giving in enumerate(givings)]

    def told(self, reading: Reading, givings: Iterable[Giving]) -> list[Told | None]:
        """What the words of each arm say that it gives of this agent."""
        if any(giving.outside for giving in givings):
            return [None for _ in reading.arms]
        return [
            next(self._told(reading.said_of_arm(at)), None) if self._find(text, reading.company) else None
            for at, text in enumerate(reading.arms)
        ]

    def ordered(self, names: Iterable[str]) -> tuple[str, ...]:
        return self._names.ordered(names)

    def unknown(self, reading: Reading, others: Iterable["AgentNames"]) -> frozenset[str]:
        """Interventions, by name, that neither the watch-list nor an international name tells."""
        others = list(others)
        return frozenset(
            named.name.folded
            for named in reading.interventions
            if not medicines(named.name.folded, reading.intervention_mesh - self.mesh)
            and not any(other.in_text(text) for other in others for text in (named.name, *named.other_names))
        )

    def slip(self, reading: Reading, others: Iterable["AgentNames"]) -> str | None:
        """The other name that does not count, since it stands among those of another medicine, and of which."""
        others = [names for names in others if names is not self]
        for named in reading.interventions:
            counted = {id(text) for text in self._other_names(reading, named, others)}
            for text in named.other_names:
                if id(text) not in counted and not is_make_believe(named.name.folded) and self._find(text):
                    return f"{text.squeezed}, among the other names of {named.name.squeezed}"
        return None

    def _find(self, text: Text, company: str = "") -> list[Hit]:
        hits = self._names.find(text, company)
        return [hit for hit in hits if not self._forms.hides(text.folded, hit.start, hit.end)] if hits else hits

    def _giving(self, reading: Reading, at: int, others: list["AgentNames"]) -> Giving:
        named = reading.interventions[at]
        if self._find(named.name, reading.company):
            giving = self._in_name(reading, at, named.name, "name")
            if giving.own:
                return giving
        else:
            told = [
                self._in_name(reading, at, text, "other_name") for text in self._other_names(reading, named, others)
            ]
            giving = Giving(_union(one.own for one in told), _union(one.beside for one in told), "other_name")
            if giving.own:
                return giving
            giving = giving._replace(outside=any(one.outside for one in told))
        real = any(not part.placebo for part in parts(named.name.folded))
        looked = named.type in _NOTHING_GIVEN or _LOOK.search(named.name.folded)
        beside = frozenset({named.name.folded} if real and not looked and says_what(named.name.folded) else ())
        return Giving(frozenset(), beside, outside=giving.outside)

    def _in_name(self, reading: Reading, at: int, text: Text, place: str) -> Giving:
        """What the name of an intervention says that it gives."""
        found = self._find(text, reading.company)
        real = [part for part in parts(text.folded) if not part.placebo]
        said = [
            (hit, self._outside(reading, at, text.folded, part.start, part.end, hit))
            for hit in found
            for part in real
            if part.start <= hit.start < part.end and not denied(text.folded, hit.start, hit.end)
        ]
        own = frozenset(hit.name for hit, outside in said if not outside)
        return Giving(own, _more(text, found) if own else frozenset(), place, outside=bool(said) and not own)

    def _outside(self, reading: Reading, at: int, name: str, start: int, end: int, hit: Hit) -> bool:
        """Whether it is put on or breathed in: told by its part of the name, the whole of it, or elsewhere."""
        return self._forms.outside(name[start:end], hit.end - start, self._told_of_form(reading, at, name))

    def _told_of_form(self, reading: Reading, at: int, name: str) -> Iterator[str]:
        """Where the form of an intervention may be told, one after the other: mostly its name says enough."""
        named = reading.interventions[at]
        yield name
        for text in (*named.other_names, named.description):
            # The brand of a member that is off says as much as a form does.
            yield f"{text.folded} topical" if self._hidden.find(text) else text.folded
        arms = zip(reading.arms, reading.links, strict=True)
        yield " ".join(text.folded for text, links in arms if at in links)

    def _other_names(self, reading: Reading, named: Named, others: list["AgentNames"]) -> Iterator[Text]:
        """The other names that say what is given. Those of "Placebo", "No prednisone" or "Budesonide" (off) do not, nor
        do those of a known medicine, unless they list what it is mixed from or given with."""
        name = named.name
        if is_make_believe(name.folded) or self._names.masked(name):
            return
        known = medicines(name.folded, reading.intervention_mesh - self.mesh)
        known |= {word for other in others if other.in_text(name) for word in _WORD.findall(name.folded)}
        several = len(frozenset().union(*(medicines(other.folded) for other in named.other_names)) - known) > 1
        for other in named.other_names:
            if not known or several or known & set(_WORD.findall(other.folded)):
                yield other

    def _by_description(self, reading: Reading, at: int, giving: Giving) -> Giving:
        """What the description of an intervention says is given, where its name does not."""
        named = reading.interventions[at]
        silent = named.type in _NOTHING_GIVEN or self._names.masked(named.name) or says_maybe(named.name.folded)
        if silent or is_make_believe(named.name.folded) or not self._find(named.description, reading.company):
            return giving
        told = next(self._told(reading.said_of_intervention(at)), None)
        if told is None:
            return giving
        beside = frozenset[str]() if _COPY.search(named.description.folded) else giving.beside
        return giving._replace(own=told.own, beside=beside, found_in="description", quote=told.quote)

    def _told(self, sentences: Iterable[Sentence]) -> Iterator[Told]:
        """Every sentence that says the agent is given."""
        for sentence in sentences:
            text = sentence.text
            hits = [
                hit
                for hit in self._find(text, text.folded)
                if says_given(text.folded, hit.start, hit.end)
                and not self._forms.outside(near := text.folded[max(0, hit.start - 40) : hit.end + 40], len(near), ())
            ]
            if hits:
                quote = cut(sentence.quote, hits[0].name)
                yield Told(frozenset(hit.name for hit in hits), quote, usual(text.folded))

    def _only_by_heading(self, reading: Reading, others: Iterable["AgentNames"]) -> list[int]:
        """Interventions that the index heading must stand for, since nothing else explains them or the heading."""
        names = (text for named in reading.interventions for text in (named.name, *named.other_names))
        if any(self._names.find(text) for text in names):
            return []
        ours = self.mesh & reading.intervention_mesh
        false_friends = [named for named in reading.interventions if self._names.masked(named.about)]
        if any(resembles(ours, named) for named in false_friends):
            return []
        spoken_of = any(self._names.find(text) for text in (reading.titles, reading.keywords))
        return [
            at
            for at, named in enumerate(reading.interventions)
            if not is_make_believe(named.name.folded)
            and named not in false_friends
            and not any(other.in_text(named.about) for other in others)
            and stand_for(ours, reading.intervention_mesh, named, spoken_of=spoken_of)
        ]

    def _headings_in(self, reading: Reading) -> list[str]:
        return [heading for heading in self._headings if heading.lower() in reading.intervention_mesh]


def _more(name: Text, hits: Iterable[Hit]) -> frozenset[str]:
    """What else an intervention's name says is given; words on how the agent is given are nothing else."""
    hits = list(hits)
    others = (
        name.folded[part.start : part.end].strip()
        for part in parts(name.folded)
        if not part.placebo and not any(hit.start < part.end and part.start < hit.end for hit in hits)
    )
    return frozenset(filter(says_what, others))


def _union(sets: Iterable[frozenset[str]]) -> frozenset[str]:
    return frozenset[str]().union(*sets)
