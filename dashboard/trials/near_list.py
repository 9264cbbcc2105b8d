"""The list of trials by how near they are: open sites first, each with its nearest site."""

from dataclasses import replace
from typing import Any

import pandas as pd
import streamlit as st

from cache.filters.filter import Filter
from cache.filters.select import Selection
from cache.gazetteer import cities
from cache.gazetteer.cities import City
from dashboard.shared import address as view
from dashboard.shared import columns, data, frame, trial_list
from dashboard.trials import near_data, near_words
from fetchers.record.modules import Location

ROWS = 50  # trials of one page of the list
MOST = 1_000  # trials whose ids fit into an address


def page(selection: Selection, city: City, within: int, title: str) -> None:
    """One page of the list."""
    near = near_data.nearby(selection, city, within)
    total = len(near.rows)
    part = columns.part_of(total, min(columns.ROWS, ROWS))
    here = slice(part.first, part.last)
    # ``trial_list.rows`` turns the order round.
    turned = selection.trials.iloc[near.rows[here][::-1]].reset_index(drop=True)
    table = trial_list.rows(selection._replace(trials=turned), frame.names())
    sites = near_data.sites(list(turned["nct_id"]))
    chosen = zip(turned["nct_id"].iloc[::-1], near.site[here], strict=True)
    told = _told([_site(sites.get(nct_id, ()), place) for nct_id, place in chosen], near.km[here], table)
    shown = f"{part.first + 1:,} to {part.last:,} of {total:,}: open sites first, then the nearest."
    with st.container(key="wide_window"):
        st.caption(f"{shown} Choose a row, or an NCT id, to open a trial.")
        trial_list.grid(pd.concat([table.iloc[:, :2], told, table.iloc[:, 2:]], axis=1), title, f"near_{part.number}")
    with st.container(key="narrow_window"):
        st.caption(shown)
        trial_list.cards(table.assign(Countries=[_line(row) for row in told.to_dict("records")]))
    columns.pages_bar(part)
    _note(near_words.partly(near.partly))


def not_judged(wanted: Filter, city: City) -> None:
    """The trials that may be near, for all anybody knows."""
    missing = near_data.not_judged(wanted, city)
    said = near_words.not_judged(len(missing), city, starter=not data.freshness().live)
    _note(said)
    if 0 < len(missing) <= MOST:
        frame.link("trials", "Show those not judged", view.params(replace(wanted, near="", ids=tuple(missing))))


def place(wanted: Filter) -> City | None:
    """The city of a view."""
    return cities.one(wanted.near) if wanted.near else None


def _note(said: str) -> None:
    if said:
        st.text(said)


def _site(sites: tuple[Location, ...], place: int) -> Location | None:
    return sites[place] if place < len(sites) else None


def _told(sites: list[Location | None], km: Any, table: pd.DataFrame) -> pd.DataFrame:
    statuses = [labels[0] if labels else None for labels in table["Status"]]
    return pd.DataFrame(
        {
            "Distance": [near_words.distance(one) for one in km],
            "Nearest site": [near_words.site(one) for one in sites],
            "Status of the site": [near_words.status(*both) for both in zip(sites, statuses, strict=True)],
            "Country": [one.country_name if one else None for one in sites],
        },
        dtype=object,
    )


def _line(row: dict[Any, Any]) -> str:
    parts = (row["Nearest site"], row["Country"], row["Status of the site"])
    return f"{row['Distance']}: {', '.join(part for part in parts if part)}"
