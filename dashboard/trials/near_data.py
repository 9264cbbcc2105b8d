"""How far the trials of a view are from a city, and the cities of the stored sites."""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from cache.filters.filter import Filter
from cache.filters.select import Selection
from cache.gazetteer.cities import City
from cache.places import near
from cache.read import records
from dashboard.shared import data
from dashboard.shared.kept import once_a_run, steady
from fetchers.record.study import Study, as_shown

_UNKNOWN = 0.5  # a status nobody knows stands after what is about to open, before what is closed


class Nearby(NamedTuple):
    """The trials of a selection by how near they are."""

    rows: npt.NDArray[np.int64]  # of the selection: open sites first, then by distance
    km: npt.NDArray[np.float64]  # to the site that is named, in that order
    site: npt.NDArray[np.int64]  # its place in the record
    partly: int  # trials with further sites of unknown place


@once_a_run
def reach(latitude: float, longitude: float, within: int) -> near.Reach:
    """``near.reach`` of all stored trials."""
    return near.reach(data.trials(), latitude, longitude, within)


def nearby(selection: Selection, city: City, within: int) -> Nearby:
    """The order in which the trials of a selection are shown, and what is shown of each."""
    found = reach(city.latitude, city.longitude, within)
    place = _places(selection)
    rank = np.nan_to_num(found.openness[place], nan=_UNKNOWN)
    order = np.lexsort((found.away[place], -rank))
    place = place[order]
    return Nearby(order, found.away[place], found.site[place], int((found.unplaced[place] > 0).sum()))


def not_judged(wanted: Filter, city: City) -> list[str]:
    """The trials of the same view, wherever they are, of which no site has a known place."""
    everywhere = data.selection(replace(wanted, near=""))
    found = reach(city.latitude, city.longitude, wanted.within)
    return list(everywhere.trials["nct_id"][found.not_judged[_places(everywhere)]])


def studies(nct_ids: Sequence[str]) -> dict[str, Study]:
    """The records of these trials as they are shown, in this order."""
    with steady() as shown:
        found = {study.nct_id: as_shown(study) for study in records.studies(shown.still, nct_ids)}
    return {nct_id: found[nct_id] for nct_id in nct_ids if nct_id in found}


def site_cities(text: str) -> list[str]:
    return []


def _places(selection: Selection) -> npt.NDArray[np.int64]:
    """The row of each trial of a selection among all."""
    return np.searchsorted(data.trials()["number"].to_numpy(), selection.trials["number"].to_numpy())
