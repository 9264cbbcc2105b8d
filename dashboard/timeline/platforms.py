"""How many trials there are when those under one roof count once, for pages whose numbers count each for itself."""

import streamlit as st

from cache.filters.filter import Filter
from cache.filters.select import Selection
from dashboard.shared import address as view
from dashboard.shared import record_data
from insights import families


def once(selection: Selection, wanted: Filter) -> None:
    """Say it, with the way to these trials, when it makes a difference and is known without a long wait."""
    if not record_data.links_at_once():
        return
    ids = selection.trials["nct_id"]
    number = families.once(ids, record_data.roofs())
    if number < len(ids):
        st.page_link(
            view.script("timeline"),
            label=f"{number:,} trials when a platform and its sub-studies count once",
            icon=":material/account_tree:",
            query_params=view.params(wanted),
        )
