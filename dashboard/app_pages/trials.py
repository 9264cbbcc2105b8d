"""Trials: the list, its filters, its downloads."""

import streamlit as st

from dashboard.shared import address as view
from dashboard.shared import data, frame, words
from dashboard.shared import trial_list as listing
from dashboard.trials import filters as filter_panel

frame.head("Trials", "Every trial behind the numbers, with filters that live in the address.")
wanted, problems = view.current()
view.problems(problems)
view.remember_list()
view.scope_bar(wanted)
filter_panel.show(wanted)

selection = data.selection(wanted)
found = len(selection.trials)
fresh = data.freshness()

st.subheader(words.hits(found, sample=not fresh.live), anchor=False)
st.text(wanted.sentence(data.watchlist()))
if found:
    page = view.page_number(listing.pages(found))
    first = (page - 1) * listing.ROWS
    shown = f"{first + 1:,} to {min(first + listing.ROWS, found):,} of {found:,}, newest registrations first."
    st.caption(f"{shown} Choose a row, or an NCT id, to open a trial.")
    listing.show(selection, frame.names(), f"list_{page}", words.hits(found, sample=not fresh.live), page)
    view.pages_bar(listing.pages(found), page)
    filter_panel.downloads(wanted, found)
    st.page_link(
        view.script("overview"),
        label="These trials as charts",
        icon=":material/bar_chart:",
        query_params=view.params(wanted),
    )
else:
    st.info(words.nothing(fresh, wanted.everywhere), icon=":material/search_off:")
