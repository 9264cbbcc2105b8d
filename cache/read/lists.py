"""A column of lists that holds each different value once, as JSON, and decodes it when somebody looks at it.

Most of a registry's lists repeat (phases, condition groups, countries), and a page shows a few dozen rows: a column of
100,000 Python lists would cost every process a second and a hundred megabytes for nothing. The texts may lie in a file
that is memory-mapped (``cache.snapshot``). Taking rows copies their numbers only.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, ClassVar, Self

import msgspec
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
from pandas.api.extensions import ExtensionArray, ExtensionDtype, register_extension_dtype

_decode = msgspec.json.Decoder().decode
_encode = msgspec.json.encode


@register_extension_dtype
class ListsDtype(ExtensionDtype):
    """The type of ``Lists``."""

    name = "lists"
    type: ClassVar[Any] = list
    kind = "O"
    na_value = None

    @classmethod
    def construct_array_type(cls) -> Any:
        return Lists


class Values:
    """Different values by number, decoded once each; never change one. Shared by all columns taken from one column."""

    def __init__(self, texts: pa.Array) -> None:
        self.texts = texts
        self._made: npt.NDArray[np.object_] = np.empty(len(texts), dtype=object)
        self._done: npt.NDArray[np.bool_] = np.zeros(len(texts), dtype=bool)
        self.kept: dict[str, Any] = {}  # what somebody made of all of them, by name

    def __len__(self) -> int:
        return len(self.texts)

    def one(self, number: int) -> Any:
        """The value of a number; None for -1."""
        if number < 0:
            return None
        if not self._done[number]:
            self._made[number] = _decode(self.texts[number].as_py())
            self._done[number] = True
        return self._made[number]

    def some(self, numbers: npt.NDArray[np.int32]) -> npt.NDArray[np.object_]:
        """The values of these numbers, None for -1."""
        told = numbers[numbers >= 0]
        new = np.unique(told[~self._done[told]])
        if len(new):
            joined = ",".join(self.texts.take(pa.array(new)).to_pylist())
            self._made[new] = _filled(_decode(f"[{joined}]"))
            self._done[new] = True
        found: npt.NDArray[np.object_] = np.empty(len(numbers), dtype=object)
        found[numbers >= 0] = self._made[told]
        return found


class Lists(ExtensionArray):
    """Rows of a column: the number of each row's value among ``values``, -1 where there is none."""

    def __init__(self, numbers: npt.NDArray[np.int32], values: Values) -> None:
        self.numbers = numbers
        self.values = values

    @classmethod
    def of_texts(cls, texts: Iterable[str | None]) -> Self:
        """The column of JSON texts; equal texts are one value."""
        places: dict[str, int] = {}
        numbers = [-1 if text is None else places.setdefault(text, len(places)) for text in texts]
        return cls(np.array(numbers, dtype=np.int32), Values(pa.array(list(places), type=pa.large_string())))

    @classmethod
    def of(cls, values: Iterable[Any]) -> Self:
        """The column of these values: lists of what JSON can say, or None."""
        return cls.of_texts(None if value is None else _encode(value).decode() for value in values)

    @classmethod
    def _from_sequence(cls, scalars: Any, *, dtype: Any = None, copy: bool = False) -> Self:
        return cls.of(None if _gone(value) else value for value in scalars)

    @classmethod
    def _concat_same_type(cls, to_concat: Sequence[Self]) -> Self:
        first = to_concat[0].values
        if all(one.values is first for one in to_concat):
            return cls(np.concatenate([one.numbers for one in to_concat]), first)
        starts = np.cumsum([0, *(len(one.values) for one in to_concat)])
        moved = [
            np.where(one.numbers < 0, -1, one.numbers + start) for one, start in zip(to_concat, starts, strict=False)
        ]
        texts = pa.concat_arrays([pa.array(one.values.texts, type=pa.large_string()) for one in to_concat])
        return cls(np.concatenate(moved).astype(np.int32), Values(texts))

    @property
    def dtype(self) -> ListsDtype:
        return ListsDtype()

    @property
    def nbytes(self) -> int:
        return int(self.numbers.nbytes)

    def __len__(self) -> int:
        return len(self.numbers)

    def __getitem__(self, item: Any) -> Any:
        if isinstance(item, int | np.integer):
            return self.values.one(int(self.numbers[item]))
        return type(self)(self.numbers[pd.api.indexers.check_array_indexer(self, item)], self.values)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.values.some(self.numbers))

    def __eq__(self, other: Any) -> Any:
        if isinstance(other, pd.Series | pd.Index | pd.DataFrame):
            return NotImplemented
        same = other if isinstance(other, Lists) else [other] * len(self)
        return np.fromiter((one == two for one, two in zip(self, same, strict=True)), bool, len(self))

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> npt.NDArray[np.object_]:
        return self.values.some(self.numbers)

    def isna(self) -> npt.NDArray[np.bool_]:
        return self.numbers < 0

    def take(self, indices: Any, *, allow_fill: bool = False, fill_value: Any = None) -> Self:
        taken = pd.api.extensions.take(self.numbers, indices, allow_fill=allow_fill, fill_value=-1)
        return type(self)(np.asarray(taken, dtype=np.int32), self.values)

    def copy(self) -> Self:
        return type(self)(self.numbers.copy(), self.values)

    def _formatter(self, boxed: bool = False) -> Callable[[Any], str | None]:
        return str

    def _explode(self) -> tuple[Any, Any]:
        return named(pd.Series(self))


