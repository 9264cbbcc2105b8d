"""A store that can be searched: records and the index of their words, nothing else."""

from collections.abc import Iterable

from sqlalchemy import insert

from cache.search import index
from cache.store.packing import hash_of, pack
from cache.store.schema import version
from cache.store.store import Store
from fetchers.record.study import Study


def searchable(studies: Iterable[Study]) -> Store:
    """A store in memory with these records."""
    store = Store.in_memory()
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
