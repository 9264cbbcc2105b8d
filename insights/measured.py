"""How far a word rule can be trusted: what it did on real texts that were read and labelled one by one.

The figures of each family of rules lie in a file beside its module and are printed by a command of the tests. What a
rule says is shown with "possibly" when it is right in less than 0.9, finds less than 0.9 of what a reader finds (its
findings are counted, and a count that misses a third is a wrong number), or was found too rarely to tell.
"""

import csv
from functools import cache
from pathlib import Path
from typing import NamedTuple

LEAST_PRECISION = 0.9
LEAST_RECALL = 0.9
LEAST_HITS = 10  # fewer say nothing about a rule


class Figures(NamedTuple):
    """How one rule did on texts that were read and labelled."""

    texts: int  # labelled for this rule
    positives: int  # of them, those in which a reader found it
    right: int  # found by both
    wrong: int  # found by the rule only

    @property
    def precision(self) -> float | None:
        """The share of the rule's hits that a reader confirms; None without any hit."""
        hits = self.right + self.wrong
        return self.right / hits if hits else None

    @property
    def recall(self) -> float | None:
        """The share of what a reader finds that the rule finds, too; None when there was nothing to find."""
        return self.right / self.positives if self.positives else None

    @property
    def holds(self) -> bool:
        """Good enough to be said without "possibly"."""
        return self.reaches(LEAST_PRECISION, LEAST_RECALL)

    def reaches(self, precision: float, recall: float) -> bool:
        """At least this precise, finding at least this share of what a reader finds, on enough hits to tell."""
        enough = self.right + self.wrong >= LEAST_HITS
        return enough and (self.precision or 0.0) >= precision and (self.recall or 0.0) >= recall


@cache
def load(path: Path) -> dict[str, Figures]:
    """The committed figures of one family by rule, as the command that measures it prints them."""
    with path.open(encoding="utf-8", newline="") as file:
        return {row["rule"]: Figures(*(int(row[name]) for name in Figures._fields)) for row in csv.DictReader(file)}


def holds(path: Path, rule: str, precision: float = LEAST_PRECISION, recall: float = LEAST_RECALL) -> bool:
    """Whether what a rule finds may be said without "possibly"; a rule that was not measured may not."""
    figures = load(path).get(rule)
    return figures is not None and figures.reaches(precision, recall)


def possibly(path: Path, rule: str, words: str) -> str:
    """The words of a rule, followed by "possibly" when its precision is not known to be good."""
    return words if holds(path, rule) else f"{words}, possibly"
