"""The sites in the country that is chosen: a closer map over its table."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pandas as pd
import streamlit as st

from cache.english import count
from cache.filters.filter import Filter
from cache.filters.select import Selection
from cache.gazetteer import cities
from dashboard.map import site_charts
from dashboard.shared import address as view
from dashboard.shared import columns, data, frame, words
from dashboard.shared.number_tables import LINK
from insights.geography import places, sites

_BOX, _EVERY = "map_country", "All countries"
_AROUND = 25  # km


def choose(wanted: Filter) -> None:
    """The box that goes closer to one country; one that no trial of the view has is offered all the same."""
    spellings: dict[str, list[str]] = {}
    for one in data.names("countries"):
        spellings.setdefault(places.name(one), []).append(one)
    options = [_EVERY, *sorted(spellings)]
    names = {places.name(one) for one in wanted.countries} & set(spellings)
    chosen = names.pop() if len(names) == 1 else _EVERY
    st.session_state[_BOX] = chosen
    st.selectbox("Show the sites of", options, key=_BOX, on_change=_chosen, args=(spellings,), width=360)


def _chosen(spellings: Mapping[str, Sequence[str]]) -> None:
    found = tuple(spellings.get(st.session_state[_BOX], ()))
    view.change(lambda wanted: replace(wanted, countries=found))


def section(selection: Selection, wanted: Filter) -> None:
    """The sites of the countries in the address, city by city; nothing while there are none."""
    if not wanted.countries or not data.freshness().live:
        return
    trials = data.trials()
    mine = trials[trials["nct_id"].isin(selection.trials["nct_id"])]
    found = sites.by_city(mine, wanted.countries)
    missing = sites.unplaced(mine, wanted.countries)
    st.header("Sites in this view", anchor=False)
    if len(found):
        say = _say(found)
        st.markdown(say)
        caption = (
            f"As of {words.as_of(data.freshness())} · the area of a disc is the number of trials, solid where a site "
            "is open or about to open · a site stands under the largest city within 10 km, else the nearest · "
            f"choose a disc for the trials within {_AROUND} km"
        )
        figure = site_charts.discs(found, lambda label: view.to_trials(_near(wanted, label)))
        frame.picture("map_sites", "Map of the sites", say, figure, caption)
        st.caption(caption)
        columns.table(
            _table(found, wanted), "Sites by city", {"Near": columns.NAME, LINK: columns.list_link()}, height=320
        )
    if missing:
        st.text(f"{count(missing, 'site')} without coordinates: not on this map.")


def _say(found: pd.DataFrame) -> str:
    drawn = min(len(found), site_charts.MOST)
    shown = "" if drawn == len(found) else f" The map shows the first {drawn:,}; the table has all."
    placed = f"{count(int(found['sites'].sum()), 'site')} with coordinates near {count(len(found), 'city', 'cities')}"
    return f"{placed}; open or about to open: {int(found['open'].sum()):,}.{shown}"


def _near(wanted: Filter, label: str) -> Filter:
    return replace(wanted, near=label, within=_AROUND)


def _table(found: pd.DataFrame, wanted: Filter) -> pd.DataFrame:
    held = [cities.one(label) for label in found["city"]]
    return pd.DataFrame(
        {
            "Near": [cities.shown(city) if city else None for city in held],
            "All": found["trials"].to_numpy(),
            "Sites": found["sites"].to_numpy(),
            "Open sites": found["open"].to_numpy(),
            LINK: [view.to_trials(_near(wanted, label)) for label in found["city"]],
        }
    )
