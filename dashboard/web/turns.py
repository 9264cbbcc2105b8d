"""How many pages run at the same moment in this process: the others wait for their turn.

Every session runs in a thread of its own, and Python works on one of them at a time. Hundreds at once would be slow,
and each would hold a connection to the database meanwhile, until none was left that one of them could end with.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

# More than one, for a page also waits for the database.
AT_ONCE = 3

_free = threading.BoundedSemaphore(AT_ONCE)


@contextmanager
def one() -> Iterator[None]:
    """Wait until it is this thread's turn, which lasts to the end of the block."""
    with _free:
        yield
