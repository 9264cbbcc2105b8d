"""A trial's history for its own page: the states it was seen in and what moved between them.

The registry's texts are shown letter by letter, never read as Markdown or HTML.
"""

from typing import Any

import pandas as pd
import streamlit as st

from cache.changes.changelog import TOLD_BY_DEFAULT, Change
from cache.codes import DATE_TYPE_WORDS, STATUS_WORDS
from cache.english import count
from dashboard.changes import data as changes_data
from dashboard.changes import word_for_word
from dashboard.shared import columns, frame, words
from dashboard.shared.number_tables import claim_link

_ORIGINS = {"live": "registry", "copy": "public copy", "starter": "starter snapshot"}
_DATES = {
    "Start": "start_date",
    "Primary completion": "primary_completion_date",
    "Completion": "completion_date",
    "People": "enrollment",
}


def history(nct_id: str) -> None:
    """What is known of the trial's past; a sentence when it was seen in one state only."""
    states, events = changes_data.states(nct_id), changes_data.events(nct_id)
    st.header("History", anchor=False)
    if len(states) < 2 and not events:
        st.text("Seen in one state so far. What moves from now on is told here after the next refresh that sees it.")
        return
    told = [one for one in events if one.weight in TOLD_BY_DEFAULT]
    if told:
        table = pd.DataFrame(
            {
                "Seen": [one.seen_at[:10] for one in told],
                "Change": [_said(one) for one in told],
                "Weight": [one.weight.capitalize() for one in told],
                "Registry date": [one.registry_date or "not given" for one in told],
            }
        )
        columns.plain_table(table, "What moved in this trial, newest first")
        word_for_word.of_trial(told)
    if len(events) > len(told):
        st.caption(f"{count(len(events) - len(told), 'change')} of wording, order or a few days not listed.")
    with st.expander(f"{count(len(states), 'known state')}", icon=":material/history:", key="history_states"):
        columns.plain_table(_states(states), "Known states of this trial, newest first")
        sources = states["source"][states["origin"] == "copy"].dropna()
        for source in dict.fromkeys(sources):
            st.text(f"Source: {source}")
    frame.link("changes", "Changes in all trials", icon=":material/update:")


def _said(one: Change) -> str:
    said = words.quiet(one.sentence)
    return f"{said} [Open claim {words.plain(one.claim)}]({claim_link(one.claim)})" if one.claim else said


def _states(states: pd.DataFrame) -> pd.DataFrame:
    rows = [row for _, row in states.iloc[::-1].iterrows()]
    shown: dict[str, list[str]] = {
        "Record of": [row["known_on"] if isinstance(row["known_on"], str) else "day not recorded" for row in rows],
        "From": [_ORIGINS.get(row["origin"], row["origin"]) for row in rows],
        "Status": [_status(row["overall_status"]) for row in rows],
    }
    for word, name in _DATES.items():
        shown[word] = [_value(row[name], row[f"{name}_type"]) for row in rows]
    return pd.DataFrame(shown)


def _status(code: Any) -> str:
    return words.quiet(STATUS_WORDS.get(code, code)) if isinstance(code, str) else "not stated"


def _value(value: Any, kind: Any) -> str:
    if pd.isna(value):
        return "not stated"
    said = f"{value:,}" if not isinstance(value, str) else value
    return f"{said} ({DATE_TYPE_WORDS.get(kind, kind)})" if isinstance(kind, str) else said
