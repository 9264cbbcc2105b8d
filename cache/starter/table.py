"""A row of the table of facts (CSV, one row a trial) as a copy of the trial's record.

Empty means "not known here". Nothing is added: a fact that the row does not hold is absent from the record.
"""

import re
from collections.abc import Mapping
from typing import Any

from cache.starter.copies import Copy
from cache.starter.names import NO_DATE, first_phase, is_condition_slug, is_slug
from fetchers.errors import Validation

COLUMNS = (
    "nct_id", "title", "status", "last_known_status", "study_type", "phases", "enrollment", "enrollment_type", "start",
    "start_type", "primary_completion", "primary_completion_type", "completion", "completion_type", "first_posted",
    "last_update_posted", "results_posted", "sponsor", "sponsor_class", "interventions", "conditions", "countries",
    "as_of", "source",
)  # fmt: skip
INTERVENTION_TYPES = (
    "BEHAVIORAL", "BIOLOGICAL", "COMBINATION_PRODUCT", "DEVICE", "DIAGNOSTIC_TEST", "DIETARY_SUPPLEMENT", "DRUG",
    "GENETIC", "PROCEDURE", "RADIATION", "OTHER",
)  # fmt: skip

OWN_TITLE = "The title may be a description and not the registry’s own."
OWN_INTERVENTIONS = "Intervention names are the source’s own, without placebos."

# Behind records and the registry's downloads of the same day, before the tables of others.
RANK = 2
_SHOUTED = re.compile(r"[A-Z]{5,}( [A-Z]{5,})*", re.ASCII)


def copy_of(row: Mapping[str, str]) -> Copy:
    """One row as a copy, holding only what the row says."""
    return Copy(row["nct_id"], record(row), row["source"], row["as_of"] or None, RANK, notes(row))


def record(row: Mapping[str, str]) -> dict[str, Any]:
    """One row as a record of the registry's API v2."""
    conditions = [name for name in _parts(row["conditions"]) if not is_condition_slug(name)]
    protocol = {
        "identificationModule": _said(nctId=row["nct_id"], briefTitle=row["title"]),
        "statusModule": _status(row),
        "sponsorCollaboratorsModule": _said(leadSponsor=_said(name=row["sponsor"], **{"class": row["sponsor_class"]})),
        "conditionsModule": _said(conditions=conditions),
        "designModule": _design(row),
        "armsInterventionsModule": _said(interventions=[_intervention(name) for name in _interventions(row)]),
        "contactsLocationsModule": _said(locations=[{"country": name} for name in _parts(row["countries"])]),
    }
    study: dict[str, Any] = {"protocolSection": _said(**protocol)}
    if row["results_posted"]:
        study["hasResults"] = _yes(row["results_posted"])
    return study


def notes(row: Mapping[str, str]) -> tuple[str, ...]:
    """What is to be known about the row's facts, in sentences."""
    source = row["source"]
    found = {
        first_phase(_parts(row["phases"])): "first phase only" in source,
        OWN_TITLE: source.startswith("public cop"),
        OWN_INTERVENTIONS: "osmf" in source and any("type" not in _intervention(name) for name in _interventions(row)),
        NO_DATE: not row["as_of"],
    }
    return tuple(text for text, holds in found.items() if holds)


def _said(**values: Any) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value}


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split("|") if part.strip()]


def _status(row: Mapping[str, str]) -> dict[str, Any]:
    return _said(
        overallStatus=row["status"],
        lastKnownStatus=row["last_known_status"],
        startDateStruct=_said(date=row["start"], type=row["start_type"]),
        primaryCompletionDateStruct=_said(date=row["primary_completion"], type=row["primary_completion_type"]),
        completionDateStruct=_said(date=row["completion"], type=row["completion_type"]),
        studyFirstPostDateStruct=_said(date=row["first_posted"]),
        lastUpdatePostDateStruct=_said(date=row["last_update_posted"]),
    )


def _design(row: Mapping[str, str]) -> dict[str, Any]:
    enrollment: dict[str, Any] = {}
    if row["enrollment"]:
        if not re.fullmatch(r"\d{1,9}", row["enrollment"], re.ASCII):
            raise Validation(f"The enrollment of {row['nct_id']} is not a number: {row['enrollment']!r}.")
        enrollment = {"count": int(row["enrollment"])} | _said(type=row["enrollment_type"])
    return _said(studyType=row["study_type"], phases=_parts(row["phases"]), enrollmentInfo=enrollment)


def _yes(text: str) -> bool:
    if text not in ("yes", "no"):
        raise Validation(f"results_posted is yes, no or empty, not {text!r}.")
    return text == "yes"


def _interventions(row: Mapping[str, str]) -> list[str]:
    return [name for name in _parts(row["interventions"]) if not is_slug(name)]


def _intervention(text: str) -> dict[str, Any]:
    kind, colon, name = text.partition(":")
    if colon and kind in INTERVENTION_TYPES and name:
        return {"type": kind, "name": name}
    return {"name": text.capitalize() if _SHOUTED.fullmatch(text) else text}
