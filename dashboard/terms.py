"""The words of the field and what they mean, from their table: the glossary, and what a label says on hover. Pure."""

import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import NamedTuple

_TABLE = Path(__file__).with_name("terms.toml")


class Term(NamedTuple):
    """A word of the field and what it means; ``also``: other words it is found by; ``labels``: what a column, a figure
    or a filter is called that shows it."""

    name: str
    text: str
    also: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()


@cache
def terms() -> tuple[Term, ...]:
    """All entries in their order."""
    rows = tomllib.loads(_TABLE.read_text(encoding="utf-8"))["terms"]
    return tuple(
        Term(row["name"], row["text"], tuple(row.get("also", ())), tuple(row.get("labels", ()))) for row in rows
    )


def found(words: str) -> list[Term]:
    """The entries in which every word occurs, in whatever case; all of them for none."""
    wanted = words.casefold().split()
    return [term for term in terms() if all(word in " ".join((*term[:2], *term.also)).casefold() for word in wanted)]


def meaning(label: str) -> str | None:
    """What the glossary says about the word that a label shows; None for a label that needs no glossary."""
    return _by_label().get(label)


def hint(label: str, own: str | None = None) -> str | None:
    """What a label says on hover: ``own`` words about this place first, then what its word means."""
    said = [own if own is None or own.endswith(".") else f"{own}.", meaning(label)]
    return " ".join(filter(None, said)) or None


def meanings(labels: Iterable[str]) -> str | None:
    """What several labels mean, each under its name, as Markdown; None when the glossary has none of them."""
    return "\n\n".join(f"**{label}**: {said}" for label in labels if (said := meaning(label))) or None


@cache
def _by_label() -> dict[str, str]:
    return {label: term.text for term in terms() for label in (term.name, *term.labels)}
