"""What moved lately in the trials of a view, for the Overview."""

from dataclasses import replace
from datetime import UTC, datetime

import pandas as pd
import streamlit as st

from cache import english
from cache.filters.filter import Filter
from cache.filters.select import among
from dashboard.changes import address as changes_view
from dashboard.changes import data as changes_data
from dashboard.changes import parts as changes_parts
from dashboard.changes import tables as changes_tables
from dashboard.changes.of_agent import since_baseline
from dashboard.shared import data, frame
from dashboard.shared.escape import plain
from dashboard.shared.kept import kept

MOST = 5  # changes on this page; the Changes page has all


def lately(wanted: Filter) -> None:
    """The newest changes in the trials of this view; nothing before a second refresh could see one."""
    last = changes_data.refreshed()
    if last.baseline is None:
        return
    shown = since_baseline(last)
    since = changes_view.since(shown, last, datetime.now(UTC))
    found, others = _found(wanted, since, tuple(changes_view.weights(shown)))
    st.header("What moved lately", anchor=False)
    first = english.day(since[:10])
    if found.empty:
        st.markdown(f"No trial in this view has changed since the first load on {first}.")
    else:
        st.markdown(f"**{plain(changes_tables.counted(found))}** since the first load on {first}.")
        changes_parts.newest(found, MOST, "overview_changes")
    label = "All changes" if not others else f"All changes; {others:,} outside this view"
    frame.link("changes", label, changes_parts.params(wanted, shown), ":material/update:")


@kept(entries=64)
def _found(wanted: Filter, since: str, weights: tuple[str, ...]) -> tuple[pd.DataFrame, int]:
    """The changes of these weights in the trials of this view, and how many there are in others."""
    every = changes_data.changes(since)
    every = every[every["weight"].isin(weights)]
    left = data.selection(replace(wanted, left=True)).ids
    here = data.selection(wanted).ids
    found = every[among(every["nct_id"], here) | among(every["nct_id"], left)]
    return found, len(every) - len(found)
