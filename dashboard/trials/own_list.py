"""A list of one's own: the trials its address names, with notes that stay in the browser; and choosing trials for it.

The page shows what its address names, so whoever has the link sees the same list. What is kept in the browser only
``web/own_list.js`` knows.
"""

from collections.abc import Collection, Sequence

import pandas as pd
import streamlit as st

from cache import english
from cache.filters.filter import Filter
from cache.filters.strict import is_own_list
from dashboard.shared import address as view
from dashboard.shared import frame, trial_list

HEAD = "My list", "The trials you kept. The link to this page is the list: send it, bookmark it, print the page."
SIDE_BY_SIDE = 4  # trials of one comparison
_CHOOSING = "choose_several"


def asked() -> bool:
    """Whether the address asks for a list of one's own."""
    return is_own_list(view.query())


def whole(wanted: Filter) -> Filter:
    """The trials that the address names, whatever else it says: nobody's list grows shorter by a filter."""
    return Filter.of_trials(wanted.ids)


def empty() -> None:
    """How a list begins."""
    st.info(
        "No trial is on this list yet. Open a trial and press “Keep”, or tick trials in the list of all with “Choose "
        "several”. The list is kept in your browser and in the link to its page, not on the server.",
        icon=":material/bookmark_add:",
    )
    frame.link("trials", "All trials")


def actions(nct_ids: Sequence[str], stored: Collection[str]) -> None:
    """How many trials are on the list, which of them are not stored, and what can be done with all of them."""
    st.header(f"{english.count(len(nct_ids), 'trial')} on this list", anchor=False)
    missing = [nct_id for nct_id in nct_ids if nct_id not in stored]
    if missing:
        st.warning(f"Not among the stored trials: {', '.join(missing)}.", icon=":material/search_off:")
    with st.container(horizontal=True, vertical_alignment="center", gap="medium", key="on_screen"):
        st.markdown(view.keeping(nct_ids, "all of these"), width="content")
        _compare_link(nct_ids)


def notes(nct_ids: Sequence[str]) -> None:
    """The place of the notes, which the browser fills, and a way to take single trials off the list."""
    st.header("Notes", anchor=False)
    st.container(key="my_notes").markdown(" \u2003 ".join(view.keeping([nct_id], nct_id) for nct_id in nct_ids))


def choosing() -> bool:
    """Whether the visitor ticks trials in the list instead of opening them."""
    return st.toggle("Choose several", key=_CHOOSING, help="Tick trials to keep, compare or list them.")


def choose(table: pd.DataFrame, alt: str, key: str) -> None:
    """One page of ``trial_list.rows`` to tick, and what can be done with the trials ticked."""
    ids = trial_list.ticked(table, alt, key)
    if not ids:
        st.caption("Tick the trials in the first column.")
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        st.markdown(view.keeping(ids, english.count(len(ids), "trial")), width="content")
        frame.link("trials", "As a list", view.params(Filter.of_trials(ids), mine="1"))
        _compare_link(ids)


def _compare_link(nct_ids: Sequence[str]) -> None:
    if 2 <= len(nct_ids) <= SIDE_BY_SIDE:
        query = view.params(Filter.of_trials(nct_ids), compare="1", **({"mine": "1"} if asked() else {}))
        frame.link("trials", "Compare side by side", query, ":material/compare_arrows:")
    else:
        st.markdown(f":small[Comparing takes two to {english.number(SIDE_BY_SIDE)} trials.]", width="content")
