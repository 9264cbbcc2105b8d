"""A store in a file, or where that file stands for one, opened for as long as a test looks at it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cache.store.store import Store
from tests.rigs import databases


@contextmanager
def opened(path: Path, **options: Any) -> Iterator[Store]:
    """The store in this file, closed at the end. ``options``: as ``Store.open`` takes them."""
    store = Store.open(databases.url(path), **options)
    try:
        yield store
    finally:
        store.close()
