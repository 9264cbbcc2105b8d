"""Measures the word rules of ``insights.why_stopped`` on the registry's reasons that were read and labelled.

``python -m tests.measure_why_stopped`` prints the figures of every rule on the reasons that were kept aside, as
``why_stopped.csv`` has them, then precision, recall, how often all classes of a reason were right, and the
disagreements. A label is an NCT id, the reason the registry gave for it, the classes one reader found, and whether it
was kept aside (1) or at hand when the rules were written (0): half of the reasons labelled last were kept, by ``kept``.
"""

import csv
import hashlib
import sys
from pathlib import Path
from typing import NamedTuple

from insights import why_stopped
from insights.measured import Figures

LABELS = Path(__file__).parent / "labels" / "why_stopped.csv"


class Label(NamedTuple):
    """One reason as a reader took it."""

    nct_id: str
    unseen: bool
    classes: frozenset[str]
    why: str


def labels(path: Path = LABELS) -> tuple[Label, ...]:
    """Every labelled reason."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = [Label(row["nct_id"], row["unseen"] == "1", frozenset(row["classes"].split()), row["why"])
                for row in csv.DictReader(file)]  # fmt: skip
    return tuple(rows)


def kept(nct_id: str) -> bool:
    """Whether a newly labelled reason is kept aside, decided by its id alone and so before it is read."""
    return hashlib.sha256(nct_id.encode()).digest()[0] % 2 == 1


def exact(labelled: tuple[Label, ...]) -> int:
    """In how many reasons the rules find just the classes a reader found."""
    return sum(set(why_stopped.why_classes(one.why)) == one.classes for one in labelled)


def measure(labelled: tuple[Label, ...]) -> dict[str, Figures]:
    """The figures of every rule."""
    found = [(one.classes, set(why_stopped.why_classes(one.why))) for one in labelled]
    return {
        rule: Figures(
            len(labelled),
            sum(rule in truth for truth, _ in found),
            sum(rule in truth and rule in said for truth, said in found),
            sum(rule not in truth and rule in said for truth, said in found),
        )
        for rule in why_stopped.rules()
    }


def main() -> int:
    """The command line."""
    labelled = labels()
    unseen = tuple(one for one in labelled if one.unseen)
    print(f"{len(labelled)} reasons labelled, {len(unseen)} of them kept aside")
    print("rule,texts,positives,right,wrong")
    figures = measure(unseen)
    for rule, found in figures.items():
        print(f"{rule},{','.join(map(str, found))}")
    print("\nrule        precision  recall  without “possibly”")
    for rule, found in figures.items():
        precision, recall = (f"{x:.2f}" if x is not None else "–" for x in (found.precision, found.recall))
        print(f"{rule:<12}{precision:>8}{recall:>9}  {'yes' if found.holds else 'no'}")
    print(f"\nall classes right: {exact(unseen)} of {len(unseen)} ({exact(unseen) / len(unseen):.2f})\n")
    for one in unseen:
        said = set(why_stopped.why_classes(one.why))
        if said != one.classes:
            print(f"{one.nct_id}: reader {' '.join(sorted(one.classes))}, rules {' '.join(sorted(said))}: {one.why}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
