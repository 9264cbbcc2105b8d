"""From database rows to pandas columns of one agreed type each; quick enough to be done again after every refresh."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt
import pandas as pd

from cache.codes import LANES, lane

_decoder = msgspec.json.Decoder(list[list[str] | None])
_why_decoder = msgspec.json.Decoder(list[str] | dict[str, Any])


def columns(rows: Sequence[Sequence[Any]], count: int) -> list[tuple[Any, ...]]:
    """The rows turned into ``count`` columns, empty ones when there are no rows."""
    return list(zip(*rows, strict=True)) if rows else [()] * count


def texts(values: Iterable[str | None]) -> "pd.Series[Any]":
    """pandas' own text type; a missing text is NaN."""
    return pd.Series(list(values), dtype="str")


def integers(values: Iterable[int | None]) -> "pd.Series[Any]":
    return pd.Series(list(values), dtype="Int64")


def booleans(values: Iterable[bool | None]) -> "pd.Series[Any]":
    return pd.Series(list(values), dtype="boolean")


def objects(values: Sequence[Any]) -> "pd.Series[Any]":
    """Whatever the values are, None included, one object a row."""
    return pd.Series(np.fromiter(values, dtype=object, count=len(values)), dtype=object)


def categories(values: Sequence[str | None], known: Iterable[str], *, ordered: bool = False) -> "pd.Series[Any]":
    """Codes in their reading order; codes the product has never heard of come last, a missing one stays missing."""
    order = list(dict.fromkeys([*known, *sorted({value for value in values if value is not None})]))
    places = {code: place for place, code in enumerate(order)} | {None: -1}
    codes = np.fromiter((places[value] for value in values), dtype=np.int16, count=len(values))
    return pd.Series(pd.Categorical.from_codes(codes, categories=pd.Index(order, dtype="str"), ordered=ordered))


def json_lists(values: Sequence[str | None]) -> list[list[str] | None]:
    """Decode a whole column of JSON lists at once; None stays None. Equal lists are one object: never change one."""
    different = list({value for value in values if value is not None})
    decoded = dict(zip(different, _decoder.decode(f"[{','.join(different)}]"), strict=True))
    return [None if value is None else decoded[value] for value in values]


class Reason(NamedTuple):
    """Why an agent is found: by which names, where they stand when it is given, and the sentence of a description."""

    names: list[str]
    place: str | None
    quote: str | None


def reasons(values: Sequence[str]) -> list[Reason]:
    """Decode a whole column of why agents are found. Stores of earlier versions hold the names alone."""
    seen: dict[str, Reason] = {}
    for value in values:
        if value not in seen:
            told = _why_decoder.decode(value)
            known = isinstance(told, dict)
            seen[value] = Reason(told["names"], told["in"], told.get("quote")) if known else Reason(told, None, None)
    return [seen[value] for value in values]


def lanes(phases: Sequence[list[str] | None], study_types: Sequence[str | None]) -> "pd.Series[Any]":
    """The phase lane of every trial, as an ordered category over all of ``LANES``."""
    seen: dict[tuple[tuple[str, ...] | None, str | None], str] = {}
    found = []
    for listed, study_type in zip(phases, study_types, strict=True):
        key = (None if listed is None else tuple(listed), study_type)
        if key not in seen:
            seen[key] = lane(listed, study_type)
        found.append(seen[key])
    return categories(found, LANES, ordered=True)


def years(dates: Sequence[str | None]) -> "pd.Series[Any]":
    """The year of partial dates."""
    return integers(None if date is None else int(date[:4]) for date in dates)


def numbers(nct_ids: Sequence[str]) -> npt.NDArray[np.int64]:
    """The number in each NCT id, for joins that need no text."""
    return np.fromiter((int(nct_id[3:]) for nct_id in nct_ids), dtype=np.int64, count=len(nct_ids))


def plain_rows(frame: pd.DataFrame) -> list[dict[Any, Any]]:
    """The rows of a frame as plain values, None for what is missing."""
    # By column: pandas' own ways over a whole frame take several times as long for the one row of a trial's page.
    columns = [plain(values) for _, values in frame.items()]
    return [dict(zip(frame.columns, cells, strict=True)) for cells in zip(*columns, strict=True)]


def plain(column: "pd.Series[Any]") -> list[Any]:
    """The values of a column as Python's own, None for what is missing."""
    gone = column.isna()
    if isinstance(column.dtype, pd.StringDtype):  # one by one, as below, its values take ten times as long
        values = column.to_numpy(dtype=object, copy=True)
        values[gone.to_numpy()] = None
        return list(values)
    return [None if missing else value for value, missing in zip(column.tolist(), gone.tolist(), strict=True)]
