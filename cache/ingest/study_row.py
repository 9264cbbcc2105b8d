"""A record as a row of the ``study`` table: pure, no store.

What a live record does not say is empty or null as the registry means it; what the starter does not say is null,
because there it only means that nobody wrote it down.
"""

from collections.abc import Sequence
from typing import Any

from cache.places import column
from fetchers.record.modules import Intervention, Unreadable
from fetchers.record.study import Study
from fetchers.record.texts import plain

_ARMS = "protocolSection.armsInterventionsModule"
_PLACES = "protocolSection.contactsLocationsModule"


def live_facts(study: Study) -> dict[str, Any]:
    """The facts of a live record, keyed by column. ``phases`` is ``[]`` when the record has none.

    A list of which nothing could be read is null, so are phases and the number of sites when a part could not.
    """
    cut, sites = study.lacks("protocolSection.designModule.phases"), study.lacks(f"{_PLACES}.locations")
    return _common(study) | {
        "origin": "live",
        "phases": None if cut else list(study.design.phases or ()),
        "conditions": _told(study, "protocolSection.conditionsModule.conditions", list(study.conditions)),
        "interventions": _told(study, f"{_ARMS}.interventions", _interventions(study.interventions)),
        "countries": _told(study, f"{_PLACES}.locations", list(study.countries)),
        "sites": None if sites else len(study.locations),
        "points": None if sites else column.column(study),
        "as_of": None,
        "source": None,
        "note": unreadable_words(study.unreadable),
    }


def unreadable_words(leaves: Sequence[Unreadable]) -> str | None:
    """What could not be read of a record, for people; None when everything could."""
    parts = "; ".join(f"{one.path.removeprefix('protocolSection.')} ({one.reason})" for one in leaves)
    return f"Not readable in the registry's answer: {parts}." if parts else None


def _told(study: Study, path: str, found: list[str]) -> list[str] | None:
    """``found``; None when it is empty because what stands at ``path`` could not be read."""
    return found if found or not study.lacks(path) else None


def starter_facts(study: Study, *, as_of: str | None, source: str, note: str | None) -> dict[str, Any]:
    """The facts of a starter record, keyed by column; lists it does not hold are null, so is the number of sites."""
    phases = study.design.phases
    return _common(study) | {
        "origin": "starter",
        "phases": None if phases is None else list(phases),
        "conditions": list(study.conditions) or None,
        "interventions": _interventions(study.interventions) or None,
        "countries": list(study.countries) or None,
        "sites": None,
        "points": None,
        "as_of": as_of,
        "source": source,
        "note": note,
    }


def _common(study: Study) -> dict[str, Any]:
    identification, status, sponsor = study.identification, study.status, study.sponsors.lead_sponsor
    return {
        "nct_id": study.nct_id,
        "title": identification.brief_title,
        "official_title": identification.official_title,
        "acronym": identification.acronym,
        "overall_status": status.overall_status,
        "last_known_status": status.last_known_status,
        "status_verified": status.status_verified_date,
        "study_type": study.design.study_type,
        "start_date": status.start_date_struct.date,
        "start_date_type": status.start_date_struct.type,
        "primary_completion_date": status.primary_completion_date_struct.date,
        "primary_completion_date_type": status.primary_completion_date_struct.type,
        "completion_date": status.completion_date_struct.date,
        "completion_date_type": status.completion_date_struct.type,
        "enrollment": study.enrollment,
        "enrollment_type": study.design.enrollment_info.type,
        "lead_sponsor": sponsor.name,
        "sponsor_class": sponsor.class_,
        "has_results": study.has_results,
        "why_stopped": None if status.why_stopped is None else plain(status.why_stopped),
        "first_posted": status.study_first_post_date_struct.date,
        "last_update_posted": study.last_update_posted,
        "results_first_posted": status.results_first_post_date_struct.date,
        "aliases": list(identification.nct_id_aliases),
    }


def _interventions(interventions: Sequence[Intervention]) -> list[str]:
    """``TYPE: name`` of each, in the record's order; the name alone where the type is not known."""
    return [
        ": ".join(part for part in (intervention.type, intervention.name) if part)
        for intervention in interventions
        if intervention.name
    ]
