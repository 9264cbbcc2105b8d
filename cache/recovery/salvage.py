"""Reads every row that can still be read out of a damaged SQLite file, through the bare driver.

A broken page makes a scan stop; rows behind it are reached by their row number, from the other end and in between.
"""

import json
import sqlite3
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from itertools import islice
from pathlib import Path

from sqlalchemy import JSON, Table

from cache.store import files
from cache.store.packing import base_of, is_whole
from cache.store.schema import event, meta, result, result_version, version
from cache.store.seal import holds
from cache.store.store import Store

PAGE_SIZE = 4096
_BATCH = 500
_END = 1 << 62
# So many row numbers behind a broken page are tried one by one.
_NEAR = 5_000

Row = tuple[object, ...]


def salvage_table(source: sqlite3.Connection, target: sqlite3.Connection, table: Table) -> int:
    """Copy the readable, valid rows of ``table``; returns how many. Commits in ``target`` as it goes."""
    columns = _shared_columns(source, target, table)
    if not columns:
        return 0
    names = ", ".join(f'"{name}"' for name in columns)
    marks = ", ".join("?" * len(columns))
    # Rows that break a rule of the table (a key twice, a value missing) are damage too.
    statement = f'INSERT OR IGNORE INTO "{table.name}" ({names}) VALUES ({marks})'  # noqa: S608
    kept = 0
    rows = (row for row in readable(source, table.name, columns) if _valid(table, columns, row))
    while batch := list(islice(rows, _BATCH)):
        before = target.total_changes
        target.executemany(statement, batch)
        target.commit()
        kept += target.total_changes - before
    return kept


def readable(source: sqlite3.Connection, table: str, columns: Sequence[str]) -> Iterator[Row]:
    """The rows that can be read, in any order."""
    names = ", ".join(f'"{name}"' for name in columns)
    up = f'SELECT rowid, {names} FROM "{table}" NOT INDEXED WHERE rowid >= ? AND rowid <= ? ORDER BY rowid'  # noqa: S608
    last, whole = yield from _scan(source, up, 1, _END)
    if whole:
        return
    first, _ = yield from _scan(source, f"{up} DESC", last + 1, _END)
    while not whole and (start := _next_readable(source, table, last + 1, first - 1)) is not None:
        last, whole = yield from _scan(source, up, start, first - 1)
        last = max(last, start)


def _scan(source: sqlite3.Connection, query: str, low: int, high: int) -> Generator[Row, None, tuple[int, bool]]:
    """Yield rows until the end or the damage; returns the last row number read and whether the end was reached."""
    backwards = query.endswith("DESC")
    last = high + 1 if backwards else low - 1
    try:
        for row in source.execute(query, (low, high)):
            last = row[0]
            yield row[1:]
        return last, True
    except sqlite3.DatabaseError:
        pass
    # The driver reads a row ahead, so the damage has cost the good row before it; that one is read by itself.
    try:
        row = source.execute(f"{query} LIMIT 1", (low, last - 1) if backwards else (last + 1, high)).fetchone()
    except sqlite3.DatabaseError:
        row = None
    if row is None:
        return last, False
    yield row[1:]
    return row[0], False


def _next_readable(source: sqlite3.Connection, table: str, low: int, high: int) -> int | None:
    """The number of the first row from ``low`` on, behind the damage, from which reading works again."""
    before, step = -1, 0
    while low + step <= high and _reads(source, table, low + step, high) is None:
        # One by one at first, so that what lies between two broken pages is not jumped over.
        before, step = step, step + 1 if step < _NEAR else step * 2
    if low + step > high:
        return None
    while step - before > 1:
        middle = (before + step) // 2
        if _reads(source, table, low + middle, high) is None:
            before = middle
        else:
            step = middle
    return _reads(source, table, low + step, high)


def _reads(source: sqlite3.Connection, table: str, start: int, high: int) -> int | None:
    query = f'SELECT rowid, * FROM "{table}" NOT INDEXED WHERE rowid >= ? AND rowid <= ? ORDER BY rowid LIMIT 1'  # noqa: S608
    try:
        row = source.execute(query, (start, high)).fetchone()
    except sqlite3.DatabaseError:
        return None
    return None if row is None else int(row[0])


def _shared_columns(source: sqlite3.Connection, target: sqlite3.Connection, table: Table) -> list[str]:
    try:
        there = {row[1] for row in source.execute(f'PRAGMA table_info("{table.name}")')}
    except sqlite3.DatabaseError:
        return []
    here = {row[1] for row in target.execute(f'PRAGMA table_info("{table.name}")')}
    return [column.name for column in table.columns if column.name in there & here]


def _valid(table: Table, columns: Sequence[str], row: Row) -> bool:
    """Whether lists are JSON, a version's record is what its hash says, and what nothing else tells is as sealed."""
    values = dict(zip(columns, row, strict=True))
    if table in (event, meta, result, result_version) and "digest" in values and not holds(values):
        return False
    for name in columns:
        if isinstance(table.c[name].type, JSON) and not _is_json(values[name]):
            return False
    if table not in (version, result_version):
        return True
    body = values.get("body")
    # One that rests on another is judged when all that can be read is together (``cache.recovery.rebuild``).
    rests = table is version and isinstance(body, bytes) and base_of(body) is not None
    return rests or is_whole(body, values.get("body_hash"))


def _is_json(value: object) -> bool:
    if value is None:
        return True
    try:
        json.loads(value if isinstance(value, str) else "")
    except ValueError:
        return False
    return True


def graft_first_page(scratch: Path, *, tidied: bool) -> None:
    """Overwrite the first page, which holds the header and where each table begins, with that of an empty store.

    The tables of a store are made by the migrations, in one order, and move only, all at once, when the store is
    ``tidied`` (``cache.store.tidy``); so that page points to the right places. For a scratch copy that is read once,
    never for a store in use.
    """
    empty = files.beside(scratch, ".empty")
    try:
        Store.open(files.url_of(empty)).close()
        if tidied:
            with closing(sqlite3.connect(empty, isolation_level=None)) as connection:
                connection.execute("VACUUM")
        files.fold(empty)
        page = bytearray(empty.read_bytes()[:PAGE_SIZE])
    finally:
        files.remove(empty)
    pages = max(scratch.stat().st_size // PAGE_SIZE, 1)
    page[28:32] = pages.to_bytes(4, "big")
    page[32:40] = bytes(8)  # no free pages: nothing will be written
    page[92:96] = page[24:28]  # the page count above holds for this change counter
    with scratch.open("r+b") as file:
        file.write(page)
