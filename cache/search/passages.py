"""The texts of a record that are searched, each with the place where it stands. Pure.

All that is kept of a record but its detailed description, which would cost a third more of the index, in time and in
room, and of the codes that the filters know.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from fetchers.record.eligibility import sections
from fetchers.record.modules import Location
from fetchers.record.study import Study

# Every place, as people read it, in the order in which hits are told.
ID, TITLE, CONDITION, KEYWORD = "Id", "Title", "Condition", "Keyword"
INTERVENTION, OTHER_NAME, ARM = "Intervention", "Other name of an intervention", "Arm"
PRIMARY, SECONDARY = "Primary outcome", "Secondary outcome"
CRITERIA = "Criteria"
_CRITERIA = {"inclusion": "Inclusion criteria", "exclusion": "Exclusion criteria"}
POPULATION, SPONSOR, COLLABORATOR, SITE = "Study population", "Sponsor", "Collaborator", "Site"
SUMMARY, WHY_STOPPED, PAPER = "Summary", "Why stopped", "Paper"


# Stands in no text of the registry that anybody reads, and no phrase goes over it.
BETWEEN = "\x1f"


class Passage(NamedTuple):
    """A text of a record as the registry wrote it."""

    place: str
    text: str


def passages(study: Study) -> Iterator[Passage]:
    """All of them that are not empty."""
    for place, texts in _places(study):
        for text in filter(None, texts):
            if place == CRITERIA:
                yield from (Passage(_CRITERIA[kind], part) for kind, part in sections(text))
            else:
                yield Passage(place, text)


def text(study: Study) -> str:
    """All of them as one text, ``BETWEEN`` two of them."""
    return BETWEEN.join(text for _, texts in _places(study) for text in texts if text)


def _places(study: Study) -> Iterator[tuple[str, Iterable[str | None]]]:
    own, protocol = study.identification, study.protocol_section
    outcomes = protocol.outcomes_module
    yield ID, (own.nct_id, *own.nct_id_aliases, own.org_study_id_info.id, *(one.id for one in own.secondary_id_infos))
    yield TITLE, (own.brief_title, own.official_title, own.acronym)
    yield CONDITION, study.conditions
    yield KEYWORD, study.keywords
    for treatment in study.interventions:
        yield INTERVENTION, (treatment.name, treatment.description)
        yield OTHER_NAME, treatment.other_names
    yield ARM, (told for arm in study.arms for told in (arm.label, arm.description))
    yield PRIMARY, (told for one in outcomes.primary_outcomes for told in (one.measure, one.time_frame))
    yield SECONDARY, (told for one in outcomes.secondary_outcomes for told in (one.measure, one.time_frame))
    yield CRITERIA, (study.eligibility.eligibility_criteria,)
    yield POPULATION, (study.eligibility.study_population,)
    yield SPONSOR, (study.sponsors.lead_sponsor.name,)
    yield COLLABORATOR, (one.name for one in study.sponsors.collaborators)
    yield SITE, map(_site, study.locations)
    yield SUMMARY, (protocol.description_module.brief_summary,)
    yield WHY_STOPPED, (study.status.why_stopped,)
    yield PAPER, (told for one in protocol.references_module.references for told in (one.citation, one.pmid))


def _site(site: Location) -> str:
    return ", ".join(part for part in (site.facility, site.city, site.state, site.country_name) if part)
