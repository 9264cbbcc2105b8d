"""``python -m tests.tools.dictionary NUMBER``: trains a dictionary for ``cache.store.packing`` on generated records.

Run once for a number, and never again for it: stores are packed with what lies there. It holds pieces of generated
records only (names of fields, codes, common words), nothing of a real one.
"""

import argparse
import json
from pathlib import Path

import zstandard

from cache.store import packing
from fetchers.record.study import read_study
from tests.fake_registry import agent_studies, synthetic_studies

SIZE = 110_000
RECORDS = 2_000


def train(size: int = SIZE, records: int = RECORDS) -> bytes:
    """The dictionary, the same for the same release of the compressor."""
    raw = [*agent_studies(), *synthetic_studies(records, seed=4711)]
    bodies: list[bytes | bytearray | memoryview[int]] = [read_study(json.dumps(one).encode()).body() for one in raw]
    return zstandard.train_dictionary(size, bodies, level=3).as_bytes()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.tools.dictionary", description=__doc__.partition("\n\n")[0])
    parser.add_argument("number", type=int)
    target = Path(packing.__file__).parent / f"records-{parser.parse_args().number}.zdict"
    if target.exists():
        parser.error(f"{target.name} is in use; take the next number")
    target.write_bytes(train())
