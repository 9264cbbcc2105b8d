"""Results, overtaken records and reasons for stopping of one agent, a line each, with links to the lists."""

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from cache.filters.filter import Filter
from cache.filters.select import Selection
from dashboard.results import parts as results_parts
from dashboard.results import tables as results_tables
from dashboard.shared import address as view
from dashboard.shared import data, frame, words
from insights.results_due import STATES
from insights.stale import FLAGS
from insights.why_stopped import CLASSES, said


def delays(wanted: Filter, selection: Selection) -> None:
    """What the page on results and delays says of the trials of a view."""
    if selection.trials.empty:
        st.text("No trial of this agent is in this view, so no result can be due and no record overtaken.")
        return
    found = results_parts.material(selection)
    _line("Results in the registry", results_tables.results_say(found.verdicts, found.facts))
    _lists(wanted, "state", STATES, found.verdicts["state"])
    _line("Out-of-date records", results_tables.stale_say(found.overtaken, found.facts))
    _lists(wanted, "stale", FLAGS, found.overtaken["flag"])
    _line("Why trials stopped", results_tables.stopped_say(found.stopped, found.facts))
    _lists(wanted, "why", {name: said(name) for name in CLASSES}, found.stopped["classes"].explode())
    st.caption(
        f"As of {words.as_of(data.freshness())} · facts about posting, not a judgement on anybody · a trial may "
        "stand in several groups of the last two lines"
    )
    frame.link("results", "Charts, rules and papers of these trials", view.params(wanted), ":material/fact_check:")


def _line(title: str, say: str) -> None:
    st.header(title, anchor=False)
    st.markdown(say)


def _lists(wanted: Filter, prefix: str, labels: Mapping[str, str], keys: "pd.Series[str]") -> None:
    """A link for each group that is not empty, with its number."""
    numbers = keys.value_counts()
    with st.container(horizontal=True, gap="medium"):
        for key, label in labels.items():
            if numbers.get(key, 0):
                said = words.plain(f"{label}: {numbers[key]:,}")
                frame.link("results", said, view.params(wanted, show=f"{prefix}.{key}"))
