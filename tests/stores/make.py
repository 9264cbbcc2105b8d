"""``python -m tests.stores.make NAME``: a store as the code of today writes it, kept for the code of tomorrow to open.

Run once for a release, from its own checkout, and never again: what lies here stands for the stores people have. The
records are those of the registry stand-in and a few fictional starter rows. Beside ``NAME.sqlite3`` lies its JSON
export.
"""

import argparse
import re
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from cache.export import trials as export
from cache.ingest.load_starter import load_starter
from cache.refresh.results import Reading
from cache.starter import StarterRecord
from cache.store.lock import SUFFIX
from cache.store.store import Store
from fetchers.record.study import decode_study
from tests.fake_registry import agent_studies, make_study
from tests.rigs.refresh import MATCHER, WATCHLIST, Rig, held

HERE = Path(__file__).parent
BEGAN = datetime(2026, 11, 22, 12, tzinfo=UTC)
STATUS = "protocolSection.statusModule.overallStatus"
UPDATED = "protocolSection.statusModule.lastUpdatePostDateStruct.date"
COMPLETION = "protocolSection.statusModule.primaryCompletionDateStruct"
ENROLLMENT = "protocolSection.designModule.enrollmentInfo"


def make(path: Path) -> None:
    """A week in the life of a store: the starter, a first load, edits, a trial that goes and comes back, a failure."""
    url = f"sqlite:///{path}"
    store = Store.open(url, now=lambda: BEGAN)
    load_starter(store, starter(), MATCHER, WATCHLIST, now=lambda: BEGAN)
    store.close()
    with Rig(agent_studies(), url=url) as rig:
        rig.now = BEGAN
        rig.refresh("sizofiran", "rintatolimod", "ivig", results=Reading("all"))
        changed, gone, *_ = held(rig, "ivig")
        record = rig.fake.studies[gone]
        next_day(rig)
        rig.fake.edit(changed, **{STATUS: "TERMINATED", ENROLLMENT: {"count": 12, "type": "ACTUAL"}})
        rig.fake.remove(gone)
        drugs = [{"type": "BIOLOGICAL", "name": "IVIG"}]
        rig.fake.put(make_study("NCT09990001", title="A new fictional trial", interventions=drugs, start="2026-12"))
        rig.refresh("sizofiran", "rintatolimod", "ivig", results=Reading("all"))
        next_day(rig)
        rig.fake.put(record)
        rig.fake.edit("NCT09990001", **{UPDATED: "2026-11-24", COMPLETION: {"date": "2028-03", "type": "ESTIMATED"}})
        rig.refresh("sizofiran", "rintatolimod", "ivig", results=Reading("all"))
        next_day(rig)
        rig.fake.remove(held(rig, "rintatolimod")[-1])
        rig.fake.fault("garbage-record", times=1, when=lambda request: "sizofiran" in str(request.params).lower())
        rig.fake.fault("short-total", when=lambda request: "immunoglobulin" in str(request.params).lower())
        rig.refresh("sizofiran", "rintatolimod", "ivig", full=True, results=Reading("all"))
        export.write(rig.store, WATCHLIST, "json", path.with_suffix(".json"), None)
    tidy(path)


def next_day(rig: Rig) -> None:
    rig.now += timedelta(days=1)
    rig.fake.reload()


def starter() -> Iterator[StarterRecord]:
    """Facts as a table of facts has them: much is not known."""
    for number, (drug, condition) in enumerate([("Azathioprine", "Lupus"), ("Methotrexate", "Rheumatoid Arthritis")]):
        protocol = {
            "identificationModule": {"nctId": f"NCT0998000{number}", "briefTitle": f"A fictional trial of {drug}"},
            "statusModule": {"overallStatus": "UNKNOWN", "startDateStruct": {"date": "2011-05"}},
            "conditionsModule": {"conditions": [condition]},
            "armsInterventionsModule": {"interventions": [{"type": "DRUG", "name": drug}]},
        }
        study = decode_study(msgspec.json.encode({"protocolSection": protocol}))
        yield StarterRecord(study, "2026-11-20", "A fictional source", "The phase is not known.")


def tidy(path: Path) -> None:
    """One small file that says nothing of the machine it was made on."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("UPDATE refresh SET pid = 4711, host = 'example'")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.execute("VACUUM")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    path.with_name(path.name + SUFFIX).unlink()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.stores.make", description=__doc__.partition("\n\n")[0])
    parser.add_argument("name", metavar="NAME", help="of the release, in small letters: it becomes a file")
    name = parser.parse_args().name
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        parser.error(f"{name!r} is no name of small letters, digits and underscores")
    target = HERE / f"{name}.sqlite3"
    if target.exists():
        sys.exit(f"{target.name} stands for a release that is out; it is not made again.")
    make(target)
