"""A store that can be searched: records and the index of their words, nothing else."""

from collections.abc import Iterable

from sqlalchemy import Connection, insert, select

from cache.search import index
from cache.search.asked import Phrase
from cache.search.full_text import Candidates, distinct
from cache.store.packing import hash_of, pack
from cache.store.schema import searched, version
from cache.store.store import Store
from fetchers.record.study import Study
from tests.rigs import databases


def searchable(studies: Iterable[Study]) -> Store:
    """A store in memory with these records."""
    store = databases.empty()
    rows = [
        {"nct_id": one.nct_id, "origin": "live", "body_hash": hash_of(one.body()), "seen_at": "2026-11-20T00:00:00Z",
         "body": pack(one.body())}
        for one in studies
    ]  # fmt: skip
    with store.writing() as connection:
        if rows:
            connection.execute(insert(version), rows)
        index.rebuild(connection)
    return store


class Scan:
    """No index at all: every record is a candidate, and its words are read when they are asked for."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def candidates(self, phrase: Phrase) -> Candidates:
        return Candidates(frozenset(), frozenset(self._connection.scalars(select(searched.c.nct_id))))

    def frequencies(self, opening: str) -> dict[str, int]:
        return {word: number for word, number in self._all().items() if word.startswith(opening)}

    def like(self, word: str, most: int) -> dict[str, int]:
        return {one: number for one, number in self._all().items() if abs(len(one) - len(word)) <= most}

    def _all(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for _, record in index.newest(self._connection, self._connection.scalars(select(searched.c.nct_id))):
            for word in distinct(index.words_of(record)):
                found[word] = found.get(word, 0) + 1
        return found
