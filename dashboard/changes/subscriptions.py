"""What a viewer of the Changes page can subscribe to."""

from urllib.parse import urlencode

import streamlit as st

from cache.filters.filter import Filter
from dashboard.changes.address import ChangesView


def links(wanted: Filter, shown: ChangesView) -> None:
    """The changes of this view as a feed and a calendar."""
    told = {"agent": list(wanted.agents), "weight": [shown.weight] if shown.weight != "low" else []}
    # The tier is always named: without any query the calendar would hold every stored trial.
    coming = {"tier": list(wanted.tiers)} | wanted.to_query()
    with st.container(horizontal=True):
        for label, path, query, icon in (
            ("Feed of changes", "feed.xml", told, ":material/rss_feed:"),
            ("Calendar of coming completions", "calendar.ics", coming, ":material/event:"),
        ):
            asked = urlencode(query, doseq=True)
            st.link_button(label, f"{path}?{asked}" if asked else path, icon=icon)
