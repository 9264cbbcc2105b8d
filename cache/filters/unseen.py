"""What a view asks for and the store cannot tell: trials nobody can place, ids and countries no stored trial has."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import NamedTuple

import pandas as pd

from cache.english import agreeing, count, listed
from cache.filters.filter import Filter
from cache.filters.kinds import shown
from cache.filters.select import among
from cache.gazetteer import cities
from cache.gazetteer.cities import City
from cache.places import near
from cache.read import lists
from cache.search.find import Finder
from fetchers.watchlist.model import Watchlist

_NAMED = 5  # ids


class Unseen(NamedTuple):
    """NCT ids: ``not_judged`` of trials that pass all but the place and have no site of a known place; ``not_stored``
    of trials that the view names and the store lacks. ``no_site``: countries of the view without any stored site."""

    not_judged: tuple[str, ...] = ()
    not_stored: tuple[str, ...] = ()
    no_site: tuple[str, ...] = ()


def unseen(
    wanted: Filter, trials: pd.DataFrame, matches: pd.DataFrame, watchlist: Watchlist, finder: Finder | None = None
) -> Unseen:
    """What the view cannot tell of the frames of ``cache.read.trials``."""
    placeless = _not_judged(wanted, trials, matches, watchlist, finder)
    return Unseen(placeless, not_stored(wanted.ids, trials), no_site(wanted.countries, trials))


def not_stored(nct_ids: Collection[str], trials: pd.DataFrame) -> tuple[str, ...]:
    """Those of the ids that no stored trial has."""
    if not nct_ids:
        return ()
    stored = frozenset(trials["nct_id"][among(trials["nct_id"], nct_ids)])
    return tuple(one for one in nct_ids if one not in stored)


def no_site(countries: Collection[str], trials: pd.DataFrame) -> tuple[str, ...]:
    """Those of the countries in which no stored trial has a site; a name that nobody uses is one of them."""
    known = lists.different(trials["countries"]) if countries else ()
    return tuple(one for one in countries if one not in known)


def sentences(wanted: Filter, found: Unseen, *, starter: bool) -> list[str]:
    """The same for people; empty when the view tells all it was asked."""
    city = cities.one(wanted.near) if wanted.near else None
    placed = said_not_judged(len(found.not_judged), city, starter=starter) if city else ""
    return [one for one in (said_not_stored(found.not_stored), said_no_site(found.no_site), placed) if one]


def said_not_judged(trials: int, city: City, *, starter: bool) -> str:
    """How many trials nobody can place; empty when there are none."""
    if not trials:
        return ""
    some = f"{count(trials, 'more trial')} {agreeing(trials, 'is', 'are')} not judged"
    why = (
        "The starter snapshot holds no coordinates of sites; get today’s data to see them."
        if starter
        else f"No site of {agreeing(trials, 'its record', 'their records')} has coordinates."
    )
    return f"{some}. {why} A site near {cities.shown(city)} may exist all the same."


def said_not_stored(nct_ids: Sequence[str]) -> str:
    """Which trials are not stored, the first few by name; empty when all are."""
    if not nct_ids:
        return ""
    more = [f"{len(nct_ids) - _NAMED:,} more"] if len(nct_ids) > _NAMED else []
    named = listed([*nct_ids[:_NAMED], *more])
    verb, them = agreeing(len(nct_ids), "is", "are"), agreeing(len(nct_ids), "it", "them")
    return f"{named} {verb} not stored here; the registry may have {them}."


def said_no_site(countries: Sequence[str]) -> str:
    """Which countries no stored trial has a site in; empty when all have one."""
    if not countries:
        return ""
    named = listed([shown(one) for one in countries], "or")
    return (
        f"No stored trial names a site in {named}. Countries are written as the registry writes them, such as Germany."
    )


def _not_judged(
    wanted: Filter, trials: pd.DataFrame, matches: pd.DataFrame, watchlist: Watchlist, finder: Finder | None
) -> tuple[str, ...]:
    city = cities.one(wanted.near) if wanted.near else None
    if city is None:
        return ()
    everywhere = replace(wanted, near="").apply(trials, matches, watchlist, finder).trials
    placeless = trials["nct_id"][near.reach(trials, city.latitude, city.longitude).not_judged]
    return tuple(everywhere["nct_id"][among(everywhere["nct_id"], placeless)])
