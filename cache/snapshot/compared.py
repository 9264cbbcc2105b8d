"""Which rows of a frame are as they were, value by value: what is made of such a row alone need not be made again."""

from collections.abc import Collection
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from cache.read.lists import Lists

Mask = npt.NDArray[np.bool_]
_ID = "nct_id"


class Material:
    """The rows that parts are made of, one a trial, as they are and as they were."""

    def __init__(self, now: pd.DataFrame, before: pd.DataFrame) -> None:
        self._now = now
        self._before = before
        self._places = pd.Index(before[_ID]).get_indexer(pd.Index(now[_ID]))
        self._same: dict[str, Mask] = {}

    def same(self, columns: Collection[str]) -> Mask:
        """Rows that were there before with the same values in these columns."""
        rows: Mask = self._places >= 0
        for name in columns:
            if name not in self._same:
                self._same[name] = self._compare(name)
            rows = rows & self._same[name]
        return rows

    def over(self, dates: Collection[str], day: str) -> Mask:
        """Rows none of whose dates can mean a day after that of column ``day``, neither as it is nor as it was."""
        return self.over_by(dates, _arrow(self._now[day]), self._was(day))

    def over_by(self, dates: Collection[str], *days: Any) -> Mask:
        """Rows none of whose dates can mean a day after any of these; with a day that is not known, none are."""
        rows: Mask = np.ones(len(self._now), dtype=bool)
        for name in dates:
            ends = _latest(_arrow(self._now[name]))
            for day in days:
                late = pc.and_(pc.is_valid(ends), pc.fill_null(pc.greater(ends, day), True))
                rows &= ~np.asarray(late, dtype=bool)
        for day in days:
            rows &= np.asarray(pc.is_valid(day)) if not isinstance(day, str) else True
        return rows

    def _was(self, name: str) -> Any:
        return _arrow(self._before[name]).take(pa.array(self._places, mask=self._places < 0))

    def _compare(self, name: str) -> Mask:
        now, was = _arrow(self._now[name]), self._was(name)
        equal = pc.fill_null(pc.equal(now, was), False)
        gone = pc.and_(pc.is_null(now), pc.is_null(was))
        return np.asarray(pc.or_(equal, gone), dtype=bool)


def _latest(dates: Any) -> Any:
    """The last day that partial dates can mean, as a text that sorts with days."""
    lengths = pc.utf8_length(dates)
    rest = pc.if_else(pc.equal(lengths, 4), "-12-31", pc.if_else(pc.equal(lengths, 7), "-31", ""))
    return pc.binary_join_element_wise(
        pc.cast(dates, pa.large_string()), pc.cast(rest, pa.large_string()), pa.scalar("", pa.large_string())
    )


def _arrow(column: "pd.Series[Any]") -> Any:
    """The values of a column, missing ones null."""
    if isinstance(column.array, Lists):
        numbers = column.array.numbers
        return column.array.values.texts.take(pa.array(numbers, mask=numbers < 0))
    values = pa.array(column, from_pandas=True)
    return values.cast(values.type.value_type) if pa.types.is_dictionary(values.type) else values
