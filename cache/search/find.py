"""Which trials a text finds, under which names, and what may have been meant instead."""

from collections.abc import Callable, Collection
from typing import NamedTuple, TypeAlias

from sqlalchemy import Connection

from cache.search import passages, typos
from cache.search.asked import Asked, Item, read
from cache.search.full_text import Candidates, Index, full_text_of
from cache.search.index import newest
from cache.search.words import flat
from cache.store.store import Store
from fetchers.record.study import Study
from fetchers.record.texts import plain
from fetchers.watchlist.model import Watchlist

# Which trials hold what a text looks for: what a filter by words asks.
Finder: TypeAlias = Callable[[str], Collection[str]]

# So few trials may mean that a word was mistyped.
FEW = 2


class Found(NamedTuple):
    """The trials a text finds; ``meant``: another text that finds more, when it finds next to nothing."""

    trials: frozenset[str]
    asked: Asked
    meant: str | None = None


def find(store: Store, text: str, watchlist: Watchlist) -> Found:
    """Look for a text in everything that is kept of every stored trial, those of no agent and those that left
    included."""
    asked = read(text, watchlist)
    with store.reading() as connection:
        index = full_text_of(connection)
        trials = _trials(connection, index, asked)
        meant = None
        if asked and len(trials) <= FEW:
            meant = typos.corrected(index, text, asked)
            if meant and len(_trials(connection, index, read(meant, watchlist))) <= len(trials):
                meant = None
    return Found(trials, asked, meant)


def finder(store: Store, watchlist: Watchlist) -> Finder:
    """The trials that a text finds in this store."""
    return lambda text: find(store, text, watchlist).trials


def holds(study: Study, asked: Asked) -> bool:
    """Whether all that is looked for stands in a record."""
    text = flat(plain(passages.text(study)))
    return all(any(phrase.pattern.search(text) for phrase in item.phrases) for item in asked)


def _trials(connection: Connection, index: Index, asked: Asked) -> frozenset[str]:
    """Nothing that can be looked for finds nothing."""
    if not asked:
        return frozenset()
    items = [_together(index, item) for item in asked]
    sure = frozenset.intersection(*(item.sure for item in items))
    possible = frozenset.intersection(*(item.sure | item.maybe for item in items))
    looked = newest(connection, sorted(possible - sure))
    return sure | {nct_id for nct_id, study in looked if holds(study, asked)}


def _together(index: Index, item: Item) -> Candidates:
    found = [index.candidates(phrase) for phrase in item.phrases]
    return Candidates(frozenset().union(*(one.sure for one in found)), frozenset().union(*(one.maybe for one in found)))
