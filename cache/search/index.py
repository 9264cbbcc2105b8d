"""The index of words of a store, kept beside its rows in the same transactions.

What a database can do for it lies behind ``Index``. SQLite's is a full-text table (FTS5) that holds no text and no
places, only which words stand in which record: where they stand, and whether side by side, the records tell. Any other
database has the records read (``Scan``).
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import NamedTuple, Protocol

from sqlalchemy import Connection, delete, exists, func, insert, select, text

from cache.search import passages
from cache.search.asked import Phrase, halves
from cache.search.words import for_index, forms, singular
from cache.store.batches import batches
from cache.store.bodies import readable
from cache.store.schema import searched, study, version
from cache.store.store import Store, bump
from fetchers.errors import Parsing
from fetchers.record.study import Study, decode_study

# How the words are made; another number when a release makes others of the same record.
_FORM = 1
_VOCABULARY = "CREATE VIRTUAL TABLE IF NOT EXISTS temp.{} USING fts5vocab(main, search, {})"
# What the tokenizer takes for a word.
_WORD = re.compile(r"[a-z0-9\x80-\U0010ffff]+")
# The full-text table is made anew when more of its entries than this share are of no use.
_USELESS = 0.5


class Words(NamedTuple):
    """The words of a record, and the hash of the body they were taken from."""

    body_hash: str
    words: str


class Candidates(NamedTuple):
    """Trials in which a phrase stands, and trials whose record has to be looked at to know."""

    sure: frozenset[str]
    maybe: frozenset[str] = frozenset()


class Index(Protocol):
    """What a database knows about words; of the trials in ``searched`` only."""

    def candidates(self, phrase: Phrase) -> Candidates:
        """Every trial in which the phrase stands is in one of the two."""

    def frequencies(self, opening: str) -> dict[str, int]:
        """Every word that begins so, with the number of records it stands in."""

    def like(self, word: str, most: int) -> dict[str, int]:
        """Words of about the length of this one, with the same numbers: at most ``most`` letters more or fewer."""


class Fts5:
    """SQLite's own full-text index."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        connection.execute(
            text("CREATE VIRTUAL TABLE IF NOT EXISTS temp.search_words USING fts5vocab(main, search, row)")
        )

    def candidates(self, phrase: Phrase) -> Candidates:
        if phrase.opens:
            return Candidates(self._trials(f'"{phrase.key}"*'))
        sure = self._trials(_forms(singular(phrase.key)))
        needed = (f"({' OR '.join(self._ways(phrase, place))})" for place in range(len(phrase.words)))
        return Candidates(sure, self._trials(" AND ".join(needed)) - sure)

    def frequencies(self, opening: str) -> dict[str, int]:
        query = text("SELECT term, doc FROM temp.search_words WHERE term >= :first AND term < :last")
        return dict(map(tuple, self._connection.execute(query, {"first": opening, "last": opening + "\U0010ffff"})))

    def like(self, word: str, most: int) -> dict[str, int]:
        query = text("SELECT term, doc FROM temp.search_words WHERE length(term) BETWEEN :least AND :most")
        bounds = {"least": len(word) - most, "most": len(word) + most}
        return dict(map(tuple, self._connection.execute(query, bounds)))

    def _ways(self, phrase: Phrase, place: int) -> Iterator[str]:
        """How a word of a phrase can stand in a record: by itself, written together with others of the phrase, or as
        two words."""
        for first in range(place + 1):
            for end in range(place + 1, len(phrase.words) + 1):
                yield _forms(singular("".join(phrase.words[first:end])))
        for start, rest in () if phrase.whole else halves(phrase.words[place]):
            if self._known([start]) and self._known(forms(rest)):
                yield f'("{start}" AND {_forms(rest)})'

    def _known(self, words: Iterable[str]) -> bool:
        query = text("SELECT 1 FROM temp.search_words WHERE term = :word")
        return any(self._connection.execute(query, {"word": one}).first() for one in words)

    def _trials(self, match: str) -> frozenset[str]:
        query = text("SELECT nct_id FROM search JOIN searched ON searched.id = search.rowid WHERE search MATCH :match")
        return frozenset(self._connection.scalars(query, {"match": match}))


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
        for _, record in newest(self._connection, self._connection.scalars(select(searched.c.nct_id))):
            for word in _different(record):
                found[word] = found.get(word, 0) + 1
        return found


def index_of(connection: Connection) -> Index:
    """What this database has."""
    return Fts5(connection) if _full_text(connection) else Scan(connection)


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
    first = _last(connection) + 1
    drop(connection, new.keys() & there.keys())
    rows = [
        {"id": number, "nct_id": nct_id, "body_hash": one.body_hash, "form": _FORM}
        for number, (nct_id, one) in enumerate(new.items(), first)
    ]
    connection.execute(insert(searched), rows)
    if _full_text(connection):
        entries = [{"id": number, "words": one.words} for number, one in enumerate(new.values(), first)]
        connection.execute(text("INSERT INTO search (rowid, words) VALUES (:id, :words)"), entries)


def _last(connection: Connection) -> int:
    """The highest number of an entry, of one that belongs to nobody any more as well."""
    last = connection.scalar(select(func.max(searched.c.id))) or 0
    if _full_text(connection):
        last = max(last, connection.scalar(text("SELECT max(id) FROM search_docsize")) or 0)
    return last


def drop(connection: Connection, nct_ids: Collection[str]) -> None:
    """Forget these trials. What a full-text table holds of them stays in it, and belongs to nobody."""
    for ids in batches(nct_ids):
        connection.execute(delete(searched).where(searched.c.nct_id.in_(ids)))


def rebuild(connection: Connection) -> None:
    """Make the index anew of the newest record of every trial that can be read."""
    connection.execute(delete(searched))
    if _full_text(connection):
        connection.execute(text("INSERT INTO search (search) VALUES ('delete-all')"))
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
    if not _full_text(connection):
        return False
    entries = connection.scalar(text("SELECT count(*) FROM search_docsize")) or 0
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
    if _full_text(connection):
        yield from _other_words(connection)


def _other_words(connection: Connection) -> Iterator[str]:
    """Trials of which the full-text table holds other words than their record has; told by a sum over the words."""
    connection.execute(
        text("CREATE VIRTUAL TABLE IF NOT EXISTS temp.search_places USING fts5vocab(main, search, instance)")
    )
    held: dict[int, int] = {}
    for word, number in connection.execute(text("SELECT DISTINCT term, doc FROM temp.search_places")):
        held[number] = held.get(number, 0) + hash(word)
    numbers: dict[str, int] = dict(map(tuple, connection.execute(select(searched.c.nct_id, searched.c.id))))
    for nct_id, record in newest(connection, numbers):
        if held.get(numbers[nct_id], 0) != sum(map(hash, _different(record))):
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


def _different(record: Study) -> set[str]:
    return set(_WORD.findall(words_of(record).lower()))


def _forms(word: str) -> str:
    return "(" + " OR ".join(f'"{one}"' for one in forms(word)) + ")"


def _full_text(connection: Connection) -> bool:
    return connection.dialect.name == "sqlite"
