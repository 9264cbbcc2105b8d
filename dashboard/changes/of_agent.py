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
from dashboard.agents import tables as agent_tables
from dashboard.agents.story import Story
from dashboard.changes import address as changes_view
from dashboard.changes import data as changes_data
from dashboard.changes import parts as changes_parts
from dashboard.changes import tables as changes_tables
from dashboard.changes.address import ChangesView
from dashboard.shared import address as view
from dashboard.shared import data
from dashboard.shared.escape import plain
from dashboard.shared.number_tables import LINK

MOST = 10  # changes on this page; the Changes page has all
_SLIPS: dict[str, Any] = {
    LINK: st.column_config.LinkColumn(help="Opens the list of these trials", display_text="Show trials", width=110)
}


def sections(told: Story) -> None:
    """What moved, and how far promises slipped."""
    # A trial that left the registry is no trial to count any more, but its leaving is a change.
    ids = data.selection(replace(told.wanted, left=True)).trials["nct_id"]
    _changes(told, ids)
    _slips(told, ids)


def _changes(told: Story, ids: "pd.Series[Any]") -> None:
    """The newest changes of some trials since the first refresh."""
    st.subheader("What moved", anchor=False)
    last = changes_data.refreshed()
    if told.sample or last.baseline is None:
        st.info(
            "There is nothing to compare yet: the registry has not answered for this agent. Its first answer is the "
            "baseline; every later refresh tells here what has moved since.",
            icon=":material/update:",
        )
        return
    shown = since_baseline(last)
    since = changes_view.since(shown, last, datetime.now(UTC))
    every = changes_data.changes(since)
    found = every[among(every["nct_id"], ids) & every["weight"].isin(changes_view.weights(shown))]
    if found.empty:
        st.info(
            f"No change was seen in these trials since the first load of {english.day(since[:10])}. Changes of "
            "wording, order or a few days only do not count.",
            icon=":material/update:",
        )
    else:
        st.markdown(f"**{plain(changes_tables.counted(found))}**, since the first load of {english.day(since[:10])}.")
        changes_parts.newest(found, MOST, "agent_changes")
        more = f"The newest {MOST} of {len(found):,}. " if len(found) > MOST else ""
        st.caption(f"{more}Before → after; changes of wording, order or a few days only are left out.")
    _link(told.wanted, shown, "All changes of this agent")


def since_baseline(last: Refreshed) -> ChangesView:
    """The view of the Changes page that tells everything since the first refresh."""
    return ChangesView(period=changes_view.DATE, day=(last.baseline or "")[:10])


def _slips(told: Story, ids: "pd.Series[Any]") -> None:
    """How many of some trials moved what they had promised, and which moved furthest."""
    st.subheader("First promised and now", anchor=False)
    every = changes_data.ledger()

    def address(measure: str) -> str:
        own = ChangesView(show="slips", measure=measure).to_query()
        mine = [(key, value) for key, values in own.items() for value in values]
        return view.address("changes", [*view.params(told.wanted), *mine])

    table = agent_tables.slipped(every[among(every["nct_id"], ids)], address)
    st.markdown(agent_tables.slipped_say(table))
    if table["Moved"].any():
        st.dataframe(
            table, hide_index=True, column_config=_SLIPS, placeholder="–", height="content", width="stretch",
            alt="Trials that moved, by what was promised",
        )  # fmt: skip


def _link(wanted: Filter, shown: ChangesView, label: str) -> None:
    own = [(key, value) for key, values in shown.to_query().items() for value in values]
    st.page_link(
        view.script("changes"), label=label, icon=":material/update:", query_params=[*view.params(wanted), *own]
    )
