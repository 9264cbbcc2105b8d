"""How far the trials of a view are from a city, and the cities of the stored sites."""

from collections.abc import Sequence
from dataclasses import replace
from difflib import get_close_matches
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from cache.filters.filter import Filter
from cache.filters.select import Selection
from cache.filters.unseen import Unseen, no_site, not_stored, sentences
from cache.gazetteer import cities
from cache.gazetteer.cities import City
from cache.places import near
from cache.read import records
from dashboard.shared import data
from dashboard.shared.kept import kept, once_a_run, steady
from dashboard.shared.record_data import READING
from fetchers.record.study import Study, as_shown

_FEW, _ALIKE = 5, 0.75  # near spellings


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
    order = near.ordered(found.away[place], found.openness[place])
    place = place[order]
    return Nearby(order, found.away[place], found.site[place], int((found.unplaced[place] > 0).sum()))


def not_judged(wanted: Filter, city: City) -> list[str]:
    """The trials of the same view, wherever they are, of which no site has a known place."""
    everywhere = data.selection(replace(wanted, near=""))
    found = reach(city.latitude, city.longitude, wanted.within)
    return list(everywhere.trials["nct_id"][found.not_judged[_places(everywhere)]])


def not_told(wanted: Filter) -> list[str]:
    """In sentences, what the view cannot tell of the stored trials."""
    city = cities.one(wanted.near) if wanted.near else None
    placeless = tuple(not_judged(wanted, city)) if city else ()
    missing = Unseen(placeless, not_stored(wanted.ids, data.trials()), no_site(wanted.countries, data.trials()))
    return sentences(wanted, missing, starter=not data.freshness().live)


def studies(nct_ids: Sequence[str]) -> dict[str, Study]:
    """The records of these trials as they are shown, in this order."""
    with steady() as shown:
        found = {study.nct_id: as_shown(study) for study in records.studies(shown.still, nct_ids)}
    return {nct_id: found[nct_id] for nct_id in nct_ids if nct_id in found}


def site_cities(text: str) -> list[str]:
    """Places of stored sites that are spelled like this or nearly so, as labels."""
    known = _site_places()
    name = cities.folded(text.partition(",")[0])
    alike = [one for one in known if one == name] or get_close_matches(name, known, _FEW, _ALIKE)
    return [label for one in alike for label in known[one]][:_FEW]


@kept(spinner=READING)
def _site_places() -> dict[str, list[str]]:
    """Labels of all places of stored sites by folded name."""
    found: dict[str, dict[tuple[str, str], str]] = {}
    with steady() as shown:
        for study in records.studies(shown.still):
            for site in study.locations:
                if site.point and site.city:
                    same = found.setdefault(cities.folded(site.city), {})
                    country = site.country_name or ""
                    same.setdefault((site.city, country), cities.label(cities.spot(site.city, country, site.point)))
    return {name: list(same.values()) for name, same in found.items()}


def _places(selection: Selection) -> npt.NDArray[np.int64]:
    """The row of each trial of a selection among all."""
    return np.searchsorted(data.trials()["number"].to_numpy(), selection.trials["number"].to_numpy())
