"""The sentence over the list of trials. Pure."""

from cache.english import count


def hits(found: int, *, sample: bool) -> str:
    """How many trials a list holds; "none found" never says that none exists."""
    if not found:
        return "No trial found"
    return f"{count(found, 'trial')} found{' in the starter sample' if sample else ''}"


def outside(here: int, more: int) -> str:
    """The way to the hits of a search that this view leaves out."""
    return f"{here:,} here, {more:,} more outside this view: show all"
