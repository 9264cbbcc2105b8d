"""Rows of an export as bytes: the layouts of CSV and Parquet, nothing about what the rows mean.

Rows are objects of plain values: texts, numbers, booleans, lists of texts, None; ``agents`` maps an agent to its tier,
role and the names it was found by.
"""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from cache.codes import TIERS
from cache.export.cells import cell
from cache.read.trials import BOOLEANS, INTEGERS, LISTS

# Without it Excel takes UTF-8 for the machine's own code page.
BOM = "\ufeff"

# Made for the export: no columns of the store.
_YES_OR_NO = ("left_registry", "starter")
_AGENT_COLUMNS = (*(f"agents_{tier}" for tier in TIERS), "found_by")


def columns(keys: Sequence[str]) -> list[str]:
    """The columns of a table: one for each key, for ``agents`` one for each tier and one for the names found."""
    return [name for key in keys for name in (_AGENT_COLUMNS if key == "agents" else (key,))]


def cells(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row as harmless cells, keyed by ``columns``."""
    told = flat({name: value for name, value in row.items() if name != "agents"})
    for tier in TIERS:
        here = {agent: why["role"] for agent, why in row["agents"].items() if why["tier"] == tier}
        told[f"agents_{tier}"] = cell([f"{agent} ({role})" if role else agent for agent, role in here.items()])
    found = {agent: ", ".join(why["found_by"]) for agent, why in row["agents"].items() if why["found_by"]}
    return told | {"found_by": cell([f"{agent}: {names}" for agent, names in found.items()])}


def flat(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row without ``agents`` as harmless cells."""
    return {name: cell(value) for name, value in row.items()}


def csv_file(rows: Sequence[Mapping[str, Any]], keys: Sequence[str], modified: str) -> bytes:
    """Trials as ``csv_table``."""
    return csv_table([cells(row) for row in rows], columns(keys), modified)


def csv_table(rows: Iterable[Mapping[str, Any]], names: Sequence[str], modified: str) -> bytes:
    """Rows of cells as a CSV. A last column ``modified`` says on every row what was changed: a CSV has no other place
    for it."""
    return csv_bytes([*names, "modified"], ([*(row[name] for name in names), modified] for row in rows))


def csv_bytes(heads: Sequence[str], lines: Iterable[Sequence[Any]]) -> bytes:
    """Harmless cells: UTF-8 with a byte order mark, CRLF, every text in quotes so that no other separator splits it."""
    text = io.StringIO(newline="")
    text.write(BOM)
    writer = csv.writer(text, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
    writer.writerow(heads)
    writer.writerows([_word(value) for value in line] for line in lines)
    return text.getvalue().encode("utf-8")


def _word(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else value


def parquet(rows: Sequence[Mapping[str, Any]], keys: Sequence[str], about: Mapping[str, str]) -> bytes:
    """Lists as lists, numbers as numbers, ``agents`` as a list of (agent, tier, role, found_by, found_in);
    ``about`` becomes the file's metadata."""
    listed = [{**row, "agents": [{"agent": name, **why} for name, why in row["agents"].items()]} for row in rows]
    return parquet_table(listed, {key: _type(key) for key in keys}, about)


def parquet_table(rows: Sequence[Mapping[str, Any]], types: Mapping[str, Any], about: Mapping[str, str]) -> bytes:
    """Rows of plain values under columns of these Arrow types."""
    schema = pa.schema(list(types.items()), metadata=dict(about))
    buffer = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(list(rows), schema=schema), buffer, compression="zstd")
    return buffer.getvalue()


def _type(key: str) -> Any:
    if key == "agents":
        names = [("agent", pa.string()), ("tier", pa.string()), ("role", pa.string())]
        return pa.list_(pa.struct([*names, ("found_by", pa.list_(pa.string())), ("found_in", pa.string())]))
    if key in LISTS:
        return pa.list_(pa.string())
    if key in INTEGERS or key == "distance_km":
        return pa.int64()
    return pa.bool_() if key in (*BOOLEANS, *_YES_OR_NO) else pa.string()
