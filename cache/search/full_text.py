"""What each database can do for an index of words, behind one interface; only of the trials in ``searched``.

SQLite has a full-text table (FTS5), PostgreSQL a column of lexemes. Neither holds texts or places, only which words
stand in which record: where they stand, and whether side by side, the records tell.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any, NamedTuple, Protocol

from sqlalchemy import Connection, func, select, text

from cache.search.asked import Phrase, halves
from cache.search.words import forms, singular
from cache.store.engine import on_sqlite
from cache.store.schema import searched

# What SQLite's tokenizer takes for a word.
_WORD = re.compile(r"[a-z0-9\x80-\U0010ffff]+")


class Candidates(NamedTuple):
    """Trials in which a phrase stands, and trials whose record has to be looked at to know."""

    sure: frozenset[str]
    maybe: frozenset[str] = frozenset()


class Index(Protocol):
    """What a search asks of an index."""

    def candidates(self, phrase: Phrase) -> Candidates:
        """Every trial in which the phrase stands is in one of the two."""

    def frequencies(self, opening: str) -> dict[str, int]:
        """Every word that begins so, with the number of records it stands in."""

    def like(self, word: str, most: int) -> dict[str, int]:
        """Words of about the length of this one, with the same numbers: at most ``most`` letters more or fewer."""


class FullText(ABC):
    """An index that a database keeps itself."""

    both, either = " AND ", " OR "

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def candidates(self, phrase: Phrase) -> Candidates:
        """As ``Index`` says."""
        if phrase.opens:
            return Candidates(self._trials(self._opening(phrase.key)), self._unread())
        sure = self._trials(self._forms(singular(phrase.key)))
        needed = (f"({self.either.join(self._ways(phrase, place))})" for place in range(len(phrase.words)))
        return Candidates(sure, (self._trials(self.both.join(needed)) | self._unread()) - sure)

    @abstractmethod
    def frequencies(self, opening: str) -> dict[str, int]: ...

    @abstractmethod
    def like(self, word: str, most: int) -> dict[str, int]: ...

    @abstractmethod
    def add(self, entries: Mapping[int, str]) -> None:
        """Take over the text of these rows of ``searched``."""

    @abstractmethod
    def clear(self) -> None:
        """Forget everything that does not go with the rows of ``searched``."""

    @abstractmethod
    def entries(self) -> int | None:
        """How many entries there are, those that belong to nobody any more included; None where there are none such."""

    @abstractmethod
    def last(self) -> int:
        """The highest number of an entry."""

    @abstractmethod
    def held(self) -> Iterator[tuple[int, str]]:
        """Every word of every entry, each once."""

    @abstractmethod
    def _word(self, word: str) -> str: ...

    @abstractmethod
    def _opening(self, start: str) -> str: ...

    @abstractmethod
    def _known(self, words: Iterable[str]) -> bool: ...

    @abstractmethod
    def _trials(self, asked: str) -> frozenset[str]: ...

    def _unread(self) -> frozenset[str]:
        """Trials whose words did not go into the index."""
        return frozenset()

    def _forms(self, word: str) -> str:
        return f"({self.either.join(map(self._word, forms(word)))})"

    def _ways(self, phrase: Phrase, place: int) -> Iterator[str]:
        """How a word of a phrase can stand in a record: by itself, written together with others of the phrase, or as
        two words."""
        for first in range(place + 1):
            for end in range(place + 1, len(phrase.words) + 1):
                yield self._forms(singular("".join(phrase.words[first:end])))
        for start, rest in () if phrase.whole else halves(phrase.words[place]):
            if self._known([start]) and self._known(forms(rest)):
                yield f"({self._word(start)}{self.both}{self._forms(rest)})"


class Fts5(FullText):
    """SQLite's full-text table ``search``."""

    def frequencies(self, opening: str) -> dict[str, int]:
        bounds = {"first": opening, "last": opening + "\U0010ffff"}
        return self._vocabulary("SELECT term, doc FROM temp.search_words WHERE term >= :first AND term < :last", bounds)

    def like(self, word: str, most: int) -> dict[str, int]:
        bounds = {"least": len(word) - most, "most": len(word) + most}
        query = "SELECT term, doc FROM temp.search_words WHERE length(term) BETWEEN :least AND :most"
        return self._vocabulary(query, bounds)

    def add(self, entries: Mapping[int, str]) -> None:
        self._connection.exec_driver_sql("INSERT INTO search (rowid, words) VALUES (?, ?)", list(entries.items()))

    def clear(self) -> None:
        self._connection.execute(text("INSERT INTO search (search) VALUES ('delete-all')"))

    def entries(self) -> int | None:
        return self._connection.scalar(text("SELECT count(*) FROM search_docsize")) or 0

    def last(self) -> int:
        rows = self._connection.scalar(select(func.max(searched.c.id))) or 0
        return max(rows, self._connection.scalar(text("SELECT max(id) FROM search_docsize")) or 0)

    def held(self) -> Iterator[tuple[int, str]]:
        self._table("search_places", "instance")
        yield from map(tuple, self._connection.execute(text("SELECT DISTINCT doc, term FROM temp.search_places")))

    def _word(self, word: str) -> str:
        return f'"{word}"'

    def _opening(self, start: str) -> str:
        return f'"{start}"*'

    def _known(self, words: Iterable[str]) -> bool:
        query = "SELECT term, doc FROM temp.search_words WHERE term = :word"
        return any(self._vocabulary(query, {"word": one}) for one in words)

    def _trials(self, asked: str) -> frozenset[str]:
        query = text("SELECT nct_id FROM search JOIN searched ON searched.id = search.rowid WHERE search MATCH :match")
        return frozenset(self._connection.scalars(query, {"match": asked}))

    def _vocabulary(self, query: str, asked: Mapping[str, Any]) -> dict[str, int]:
        self._table("search_words", "row")
        return dict(map(tuple, self._connection.execute(text(query), asked)))

    def _table(self, name: str, kind: str) -> None:
        self._connection.execute(
            text(f"CREATE VIRTUAL TABLE IF NOT EXISTS temp.{name} USING fts5vocab(main, search, {kind})")
        )


