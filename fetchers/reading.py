"""A record's texts, squeezed once for all agents and sorted by what a name in them would mean."""

from functools import cached_property

from fetchers.eligibility import criteria, split
from fetchers.names import lower, squeeze
from fetchers.record import Browse
from fetchers.study import Study

# Between two texts: no name reaches across it (``fetchers.names``).
BREAK = " ; "


class Named:
    """What an intervention is called; ``about`` is all its text, description included."""

    __slots__ = ("about", "name", "other_names", "type")

    def __init__(self, type: str | None, name: str | None, other_names: tuple[str, ...], about: str | None) -> None:
        self.type = type
        self.name = squeeze(name or "")
        self.other_names = tuple(map(squeeze, other_names))
        self.about = BREAK.join((self.name, *self.other_names, squeeze(about or "")))


class Reading:
    """The texts of one record, each made when first needed. Outcomes are left out: there an agent is measured."""

    def __init__(self, study: Study) -> None:
        self.study = study

    @cached_property
    def interventions(self) -> tuple[Named, ...]:
        return tuple(Named(i.type, i.name, i.other_names, i.description) for i in self.study.interventions)

    @cached_property
    def titles(self) -> str:
        identification = self.study.identification
        return _joined(identification.brief_title, identification.official_title)

    @cached_property
    def keywords(self) -> str:
        return _joined(*self.study.keywords)

    @cached_property
    def conditions(self) -> str:
        return _joined(*self.study.conditions)

    @cached_property
    def elsewhere(self) -> str:
        """Every text in which a name is at most a mention, but for eligibility."""
        description = self.study.protocol_section.description_module
        arms = (text for arm in self.study.arms for text in (arm.label, arm.description))
        about = (intervention.about for intervention in self.interventions)
        texts = (*arms, description.brief_summary, description.detailed_description)
        population = self.study.eligibility.study_population
        return BREAK.join((self.titles, self.keywords, *about, _joined(*texts, population)))

    @cached_property
    def eligibility(self) -> str:
        return squeeze(self.study.eligibility.eligibility_criteria or "")

    @cached_property
    def lowered(self) -> str:
        """All texts, to be asked first whether an agent can stand in them at all."""
        return lower(self.elsewhere + BREAK + self.eligibility)

    @cached_property
    def inclusion(self) -> tuple[str, ...]:
        """One text a criterion."""
        return tuple(map(squeeze, criteria(split(self.study.eligibility.eligibility_criteria).inclusion)))

    @cached_property
    def intervention_mesh(self) -> frozenset[str]:
        """Headings the registry's index gives the interventions, lower case; their ancestors are left out."""
        return _headings(self.study.derived_section.intervention_browse_module)

    @cached_property
    def condition_mesh(self) -> frozenset[str]:
        return _headings(self.study.derived_section.condition_browse_module)


def _headings(browse: Browse) -> frozenset[str]:
    return frozenset(mesh.term.lower() for mesh in browse.meshes if mesh.term)


def _joined(*texts: str | None) -> str:
    return BREAK.join(squeeze(text) for text in texts if text)
