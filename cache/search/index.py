"""The index of words of a store, kept beside its rows in the same transactions.

What a database can do for it lies behind ``cache.search.full_text``.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import NamedTuple

from sqlalchemy import Connection, delete, exists, func, select

from cache.search import passages
from cache.search.full_text import distinct, full_text_of
from cache.search.words import for_index
from cache.store.batches import batches
from cache.store.bodies import readable
from cache.store.schema import searched, study, version
from cache.store.store import Store, bump
from cache.store.upsert import insert
from fetchers.errors import Parsing
from fetchers.record.study import Study, decode_study

# How the words are made; another number when a release makes others of the same record.
_FORM = 1
# The full-text table is made anew when more of its entries than this share are of no use.
_USELESS = 0.5


class Words(NamedTuple):
    """The words of a record, and the hash of the body they were taken from."""

    body_hash: str
    words: str


def words_of(study: Study) -> str:
    """The words by which a record is found, as ``put`` takes them."""
    return for_index(passages.text(study))


def put(connection: Connection, given: Mapping[str, Words]) -> None:
    """Take over the words of these trials; those of a body that is in the index already are passed over."""
    there: dict[str, str] = {}
    for ids in batches(given):
        query = select(searched.c.nct_id, searched.c.body_hash).where(searched.c.nct_id.in_(ids))
        there |= dict(map(tuple, connection.execute(query)))
    new = {nct_id: one for nct_id, one in given.items() if there.get(nct_id) != one.body_hash}
    if not new:
        return
    full_text = full_text_of(connection)
    first = full_text.last() + 1
    drop(connection, new.keys() & there.keys())
    rows = [
        {"id": number, "nct_id": nct_id, "body_hash": one.body_hash, "form": _FORM}
        for number, (nct_id, one) in enumerate(new.items(), first)
    ]
    insert(connection, searched, rows)
    full_text.add({number: one.words for number, one in enumerate(new.values(), first)})


def drop(connection: Connection, nct_ids: Collection[str]) -> None:
    """Forget these trials. What a full-text table holds of them stays in it, and belongs to nobody."""
    for ids in batches(nct_ids):
        connection.execute(delete(searched).where(searched.c.nct_id.in_(ids)))


def rebuild(connection: Connection) -> None:
    """Make the index anew of the newest record of every trial that can be read."""
    connection.execute(delete(searched))
    full_text_of(connection).clear()
    ids = select(func.max(version.c.id)).group_by(version.c.nct_id)
    query = select(version.c.nct_id, version.c.body_hash).where(version.c.id.in_(ids))
    hashes: dict[str, str] = dict(map(tuple, connection.execute(query)))
    for some in batches(hashes):
        found = newest(connection, some)
        put(connection, {nct_id: Words(hashes[nct_id], words_of(record)) for nct_id, record in found})


def stale(connection: Connection) -> bool:
    """Whether the index should be made anew: it is empty, another release made it, or much of it is of no use."""
    if connection.scalar(select(searched.c.id).limit(1)) is None:
        return connection.scalar(select(version.c.id).limit(1)) is not None
    if connection.scalar(select(searched.c.id).where(searched.c.form != _FORM).limit(1)) is not None:
        return True
    entries = full_text_of(connection).entries()
    if entries is None:
        return False
    useful = connection.scalar(select(func.count()).select_from(searched)) or 0
    return bool(entries - useful > _USELESS * useful + 100)


def keep_fresh(store: Store) -> None:
    """Make the index anew when it is ``stale``, once if several want it."""
    with store.reading() as connection:
        due = stale(connection)
    if due:
        with store.writing() as connection:
            if stale(connection):
                rebuild(connection)
                bump(connection)


def unlike_records(connection: Connection) -> Iterator[str]:
    """Where the index does not fit the records, in words; not of one that the next opening makes anew."""
    if stale(connection):
        return
    own = exists().where(searched.c.nct_id == study.c.nct_id, searched.c.body_hash == study.c.body_hash)
    for nct_id in connection.scalars(select(study.c.nct_id).where(~own, study.c.body_hash != "")):
        yield f"The search index does not hold the words of the record of {nct_id}."
    known = exists().where(study.c.nct_id == searched.c.nct_id)
    for nct_id in connection.scalars(select(searched.c.nct_id).where(~known)):
        yield f"The search index holds words of {nct_id}, but there is no such study."
    yield from _other_words(connection)


def _other_words(connection: Connection) -> Iterator[str]:
    """Trials of which the index holds other words than their record has; told by a sum over the words."""
    held: dict[int, int] = {}
    for number, word in full_text_of(connection).held():
        held[number] = held.get(number, 0) + hash(word)
    numbers: dict[str, int] = dict(map(tuple, connection.execute(select(searched.c.nct_id, searched.c.id))))
    for nct_id, record in newest(connection, numbers):
        if held.get(numbers[nct_id], 0) != sum(map(hash, distinct(words_of(record)))):
            yield f"The search index holds other words of {nct_id} than its record has."


def newest(connection: Connection, nct_ids: Iterable[str]) -> Iterator[tuple[str, Study]]:
    """The newest record of each of these trials, as far as it can be read."""
    for ids in batches(list(nct_ids)):
        last = select(version.c.nct_id, func.max(version.c.id)).where(version.c.nct_id.in_(ids))
        numbers = {number: nct_id for nct_id, number in connection.execute(last.group_by(version.c.nct_id))}
        for number, body in readable(connection, list(numbers)).items():
            try:
                yield numbers[number], decode_study(body)
            except Parsing:
                continue
