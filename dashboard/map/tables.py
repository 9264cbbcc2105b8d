"""Trials by country as sentences and as tables for the screen. Pure, no Streamlit.

The sentences hold names of countries as the registry wrote them: what goes through Markdown is made quiet first.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from cache import english
from cache.codes import NOT_RECORDED, STATUSES
from cache.english import count
from cache.filters.filter import Filter
from cache.filters.select import Selection
from cache.read.lists import holding
from dashboard.map import charts as map_charts
from dashboard.shared import trial_list, words
from dashboard.shared.number_tables import LINK, Address, trial_link
from dashboard.shared.palette import GROUPS
from dashboard.shared.trial_list import Group
from insights.geography import countries

OPEN = GROUPS[0].statuses
OPEN_LINK = "Open ones"
Groups = Mapping[str, Group]


def say(counted: pd.DataFrame, trials: pd.DataFrame, *, sample: bool) -> str:
    """How many countries, the first three, how many trials are open."""
    total = f"{count(len(trials), 'trial')}{' in the sample' if sample else ''}"
    if counted.empty:
        later = " Get today’s data to see where trials have sites." if sample else ""
        return f"There is no map to draw: no country is named in {total}.{later}"
    there = _somewhere(counted, trials)
    first = [f"{words.quiet(name)} ({n:,})" for name, n in zip(counted["country"], counted["trials"], strict=True)][:3]
    most = f"Most trials: {english.listed(first)}." if len(counted) > 1 else f"It is {first[0]}."
    opened = int(there["overall_status"].isin(OPEN).sum())
    named = f"{len(there):,} of {total} {english.agreeing(len(there), 'names', 'name')}"
    return (
        f"{named} a country, {count(len(counted), 'country', 'countries')} in all. {most} "
        f"Open or about to open: {opened:,} of these {len(there):,}."
    )


def without_say(groups: Groups) -> str:
    """How many trials stand in no country, and why; empty when there are none."""
    return " ".join(f"{group.title}: {len(group.rows):,}." for group in groups.values() if len(group.rows))


def not_drawn_say(counted: pd.DataFrame) -> str:
    """Which countries have no disc, in the registry's letters; empty when all have one."""
    missing = counted["country"].drop(map_charts.drawn(counted).index)
    if missing.empty:
        return ""
    return f"Not on the map, because we have no place for it: {english.listed(missing)}. They are in the table."


def groups(trials: pd.DataFrame) -> Groups:
    """The trials that stand in no row of a country, by the name of the reason."""
    return {
        "country.none": Group("Trials whose record names no site", trials[countries.no_site(trials)]),
        "country.not_known": Group("Trials whose countries are not known", trials[countries.not_known(trials)]),
    }


def opened(wanted: Filter, spellings: Sequence[str]) -> Filter:
    """The open trials of a country; of the open statuses only those the view lets through."""
    statuses = tuple(status for status in OPEN if status in (wanted.statuses or OPEN))
    return replace(wanted, countries=tuple(spellings), statuses=statuses)


def others(wanted: Filter, spellings: Sequence[str]) -> Filter:
    """The trials of a country that are neither open nor about to open."""
    statuses = tuple(status for status in wanted.statuses or (*STATUSES, NOT_RECORDED) if status not in OPEN)
    return replace(wanted, countries=tuple(spellings), statuses=statuses)


def every(wanted: Filter, spellings: Sequence[str]) -> Filter:
    """All trials of a country."""
    return replace(wanted, countries=tuple(spellings))


VIEWS = {"trials": every, "open": opened, "others": others}  # what a mark of the map opens


def numbers(counted: pd.DataFrame, wanted: Filter, address: Address) -> pd.DataFrame:
    """A row a country with the lists of its trials and of the open ones."""
    return pd.DataFrame(
        {
            "Country": counted["country"].to_numpy(dtype=object),
            "All": counted["trials"].to_numpy(),
            LINK: [address(replace(wanted, countries=found)) for found in counted["spellings"]],
            "Open": counted["open"].to_numpy(),
            OPEN_LINK: [address(opened(wanted, found)) for found in counted["spellings"]],
            "Sites": counted["sites"].array,
            "In the registry’s words": ["; ".join(found) for found in counted["spellings"]],
        }
    )


def without_numbers(found: Groups, address: Callable[[str], str]) -> pd.DataFrame:
    """A row a group of trials without a country; ``address``: a group's name -> where they are listed."""
    return pd.DataFrame(
        {
            "No country": [group.title for group in found.values()],
            "All": np.array([len(group.rows) for group in found.values()], dtype=np.int64),
            LINK: [address(name) for name in found],
        }
    )


def listed(trials: pd.DataFrame) -> pd.DataFrame:
    """Trials of a group for their list."""
    statuses = zip(*(trials[name] for name in trial_list.STATUS), strict=True)
    return pd.DataFrame(
        {
            "NCT id": [trial_link(nct_id) for nct_id in trials["nct_id"]],
            "Title": trials["title"].to_numpy(),
            "Status": [trial_list.status_words(*told) for told in statuses],
            "Sponsor": trials["lead_sponsor"].to_numpy(),
            "Source": trials["origin"].map(trial_list.SOURCES).to_numpy(dtype=object),
        }
    )


def counted(selection: Selection, sites: pd.DataFrame, only: Sequence[str]) -> pd.DataFrame:
    """``countries.by_country`` of a view."""
    return countries.by_country(selection.trials, sites, OPEN, only)


def _somewhere(found: pd.DataFrame, trials: pd.DataFrame) -> pd.DataFrame:
    spellings = {one for many in found["spellings"] for one in many}
    return trials[holding(trials["countries"], lambda many: not spellings.isdisjoint(many or ()))]
