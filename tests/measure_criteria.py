"""Measures the word rules of ``insights.criteria`` on real texts that were read and labelled.

``python -m tests.measure_criteria --records FILE`` prints the figures of every rule, as ``criteria.csv`` has them, then
precision, recall and the disagreements. FILE: one record a line (gzip or plain). The labels (``labels_criteria.csv``)
are facts only: an NCT id and, for each matter, 1 (a reader found it), 0 (did not) or nothing (not read for it).
"""

import argparse
import csv
import sys
from collections.abc import Mapping
from pathlib import Path

from fetchers.record import criteria_words
from insights import criteria
from insights.measured import Figures
from tests.rigs.records import REAL, Records

LABELS = Path(__file__).parent / "labels" / "criteria.csv"


def labels(path: Path = LABELS) -> dict[str, dict[str, bool]]:
    """What a reader found in each text: NCT id -> matter -> found; matters a text was not read for are absent."""
    with path.open(encoding="utf-8", newline="") as file:
        return {
            row["nct_id"]: {name: value == "1" for name, value in row.items() if name != "nct_id" and value}
            for row in csv.DictReader(file)
        }


def texts(records: Records = REAL) -> dict[str, str]:
    """The eligibility text of every record that has one."""
    found = {study.nct_id: study.eligibility.eligibility_criteria for study in records.studies}
    return {nct_id: text for nct_id, text in found.items() if text}


def matter(rule: str) -> str:
    """What a reader labelled for a rule: all case definitions are one matter."""
    return "definition" if rule in criteria.DEFINITIONS else rule


def measure(labelled: Mapping[str, Mapping[str, bool]], read: Mapping[str, str]) -> dict[str, Figures]:
    """The figures of every rule over the texts that were labelled for it."""
    hits = {nct_id: {one.rule for one in criteria.find(read[nct_id])} for nct_id in labelled}
    figures = {}
    for rule in criteria_words.rules():
        truth = {nct_id: row[matter(rule)] for nct_id, row in labelled.items() if matter(rule) in row}
        right = sum(there and rule in hits[nct_id] for nct_id, there in truth.items())
        wrong = sum(not there and rule in hits[nct_id] for nct_id, there in truth.items())
        figures[rule] = Figures(len(truth), sum(truth.values()), right, wrong)
    return figures


def main() -> int:
    """The command line."""
    asked = argparse.ArgumentParser(prog="python -m tests.measure_criteria", description=__doc__)
    asked.add_argument("--records", type=Path, default=REAL.path, metavar="FILE")
    given = asked.parse_args()
    labelled, read = labels(), texts(Records("given", given.records))
    missing = sorted(set(labelled) - set(read))
    if missing:
        print(f"{given.records} lacks {len(missing)} labelled records, the first is {missing[0]}.", file=sys.stderr)
        return 1
    figures = measure(labelled, read)
    print(f"{len(labelled)} texts labelled")
    print("rule,texts,positives,right,wrong")
    for rule, found in figures.items():
        print(f"{rule},{','.join(map(str, found))}")
    print("\nrule        precision  recall  without “possibly”")
    for rule, found in figures.items():
        precision, recall = (f"{x:.2f}" if x is not None else "–" for x in (found.precision, found.recall))
        print(f"{rule:<12}{precision:>8}{recall:>9}  {'yes' if found.holds else 'no'}")
    print()
    for nct_id, row in labelled.items():
        found_here = {one.rule: one.quote for one in criteria.find(read[nct_id])}
        for rule in criteria_words.rules():
            if matter(rule) in row and row[matter(rule)] != (rule in found_here) and rule not in criteria.DEFINITIONS:
                print(f"{nct_id} {rule}: reader {int(row[rule])}, rule {found_here.get(rule, 'no')[:150]}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
