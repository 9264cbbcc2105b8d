"""What moved in an agent's trials, and how far their promises slipped. The registry's texts stand in tables only."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pandas as pd
import streamlit as st

from cache import english
from cache.changes.changelog import Refreshed
from cache.filters.filter import Filter
from cache.filters.select import among
from dashboard.changes import address as changes_view
from dashboard.changes import data as changes_data
from dashboard.changes import parts as changes_parts
from dashboard.changes import tables as changes_tables
from dashboard.changes.address import ChangesView
from dashboard.shared import columns, data, frame
from dashboard.shared.escape import plain

MOST = 10  # changes on this page; the Changes page has all


def sections(wanted: Filter, *, sample: bool) -> None:
    """What moved in the trials of an agent's view, and how far promises slipped. ``sample``: the registry has never
    answered for the agent."""
    # A trial that left the registry is no trial to count any more, but its leaving is a change.
    ids = data.selection(replace(wanted, left=True)).ids
    _changes(wanted, ids, sample=sample)
    _slips(wanted, ids)


def _changes(wanted: Filter, ids: "pd.Series[Any]", *, sample: bool) -> None:
    """The newest changes of some trials since the first refresh."""
    st.header("What changed", anchor=False)
    last = changes_data.refreshed()
    if sample or last.baseline is None:
        st.info(
            "Nothing to compare yet: the registry has not answered for this agent. Its first answer is the baseline; "
            "every later refresh shows here what has changed since.",
            icon=":material/update:",
        )
        return
    shown = since_baseline(last)
    since = changes_view.since(shown, last, datetime.now(UTC))
    every = changes_data.changes(since)
    found = every[among(every["nct_id"], ids) & every["weight"].isin(changes_view.weights(shown))]
    if found.empty:
        st.info(
            f"No change seen in these trials since the first load on {english.day(since[:10])}. Changes of "
            "only wording, order or a few days do not count.",
            icon=":material/update:",
        )
    else:
        st.markdown(f"**{plain(changes_tables.counted(found))}** since the first load on {english.day(since[:10])}.")
        changes_parts.newest(found, MOST, "agent_changes")
        more = f"The newest {MOST} of {len(found):,}. " if len(found) > MOST else ""
        st.caption(f"{more}Before → after; without changes of wording or order, or by a few days.")
    frame.link("changes", "All changes of this agent", changes_parts.params(wanted, shown), ":material/update:")


def since_baseline(last: Refreshed) -> ChangesView:
    """The view of the Changes page that tells everything since the first refresh."""
    return ChangesView(period=changes_view.DATE, day=(last.baseline or "")[:10])


def _slips(wanted: Filter, ids: "pd.Series[Any]") -> None:
    """How many of some trials moved what they had promised, and which moved furthest."""
    st.header("First promised and now", anchor=False)
    every = changes_data.ledger()

    def address(measure: str) -> str:
        return changes_parts.address(wanted, ChangesView(show="slips", measure=measure))

    table = changes_tables.slipped(every[among(every["nct_id"], ids)], address)
    st.markdown(changes_tables.slipped_say(table))
    if table["Moved"].any():
        columns.table(table, "Trials that moved, by what was promised", columns.SHOW_TRIALS)
