"""A record's texts, squeezed once for all agents and sorted by what a name in them would mean."""

from functools import cached_property

from fetchers.matching.names import Text
from fetchers.matching.sentences import Sentence, sentences
from fetchers.record.eligibility import criteria, split
from fetchers.record.modules import Browse, Intervention
from fetchers.record.study import Study

# Between two texts: no name reaches across it (``fetchers.matching.names``).
BREAK = " ; "


class Named:
    """What an intervention is called; ``about`` is all its text, description included."""

    __slots__ = ("about", "description", "name", "other_names", "type")

    def __init__(self, intervention: Intervention, vocabulary: frozenset[str] | None) -> None:
        self.type = intervention.type
        self.name = _text(intervention.name, vocabulary)
        self.other_names = tuple(_text(other, vocabulary) for other in intervention.other_names)
        self.description = _text(intervention.description, vocabulary)
        about = (self.name, *self.other_names, self.description)
        self.about = Text.joined(about, BREAK)


class Reading:
    """The texts of one record, each made when first needed. Outcomes are left out: there an agent is measured."""

    def __init__(self, study: Study, vocabulary: frozenset[str] | None = None) -> None:
        self.study = study
        self._vocabulary = vocabulary

    @cached_property
    def interventions(self) -> tuple[Named, ...]:
        return tuple(Named(intervention, self._vocabulary) for intervention in self.study.interventions)

    @cached_property
    def company(self) -> str:
        """Titles and interventions, folded: where the company that a short name needs may stand."""
        return " ".join((self.titles.folded, *(named.about.folded for named in self.interventions)))

    @cached_property
    def links(self) -> tuple[frozenset[int], ...]:
        """The interventions of each arm, by number. Linked from both sides, since either may be missing; case and
        spacing do not matter. A single arm that links nothing gets everything."""
        given = self.study.interventions
        names = [_ways_to_name(intervention) for intervention in given]
        labels = [{_key(label) for label in intervention.arm_group_labels} for intervention in given]
        linked = []
        for arm in self.study.arms:
            label, named = _key(arm.label), {_key(name) for name in arm.intervention_names}
            ats = range(len(given))
            linked.append(frozenset(at for at in ats if names[at] & named or (label and label in labels[at])))
        if len(linked) == 1 and not linked[0]:
            return (frozenset(range(len(given))),)
        return tuple(linked)

    @cached_property
    def arms(self) -> tuple[Text, ...]:
        """Label and description of each arm."""
        return tuple(self._joined(arm.label, arm.description) for arm in self.study.arms)

    def said_of_intervention(self, at: int) -> tuple[Sentence, ...]:
        return tuple(sentences(self.study.interventions[at].description))

    def said_of_arm(self, at: int) -> tuple[Sentence, ...]:
        arm = self.study.arms[at]
        return (*sentences(arm.label), *sentences(arm.description))

    @cached_property
    def titles(self) -> Text:
        identification = self.study.identification
        return self._joined(identification.brief_title, identification.official_title)

    @cached_property
    def keywords(self) -> Text:
        return self._joined(*self.study.keywords)

    @cached_property
    def conditions(self) -> Text:
        return self._joined(*self.study.conditions)

    @cached_property
    def about_words(self) -> frozenset[str]:
        """The words of the titles and of the conditions, of those that any name begins with."""
        return self.titles.words.union(*(text.words for text in self.listed))

    @cached_property
    def listed(self) -> tuple[Text, ...]:
        """The conditions one by one."""
        return tuple(_text(name, self._vocabulary) for name in self.study.conditions)

    @cached_property
    def elsewhere(self) -> Text:
        """Every text in which a name is at most a mention, but for eligibility."""
        description = self.study.protocol_section.description_module
        known = (self.titles, self.keywords, *(intervention.about for intervention in self.interventions))
        summary, details = description.brief_summary, description.detailed_description
        others = self._joined(summary, details, self.study.eligibility.study_population)
        texts = (*known, *self.arms, others)
        return Text.joined(texts, BREAK)

    @cached_property
    def eligibility(self) -> Text:
        return _text(self.study.eligibility.eligibility_criteria, self._vocabulary)

    @cached_property
    def inclusion(self) -> tuple[Text, ...]:
        """One text a criterion."""
        lets_in = split(self.study.eligibility.eligibility_criteria).inclusion
        return tuple(_text(criterion, self._vocabulary) for criterion in criteria(lets_in))

    @cached_property
    def intervention_mesh(self) -> frozenset[str]:
        """Headings the registry's index gives the interventions, lower case; their ancestors are left out."""
        return _headings(self.study.derived_section.intervention_browse_module)

    @cached_property
    def condition_mesh(self) -> frozenset[str]:
        return _headings(self.study.derived_section.condition_browse_module)

    def _joined(self, *texts: str | None) -> Text:
        return Text(BREAK.join(text for text in texts if text), self._vocabulary)


def _headings(browse: Browse) -> frozenset[str]:
    return frozenset(mesh.term.lower() for mesh in browse.meshes if mesh.term)


def _text(text: str | None, vocabulary: frozenset[str] | None) -> Text:
    return Text(text or "", vocabulary)


def _ways_to_name(intervention: Intervention) -> frozenset[str]:
    """The ways an arm may name an intervention: ``Drug: Name`` as the registry writes it, or the name alone."""
    name = _key(intervention.name)
    return frozenset({f"{_key((intervention.type or '').replace('_', ' '))}: {name}", name} if name else ())


def _key(text: str | None) -> str:
    return " ".join((text or "").split()).casefold()
