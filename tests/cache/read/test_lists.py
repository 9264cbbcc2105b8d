"""A column of lists says the same as one of Python objects."""

from collections import Counter
from typing import Any

import pandas as pd
from hypothesis import given
from hypothesis import strategies as some

from cache.filters.select import any_of
from cache.read import lists

ROWS = some.lists(some.none() | some.lists(some.sampled_from("abc"), max_size=3), max_size=9)


@given(ROWS, ROWS, some.sets(some.sampled_from("abcd")))
def test_it_says_what_the_objects_say(rows: list[Any], more: list[Any], wanted: set[str]) -> None:
    column, plain = lists.series(rows), pd.Series(rows, dtype=object)
    assert list(column) == column.tolist() == list(column.to_numpy()) == rows
    assert [column.iloc[at] for at in range(len(rows))] == rows
    assert column.isna().tolist() == [one is None for one in rows]
    for each in (column, plain):
        assert any_of(each, wanted).tolist() == [bool(one) and not wanted.isdisjoint(one) for one in rows]
        assert lists.lengths(each).tolist() == [len(one or ()) for one in rows]
        assert lists.counted(each) == Counter(item for one in rows for item in set(one or ()))
        assert lists.different(each) == {item for one in rows for item in one or ()}
    assert column.explode().fillna("-").tolist() == plain.explode().fillna("-").tolist()
    assert column.explode().index.tolist() == plain.explode().index.tolist()
    assert column[::-1].tolist() == rows[::-1]
    assert column[column.isna()].tolist() == [None for one in rows if one is None]
    assert pd.concat([column, lists.series(more)]).tolist() == [*rows, *more]
    assert column.reindex([0, len(rows)]).tolist() == [rows[0] if rows else None, None]
    assert lists.series(rows).equals(column)


def test_equal_lists_are_one() -> None:
    column = lists.series([["a"], None, ["a"], ["b"]])
    assert column.iloc[0] is column.iloc[2]
    assert len(lists.of(column).values) == 2
    assert pd.concat([column, column[2:]]).array.values is column.array.values


def test_it_compares_row_by_row() -> None:
    column = lists.series([["a"], None, ["b"]])
    assert (column == lists.series([["a"], None, ["c"]])).tolist() == [True, True, False]
    assert column.map(lambda one: len(one or "")).tolist() == [1, 0, 1]
    assert column.copy().astype(object).tolist() == [["a"], None, ["b"]]
    assert str(column.dtype) == "lists"
    assert "['a']" in str(column)
