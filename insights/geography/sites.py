"""Where in some countries the sites of trials are, town by town: pure, over the frames of ``cache.read.trials``.

A record gives a point for each site, that of its town. Points are gathered under a city of the gazetteer, the largest
within ten kilometres, else the nearest: a name for people, and no claim that the site is in it.
"""

from collections.abc import Collection
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from cache.gazetteer import cities
from cache.gazetteer.cities import City
from cache.places import column, near, points
from cache.read import lists

COLUMNS = ("city", "latitude", "longitude", "trials", "sites", "open")
_STEP = 100  # parts of a degree that are told apart
_AT_ONCE = 500  # points that are compared with all cities
_NEARBY = 0.09  # degrees, ten kilometres
_BEYOND = 2.0  # degrees around the points in which their cities are looked for


def by_city(trials: pd.DataFrame, countries: Collection[str]) -> pd.DataFrame:
    """One row a city with sites in these countries (as the registry spells them), most trials first; columns
    ``COLUMNS``: the city's label, the middle of its points, trials, sites, and sites that are open or about to be."""
    sites = points.sites(trials["points"])
    chosen = sites.known & _within(trials, sites, countries)
    if not chosen.any():
        return pd.DataFrame({name: [] for name in COLUMNS})
    openness = np.where(np.isnan(sites.openness), near.of_trials(trials)[sites.row], sites.openness)
    frame = pd.DataFrame(
        {
            "row": sites.row[chosen], "latitude": sites.latitude[chosen], "longitude": sites.longitude[chosen],
            "open": openness[chosen] > column.CLOSED,
        }
    )  # fmt: skip
    frame["city"] = _names(frame["latitude"].to_numpy(), frame["longitude"].to_numpy())
    grouped = frame.groupby("city", sort=False)
    made = grouped.agg(
        latitude=("latitude", "mean"), longitude=("longitude", "mean"), trials=("row", "nunique"),
        sites=("row", "size"), open=("open", "sum"),
    ).reset_index()  # fmt: skip
    ordered = made.sort_values(["trials", "city"], ascending=[False, True], ignore_index=True)
    return ordered.reindex(columns=list(COLUMNS))


def unplaced(trials: pd.DataFrame, countries: Collection[str]) -> int:
    """How many sites in these countries have no known place."""
    sites = points.sites(trials["points"])
    return int((~sites.known & _within(trials, sites, countries)).sum())


def _within(trials: pd.DataFrame, sites: points.Sites, countries: Collection[str]) -> npt.NDArray[np.bool_]:
    """The sites that lie in one of the countries, by the record's own word."""
    named = lists.holding(trials["countries"], lambda names: not set(countries).isdisjoint(names or ()))
    found = named[sites.row] & ~np.isnan(sites.country)
    held = lists.of(trials["countries"])
    rows, wanted = sites.row[found], set(countries)
    # Lists repeat: each different one is looked through once.
    inside = {number: np.array([name in wanted for name in held.values.one(number)]) for number in _numbers(held, rows)}
    place = sites.country[found].astype(np.int64)
    found[found] = [bool(inside[number][at]) for number, at in zip(held.numbers[rows].tolist(), place, strict=True)]
    return found


def _numbers(held: lists.Lists, rows: npt.NDArray[np.int64]) -> list[int]:
    return [int(number) for number in np.unique(held.numbers[rows])]


def _names(latitude: npt.NDArray[np.float64], longitude: npt.NDArray[np.float64]) -> list[str]:
    """The label of the nearest city of each point."""
    grid = np.round(np.column_stack([latitude, longitude]) * _STEP).astype(np.int64)
    # As one number each: rows of two take ten times as long to sort.
    _, first, which = np.unique(grid[:, 0] * 360 * _STEP + grid[:, 1], return_index=True, return_inverse=True)
    different = grid[first]
    held = _around(latitude, longitude)
    spots = np.array([(city.latitude, city.longitude) for city in held], dtype=np.float32)
    nearest = [
        _nearest((different[at : at + _AT_ONCE] / _STEP).astype(np.float32), spots)
        for at in range(0, len(different), _AT_ONCE)
    ]
    chosen = np.concatenate(nearest)
    labels = {at: cities.label(held[at]) for at in np.unique(chosen).tolist()}
    return [labels[at] for at in chosen[which.ravel()].tolist()]


def _around(latitude: npt.NDArray[np.float64], longitude: npt.NDArray[np.float64]) -> list[City]:
    """The cities in the box of the points, the largest first; all of them where it holds none."""
    north, south = latitude.max() + _BEYOND, latitude.min() - _BEYOND
    east, west = longitude.max() + _BEYOND, longitude.min() - _BEYOND
    every = sorted(cities.every(), key=lambda one: -one.people)
    return [one for one in every if south <= one.latitude <= north and west <= one.longitude <= east] or every


def _nearest(spots: npt.NDArray[Any], held: npt.NDArray[Any]) -> npt.NDArray[np.int64]:
    """The largest city nearby, else the nearest, on a map that is true near each spot: a quarter of a large city is a
    city of the gazetteer, too. ``held``: the largest first."""
    up = held[None, :, 0] - spots[:, 0, None]
    across = (held[None, :, 1] - spots[:, 1, None]) * np.cos(np.radians(spots[:, 0, None]))
    apart = up * up + across * across
    nearby = apart <= _NEARBY**2
    found: npt.NDArray[np.int64] = np.where(nearby.any(axis=1), nearby.argmax(axis=1), apart.argmin(axis=1))
    return found
