"""Long lists of keys in pieces short enough for one statement."""

from collections.abc import Collection, Iterator
from typing import TypeVar

Key = TypeVar("Key", str, int)


def batches(keys: Collection[Key], size: int = 500) -> Iterator[list[Key]]:
    """The keys in order, at most ``size`` at a time."""
    ordered = sorted(keys)
    return (ordered[start : start + size] for start in range(0, len(ordered), size))
