"""Rows into the Parquet files of a table, one file a partition; in memory is never more than a part of them."""

import os
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple, Self
from urllib.parse import quote

import pyarrow as pa
import pyarrow.parquet as pq

from cache.export.dataset.tables import Table
from cache.export.dataset.values import Row, typed

# Of one file, before they are written as a row group: large enough to be read quickly, small beside what else is held.
_GROUP_BYTES = 16 * 1024 * 1024


class Part(NamedTuple):
    """A file of the data set: its path in it, and how many rows it has."""

    path: str
    rows: int


def write(
    folder: Path, table: Table, batches: Iterable[Sequence[Row]], facts: Mapping[str, str], otherwise: Any
) -> list[Part]:
    """Write a table below ``folder``; returns its files, sorted.

    Without any row there is one file, in the partition ``otherwise``, so that the columns can be read all the same.
    """
    schema, writers = table.schema(facts), dict[Any, _Writer]()
    with ExitStack() as stack:

        def writer(value: Any) -> _Writer:
            if value not in writers:
                writers[value] = stack.enter_context(_Writer(folder, _path(table, value), schema))
            return writers[value]

        for rows in batches:
            for value, own in _divided(table, rows):
                writer(value).add(typed(table, own))
        if not writers:
            writer(otherwise)
    return sorted(Part(one.path, one.rows) for one in writers.values())


def _divided(table: Table, rows: Sequence[Row]) -> Iterable[tuple[Any, Iterable[Row]]]:
    if table.partition is None:
        return [(None, rows)] if rows else []
    name = table.partition.name
    return groupby(sorted(rows, key=lambda row: row[name]), key=lambda row: row[name])


def _path(table: Table, value: Any) -> str:
    """As Hive names partitions, which every reader understands; a code of the registry is written so that no sign in
    it can lead anywhere else."""
    partition = f"{table.partition.name}={quote(str(value), safe='')}/" if table.partition else ""
    return f"{table.name}/{partition}part-0.parquet"


class _Writer:
    """One file, written a row group at a time."""

    def __init__(self, folder: Path, path: str, schema: pa.Schema) -> None:
        self.path = path
        self.rows = 0
        self._schema = schema
        self._waiting: list[pa.Table] = []
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        self._file = (folder / path).open("xb")
        self._writer = pq.ParquetWriter(self._file, schema, compression="zstd")

    def add(self, rows: list[Row]) -> None:
        self._waiting.append(pa.Table.from_pylist(rows, schema=self._schema))
        self.rows += len(rows)
        if sum(one.nbytes for one in self._waiting) >= _GROUP_BYTES:
            self._flush()

    def _flush(self) -> None:
        if self._waiting:
            self._writer.write_table(pa.concat_tables(self._waiting).combine_chunks())
            self._waiting.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        """Everything is on the disk before the folder gets its name."""
        with self._file:
            try:
                if kind is None:
                    self._flush()
                    self._writer.close()
                    self._file.flush()
                    os.fsync(self._file.fileno())
            finally:
                self._writer.is_open = False  # or it would be closed once more when it is forgotten