def holding(column: "pd.Series[Any]", holds: Callable[[Any], bool]) -> npt.NDArray[np.bool_]:
    """Rows whose list ``holds``; it is asked once of each different list. None is a list like the others."""
    lists = of(column)
    used = np.unique(lists.numbers[lists.numbers >= 0])
    answers = np.zeros(len(lists.values) + 1, dtype=bool)  # the last one is that of -1
    answers[used] = np.fromiter(map(holds, lists.values.some(used)), bool, len(used))
    answers[-1] = holds(None)
    found: npt.NDArray[np.bool_] = answers[lists.numbers]
    return found


def lengths(column: "pd.Series[Any]") -> npt.NDArray[np.int64]:
    """How many items each row's list has; 0 where there is none."""
    lists = of(column)
    used = np.unique(lists.numbers[lists.numbers >= 0])
    counted = np.zeros(len(lists.values) + 1, dtype=np.int64)
    counted[used] = np.fromiter(map(len, lists.values.some(used)), np.int64, len(used))
    found: npt.NDArray[np.int64] = counted[lists.numbers]
    return found


def counted(column: "pd.Series[Any]") -> dict[Any, int]:
    """In how many rows each item stands."""
    lists = of(column)
    used, rows = np.unique(lists.numbers[lists.numbers >= 0], return_counts=True)
    found: Counter[Any] = Counter()
    for items, number in zip(lists.values.some(used), rows.tolist(), strict=True):
        for item in set(items):
            found[item] += number
    return found


def different(column: "pd.Series[Any]") -> set[Any]:
    """Every item of every list."""
    lists = of(column)
    used = np.unique(lists.numbers[lists.numbers >= 0])
    return {item for one in lists.values.some(used) for item in one}


def of(column: "pd.Series[Any]") -> Lists:
    """The lists of a column, also of one that holds them as Python objects."""
    array = column.array
    return array if isinstance(array, Lists) else Lists.of(None if _gone(value) else value for value in array)


def series(values: Iterable[Any]) -> "pd.Series[Any]":
    """A column of these lists."""
    return pd.Series(Lists.of(values))


def named(column: "pd.Series[Any]") -> tuple[Any, Any]:
    """Every item, row by row, None for a row without; and how many of them each row has, as pandas explodes."""
    rows = [list(one) if one else [None] for one in of(column)]
    items: npt.NDArray[np.object_] = np.empty(sum(map(len, rows)), dtype=object)
    items[:] = [item for one in rows for item in one]
    return items, np.fromiter(map(len, rows), np.uint64, len(rows))


def _gone(value: Any) -> bool:
    return value is None or (isinstance(value, float) and value != value)


def _filled(values: Sequence[Any]) -> npt.NDArray[np.object_]:
    made: npt.NDArray[np.object_] = np.empty(len(values), dtype=object)
    made[:] = values
    return made
