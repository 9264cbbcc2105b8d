"""Gives a damaged SQLite file a readable first page, which holds its header and where each table begins.

The tables of a store are made by the migrations, in one order, and never move; so the first page of an empty store
of the same revision points to the right places. For a scratch copy that is read once, never for a store in use.
"""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from cache.store.store import Store

PAGE_SIZE = 4096


def graft_first_page(scratch: Path) -> None:
    """Overwrite the first page of ``scratch`` with that of an empty store, sized for this file."""
    empty = scratch.with_name(scratch.name + ".empty")
    try:
        Store.open(f"sqlite:///{empty}").close()
        with closing(sqlite3.connect(empty)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        page = bytearray(empty.read_bytes()[:PAGE_SIZE])
    finally:
        for end in ("", "-wal", "-shm"):
            Path(f"{empty}{end}").unlink(missing_ok=True)
    pages = max(os.path.getsize(scratch) // PAGE_SIZE, 1)
    page[28:32] = pages.to_bytes(4, "big")
    page[32:40] = bytes(8)  # no free pages: nothing will be written
    page[92:96] = page[24:28]  # the page count above holds for this change counter
    with scratch.open("r+b") as file:
        file.write(page)
