"""Measures the condition groups of ``fetchers.matching.groups`` on real records that were read and labelled.

``python -m tests.measure_groups`` prints precision and recall of every group on both halves of the labels, the figures
of the half the rules were never tuned on as ``insights/verdicts/condition_groups.csv`` has them, and the disagreements
of the other half (``--all``: of both). The labels (``labels/groups.csv``) are facts only: an NCT id, the groups one
reader found, and why; they were made before the rules. A record whose digits add up to an odd number was kept aside.
"""

import argparse
import csv
import gzip
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from fetchers.matching.matcher import Matcher
from fetchers.record.study import Study, decode_study
from fetchers.settings import ROOT
from fetchers.watchlist import load as watchlists
from fetchers.watchlist.model import OTHER
from insights.measured import Figures

LABELS = Path(__file__).parent / "labels" / "groups.csv"
SHARED = ROOT.parent / "shared"
RECORDS = (SHARED / "records" / "studies.jsonl.gz", SHARED / "facts" / "supplement.jsonl.gz")
GROUPS = tuple(one.id for one in watchlists.load().conditions if one.id != OTHER)


class Label(NamedTuple):
    """One record as a reader took it."""

    nct_id: str
    groups: frozenset[str]
    why: str

    @property
    def kept(self) -> bool:
        """Kept aside for the figures, so that no rule was made with it at hand."""
        return sum(int(digit) for digit in self.nct_id[3:]) % 2 == 1


def labels(path: Path = LABELS) -> tuple[Label, ...]:
    """Every labelled record."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        return tuple(Label(row["nct_id"], frozenset(row["groups"].split()), row["why"]) for row in rows)


def records(paths: Sequence[Path] = RECORDS) -> Iterator[Study]:
    """Every record once, the fuller copy first."""
    seen = set()
    for path in paths:
        with gzip.open(path) as lines:
            for line in lines:
                study = decode_study(line)
                if study.nct_id not in seen:
                    seen.add(study.nct_id)
                    yield study


def found(labelled: Sequence[Label], studies: Iterator[Study]) -> dict[str, frozenset[str]]:
    """The groups the rules find in each labelled record."""
    matcher, wanted = Matcher(watchlists.load()), {one.nct_id for one in labelled}
    return {one.nct_id: frozenset(matcher.condition_groups(one)) for one in studies if one.nct_id in wanted}


def measure(labelled: Sequence[Label], said: dict[str, frozenset[str]]) -> dict[str, Figures]:
    """The figures of every group."""
    return {
        group: Figures(
            len(labelled),
            sum(group in one.groups for one in labelled),
            sum(group in one.groups and group in said[one.nct_id] for one in labelled),
            sum(group not in one.groups and group in said[one.nct_id] for one in labelled),
        )
        for group in GROUPS
    }


def main() -> int:
    """The command line."""
    asked = argparse.ArgumentParser(prog="python -m tests.measure_groups", description=__doc__)
    asked.add_argument("--records", type=Path, nargs="+", default=RECORDS, metavar="FILE")
    asked.add_argument("--all", action="store_true", help="show the disagreements of the half kept aside, too")
    given = asked.parse_args()
    labelled = labels()
    said = found(labelled, records(given.records))
    missing = [one.nct_id for one in labelled if one.nct_id not in said]
    if missing:
        print(f"{len(missing)} labelled records are not in the files, the first is {missing[0]}.", file=sys.stderr)
        return 1
    halves = {name: [one for one in labelled if one.kept is kept] for name, kept in (("tuned", False), ("kept", True))}
    for name, half in halves.items():
        print(f"\n{name}: {len(half)} records\ngroup                 precision  recall  labelled  found")
        for group, figures in measure(half, said).items():
            precision, recall = (f"{x:.2f}" if x is not None else "–" for x in (figures.precision, figures.recall))
            hits = figures.right + figures.wrong
            print(f"{group:<22}{precision:>9}{recall:>8}{figures.positives:>10}{hits:>7}")
    print("\nrule,texts,positives,right,wrong")
    for group, figures in measure(halves["kept"], said).items():
        print(f"{group},{','.join(map(str, figures))}")
    print()
    for one in labelled if given.all else halves["tuned"]:
        if said[one.nct_id] != one.groups:
            print(f"{one.nct_id}: reader {' '.join(sorted(one.groups))} ({one.why}), "
                  f"rules {' '.join(sorted(said[one.nct_id]))}")  # fmt: skip
    return 0


if __name__ == "__main__":
    sys.exit(main())
