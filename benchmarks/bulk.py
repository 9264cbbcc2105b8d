"""The registry's whole file into a store: processor time, peak memory, size of the store; then the same file again.

``python -m benchmarks.bulk [--studies N] [--slim] [--everything] [--folder FOLDER]``. Generated
records have 11 kB, and each is about an agent; with ``--slim`` they have 1.6 kB, and one in eight is about an agent.
Nothing is extrapolated.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import re
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.measuring import Taken, alone, environment, table
from benchmarks.ours import with_our_fields
from cache.bulk.importing import run
from cache.read import trials as queries
from cache.store.store import Store
from fetchers.registry.bulk import BulkFile
from fetchers.watchlist.load import load
from tests.fake_registry import synthetic_studies

SAMPLE, EIGHT = 4000, 8
_ID = re.compile(rb"NCT[0-9]{8}")
_LONG = (
    "eligibilityModule", "descriptionModule", "outcomesModule", "contactsLocationsModule", "referencesModule",
)  # fmt: skip
_FOREIGN: dict[str, Any] = {
    "identificationModule": {"nctId": "NCT00000000", "briefTitle": "Sealants in the first year at school",
                             "officialTitle": "A randomised study of two sealants in the first year at school"},
    "conditionsModule": {"conditions": ["Dental Caries"], "keywords": ["Sealing"]},
    "armsInterventionsModule": {"interventions": [{"type": "DEVICE", "name": "Fissure sealant"}]},
}  # fmt: skip


class Imported(NamedTuple):
    """What one import came to, in trials."""

    kept: int
    new: int


def written(path: Path, studies: int, *, slim: bool) -> None:
    """A file of generated studies where the registry's would have them."""
    bodies = slim_bodies(studies) if slim else (json.dumps(one).encode() for one in synthetic_studies(studies))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for number, body in enumerate(bodies, 1):
            nct_id = f"NCT{number:08d}"
            archive.writestr(f"{nct_id[-2:]}/{nct_id}.json", body.replace(_ID.search(body)[0], nct_id.encode()))  # type: ignore[index]


def slim_bodies(studies: int) -> Iterator[bytes]:
    """Short records: one in EIGHT is about an agent or a condition of the watch-list, the others are about neither."""
    ours = [_slim(one) for one in synthetic_studies(SAMPLE)]
    others = [_slim(one | {"protocolSection": one["protocolSection"] | _FOREIGN}) for one in synthetic_studies(SAMPLE)]
    return ((others if number % EIGHT else ours)[number % SAMPLE] for number in range(studies))


def _slim(record: dict[str, Any]) -> bytes:
    """A record without its long parts: criteria, descriptions, outcomes, sites and arms; its id stands once."""
    protocol = {name: module for name, module in record["protocolSection"].items() if name not in _LONG}
    misc = {"miscInfoModule": record["derivedSection"]["miscInfoModule"]}
    return with_our_fields(record | {"protocolSection": protocol, "derivedSection": misc})


def reading(path: str) -> int:
    """Unpacking, checking and decoding alone: what no import can be faster than."""
    with BulkFile(Path(path)) as bulk:
        return sum(len(page.studies) for page in bulk.pages())


def importing(path: str, url: str, studies: int, everything: bool) -> Imported:
    """The import, as the command does it."""
    watchlist = dataclasses.replace(load(), everything=everything)
    store = Store.open(url)
    with BulkFile(Path(path)) as bulk:
        result = run(store, bulk, watchlist, studies=studies)
    store.close()
    return Imported(result.studies, result.new)


def frames(url: str) -> int:
    """All trials and matches as the pages' frames."""
    store = Store.open(url, readonly=True)
    found = len(queries.trials(store)) + len(queries.matches(store))
    store.close()
    return found


def measure(path: Path, folder: Path, studies: int, *, everything: bool) -> list[tuple[str, Taken, str]]:
    """Each step in a process of its own: its name, what it took, what it left on the disk."""
    database = folder / "store.sqlite3"
    url = f"sqlite:///{database}"
    steps: list[tuple[str, Callable[..., Any], tuple[Any, ...]]] = [
        ("unpack, check, decode", reading, (str(path),)),
        ("import", importing, (str(path), url, studies, everything)),
        ("the same file again", importing, (str(path), url, studies, everything)),
        ("trials and matches as frames", frames, (url,)),
    ]
    measured = []
    for name, step, given in steps:
        taken = alone(step, *given)
        size = f"{database.stat().st_size / 1e6:,.0f}" if database.exists() else ""
        measured.append((name, taken, size))
    return measured


def report(measured: list[tuple[str, Taken, str]], path: Path, studies: int) -> str:
    """The table of the steps."""
    heads = ["step", "s", "CPU s", "CPU ms a study", "peak MB (at start)", "store MB", "result"]
    rows = []
    for name, one, size in measured:
        memory = f"{one.peak:.0f} ({one.start:.0f})"
        rows.append([name, one.seconds, one.cpu, one.cpu * 1000 / studies, memory, size, str(one.result)])
    return f"{studies:,} studies, a file of {path.stat().st_size / 1e6:,.0f} MB\n\n{table(heads, rows)}"


def main(argv: list[str] | None = None) -> list[tuple[str, Taken, str]]:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.bulk", description=__doc__)
    parser.add_argument("--studies", type=int, default=20_000)
    parser.add_argument("--slim", action="store_true", help="short records, most of them about something else")
    parser.add_argument("--everything", action="store_true", help="keep every study, as the watch-list can ask for")
    parser.add_argument("--folder", type=Path, help="where the file and the store go and stay")
    given = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.folder or Path(temporary)
        path = folder / f"studies-{given.studies}{'-slim' if given.slim else ''}.zip"
        if not path.exists():
            written(path, given.studies, slim=given.slim)
        measured = measure(path, folder, given.studies, everything=given.everything)
        print(report(measured, path, given.studies))
        print(f"\n{environment()}")
    return measured


if __name__ == "__main__":
    main()
