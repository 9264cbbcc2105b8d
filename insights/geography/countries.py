"""In which countries trials have sites. Pure: frames in, frames out.

A country is what ``geography.places`` takes for one, however the registry spelled it in a record; a spelling without a
place is a country of its own. A trial with sites in several countries counts in each, and once in each.
"""

from collections.abc import Collection, Iterable
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from cache.filters.select import coded
from cache.read import frames, lists
from fetchers.record.study import Study
from insights.geography import places

Mask = npt.NDArray[np.bool_]
COLUMNS = ("country", "spellings", "trials", "open", "sites")


def by_country(
    trials: pd.DataFrame, sites: pd.DataFrame, open_statuses: Collection[str], only: Collection[str] = ()
) -> pd.DataFrame:
    """One row a country, most trials first; columns ``COLUMNS``.

    ``trials``: rows of ``queries.trials``. ``sites``: as ``several`` makes it, of these trials at least. ``only``:
    leave out all spellings but these. ``spellings``: those that occur, so that a filter on them finds the trials again.
    ``open``: trials whose own status is one of these. ``sites`` is missing when those of some trial are not known.
    """
    named = _named(trials, open_statuses)
    named = named[named["spelling"].isin(list(only))] if only else named
    named = named.assign(country=named["spelling"].map({one: places.name(one) for one in named["spelling"].unique()}))
    each = named.drop_duplicates(["nct_id", "country"])
    each = each.assign(sites=_sites(each, named, sites))
    grouped = each.groupby("country", sort=False)
    spelled = {country: tuple(sorted(set(found))) for country, found in named.groupby("country")["spelling"]}
    made = pd.DataFrame(
        {
            "trials": grouped.size().astype("int64"),
            "open": grouped["open"].sum().astype("int64"),
            "sites": grouped["sites"].agg(lambda found: found.sum(skipna=False)).astype("Int64"),
        }
    ).reset_index()
    made["spellings"] = frames.objects([spelled[country] for country in made["country"]])
    ordered = made.sort_values(["trials", "country"], ascending=[False, True], ignore_index=True)
    return ordered.reindex(columns=list(COLUMNS))


def in_several(trials: pd.DataFrame) -> "pd.Series[str]":
    """The trials with sites in several countries, where it is known how many sites there are."""
    return trials["nct_id"][(lists.lengths(trials["countries"]) > 1) & trials["sites"].notna().to_numpy()]


def several(studies: Iterable[Study]) -> pd.DataFrame:
    """How many sites of a trial are in which country: nct_id, spelling, sites. Needed of trials in several countries;
    the sites of a trial in one country are all there."""
    named = [(study.nct_id, site.country_name) for study in studies for site in study.locations if site.country_name]
    found = pd.DataFrame(
        {"nct_id": frames.texts(one for one, _ in named), "spelling": frames.texts(other for _, other in named)}
    )
    return found.groupby(["nct_id", "spelling"]).size().rename("sites").reset_index()


def not_known(trials: pd.DataFrame) -> Mask:
    """Trials of whose sites the source does not say the country."""
    named, sites = trials["countries"], trials["sites"].fillna(0).to_numpy(dtype=np.int64)
    return lists.holding(named, lambda found: found is None) | (
        lists.holding(named, lambda found: found == []) & (sites > 0)
    )


def no_site(trials: pd.DataFrame) -> Mask:
    """Trials whose record names no site at all."""
    return lists.holding(trials["countries"], lambda found: found == []) & ~not_known(trials)


def _named(trials: pd.DataFrame, open_statuses: Collection[str]) -> pd.DataFrame:
    """One row a trial and spelling."""
    many = lists.lengths(trials["countries"])
    rows = np.repeat(np.arange(len(trials)), many)
    return pd.DataFrame(
        {
            "nct_id": trials["nct_id"].array[rows],
            "spelling": frames.texts(one for found in trials["countries"] for one in found or ()),
            "open": coded(trials["overall_status"], open_statuses)[rows],
            "alone": many[rows] == 1,
            "all_sites": trials["sites"].array[rows],
        }
    )


def _sites(each: pd.DataFrame, named: pd.DataFrame, sites: pd.DataFrame) -> "pd.Series[Any]":
    """The sites of each (trial, country), missing when the source does not say."""
    told = named.merge(sites, on=["nct_id", "spelling"], how="inner").groupby(["nct_id", "country"])["sites"].sum()
    pairs = pd.MultiIndex.from_frame(each[["nct_id", "country"]])
    among_several = pd.Series(told.reindex(pairs).to_numpy(), index=each.index).astype("Int64")
    return each["all_sites"].where(each["alone"], among_several)
