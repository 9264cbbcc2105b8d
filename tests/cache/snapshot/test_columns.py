"""A frame comes back from its bytes as it was."""

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as some

from cache.read import lists
from cache.read.later import Later
from cache.snapshot import columns, values

TEXTS = some.none() | some.text(max_size=5)
LISTS = some.none() | some.lists(TEXTS, max_size=3)


def frame_of(rows: list[tuple[Any, ...]]) -> pd.DataFrame:
    """A column of each kind there is."""
    texts, codes, numbers, yes, listed, ids, plain = zip(*rows, strict=True) if rows else [()] * 7
    return pd.DataFrame(
        {
            "text": pd.Series(texts, dtype="str"),
            "list": lists.series(listed),
            "code": pd.Categorical(codes, categories=pd.Index(["b", "a", "c"], dtype="str"), ordered=True),
            "number": pd.array(numbers, dtype="Int64"),
            "yes": pd.array(yes, dtype="boolean"),
            "ids": pd.Series(ids, dtype=object),
            "plain": np.array(plain, dtype=np.int64),
            "day": np.array(plain, dtype="datetime64[s]"),
        }
    )


ROWS = some.lists(
    some.tuples(
        TEXTS, some.sampled_from(["a", "b", None]), some.none() | some.integers(-5, 5), some.none() | some.booleans(),
        LISTS, some.none() | some.text(max_size=2) | some.lists(some.text(max_size=2), max_size=2).map(tuple),
        some.integers(-(2**40), 2**40),
    ),
    max_size=8,
)  # fmt: skip


def again(frame: pd.DataFrame) -> pd.DataFrame:
    return columns.unpacked(pa.py_buffer(columns.packed(frame)))


@given(ROWS)
def test_a_frame_comes_back_as_it_was(rows: list[tuple[Any, ...]]) -> None:
    frame = frame_of(rows)
    pd.testing.assert_frame_equal(again(frame), frame)
    only = frame[["ids", "list"]]
    pd.testing.assert_frame_equal(again(only), only)


@given(ROWS, some.data())
def test_some_rows_of_it_come_back_as_well(rows: list[tuple[Any, ...]], data: Any) -> None:
    frame = frame_of(rows)
    taken = again(frame).take(data.draw(some.lists(some.integers(0, len(rows) - 1), max_size=9)) if rows else [])
    taken = taken.reset_index(drop=True)
    pd.testing.assert_frame_equal(again(taken), taken)


def test_only_a_plain_index_is_kept() -> None:
    with pytest.raises(ValueError, match="plain"):
        columns.packed(frame_of([]).set_index("text"))


def test_values_come_back_with_their_frames() -> None:
    frame = frame_of([("x", "a", 1, True, ["y"], ("z",), 7)])
    pieces = [pa.py_buffer(piece) for piece in values.packed({"one": frame})]
    pd.testing.assert_frame_equal(values.unpacked(pieces, dict[str, pd.DataFrame])["one"], frame)
    pieces = [pa.py_buffer(piece) for piece in values.packed((Later.of(frame), Later.of(frame.iloc[:0])))]
    first, second = values.unpacked(pieces, tuple[Later, Later])
    pd.testing.assert_frame_equal(first.frame, frame)
    assert first.frame is first.frame
    assert second.frame.empty


@pytest.mark.parametrize("pieces", [[], [b""], [b"\xc1"], [b"\x01"], [b"\x01", b"no columns"]])
def test_bytes_of_something_else_are_an_error(pieces: list[bytes]) -> None:
    with pytest.raises(values.Unreadable):
        values.unpacked([pa.py_buffer(piece) for piece in pieces], pd.DataFrame)


def test_what_cannot_be_kept_is_said() -> None:
    with pytest.raises(NotImplementedError, match="not kept"):
        values.packed({"one": object()})
