"""The starter snapshot: facts on real trials that come with the product, so that the first screen is never empty.

It is a sample and never a count. Its records have the registry's own shape and go through the same decoder and
matching as a live answer; what its sources did not say is absent. A status that was open on a copy older than a year
stands where the registry keeps the last known one, and the note tells the day. ``cache.starter.build`` writes the
files.
"""

import gzip
import zlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import msgspec

from cache.starter import derived
from cache.starter.derived import Derived
from fetchers.errors import LocalTrouble
from fetchers.record.study import Study, decode_study
from fetchers.watchlist.model import Watchlist

DATA = Path(__file__).with_name("trials.jsonl.gz")
# First promised dates and sizes known from public copies of records.
PROMISES = Path(__file__).with_name("promises.toml")


class StarterRecord(NamedTuple):
    """One trial of the snapshot. Countries come as locations that name nothing but the country."""

    study: Study
    as_of: str | None  # the day (month, year) on which the facts stood so; None when that was not recorded
    source: str
    note: str | None  # what the source could not say, in sentences
    derived: Derived | None = None  # what follows from the record, where that is known without deriving it


class Line(msgspec.Struct, frozen=True, omit_defaults=True):
    """One line of the data file; ``study`` is a record of the registry's API v2."""

    source: str
    study: msgspec.Raw
    as_of: str | None = None
    note: str | None = None


def records(path: Path = DATA, watchlist: Watchlist | None = None) -> Iterator[StarterRecord]:
    """All trials of the snapshot, ordered by NCT id; with what follows from them under the rules of ``watchlist``, if
    that was kept. Raises LocalTrouble when a file that comes with the product cannot be read."""
    data, lines = _read(path)
    kept = derived.kept(data, watchlist, path.with_name(derived.FILE.name)) if watchlist else None
    for line, follows in zip(lines, kept or [None] * len(lines), strict=True):
        yield StarterRecord(decode_study(line.study), line.as_of, line.source, line.note, follows)


def _read(path: Path) -> tuple[bytes, list[Line]]:
    decoder = msgspec.json.Decoder(Line)
    try:
        data = path.read_bytes()
        lines = decoder.decode_lines(gzip.decompress(data))
    except (OSError, EOFError, zlib.error, msgspec.MsgspecError) as error:
        raise LocalTrouble(
            f"The starter snapshot {path} cannot be read ({error}). Install the product again."
        ) from error
    if not lines:
        raise LocalTrouble(f"The starter snapshot {path} is empty. Install the product again.")
    return data, lines


@cache
def snapshot_date() -> str:
    """The newest day on which any of its facts stood so: no fact of the snapshot is younger."""
    return max(line.as_of for line in _read(DATA)[1] if line.as_of)
