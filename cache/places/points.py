"""Every site of a frame's rows, read from the column of ``cache.places.column``."""

from typing import Any, NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt
import pandas as pd

from cache.places.column import OF_A_SITE
from cache.read import lists

_decode = msgspec.json.Decoder(list[list[float | None]]).decode


class Sites(NamedTuple):
    """Every site of some rows, side by side; what is not known is NaN."""

    row: npt.NDArray[np.int64]  # of the column they were read from
    place: npt.NDArray[np.int64]  # among the sites of its record, from 0 on
    latitude: npt.NDArray[np.float64]
    longitude: npt.NDArray[np.float64]
    openness: npt.NDArray[np.float64]
    country: npt.NDArray[np.float64]  # its place among the row's countries

    @property
    def known(self) -> npt.NDArray[np.bool_]:
        """Sites whose place is known."""
        found: npt.NDArray[np.bool_] = ~np.isnan(self.latitude)
        return found


def sites(points: "pd.Series[Any]") -> Sites:
    """The sites of a column of ``cache.read.trials``."""
    held = lists.of(points)
    flat, starts = _flat(held.values)
    known = np.flatnonzero(held.numbers >= 0)
    first, after = starts[held.numbers[known]], starts[held.numbers[known] + 1]
    many = after - first
    place = np.arange(many.sum()) - np.repeat(np.cumsum(many) - many, many)
    chosen = flat[np.repeat(first, many) + place]
    return Sites(np.repeat(known, many), place, chosen[:, 0], chosen[:, 1], chosen[:, 2], chosen[:, 3])


def _flat(values: lists.Values) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64]]:
    """All different values under each other, and where each begins: made once and kept with them."""
    kept = values.kept.get("points")
    if kept is None:
        told = _decode(f"[{','.join(values.texts.to_pylist())}]")
        flat = np.array([number for one in told for number in one], dtype=np.float64).reshape(-1, OF_A_SITE)
        starts = np.cumsum([0, *(len(one) // OF_A_SITE for one in told)])
        kept = values.kept["points"] = (flat, starts)
    return kept
