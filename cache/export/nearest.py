"""How far the trials of a view near a place are from it, each with the site that the page names."""

from collections.abc import Mapping
from typing import NamedTuple

import pandas as pd

from cache.filters.filter import Filter
from cache.filters.select import among
from cache.gazetteer import cities
from cache.places import near
from cache.read import records
from cache.store.store import Store
from fetchers.record.modules import Location
from fetchers.record.study import Study, as_shown

KEYS = ("distance_km", "nearest_site")  # columns after all others
SAID = "Each trial near a place has one site: the nearest of its most open ones, with its distance in kilometres."


class Nearest(NamedTuple):
    """The site to name: whole kilometres (0: under 1), and its facility and city; None where not known."""

    distance_km: int | None
    nearest_site: str | None


def nearest(wanted: Filter, shown: pd.DataFrame, trials: pd.DataFrame, store: Store) -> dict[str, Nearest]:
    """For each of these trials its site, open ones first, then by distance; empty without a place. ``trials``: all
    rows of ``cache.read.trials``."""
    city = cities.one(wanted.near) if wanted.near else None
    if city is None:
        return {}
    here = trials[among(trials["nct_id"], shown["nct_id"])]
    found = near.reach(here, city.latitude, city.longitude, wanted.within)
    ids = list(here["nct_id"])
    studies = {one.nct_id: as_shown(one) for one in records.studies(store, ids)}
    told = {}
    for row in near.ordered(found.away, found.openness):
        site = location(studies.get(ids[row]), int(found.site[row]))
        told[ids[row]] = Nearest(round(found.away[row]) if found.site[row] >= 0 else None, named(site))
    return told


def columns(nct_id: str, told: Mapping[str, Nearest]) -> dict[str, int | str | None]:
    """What a row gets besides; nothing without a place."""
    return told.get(nct_id, Nearest(None, None))._asdict() if told else {}


def location(study: Study | None, place: int) -> Location | None:
    """A site by its place in the record."""
    return study.locations[place] if study and 0 <= place < len(study.locations) else None


def named(site: Location | None) -> str | None:
    """A site by facility and city, as the record names it."""
    parts = [site.facility, site.city] if site else []
    return ", ".join(part for part in parts if part) or None
