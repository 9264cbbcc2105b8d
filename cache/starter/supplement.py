"""Records gathered from public copies, in the registry's own shape, with a table that says where each was read."""

from collections.abc import Mapping
from typing import Any

import msgspec

from cache.starter.copies import Copy
from cache.starter.names import NO_DATE, first_phase, is_condition_slug, is_slug
from fetchers.errors import Validation
from fetchers.record.study import Study, decode_study

COLUMNS = ("nct_id", "repository", "path", "form", "as_of", "status_from_later_copy", "flags", "filled_from")

ONE_CONDITION = "The source kept only one condition."

# Beginning of a form -> how much it is trusted (0 first), and what it is in words.
_FORMS = {
    "v2": (0, "record as JSON"),
    "xml": (0, "record as XML"),
    "site download": (1, "the registry’s download"),
    "": (3, "table"),
}
# A copy of a row of the table of facts, which is there itself.
_REPEATED = "given table"
_PROTOCOL = "protocolSection"
# Fields as ``filled_from`` names them -> where they stand in a record.
_FIELDS = {
    "designInfo": (_PROTOCOL, "designModule", "designInfo"),
    "hasResults": ("hasResults",),
    "interventions": (_PROTOCOL, "armsInterventionsModule"),
    "leadSponsor": (_PROTOCOL, "sponsorCollaboratorsModule", "leadSponsor"),
    "locations": (_PROTOCOL, "contactsLocationsModule"),
    "phases": (_PROTOCOL, "designModule", "phases"),
    "studyType": (_PROTOCOL, "designModule", "studyType"),
    "startDateStruct": (_PROTOCOL, "statusModule", "startDateStruct"),
    "primaryCompletionDateStruct": (_PROTOCOL, "statusModule", "primaryCompletionDateStruct"),
    "completionDateStruct": (_PROTOCOL, "statusModule", "completionDateStruct"),
}
_STATUS = tuple((_PROTOCOL, "statusModule", name) for name in ("overallStatus", "lastKnownStatus"))


def copy_of(line: bytes, told: Mapping[str, Mapping[str, str]]) -> Copy | None:
    """One line as a copy, without what was taken from other copies; None for a repeated row of the table of facts.

    ``told``: the table of provenance by NCT id. Raises Parsing when the line is no record, Validation when nothing
    tells where it was read or a field that was filled in is not known here.
    """
    study = decode_study(line)
    row = told.get(study.nct_id)
    if row is None:
        raise Validation(f"Nothing says where the facts on {study.nct_id} were read.")
    if row["form"] == _REPEATED:
        return None
    rank, words = next(found for form, found in _FORMS.items() if row["form"].startswith(form))
    made = _facts(study, table="table" in row["form"])
    for where in _foreign(row):
        _remove(made, where)
    source = f"{row['repository']}, {row['path']} ({words})"
    return Copy(study.nct_id, _without_empty(made), source, row["as_of"] or None, rank, _notes(row, made))


def _facts(study: Study, *, table: bool) -> dict[str, Any]:
    """The record without sentences, places below a country and names that a table made itself."""
    made: dict[str, Any] = msgspec.to_builtins(study)
    protocol = made[_PROTOCOL]
    for module in ("descriptionModule", "outcomesModule"):
        protocol.pop(module, None)
    protocol.get("eligibilityModule", {}).pop("eligibilityCriteria", None)
    protocol.get("statusModule", {}).pop("whyStopped", None)
    arms = protocol.get("armsInterventionsModule", {})
    for one in (*arms.get("armGroups", ()), *arms.get("interventions", ())):
        one.pop("description", None)
    for one in protocol.get("referencesModule", {}).get("references", ()):
        one.pop("citation", None)
    if study.locations:
        protocol["contactsLocationsModule"] = {"locations": [{"country": name} for name in study.countries]}
    if table and "conditionsModule" in protocol:
        given = protocol["conditionsModule"]
        given["conditions"] = [name for name in given.get("conditions", ()) if not is_condition_slug(name)]
    if table and "interventions" in arms:
        arms["interventions"] = [one for one in arms["interventions"] if not is_slug(one.get("name", ""))]
    return made


def _foreign(row: Mapping[str, str]) -> list[tuple[str, ...]]:
    """Where stands what another copy said."""
    found: list[tuple[str, ...]] = list(_STATUS) if row["status_from_later_copy"] else []
    for part in filter(None, row["filled_from"].split("; ")):
        name = part.partition(":")[0]
        if name not in _FIELDS:
            raise Validation(f"The field {name!r} of {row['nct_id']} was filled in and is not known here.")
        found.append(_FIELDS[name])
    return found


def _remove(made: dict[str, Any], where: tuple[str, ...]) -> None:
    *above, last = where
    for name in above:
        made = made.get(name, {})
    made.pop(last, None)


def _without_empty(made: dict[str, Any]) -> dict[str, Any]:
    """Modules of which nothing is left say nothing."""
    kept = {name: _without_empty(value) if isinstance(value, dict) else value for name, value in made.items()}
    return {name: value for name, value in kept.items() if value != {}}


def _notes(row: Mapping[str, str], made: Mapping[str, Any]) -> tuple[str, ...]:
    phases = made[_PROTOCOL].get("designModule", {}).get("phases", ())
    found = {
        first_phase(phases): "first phase" in row["form"],
        ONE_CONDITION: "condition only" in row["form"],
        NO_DATE: not row["as_of"],
    }
    return tuple(text for text, holds in found.items() if holds)
