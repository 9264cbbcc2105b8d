"""The records at hand: those made by hand always, the real ones as well where they lie beside the checkout."""

import gzip
import json
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from fetchers.record.study import Study, decode_study
from fetchers.settings import ROOT

SHARED = ROOT.parent / "shared"  # what a clone does not have


class Records:
    """A set of whole records as the registry would send them, read when first asked for."""

    def __init__(self, name: str, path: Path) -> None:
        self.name = name
        self.path = path

    @cached_property
    def bodies(self) -> tuple[bytes, ...]:
        if self.path.is_dir():
            return tuple(file.read_bytes() for file in sorted(self.path.glob("NCT*.json")))
        whole = self.path.read_bytes()
        return tuple((gzip.decompress(whole) if self.path.suffix == ".gz" else whole).splitlines())

    @cached_property
    def raw(self) -> tuple[dict[str, Any], ...]:
        """As plain dicts; not to be written to."""
        return tuple(map(json.loads, self.bodies))

    @cached_property
    def studies(self) -> tuple[Study, ...]:
        return tuple(map(decode_study, self.bodies))


MADE = Records("made by hand", Path(__file__).parents[1] / "records")
REAL = Records("real", SHARED / "records" / "studies.jsonl.gz")
AT_HAND = [MADE, *([REAL] if REAL.path.exists() else [])]
# The test gets ``at_hand``, one set after the other.
each_set_at_hand = pytest.mark.parametrize("at_hand", AT_HAND, ids=lambda records: records.name)
