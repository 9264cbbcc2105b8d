"""What the posted results of one agent's trials report."""

import streamlit as st

from cache.filters.filter import Filter
from cache.filters.select import Selection
from dashboard.findings import parts as findings_parts
from dashboard.findings import tables as findings_tables
from dashboard.shared import address as view
from dashboard.shared import frame


def findings(wanted: Filter, selection: Selection) -> None:
    """The trials of an agent with posted results, the largest first, with what their registered analyses report."""
    shown = findings_parts.material(selection)
    st.markdown(findings_tables.say(shown))
    if len(shown.read):
        findings_parts.listed(shown.read, shown, {"show": ["findings"]})
        st.caption("Each trial by itself, nothing is pooled; a p value says neither direction nor size.")
    frame.link("findings", "Findings of these trials, in numbers", view.params(wanted), ":material/science:")
