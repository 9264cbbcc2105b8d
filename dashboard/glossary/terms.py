"""The glossary's entries, from their table. Pure."""

import tomllib
from functools import cache
from pathlib import Path
from typing import NamedTuple

_TABLE = Path(__file__).with_name("terms.toml")


class Term(NamedTuple):
    """A word of the field and what it means; ``also``: other words it is found by."""

    name: str
    text: str
    also: tuple[str, ...] = ()


@cache
def terms() -> tuple[Term, ...]:
    """All entries in their order."""
    rows = tomllib.loads(_TABLE.read_text(encoding="utf-8"))["terms"]
    return tuple(Term(row["name"], row["text"], tuple(row.get("also", ()))) for row in rows)


def found(words: str) -> list[Term]:
    """The entries in which every word occurs, in whatever case; all of them for none."""
    wanted = words.casefold().split()
    return [term for term in terms() if all(word in " ".join((*term[:2], *term.also)).casefold() for word in wanted)]
