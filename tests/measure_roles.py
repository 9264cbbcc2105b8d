"""Measures tiers and roles (``fetchers.matching``) on real trials that were read and labelled.

``python -m tests.measure_roles`` prints the figures of ``labels/roles_measured.csv``, then the two tables of what was
taken for what, then every disagreement. The labels (``labels/roles.csv``) are an NCT id, an agent, the tier and role
one reader found and why, in the reader's words; ``none`` is a trial that has nothing to do with the agent. They were
made before the rules of roles by arms were written. Half of the trials, told by a hash of their ids, were looked at
while the rules were written (``tuned``), the other half was not (``kept``). The records lie beside the checkout; where
they are missing nothing can be measured.
"""

import csv
import gzip
import hashlib
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from fetchers.matching.matcher import Matcher
from fetchers.record.study import Study, decode_study
from fetchers.settings import ROOT
from fetchers.watchlist.load import load

LABELS = Path(__file__).parent / "labels" / "roles.csv"
MEASURED = Path(__file__).parent / "labels" / "roles_measured.csv"
# Full records first: the thin ones of the second file have no descriptions and no criteria.
RECORDS = tuple(ROOT.parent / "shared" / name for name in ("records/studies.jsonl.gz", "facts/supplement.jsonl.gz"))
NONE = "none"


class Label(NamedTuple):
    """One agent in one trial as a reader took it."""

    nct_id: str
    agent: str
    tier: str
    role: str
    why: str

    @property
    def kept(self) -> bool:
        """Whether the rules were written without a look at this trial."""
        return hashlib.sha256(self.nct_id.encode()).digest()[0] % 2 == 1

    @property
    def half(self) -> str:
        return "kept" if self.kept else "tuned"


class Said(NamedTuple):
    """What the rules say of the same pair."""

    tier: str
    role: str
    found_in: str


class Figure(NamedTuple):
    """One row: how often the reader said so, the rules did, and both."""

    half: str
    kind: str
    value: str
    labelled: int
    said: int
    right: int


def labels(path: Path = LABELS) -> tuple[Label, ...]:
    with path.open(encoding="utf-8", newline="") as file:
        return tuple(Label(**row) for row in csv.DictReader(file))


def present() -> bool:
    """Whether the records lie beside the checkout."""
    return all(path.exists() for path in RECORDS)


def records(wanted: Iterable[str]) -> dict[str, Study]:
    """The records of the trials, the fullest of each."""
    ids = set(wanted)
    found: dict[str, Study] = {}
    for path in RECORDS:
        with gzip.open(path) as lines:
            for study in map(decode_study, lines):
                if study.nct_id in ids:
                    found.setdefault(study.nct_id, study)
    return found


def said(labelled: Iterable[Label], studies: Mapping[str, Study]) -> dict[Label, Said]:
    """What the matcher that comes with the product says of every labelled pair."""
    matcher = Matcher(load())
    found: dict[Label, Said] = {}
    for one in labelled:
        match = matcher.match(studies[one.nct_id], one.agent, asked=False)
        found[one] = (
            Said(match.tier, match.role or "", getattr(match, "found_in", None) or "") if match else Said(NONE, "", "")
        )
    return found


def figures(answers: Mapping[Label, Said]) -> tuple[Figure, ...]:
    """Every tier, every role (of pairs that both call given) and the way a given agent was found, by half."""
    rows: list[Figure] = []
    for half in ("tuned", "kept"):
        pairs = [(label, answer) for label, answer in answers.items() if label.half == half]
        rows += _by(half, "tier", [(label.tier, answer.tier) for label, answer in pairs])
        given = [(label.role, answer.role) for label, answer in pairs if label.tier == answer.tier == "given"]
        rows += _by(half, "role", given)
        for place in ("name", "other_name", "mesh", "description"):
            found = [label.tier == "given" for label, answer in pairs if answer.found_in == place]
            rows.append(Figure(half, "found_in", place, sum(found), len(found), sum(found)))
    return tuple(rows)


def _by(half: str, kind: str, pairs: list[tuple[str, str]]) -> list[Figure]:
    labelled, told = Counter(label for label, _ in pairs), Counter(answer for _, answer in pairs)
    right = Counter(label for label, answer in pairs if label == answer)
    return [Figure(half, kind, value, labelled[value], told[value], right[value]) for value in sorted(labelled | told)]


def _confusion(pairs: list[tuple[str, str]]) -> str:
    counts = Counter(pairs)
    values = sorted({value for pair in pairs for value in pair})
    lines = [f"{'reader / rules':<16}" + "".join(f"{value or '-':>12}" for value in values)]
    lines += [f"{label or '-':<16}" + "".join(f"{counts[label, told]:>12}" for told in values) for label in values]
    return "\n".join(lines)


def _share(right: int, of: int) -> str:
    return f"{right / of:.2f}" if of else "-"


def main() -> int:
    """The command line."""
    if not present():
        print("The records are not beside the checkout: nothing to measure.", file=sys.stderr)
        return 1
    labelled = labels()
    answers = said(labelled, records(label.nct_id for label in labelled))
    print("half,kind,value,labelled,said,right")
    rows = figures(answers)
    for row in rows:
        print(",".join(map(str, row)))
    print(f"\n{'half':<7}{'kind':<10}{'value':<13}precision  recall")
    for row in rows:
        shares = f"{_share(row.right, row.said):>9}{_share(row.right, row.labelled):>8}"
        print(f"{row.half:<7}{row.kind:<10}{row.value:<13}{shares}")
    for half in ("tuned", "kept"):
        pairs = [(label, answer) for label, answer in answers.items() if label.half == half]
        print(f"\n{half}: tiers of {len(pairs)} pairs\n" + _confusion([(one.tier, it.tier) for one, it in pairs]))
        given = [(one.role, it.role) for one, it in pairs if one.tier == "given"]
        right = sum(one == it for one, it in given)
        print(f"\n{half}: roles of {len(given)} given, {_share(right, len(given))} right\n" + _confusion(given))
    print()
    for one, it in answers.items():
        if (one.tier, one.role) != it[:2]:
            print(
                f"{one.half} {one.nct_id} {one.agent}: reader {one.tier} {one.role} ({one.why}), rules {' '.join(it)}"
            )
    return 0


if __name__ == "__main__":
    sys.exit(main())
