"""``python -m tests.tools.search``: how well the written queries of ``tests/cache/search/queries.toml`` are answered on
the recorded studies, kind by kind; needs those records beside the checkout."""

import sys
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from cache.search.find import find
from cache.store.store import Store
from fetchers.settings import ROOT
from fetchers.watchlist.load import load
from tests.rigs.records import REAL
from tests.rigs.searching import searchable

QUERIES = ROOT / "tests" / "cache" / "search" / "queries.toml"


class Query(NamedTuple):
    """What somebody types, and the trials that have to come; of a typo those of what was ``meant``."""

    kind: str
    q: str
    must: frozenset[str]
    must_not: frozenset[str]
    meant: str | None = None


class Answer(NamedTuple):
    """A query with what it found."""

    query: Query
    found: frozenset[str]
    meant: str | None


def queries(path: Path = QUERIES) -> list[Query]:
    """The written queries."""
    told = tomllib.loads(path.read_text("utf-8"))["query"]
    return [
        Query(one["kind"], one["q"], frozenset(one["must"]), frozenset(one["must_not"]), one.get("meant"))
        for one in told
    ]


def answered(store: Store, asked: Iterable[Query]) -> list[Answer]:
    """Every query with what it finds; a typo with what its suggestion finds."""
    made, watchlist = [], load()
    for query in asked:
        first = find(store, query.q, watchlist)
        then = find(store, first.meant, watchlist) if query.meant and first.meant else first
        made.append(Answer(query, then.trials, first.meant))
    return made


def figures(answers: Iterable[Answer]) -> tuple[float, float]:
    """Recall and precision over all trials that have to come, and all that came."""
    answers = list(answers)
    right = sum(len(one.found & one.query.must) for one in answers)
    return right / sum(len(one.query.must) for one in answers), right / sum(len(one.found) for one in answers)


def main() -> int:
    if not REAL.path.exists():
        sys.stderr.write("The recorded studies do not lie beside this checkout.\n")
        return 1
    answers = answered(searchable(REAL.studies), queries())
    kinds = dict.fromkeys(one.query.kind for one in answers)
    for kind in [*kinds, None]:
        some = [one for one in answers if kind in (None, one.query.kind)]
        recall, precision = figures(some)
        sys.stdout.write(f"{kind or 'all':8} {len(some):3} queries  recall {recall:.3f}  precision {precision:.3f}\n")
    for one in answers:
        lacking, other = one.query.must - one.found, one.found - one.query.must
        if lacking or other or one.meant != one.query.meant:
            sys.stdout.write(f"{one.query.q}: lacks {sorted(lacking)}, also {sorted(other)}, meant {one.meant}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
