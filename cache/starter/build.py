"""Write the starter snapshot from a table of facts: ``python -m cache.starter.build --facts PATH``.

The table is CSV with one row a trial and the columns of ``COLUMNS``; empty means "not known here". Nothing is added:
a fact the table does not hold is absent from the record. The same table gives the same bytes.
"""

import argparse
import csv
import gzip
import io
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from cache.exit_codes import DONE, LOCAL, USAGE
from cache.starter import DATA, Line
from fetchers.errors import LocalTrouble, Parsing, TrackerError, Validation
from fetchers.record.study import decode_study

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

FIRST_PHASE = "The source kept only the first phase"
NO_DATE = "The date of these facts was not recorded."
OWN_TITLE = "The title may be a description and not the registry’s own."
OWN_INTERVENTIONS = "Intervention names are the source’s own, without placebos."
OWN_CONDITIONS = "Condition names are the source’s own."

# What a trial may really be of which only the first phase was kept.
_JOINT = {"PHASE1": ", so phase 1 may be phase 1/2", "PHASE2": ", so phase 2 may be phase 2/3"}
_SLUG = re.compile(r"[a-z]+(-[a-z]+)*", re.ASCII)
_SHOUTED = re.compile(r"[A-Z]{5,}( [A-Z]{5,})*", re.ASCII)


def record(row: Mapping[str, str]) -> dict[str, Any]:
    """One row as a record of the registry's API v2, holding only what the row says."""
    protocol = {
        "identificationModule": _said(nctId=row["nct_id"], briefTitle=row["title"]),
        "statusModule": _status(row),
        "sponsorCollaboratorsModule": _said(leadSponsor=_said(name=row["sponsor"], **{"class": row["sponsor_class"]})),
        "conditionsModule": _said(conditions=[_condition(name) for name in _parts(row["conditions"])]),
        "designModule": _design(row),
        "armsInterventionsModule": _said(interventions=[_intervention(name) for name in _parts(row["interventions"])]),
        "contactsLocationsModule": _said(locations=[{"country": name} for name in _parts(row["countries"])]),
    }
    study: dict[str, Any] = {"protocolSection": _said(**protocol)}
    if row["results_posted"]:
        study["hasResults"] = _yes(row["results_posted"])
    return study


def note(row: Mapping[str, str]) -> str | None:
    """What is to be known about the row's facts, in sentences."""
    source, interventions = row["source"], _parts(row["interventions"])
    notes = {
        f"{FIRST_PHASE}{_JOINT.get(row['phases'], '')}.": "first phase only" in source,
        OWN_TITLE: source.startswith("public cop"),
        OWN_INTERVENTIONS: "osmf" in source and any("type" not in _intervention(name) for name in interventions),
        OWN_CONDITIONS: any(_SLUG.fullmatch(name) for name in _parts(row["conditions"])),
        NO_DATE: not row["as_of"],
    }
    return " ".join(text for text, holds in notes.items() if holds) or None


def lines(rows: Iterable[Mapping[str, str]]) -> list[bytes]:
    """The lines of the data file, ordered by NCT id. Raises Validation naming the trial whose row is no record."""
    made = {}
    for row in rows:
        study = msgspec.json.encode(record(row))
        try:
            decode_study(study)
        except Parsing as error:
            raise Validation(f"The facts on {row['nct_id']} are no record: {error}") from error
        if row["nct_id"] in made:
            raise Validation(f"The facts hold {row['nct_id']} twice.")
        line = Line(row["source"], msgspec.Raw(study), as_of=row["as_of"] or None, note=note(row))
        made[row["nct_id"]] = msgspec.json.encode(line)
    return [made[nct_id] for nct_id in sorted(made)]


def build(facts: Path, out: Path) -> int:
    """Write the data file and return how many trials it holds. Raises Validation when the table is not what it should
    be, LocalTrouble when the file cannot be written."""
    try:
        with facts.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
            if missing:
                raise Validation(f"{facts} lacks the columns {', '.join(missing)}.")
            made = lines(reader)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise Validation(f"{facts} cannot be read as a table of facts: {error}.") from error
    try:
        out.write_bytes(packed(made))
    except OSError as error:
        raise LocalTrouble(f"{out} cannot be written: {error.strerror}.") from error
    return len(made)


def packed(made: Sequence[bytes]) -> bytes:
    """The lines as a gzip file without name or time in it, so that equal facts give equal bytes."""
    buffer = io.BytesIO()
    with gzip.GzipFile(filename="", fileobj=buffer, mode="wb", compresslevel=9, mtime=0) as file:
        file.writelines(line + b"\n" for line in made)
    return buffer.getvalue()


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
            raise Validation(f"The enrollment of {row['nct_id']} is no number: {row['enrollment']!r}.")
        enrollment = {"count": int(row["enrollment"])} | _said(type=row["enrollment_type"])
    return _said(studyType=row["study_type"], phases=_parts(row["phases"]), enrollmentInfo=enrollment)


def _yes(text: str) -> bool:
    if text not in ("yes", "no"):
        raise Validation(f"results_posted is yes, no or empty, not {text!r}.")
    return text == "yes"


def _condition(name: str) -> str:
    """Slugs (``low-back-pain``) as plain words; other names as they are."""
    return name.replace("-", " ").capitalize() if _SLUG.fullmatch(name) else name


def _intervention(text: str) -> dict[str, Any]:
    kind, colon, name = text.partition(":")
    if colon and kind in INTERVENTION_TYPES and name:
        return {"type": kind, "name": name}
    return {"name": text.capitalize() if _SHOUTED.fullmatch(text) else text}


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m cache.starter.build", description="Write the starter snapshot.")
    parser.add_argument("--facts", type=Path, required=True, help="table of facts (CSV)")
    parser.add_argument("--out", type=Path, default=DATA, help="data file to write")
    options = parser.parse_args(arguments)
    try:
        count = build(options.facts, options.out)
    except TrackerError as error:
        print(error, file=sys.stderr)
        return LOCAL if isinstance(error, LocalTrouble) else USAGE
    print(f"{count} trials written to {options.out}")
    return DONE


if __name__ == "__main__":
    sys.exit(main())
