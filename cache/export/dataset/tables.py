"""The tables of the data set as ``tables.toml`` writes them down: names, types, what each column means."""

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa

_WRITTEN = Path(__file__).with_name("tables.toml")
# A date of the registry is a text, and beside it stand the first and the last day it can mean.
FROM, TO = "_from", "_to"
_BOUNDS = {FROM: "The first day that {} can mean.", TO: "The last day that {} can mean."}

# What a kind is called in the schema, and in Arrow. Timestamps are in microseconds: every reader knows these.
TYPES = {
    "text": ("string", pa.string()),
    "whole": ("int64", pa.int64()),
    "yes_no": ("bool", pa.bool_()),
    "day": ("date32", pa.date32()),
    "moment": ("timestamp[us, UTC]", pa.timestamp("us", tz="UTC")),
    "texts": ("list<string>", pa.list_(pa.string())),
    "date": ("string", pa.string()),
}


class Column(NamedTuple):
    """A column. ``required``: never null."""

    name: str
    kind: str
    required: bool
    about: str

    @property
    def type(self) -> str:
        return TYPES[self.kind][0]

    @property
    def field(self) -> pa.Field:
        """The column in a file; its metadata say what it means."""
        return pa.field(self.name, TYPES[self.kind][1], nullable=not self.required, metadata={"comment": self.about})


class Table(NamedTuple):
    """A table. ``columns`` are those of its files; ``partition`` stands in the folders' names instead."""

    name: str
    about: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    partition: Column | None

    def schema(self, facts: Mapping[str, str]) -> pa.Schema:
        """Of its files. ``facts``: where the data come from, for the metadata."""
        return pa.schema([one.field for one in self.columns], metadata={"comment": self.about, **facts})

    def written(self) -> dict[str, Any]:
        """The table in the written schema."""
        return {
            "about": self.about,
            "path": f"{self.name}/**/*.parquet" if self.partition else f"{self.name}/*.parquet",
            "key": list(self.key),
            "columns": [_written(one) for one in self.columns],
            "partition": _written(self.partition) if self.partition else None,
        }


def _written(column: Column) -> dict[str, Any]:
    return {"name": column.name, "type": column.type, "nullable": not column.required, "about": column.about}


@cache
def tables() -> Mapping[str, Table]:
    """Every table by its name, in the order in which they are written down."""
    told = tomllib.loads(_WRITTEN.read_text(encoding="utf-8"))
    return {name: _table(name, one) for name, one in told.items()}


def _table(name: str, told: Mapping[str, Any]) -> Table:
    columns = {
        one.name: one for column, (kind, about) in told["columns"].items() for one in _columns(column, kind, about)
    }
    partition = columns.pop(told["partition"]) if "partition" in told else None
    return Table(name, told["about"], tuple(told["key"]), tuple(columns.values()), partition)


def _columns(name: str, kind: str, about: str) -> Iterator[Column]:
    yield Column(name, kind.rstrip("!"), kind.endswith("!"), about)
    if kind.startswith("date"):
        for end, words in _BOUNDS.items():
            yield Column(f"{name}{end}", "day", False, words.format(name))
