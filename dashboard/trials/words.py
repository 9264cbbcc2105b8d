"""The sentence over the list of trials. Pure."""

from cache.english import count


def hits(found: int, *, sample: bool) -> str:
    """How many trials a list holds; "none found" never says that none exists."""
    if not found:
        return "No trial found"
    return f"{count(found, 'trial')} found{' in the starter sample' if sample else ''}"
