"""A record's texts, squeezed once for all agents and sorted by what a name in them would mean."""

from functools import cached_property

from fetchers.matching.names import Text, squeeze
from fetchers.record.eligibility import criteria, split
from fetchers.record.modules import Browse
from fetchers.record.study import Study

# Between two texts: no name reaches across it (``fetchers.matching.names``).
BREAK = " ; "


class Named:
    """What an intervention is called; ``about`` is all its text, description included."""

    __slots__ = ("about", "name", "other_names", "type")

    def __init__(self, type: str | None, name: str | None, other_names: tuple[str, ...], about: str | None) -> None:
        self.type = type
        self.name = Text(squeeze(name or ""))
        self.other_names = tuple(Text(squeeze(other)) for other in other_names)
        names = (self.name, *self.other_names)
        self.about = Text(BREAK.join((*(text.squeezed for text in names), squeeze(about or ""))))


class Reading:
    """The texts of one record, each made when first needed. Outcomes are left out: there an agent is measured."""

    def __init__(self, study: Study) -> None:
        self.study = study

    @cached_property
    def interventions(self) -> tuple[Named, ...]:
        return tuple(Named(i.type, i.name, i.other_names, i.description) for i in self.study.interventions)

    @cached_property
    def titles(self) -> Text:
        identification = self.study.identification
        return _joined(identification.brief_title, identification.official_title)

    @cached_property
    def keywords(self) -> Text:
        return _joined(*self.study.keywords)

    @cached_property
    def conditions(self) -> Text:
        return _joined(*self.study.conditions)

    @cached_property
    def listed(self) -> tuple[Text, ...]:
        """The conditions one by one."""
        return tuple(Text(squeeze(name)) for name in self.study.conditions)

    @cached_property
    def elsewhere(self) -> Text:
        """Every text in which a name is at most a mention, but for eligibility."""
        description = self.study.protocol_section.description_module
        arms = (text for arm in self.study.arms for text in (arm.label, arm.description))
        known = (self.titles, self.keywords, *(intervention.about for intervention in self.interventions))
        summary, details = description.brief_summary, description.detailed_description
        others = _joined(*arms, summary, details, self.study.eligibility.study_population)
        return Text(BREAK.join(text.squeezed for text in (*known, others)))

    @cached_property
    def eligibility(self) -> Text:
        return Text(squeeze(self.study.eligibility.eligibility_criteria or ""))

    @cached_property
    def inclusion(self) -> tuple[Text, ...]:
        """One text a criterion."""
        lets_in = split(self.study.eligibility.eligibility_criteria).inclusion
        return tuple(Text(squeeze(criterion)) for criterion in criteria(lets_in))

    @cached_property
    def intervention_mesh(self) -> frozenset[str]:
        """Headings the registry's index gives the interventions, lower case; their ancestors are left out."""
        return _headings(self.study.derived_section.intervention_browse_module)

    @cached_property
    def condition_mesh(self) -> frozenset[str]:
        return _headings(self.study.derived_section.condition_browse_module)


def _headings(browse: Browse) -> frozenset[str]:
    return frozenset(mesh.term.lower() for mesh in browse.meshes if mesh.term)


def _joined(*texts: str | None) -> Text:
    return Text(BREAK.join(squeeze(text) for text in texts if text))
