"""make_study: one v2 record from a few facts, so that a test names only what it is about."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from .pieces import ENUM_BY_PIECE
from .results import results_section

Study = dict[str, Any]

# fact -> where it stands in the record
_PLACES = {
    "title": "protocolSection.identificationModule.briefTitle",
    "official_title": "protocolSection.identificationModule.officialTitle",
    "acronym": "protocolSection.identificationModule.acronym",
    "aliases": "protocolSection.identificationModule.nctIdAliases",
    "organization": "protocolSection.identificationModule.organization.fullName",
    "org_study_id": "protocolSection.identificationModule.orgStudyIdInfo.id",
    "status": "protocolSection.statusModule.overallStatus",
    "last_known_status": "protocolSection.statusModule.lastKnownStatus",
    "why_stopped": "protocolSection.statusModule.whyStopped",
    "verified": "protocolSection.statusModule.statusVerifiedDate",
    "has_expanded_access": "protocolSection.statusModule.expandedAccessInfo.hasExpandedAccess",
    "start": "protocolSection.statusModule.startDateStruct.date",
    "start_type": "protocolSection.statusModule.startDateStruct.type",
    "primary_completion": "protocolSection.statusModule.primaryCompletionDateStruct.date",
    "primary_completion_type": "protocolSection.statusModule.primaryCompletionDateStruct.type",
    "completion": "protocolSection.statusModule.completionDateStruct.date",
    "completion_type": "protocolSection.statusModule.completionDateStruct.type",
    "first_submit": "protocolSection.statusModule.studyFirstSubmitDate",
    "first_post": "protocolSection.statusModule.studyFirstPostDateStruct.date",
    "first_post_type": "protocolSection.statusModule.studyFirstPostDateStruct.type",
    "results_first_post": "protocolSection.statusModule.resultsFirstPostDateStruct.date",
    "results_first_submit": "protocolSection.statusModule.resultsFirstSubmitDate",
    "last_update": "protocolSection.statusModule.lastUpdatePostDateStruct.date",
    "last_update_type": "protocolSection.statusModule.lastUpdatePostDateStruct.type",
    "sponsor": "protocolSection.sponsorCollaboratorsModule.leadSponsor.name",
    "sponsor_class": "protocolSection.sponsorCollaboratorsModule.leadSponsor.class",
    "collaborators": "protocolSection.sponsorCollaboratorsModule.collaborators",
    "is_fda_regulated_drug": "protocolSection.oversightModule.isFdaRegulatedDrug",
    "summary": "protocolSection.descriptionModule.briefSummary",
    "description": "protocolSection.descriptionModule.detailedDescription",
    "conditions": "protocolSection.conditionsModule.conditions",
    "keywords": "protocolSection.conditionsModule.keywords",
    "study_type": "protocolSection.designModule.studyType",
    "phases": "protocolSection.designModule.phases",
    "allocation": "protocolSection.designModule.designInfo.allocation",
    "intervention_model": "protocolSection.designModule.designInfo.interventionModel",
    "primary_purpose": "protocolSection.designModule.designInfo.primaryPurpose",
    "masking": "protocolSection.designModule.designInfo.maskingInfo.masking",
    "expanded_access_types": "protocolSection.designModule.expandedAccessTypes",
    "enrollment": "protocolSection.designModule.enrollmentInfo.count",
    "enrollment_type": "protocolSection.designModule.enrollmentInfo.type",
    "arms": "protocolSection.armsInterventionsModule.armGroups",
    "interventions": "protocolSection.armsInterventionsModule.interventions",
    "primary_outcomes": "protocolSection.outcomesModule.primaryOutcomes",
    "secondary_outcomes": "protocolSection.outcomesModule.secondaryOutcomes",
    "eligibility": "protocolSection.eligibilityModule.eligibilityCriteria",
    "sex": "protocolSection.eligibilityModule.sex",
    "minimum_age": "protocolSection.eligibilityModule.minimumAge",
    "maximum_age": "protocolSection.eligibilityModule.maximumAge",
    "std_ages": "protocolSection.eligibilityModule.stdAges",
    "healthy_volunteers": "protocolSection.eligibilityModule.healthyVolunteers",
    "contacts": "protocolSection.contactsLocationsModule.centralContacts",
    "officials": "protocolSection.contactsLocationsModule.overallOfficials",
    "locations": "protocolSection.contactsLocationsModule.locations",
    "references": "protocolSection.referencesModule.references",
    "results": "resultsSection",
    "documents": "documentSection.largeDocumentModule.largeDocs",
    "unposted_events": "annotationSection.annotationModule.unpostedAnnotation.unpostedEvents",
    "removed_countries": "derivedSection.miscInfoModule.removedCountries",
    "condition_mesh": "derivedSection.conditionBrowseModule.meshes",
    "condition_ancestors": "derivedSection.conditionBrowseModule.ancestors",
    "mesh": "derivedSection.interventionBrowseModule.meshes",
    "ancestors": "derivedSection.interventionBrowseModule.ancestors",
}
# Written for every study unless the fact is given as None.
_ALWAYS = {"title": "Untitled study", "status": "COMPLETED", "last_update": "2026-01-15"}
_SECTIONS = (
    "protocolSection",
    "resultsSection",
    "annotationSection",
    "documentSection",
    "derivedSection",
    "hasResults",
)


def make_study(nct_id: str, **facts: Any) -> Study:
    """A v2 record with exactly the facts given, besides identification, status, hasResults and versionHolder.

    Title, status and last update have defaults; None leaves a fact out. `countries` gives one site for each entry
    (so a country may stand there twice), `has_results` a section of results unless
    `results` gives another, `interventions` and `mesh` accept plain strings, `path={"a.b": value}` reaches any other
    place. An unknown fact is an error, never silently dropped.
    """
    facts = {**_ALWAYS, **facts}
    study: Study = {"protocolSection": {"identificationModule": {"nctId": nct_id}, "statusModule": {}}}
    if countries := facts.pop("countries", None):
        facts["locations"] = [*facts.get("locations", []), *({"country": country} for country in countries)]
    extra = facts.pop("path", {})
    has_results = facts.pop("has_results", False)
    if has_results and "results" not in facts:
        facts["results"] = results_section()
    version = facts.pop("version_holder", "2026-11-20")
    for fact, value in facts.items():
        if fact not in _PLACES:
            raise TypeError(f"make_study knows no fact {fact!r}")
        if value is not None:
            _set(study, _PLACES[fact], _SHAPES.get(fact, _as_given)(value))
    _set(study, "derivedSection.miscInfoModule.versionHolder", version)
    study["hasResults"] = has_results
    for path, value in extra.items():
        _set(study, path, value)
    return {section: study[section] for section in _SECTIONS if section in study}


def _set(node: dict[str, Any], path: str, value: Any) -> None:
    *parents, last = path.split(".")
    for key in parents:
        node = node.setdefault(key, {})
    node[last] = value


def _as_given(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _interventions(given: Iterable[str | dict[str, Any]]) -> list[dict[str, Any]]:
    """`"DRUG: name"` -> type and name; a name without a known type is a drug."""
    return [_intervention(item) if isinstance(item, str) else dict(item) for item in given]


def _intervention(text: str) -> dict[str, Any]:
    type_, colon, name = text.partition(": ")
    code = type_.upper().replace(" ", "_")
    if not colon or code not in ENUM_BY_PIECE["InterventionType"]:
        return {"type": "DRUG", "name": text}
    return {"type": code, "name": name}


def _meshes(given: Sequence[str | dict[str, str]]) -> list[dict[str, str]]:
    """`"Methotrexate"` or `{"id", "term"}`; an invented id is stable for a term."""
    return [{"id": f"D9{_number(item):05d}", "term": item} if isinstance(item, str) else dict(item) for item in given]


def _number(text: str) -> int:
    return sum(at * ord(char) for at, char in enumerate(text, 1)) % 100_000


def _collaborators(given: Iterable[str | dict[str, str]]) -> list[dict[str, str]]:
    return [{"name": item, "class": "OTHER"} if isinstance(item, str) else dict(item) for item in given]


def _outcomes(given: Iterable[str | dict[str, str]]) -> list[dict[str, str]]:
    return [{"measure": item, "timeFrame": "24 weeks"} if isinstance(item, str) else dict(item) for item in given]


_SHAPES = {
    "interventions": _interventions,
    "mesh": _meshes,
    "ancestors": _meshes,
    "condition_mesh": _meshes,
    "condition_ancestors": _meshes,
    "collaborators": _collaborators,
    "primary_outcomes": _outcomes,
    "secondary_outcomes": _outcomes,
}
