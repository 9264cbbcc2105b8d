"""The sentences over the list of trials. Pure."""

import re
from collections.abc import Sequence

from cache.english import count, listed, quoted
from dashboard.shared.escape import quiet


def hits(found: int, *, sample: bool) -> str:
    """How many trials a list holds; "none found" never says that none exists."""
    if not found:
        return "No trial found"
    return f"{count(found, 'trial')} found{' in the starter sample' if sample else ''}"


def outside(here: int, more: int) -> str:
    """The way to the hits of a search that this view leaves out."""
    return f"{here:,} here, {more:,} more outside this view: show all"


def elsewhere(nct_id: str, title: str | None) -> str:
    """The way to a trial that was asked for by its id and lies outside the view, for Markdown."""
    return f"{nct_id} lies outside this view: {quiet(title) if title else 'open it'}"


_OPERATORS = re.compile(r"(?:^|\s)(AND|OR|NOT|NEAR)(?=\s)|(?:^|\s)(-)\w")


def unread(text: str, *, has_words: bool) -> str:
    """What of a text is not searched as its writer may think; empty when all is."""
    if not has_words:
        return f"There is no word in {quoted(text, 40)} that can be looked for."
    if _OPERATORS.search(text):
        return "AND, OR, NOT and a minus are no commands here: every word is looked for, and all must occur."
    return ""


def names(typed: str, searched: Sequence[str]) -> str:
    """Under which names a medicine was looked for."""
    return f"“{typed}” names a medicine; searched under all its names: {listed(searched, 'or')}."


def where(trials: int) -> str:
    """The title of the hits."""
    return f"Where the words stand in the first {count(trials, 'trial')}" if trials > 1 else "Where the words stand"
