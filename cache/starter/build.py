"""Write the starter snapshot from a folder of facts: ``python -m cache.starter.build FOLDER``.

The folder holds ``trials.csv`` (``cache.starter.table``), ``supplement.jsonl.gz`` and ``supplement-provenance.tsv``
(``cache.starter.supplement``). Of each trial the newest copy is kept whole. The same facts give the same bytes.
Without a folder only what follows from the records (``cache.starter.derived``) is written again.
"""

import argparse
import csv
import gzip
import sys
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import msgspec

from cache.exit_codes import DONE, LOCAL, USAGE
from cache.starter import DATA, Line, records, supplement, table
from cache.starter.copies import Copy, newest, without_outdated_statuses
from cache.starter.derived import FILE, made
from cache.starter.names import is_person
from cache.starter.packed import packed
from fetchers.errors import LocalTrouble, Parsing, TrackerError, Validation
from fetchers.record.modules import Sponsor, Sponsors
from fetchers.record.study import Study, decode_study
from fetchers.watchlist.load import load

TRIALS, SUPPLEMENT, PROVENANCE = "trials.csv", "supplement.jsonl.gz", "supplement-provenance.tsv"

# Trials of which a source is known to say what is wrong, and why.
NOT_BELIEVED = {"NCT02281799": "listed under rheumatoid arthritis, but people with bowel disease take part"}


def build(folder: Path | None, out: Path) -> int:
    """Write both files into the folder ``out`` and return how many trials they hold. Without a folder of facts the
    records there stay as they are.

    Raises Validation when the facts are not what they should be, LocalTrouble when a file cannot be read or written.
    """
    data = out / DATA.name
    try:
        if folder is not None:
            data.write_bytes(packed(lines(copies(folder))))
        studies = [record.study for record in records(data)]
        (out / FILE.name).write_bytes(made(data.read_bytes(), studies, load()))
    except OSError as error:
        raise LocalTrouble(f"{out} cannot be written: {error.strerror}.") from error
    return len(studies)


def copies(folder: Path) -> list[Copy]:
    """Every copy that the folder holds, with the trials that are not believed."""
    given = [table.copy_of(row) for row in _rows(folder / TRIALS, table.COLUMNS)]
    often = Counter(one.nct_id for one in given)
    if twice := [nct_id for nct_id, times in often.items() if times > 1]:
        raise Validation(f"{folder / TRIALS} holds {twice[0]} twice.")
    told = {row["nct_id"]: row for row in _rows(folder / PROVENANCE, supplement.COLUMNS)}
    path = folder / SUPPLEMENT
    try:
        with gzip.open(path, "rb") as file:
            found = [supplement.copy_of(line, told) for line in file]
    except (OSError, EOFError, zlib.error, Parsing) as error:
        raise Validation(f"{path} cannot be read as records: {error}.") from error
    return given + [one for one in found if one]


def lines(given: Iterable[Copy]) -> list[bytes]:
    """The lines of the data file, ordered by NCT id. Raises Validation naming the trial whose facts are no record."""
    believed = [one for one in given if one.nct_id not in NOT_BELIEVED]
    return [_line(one) for one in without_outdated_statuses(newest(believed))]


def _rows(path: Path, columns: Sequence[str]) -> Iterator[dict[str, str]]:
    delimiter = "\t" if path.suffix == ".tsv" else ","
    try:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file, strict=True, delimiter=delimiter)
            missing = [name for name in columns if name not in (reader.fieldnames or ())]
            if missing:
                raise Validation(f"{path} lacks the columns {', '.join(missing)}.")
            yield from reader
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise Validation(f"{path} cannot be read as a table: {error}.") from error


def _line(one: Copy) -> bytes:
    try:
        study = _without_people(decode_study(msgspec.json.encode(one.study)))
    except Parsing as error:
        raise Validation(f"The facts on {one.nct_id} are no record: {error}") from error
    note = " ".join(one.notes) or None
    return msgspec.json.encode(Line(one.source, msgspec.Raw(msgspec.json.encode(study)), as_of=one.as_of, note=note))


def _without_people(study: Study) -> Study:
    """The record without the names of sponsors that are people."""
    given = study.sponsors
    if not any(_is_person(one) for one in (given.lead_sponsor, *given.collaborators)):
        return study
    sponsors = Sponsors(_nameless(given.lead_sponsor), tuple(_nameless(one) for one in given.collaborators))
    protocol = msgspec.structs.replace(study.protocol_section, sponsor_collaborators_module=sponsors)
    return msgspec.structs.replace(study, protocol_section=protocol)


def _nameless(sponsor: Sponsor) -> Sponsor:
    return msgspec.structs.replace(sponsor, name=None) if _is_person(sponsor) else sponsor


def _is_person(sponsor: Sponsor) -> bool:
    return sponsor.name is not None and is_person(sponsor.name, sponsor.class_)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m cache.starter.build", description="Write the starter snapshot.")
    files = (
        f"folder with {TRIALS}, {SUPPLEMENT} and {PROVENANCE}; without it only what follows from the records is made"
    )
    parser.add_argument("facts", type=Path, nargs="?", help=files)
    parser.add_argument("--out", type=Path, default=DATA.parent, help="folder to write to")
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
