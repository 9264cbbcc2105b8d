"""How far the sites of trials are from a place, over the frames of ``cache.read.trials``: pure."""

from typing import NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from cache.places import column, points
from cache.places.distance import kilometres

Number = TypeVar("Number", np.int64, np.float64)
ANY = 0  # a radius that limits nothing
_UNKNOWN = 0.5  # a status nobody knows stands after what is about to open, before what is closed


class Reach(NamedTuple):
    """One number for every trial of a frame."""

    nearest: npt.NDArray[np.float64]  # km to the nearest site; NaN when no site has a known place
    site: npt.NDArray[np.int64]  # the site to name, by its place in the record; -1 when none is within the radius
    away: npt.NDArray[np.float64]  # km to that site; NaN when there is none
    openness: npt.NDArray[np.float64]  # of that site: its own, else the trial's; NaN when neither is known
    unplaced: npt.NDArray[np.int64]  # sites without a known place
    told: npt.NDArray[np.bool_]  # whether the source names its sites one by one

    @property
    def inside(self) -> npt.NDArray[np.bool_]:
        """Trials with a site within the radius."""
        found: npt.NDArray[np.bool_] = self.site >= 0
        return found

    @property
    def not_judged(self) -> npt.NDArray[np.bool_]:
        """Trials of which no site has a known place: they may be near all the same."""
        found: npt.NDArray[np.bool_] = np.isnan(self.nearest)
        return found


def reach(trials: pd.DataFrame, latitude: float, longitude: float, within: int = ANY) -> Reach:
    """How far each trial is. Of the sites within the radius (``ANY``: of all) the one to name is the nearest of those
    that are most open."""
    sites = points.sites(trials["points"])
    away = kilometres(sites.latitude, sites.longitude, latitude, longitude)
    openness = np.where(np.isnan(sites.openness), of_trials(trials)[sites.row], sites.openness)
    count = len(trials)
    nearest = np.full(count, np.nan)
    np.fmin.at(nearest, sites.row, away)
    inside = np.flatnonzero(away <= (within or np.inf))
    rank = np.nan_to_num(openness[inside], nan=column.CLOSED)
    order = inside[np.lexsort((away[inside], -rank, sites.row[inside]))]
    rows, first = np.unique(sites.row[order], return_index=True)
    best = order[first]
    return Reach(
        nearest=nearest,
        site=_spread(count, rows, sites.place[best], -1),
        away=_spread(count, rows, away[best], np.nan),
        openness=_spread(count, rows, openness[best], np.nan),
        unplaced=np.bincount(sites.row[~sites.known], minlength=count),
        told=trials["points"].notna().to_numpy(),
    )


def ordered(away: npt.NDArray[np.float64], openness: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """Sites of a ``Reach`` as they are shown: those that are open first, then by distance."""
    order: npt.NDArray[np.int64] = np.lexsort((away, -np.nan_to_num(openness, nan=_UNKNOWN)))
    return order


def of_trials(trials: pd.DataFrame) -> npt.NDArray[np.float64]:
    """How open each trial is by its own status (``column.OPENNESS``); NaN when nobody knows."""
    status = trials["overall_status"].cat
    known = [column.openness(code) for code in status.categories]
    codes = np.array([np.nan if one is None else one for one in known] + [np.nan], dtype=np.float64)
    found: npt.NDArray[np.float64] = codes[status.codes.to_numpy()]
    return found


def _spread(
    count: int, rows: npt.NDArray[np.int64], values: npt.NDArray[Number], missing: float
) -> npt.NDArray[Number]:
    found = np.full(count, missing, dtype=values.dtype)
    found[rows] = values
    return found