class Lexemes(FullText):
    """PostgreSQL's column ``searched.words``; it goes with its row."""

    both, either = " & ", " | "
    # PostgreSQL takes no longer lexemes than 2,046 bytes, and a megabyte of them for one row.
    _LONGEST, _MOST_BYTES = 500, 900_000
    # Which word may have been meant is told by so many records at most: to count all words of all takes too long.
    _SAMPLE = 5_000

    def frequencies(self, opening: str) -> dict[str, int]:
        return {word: number for word, number in self._sample.items() if word.startswith(opening)}

    def like(self, word: str, most: int) -> dict[str, int]:
        return {one: number for one, number in self._sample.items() if abs(len(one) - len(word)) <= most}

    def add(self, entries: Mapping[int, str]) -> None:
        statement = text("UPDATE searched SET words = array_to_tsvector(CAST(:words AS text[])) WHERE id = :id")
        cut = {number: sorted({one[: self._LONGEST] for one in distinct(words)}) for number, words in entries.items()}
        # One whose words are too many stays without: its record is looked at whatever is asked for.
        rows = [
            {"id": number, "words": words}
            for number, words in cut.items()
            if sum(len(one.encode()) + 8 for one in words) < self._MOST_BYTES
        ]
        if rows:
            self._connection.execute(statement, rows)

    def clear(self) -> None:
        pass

    def entries(self) -> int | None:
        return None

    def last(self) -> int:
        return self._connection.scalar(select(func.max(searched.c.id))) or 0

    def held(self) -> Iterator[tuple[int, str]]:
        query = text("SELECT id, tsvector_to_array(words) FROM searched WHERE words IS NOT NULL")
        for number, words in self._connection.execute(query):
            yield from ((number, one) for one in words)

    def _word(self, word: str) -> str:
        return f"'{word[: self._LONGEST]}'"

    def _opening(self, start: str) -> str:
        return f"'{start[: self._LONGEST]}':*"

    def _known(self, words: Iterable[str]) -> bool:
        asked = self.either.join(map(self._word, words))
        query = text("SELECT 1 FROM searched WHERE words @@ CAST(:asked AS tsquery) LIMIT 1")
        return bool(asked) and self._connection.execute(query, {"asked": asked}).first() is not None

    def _trials(self, asked: str) -> frozenset[str]:
        query = text("SELECT nct_id FROM searched WHERE words @@ CAST(:asked AS tsquery)")
        return frozenset(self._connection.scalars(query, {"asked": asked}))

    def _unread(self) -> frozenset[str]:
        return frozenset(self._connection.scalars(text("SELECT nct_id FROM searched WHERE words IS NULL")))

    @cached_property
    def _sample(self) -> dict[str, int]:
        some = f"SELECT words FROM searched ORDER BY id DESC LIMIT {self._SAMPLE}"  # noqa: S608 - a number of ours
        query = text("SELECT word, ndoc FROM ts_stat(:some)")
        return dict(map(tuple, self._connection.execute(query, {"some": some})))


def full_text_of(connection: Connection) -> FullText:
    """What this database has."""
    return Fts5(connection) if on_sqlite(connection) else Lexemes(connection)


def distinct(words: str) -> set[str]:
    """The different words of a text that was made for the index."""
    return set(_WORD.findall(words.lower()))
