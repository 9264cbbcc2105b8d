"""The sites of a trial as a column of its row: where each lies, and whether it says that it is open.

Four numbers a site, in the record's order: latitude, longitude, how open it is (``OPENNESS``), and the place of its
country among the row's ``countries``. Null stands where the record does not say it, so that the third site's numbers
are always the third four.
"""

from typing import Any, NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt
import pandas as pd

from cache.read import lists
from fetchers.record.study import Study

OPEN, SOON, CLOSED = 2, 1, 0
# A status that is not named here says that nobody can join (now).
OPENNESS = {"RECRUITING": OPEN, "AVAILABLE": OPEN, "NOT_YET_RECRUITING": SOON, "ENROLLING_BY_INVITATION": SOON}
_OF_A_SITE = 4
_decode = msgspec.json.Decoder(list[list[float | None]]).decode


def openness(status: str | None) -> int | None:
    """How open a site or a trial of this status is; None when the status is not known."""
    return None if status in (None, "UNKNOWN", "WITHHELD") else OPENNESS.get(str(status), CLOSED)


def column(study: Study) -> list[float | int | None]:
    """The value of a record."""
    countries = {name: place for place, name in enumerate(study.countries)}
    found: list[float | int | None] = []
    for site in study.locations:
        north, east = site.point or (None, None)
        found += [north, east, openness(site.status), countries.get(site.country_name or "")]
    return found


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
        flat = np.array([number for one in told for number in one], dtype=np.float64).reshape(-1, _OF_A_SITE)
        starts = np.cumsum([0, *(len(one) // _OF_A_SITE for one in told)])
        kept = values.kept["points"] = (flat, starts)
    return kept
