"""Interventions that no name of the watch-list tells, so that whoever keeps the list sees what it misses."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

import pandas as pd

from fetchers.matching.context import is_make_believe
from fetchers.matching.matcher import Matcher
from fetchers.matching.names import lower, squeeze

# What people are told, taught or tested is no name that could be missing.
_NO_TREATMENT = frozenset({"BEHAVIORAL", "DIAGNOSTIC_TEST", "RADIATION"})


class Unexplained(NamedTuple):
    """An intervention as most of its trials spell it, how many trials have it, and which."""

    name: str
    trials: int
    nct_ids: tuple[str, ...]


def unexplained(trials: pd.DataFrame, conditions: Collection[str], matcher: Matcher) -> tuple[Unexplained, ...]:
    """Of the trials in these condition groups that are still in the registry, the most frequent first.

    Spellings that differ in case, accents or hyphens only are one. Placebos are nobody's name.
    """
    present = trials.loc[trials["left_registry"].isna(), ["nct_id", "interventions", "condition_groups"]]
    wanted = set(conditions)
    spelt: dict[str, Counter[str]] = defaultdict(Counter)
    ids: dict[str, set[str]] = defaultdict(set)
    known = lru_cache(maxsize=None)(matcher.explains)
    for nct_id, interventions, groups in present.itertuples(index=False):
        for name in _names(interventions or ()) if wanted.intersection(groups or ()) else ():
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
