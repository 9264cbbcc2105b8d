"""Measures the verdicts and the evidence of ``insights.claims`` against what a reader expects of them.

``python -m tests.measure_claims`` prints how many of the labels come out, by store, as ``labels/claims_figures.csv``
has them, and the disagreements. The labels (``labels/claims.csv``): a claim, a store, and either the verdict expected
or, for one trial, the place of the evidence it should stand in (``none``: it is none); and why. The stores: ``starter``
is the snapshot that comes with the product, ``asked`` the same as if the registry had given just that, ``empty`` a
store that was asked and got nothing.
"""

import csv
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from cache import starter
from cache.ingest.load_starter import load_starter
from cache.read import trials as queries
from cache.store.store import Store
from fetchers.matching.matcher import Matcher
from fetchers.watchlist import load as watchlists
from insights import claims
from insights.claims import Finding

LABELS = Path(__file__).parent / "labels" / "claims.csv"
FIGURES = Path(__file__).parent / "labels" / "claims_figures.csv"
STORES = ("starter", "asked", "empty")
TODAY = date(2026, 11, 22)
LISTED = watchlists.load()


class Label(NamedTuple):
    """One expectation: of a verdict, or of a trial's place in the evidence."""

    claim: str
    store: str
    trial: str
    expected: str
    why: str


class Count(NamedTuple):
    """How many labels of one kind there are in one store, and how many come out."""

    labels: int
    right: int


def labels(path: Path = LABELS) -> tuple[Label, ...]:
    """Every expectation."""
    with path.open(encoding="utf-8", newline="") as file:
        return tuple(Label(**row) for row in csv.DictReader(file))


def figures(path: Path = FIGURES) -> dict[tuple[str, str], Count]:
    """The committed figures, by store and kind."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        return {(row["store"], row["kind"]): Count(int(row["labels"]), int(row["right"])) for row in rows}


def findings() -> dict[str, dict[str, Finding]]:
    """Every claim in every store."""
    full, empty = Store.in_memory(), Store.in_memory()
    load_starter(full, starter.records(), Matcher(LISTED), LISTED)
    found = {
        "starter": _ledger(full, asked=False),
        "asked": _ledger(full, asked=True),
        "empty": _ledger(empty, asked=True),
    }
    full.close()
    empty.close()
    return found


def _ledger(store: Store, *, asked: bool) -> dict[str, Finding]:
    trials, matches, scopes = queries.trials(store), queries.matches(store), queries.scopes(store, LISTED)
    if asked:
        at = pd.Series("2026-07-06T00:00:00Z", index=scopes.index)
        scopes = scopes.assign(refreshed_at=at, registry_timestamp=at, starter=False)
    return {one.claim.id: one for one in claims.ledger(LISTED, trials, matches, scopes, today=TODAY)}


def said(label: Label, found: dict[str, dict[str, Finding]]) -> str:
    """What the product says where the label says what is expected."""
    finding = found[label.store][label.claim]
    if not label.trial:
        return finding.verdict
    places = finding.evidence.loc[finding.evidence["nct_id"] == label.trial, "where"]
    return str(places.iloc[0]) if len(places) else "none"


def kind(label: Label) -> str:
    return "evidence" if label.trial else "verdict"


def measure(labelled: Sequence[Label], found: dict[str, dict[str, Finding]]) -> dict[tuple[str, str], Count]:
    """The figures, by store and kind."""
    by_kind: dict[tuple[str, str], list[bool]] = {}
    for one in labelled:
        by_kind.setdefault((one.store, kind(one)), []).append(said(one, found) == one.expected)
    return {key: Count(len(right), sum(right)) for key, right in by_kind.items()}


def main() -> int:
    """The command line."""
    labelled, found = labels(), findings()
    print(f"{len(labelled)} expectations of {len({one.claim for one in labelled})} claims")
    print("store,kind,labels,right")
    for key, count in measure(labelled, found).items():
        print(",".join(map(str, (*key, *count))))
    print()
    for one in labelled:
        if (got := said(one, found)) != one.expected:
            print(f"{one.claim} {one.store} {one.trial}: reader {one.expected} ({one.why}), rules {got}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
