"""Texts and tables as Markdown for a file or a message, in which the registry's letters stand for themselves. Pure."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

# What Markdown would read as something else than the letter: signs anywhere, a colon before a word (icons, colours,
# links), what starts an entity, and what starts a list, a heading or a link at the beginning.
_SIGNS = re.compile(
    r"[\\`*_{\[\]<>~|$@]|:(?=\S)|&(?=[#\w])|(?<=www)\.|^[#+\-=]|(?<=^\d)[.)]|(?<=^\d\d)[.)]", re.IGNORECASE
)
# Neither seen nor printed; they could turn the direction of what follows, or break a line.
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]")


def one_line(text: str) -> str:
    """A text on one line, without signs that cannot be seen."""
    return " ".join(_UNSEEN.sub(" ", text).split())


def safe(text: str) -> str:
    """A text on one line, with a backslash before every sign that would be read as markup."""
    return _SIGNS.sub(lambda sign: "\\" + sign.group(), " ".join(text.split()))


def table(heads: Sequence[str], lines: Iterable[Sequence[Any]], missing: str = "") -> str:
    """A table with a pipe between its cells. A cell is a text or a number, or ``(text, address)`` for a link of ours;
    None is ``missing``."""
    rows = ["| " + " | ".join(_cell(value, missing) for value in line) + " |" for line in [heads, *lines]]
    return "\n".join([rows[0], "|" + " --- |" * len(heads), *rows[1:]]) + "\n"


def _cell(value: Any, missing: str) -> str:
    if isinstance(value, tuple):
        text, address = value
        return f"[{safe(one_line(text))}](<{address}>)"
    if isinstance(value, list):
        value = ", ".join(map(str, value)) or None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return safe(one_line(str(missing if value is None else value)))
    return f"{value:,}"
