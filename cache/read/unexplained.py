"""Interventions that no name of the watch-list tells, so that whoever keeps the list sees what it misses."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from sqlalchemy import select

from cache.read.freshness import shown
from cache.store.schema import study
from cache.store.store import Store
from fetchers.matching.context import is_make_believe
from fetchers.matching.matcher import Matcher
from fetchers.matching.names import lower, squeeze
from fetchers.record.texts import shown_line

# What people are told, taught or tested is no name that could be missing.
_NO_TREATMENT = frozenset({"BEHAVIORAL", "DIAGNOSTIC_TEST", "RADIATION"})


class Unexplained(NamedTuple):
    """An intervention as most of its trials spell it, how many trials have it, and which."""

    name: str
    trials: int
    nct_ids: tuple[str, ...]


def unexplained(store: Store, conditions: Collection[str], matcher: Matcher) -> tuple[Unexplained, ...]:
    """``counted``, of the trials in these condition groups that are still in the registry."""
    wanted = set(conditions)
    query = select(study.c.nct_id, study.c.interventions, study.c.condition_groups)
    with store.reading() as connection:
        rows = connection.execute(query.where(shown(), study.c.left_registry.is_(None)).order_by(study.c.nct_id))
        return counted(
            (
                (nct_id, map(shown_line, names or ()))
                for nct_id, names, groups in rows
                if wanted.intersection(groups or ())
            ),
            matcher,
        )


def counted(trials: Iterable[tuple[str, Iterable[str]]], matcher: Matcher) -> tuple[Unexplained, ...]:
    """The interventions of these trials that nothing of the watch-list tells, the most frequent first.

    Spellings that differ in case, accents or hyphens only are one. Placebos are nobody's name.
    """
    spelt: dict[str, Counter[str]] = defaultdict(Counter)
    ids: dict[str, set[str]] = defaultdict(set)
    known = lru_cache(maxsize=None)(matcher.explains)
    for nct_id, interventions in trials:
        for name in _names(interventions):
            key = lower(squeeze(name))
            if key and not is_make_believe(key) and not known(name):
                spelt[key][name] += 1
                ids[key].add(nct_id)
    found = (
        Unexplained(spelt[key].most_common(1)[0][0], len(nct_ids), tuple(sorted(nct_ids)))
        for key, nct_ids in ids.items()
    )
    return tuple(sorted(found, key=lambda one: (-one.trials, one.name.lower(), one.nct_ids)))


def _names(interventions: Iterable[str]) -> Iterator[str]:
    """``DRUG: Prednisone`` without its type, where that is a treatment or not known."""
    for intervention in interventions:
        kind, _, name = intervention.partition(": ")
        if not kind.isupper():
            yield intervention
        elif kind not in _NO_TREATMENT:
            yield name
