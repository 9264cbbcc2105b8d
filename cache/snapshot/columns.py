"""Frames as Arrow's file format: written once, memory-mapped by every reader, whose rows are not copied."""

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from cache.read.lists import Lists, Values

# What a field is in the frame, where Arrow has no type for it: lists, or values of any kind that JSON can say.
_KIND = b"kind"
_LISTS, _OBJECTS = b"lists", b"objects"
_TEXT = pd.StringDtype("pyarrow", na_value=np.nan)


def packed(frame: pd.DataFrame) -> bytes:
    """The bytes of a frame with a plain index, from 0 on. Objects must be texts, numbers, lists or tuples, or None."""
    if not isinstance(frame.index, pd.RangeIndex) or frame.index.start != 0 or frame.index.step != 1:
        raise ValueError("a frame is kept without its index, so it must be the plain one")
    plain = pa.Table.from_pandas(frame[[name for name in frame if not _is_own(frame[name])]], preserve_index=False)
    fields, columns = [], []
    for name in frame.columns:
        if _is_own(frame[name]):
            told, kind = _told(frame[name])
            fields.append(pa.field(str(name), told.type, metadata={_KIND: kind}))
            columns.append(told)
        else:
            fields.append(plain.schema.field(str(name)))
            columns.append(_one(plain.column(str(name))))
    schema = pa.schema(fields, metadata=plain.schema.metadata)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_file(sink, schema) as writer:
        # A batch also of no rows: it carries the categories.
        writer.write_batch(pa.RecordBatch.from_arrays(columns, schema=schema))
    whole: bytes = sink.getvalue().to_pybytes()
    return whole


def unpacked(buffer: pa.Buffer) -> pd.DataFrame:
    """The frame of ``packed`` bytes; its columns lie where the bytes lie. Never write to it."""
    with pa.ipc.open_file(pa.BufferReader(buffer)) as reader:
        table = reader.read_all()
    rest = [field.name for field in table.schema if not _quick(field)]
    others = table.select(rest).to_pandas(split_blocks=True) if rest else {}
    made = {
        field.name: others[field.name].array if field.name in others else _made(table.column(field.name), field)
        for field in table.schema
    }
    return pd.DataFrame(made, columns=table.column_names, index=pd.RangeIndex(table.num_rows), copy=False)


def _quick(field: pa.Field) -> bool:
    """Whether a column is made here: Arrow's own way takes ten times as long for the few rows of a small frame."""
    return bool(pa.types.is_large_string(field.type) or pa.types.is_dictionary(field.type))


def _made(column: pa.ChunkedArray, field: pa.Field) -> Any:
    if pa.types.is_large_string(field.type):
        return _texts(column)
    told = _one(column)
    kind = (field.metadata or {}).get(_KIND)
    if kind is None:
        codes = told.indices.fill_null(-1).to_numpy(zero_copy_only=False)
        names = pd.Index(_texts(pa.chunked_array([told.dictionary])))
        return pd.Categorical.from_codes(codes, names, ordered=field.type.ordered, validate=False)
    return _own(told, kind)


def _is_own(column: "pd.Series[Any]") -> bool:
    return column.dtype == object or isinstance(column.array, Lists)


def _told(column: "pd.Series[Any]") -> tuple[pa.DictionaryArray, bytes]:
    """The numbers of a column's values, and each of the values that occur."""
    kind = _LISTS if isinstance(column.array, Lists) else _OBJECTS
    lists = column.array if isinstance(column.array, Lists) else Lists.of(_plain(value) for value in column)
    used, numbers = np.unique(lists.numbers, return_inverse=True)
    first = int(len(used) > 0 and used[0] < 0)
    told_by = pa.array(numbers.astype(np.int32) - first, mask=lists.numbers < 0)
    texts = lists.values.texts.take(pa.array(used[first:]))
    return pa.DictionaryArray.from_arrays(told_by, texts), kind


def _plain(value: Any) -> Any:
    return None if value is None or value is pd.NA or (isinstance(value, float) and value != value) else value


def _texts(column: pa.ChunkedArray) -> pd.arrays.ArrowStringArray:
    return pd.arrays.ArrowStringArray(column, dtype=_TEXT)  # type: ignore[call-arg]  # the stubs are older


def _one(column: pa.ChunkedArray) -> pa.Array:
    """The whole column in one piece."""
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


def _own(told: pa.DictionaryArray, kind: bytes) -> Any:
    numbers = told.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    lists = Lists(numbers, Values(told.dictionary))
    if kind == _LISTS:
        return lists
    made = np.empty(len(lists), dtype=object)
    made[:] = [tuple(value) if isinstance(value, list) else value for value in lists]
    return pd.Series(made, dtype=object)  # an array of texts alone would become one of pandas' own texts
