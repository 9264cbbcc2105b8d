"""What moved lately in the trials of a view, for the Overview."""

from dataclasses import replace
from datetime import UTC, datetime

import streamlit as st

from cache import english
from cache.filters.filter import Filter
from cache.filters.select import Selection, among
from dashboard.changes import address as changes_view
from dashboard.changes import data as changes_data
from dashboard.changes import parts as changes_parts
from dashboard.changes import tables as changes_tables
from dashboard.changes.of_agent import since_baseline
from dashboard.shared import data, frame
from dashboard.shared.escape import plain

MOST = 5  # changes on this page; the Changes page has all


def lately(selection: Selection, wanted: Filter) -> None:
    """The newest changes of these trials; nothing before a second refresh could see one."""
    last = changes_data.refreshed()
    if last.baseline is None:
        return
    shown = since_baseline(last)
    since = changes_view.since(shown, last, datetime.now(UTC))
    every = changes_data.changes(since)
    every = every[every["weight"].isin(changes_view.weights(shown))]
    left = data.selection(replace(wanted, left=True)).trials["nct_id"]
    found = every[among(every["nct_id"], selection.trials["nct_id"]) | among(every["nct_id"], left)]
    st.header("What moved lately", anchor=False)
    first = english.day(since[:10])
    if found.empty:
        st.markdown(f"No trial in this view has changed since the first load on {first}.")
    else:
        st.markdown(f"**{plain(changes_tables.counted(found))}** since the first load on {first}.")
        changes_parts.newest(found, MOST, "overview_changes")
    others = len(every) - len(found)
    label = "All changes" if not others else f"All changes; {others:,} outside this view"
    frame.link("changes", label, changes_parts.params(wanted, shown), ":material/update:")
