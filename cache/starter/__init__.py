"""The starter snapshot: facts on real trials that come with the product, so that the first screen is never empty.

It is a sample and never a count. Its records have the registry's own shape and go through the same decoder and
matching as a live answer; what its sources did not say is absent. ``cache.starter.build`` writes the data file.
"""

import gzip
import zlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import msgspec

from fetchers.errors import LocalTrouble
from fetchers.record.study import Study, decode_study

DATA = Path(__file__).with_name("trials.jsonl.gz")
# First promised dates and sizes known from public copies of records.
PROMISES = Path(__file__).with_name("promises.toml")


class StarterRecord(NamedTuple):
    """One trial of the snapshot. Countries come as locations that name nothing but the country."""

    study: Study
    as_of: str | None  # the day (month, year) on which the facts stood so; None when that was not recorded
    source: str
    note: str | None  # what the source could not say, in sentences


class Line(msgspec.Struct, frozen=True, omit_defaults=True):
    """One line of the data file; ``study`` is a record of the registry's API v2."""

    source: str
    study: msgspec.Raw
    as_of: str | None = None
    note: str | None = None


def records(path: Path = DATA) -> Iterator[StarterRecord]:
    """All trials of the snapshot, ordered by NCT id. Raises LocalTrouble when the data file cannot be read."""
    decoder = msgspec.json.Decoder(Line)
    try:
        with gzip.open(path, "rb") as file:
            lines = [decoder.decode(line) for line in file]
    except (OSError, EOFError, zlib.error, msgspec.MsgspecError) as error:
        raise LocalTrouble(
            f"The starter snapshot {path} cannot be read ({error}). Install the product again."
        ) from error
    if not lines:
        raise LocalTrouble(f"The starter snapshot {path} is empty. Install the product again.")
    for line in lines:
        yield StarterRecord(decode_study(line.study), line.as_of, line.source, line.note)


@cache
def snapshot_date() -> str:
    """The newest day on which any of its facts stood so: no fact of the snapshot is younger."""
    return max(record.as_of for record in records() if record.as_of)
