"""The list of trials by how near they are: open sites first, each with its nearest site."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pandas as pd
import streamlit as st

from cache.export.nearest import location, named
from cache.filters.filter import Filter
from cache.filters.select import Selection
from cache.filters.unseen import said_not_judged
from cache.gazetteer import cities
from cache.gazetteer.cities import City
from dashboard.shared import address as view
from dashboard.shared import columns, data, frame, trial_list
from dashboard.shared.number_tables import trial_link
from dashboard.trials import near_data, near_words, own_list
from fetchers.record.modules import Location
from fetchers.record.study import Study
from insights.taking_part import asked

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
    table = trial_list.rows(Selection(turned, selection.pairs), frame.names())
    shown_ids = list(turned["nct_id"].iloc[::-1])
    studies = near_data.studies(shown_ids)
    chosen = zip(map(studies.get, shown_ids), near.site[here], strict=True)
    told = _told([location(study, int(place)) for study, place in chosen], near.km[here], table)
    shown = f"{part.first + 1:,} to {part.last:,} of {total:,}, the nearest open sites first."
    wide = pd.concat([table.iloc[:, :2], told, table.iloc[:, 2:]], axis=1)
    with st.container(key="wide_window"):
        st.caption(
            f"{shown} Each trial with one site: the nearest of its most open ones. Choose a row, or an NCT id, to open "
            "a trial."
        )
        if own_list.choosing():
            own_list.choose(wide, title, f"near_ticked_{part.number}")
        else:
            trial_list.grid(wide, title, f"near_{part.number}")
    with st.container(key="narrow_window"):
        st.caption(shown)
        trial_list.cards(table.assign(Countries=[_line(row) for row in told.to_dict("records")]))
    columns.pages_bar(part)
    _note(near_words.partly(near.partly))
    _taking_part(list(studies.values()))


def not_judged(wanted: Filter, city: City) -> None:
    """The trials that may be near, for all anybody knows."""
    missing = near_data.not_judged(wanted, city)
    said = said_not_judged(len(missing), city, starter=not data.freshness().live)
    _note(said)
    if 0 < len(missing) <= MOST:
        frame.link("trials", "Show those not judged", view.params(replace(wanted, near="", ids=tuple(missing))))


def place(wanted: Filter) -> City | None:
    """The city of a view."""
    return cities.one(wanted.near) if wanted.near else None


def _note(said: str) -> None:
    if said:
        st.text(said)


def _told(sites: list[Location | None], km: Any, table: pd.DataFrame) -> pd.DataFrame:
    statuses = [labels[0] if labels else None for labels in table["Status"]]
    return pd.DataFrame(
        {
            "Distance": [near_words.distance(one) for one in km],
            "Status of the site": [near_words.status(*both) for both in zip(sites, statuses, strict=True)],
            "Site": [named(one) for one in sites],
            "Country": [one.country_name if one else None for one in sites],
        },
        dtype=object,
    )


def _line(row: dict[Any, Any]) -> str:
    parts = (row["Site"], row["Country"], row["Status of the site"])
    return f"{row['Distance']}: {', '.join(part for part in parts if part)}"


def _taking_part(studies: Sequence[Study]) -> None:
    """What the trials of this page ask of those who take part, as far as their words tell."""
    rows = [(trial_link(study.nct_id), *one) for study in studies for one in asked.found(study)]
    table = pd.DataFrame(rows, columns=["NCT id", "Taking part", "Where it stands", "The record’s words"], dtype="str")
    with st.expander("What taking part asks for, as far as the words tell", icon=":material/directions_walk:"):
        st.caption(
            "Visits, the home, remote contact, nights in hospital and severity, found by word rules in the records of "
            "the trials on this page. Read the words: a rule can be wrong, and a trial without a row asks for "
            "something all the same."
        )
        if rows:
            columns.table(
                table, "What taking part asks for", {"NCT id": columns.trial(), "The record’s words": columns.WIDE}
            )
        else:
            st.text("The rules found nothing in these records.")
