"""The sections of the timeline page. The registry's texts stand in tables and, escaped, on the axis."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pandas as pd
import streamlit as st

from cache.english import count
from cache.filters.filter import Filter
from cache.filters.select import Selection, among
from dashboard.shared import address as view
from dashboard.shared import data, frame, record_data, words
from dashboard.shared.charts import CONFIG
from dashboard.shared.trial_list import MISSING
from dashboard.timeline import charts as timeline_charts
from insights import families

SHOWN = 40  # trials of one picture; a screen or two
FEW = 12  # trials of the picture on another page
_ID = st.column_config.LinkColumn(help="Opens the trial", display_text=r"nct=(NCT\d{8})", width=118)


def agents(wanted: Filter) -> None:
    """One agent, or all of the view."""
    ids = list(frame.names())
    chosen = wanted.agents[0] if len(wanted.agents) == 1 else None
    st.session_state["timeline_agent"] = chosen
    st.selectbox(
        "Agent", ids, format_func=lambda id: frame.names().get(id, id), key="timeline_agent",
        placeholder="All of this view", on_change=_agent_changed, width=420,
    )  # fmt: skip


def _agent_changed() -> None:
    chosen = st.session_state["timeline_agent"]
    view.change(lambda wanted: replace(wanted, agents=(chosen,) if chosen else ()))


def day() -> date:
    """The day of the data, which is the "today" of its plans; this day when nothing says it."""
    fresh = data.freshness()
    told = fresh.registry_timestamp if fresh.live else fresh.starter_date
    return date.fromisoformat(told[:10]) if told else datetime.now(UTC).date()


def _bars(selection: Selection, today: date) -> pd.DataFrame:
    """The bars of a view: those of all stored trials are made once and kept as long as the store does not change."""
    every = _every_bar(*data.identity(), today)
    return every[among(every["nct_id"], selection.trials["nct_id"])].reset_index(drop=True)


@st.cache_resource(max_entries=2, show_spinner=False)
def _every_bar(key: str, version: int, today: date) -> pd.DataFrame:
    return timeline_charts.bars(data.trials(), today)


def chart(selection: Selection) -> None:
    """The bars of one page of the view, and their numbers."""
    today = day()
    bars = _bars(selection, today)
    say = timeline_charts.say(bars, today, len(selection.trials) - len(bars))
    st.markdown(say)
    if bars.empty:
        return
    pages = -(-len(bars) // SHOWN)
    page = view.page_number(pages)
    first = (page - 1) * SHOWN
    shown = bars.iloc[first : first + SHOWN].reset_index(drop=True)
    part = f"{first + 1:,} to {first + len(shown):,} of {count(len(bars), 'trial')}, newest start first"
    _drawn(shown, today, say, part, f"timeline_{page}")
    view.pages_bar(pages, page)


def few(selection: Selection, wanted: Filter) -> None:
    """The bars of the newest few, for another page, with a link to all of them."""
    today = day()
    bars = _bars(selection, today)
    say = timeline_charts.say(bars, today, len(selection.trials) - len(bars))
    st.markdown(say)
    if bars.empty:
        return
    shown = bars.head(FEW)
    part = f"the newest {FEW} of {count(len(bars), 'trial')}" if len(bars) > FEW else "newest start first"
    _drawn(shown, today, say, part, "timeline_few")
    st.page_link(
        view.script("timeline"),
        label=f"All {len(bars):,} on the timeline" if len(bars) > FEW else "The same on the timeline’s own page",
        icon=":material/view_timeline:",
        query_params=view.params(wanted),
    )


def _drawn(shown: pd.DataFrame, today: date, say: str, part: str, key: str) -> None:
    figure = timeline_charts.timeline(shown, today)
    st.plotly_chart(figure, config=CONFIG, key=key, alt=f"Timeline of trials. {say}", width="stretch")
    st.caption(
        f"As of {words.as_of(data.freshness())} · {part} · solid: actual, hatched: planned or not confirmed · "
        "a month or a year is drawn from its first day as a start and to its last day as an end"
    )
    with st.expander("Numbers", icon=":material/table:", key="timeline_numbers"):
        st.dataframe(
            timeline_charts.table(shown), hide_index=True, placeholder=MISSING, height="content", width="stretch",
            column_config={"NCT id": _ID, "Title": st.column_config.TextColumn(width="large")},
            alt="The bars of the timeline",
        )  # fmt: skip


def linked(selection: Selection) -> None:
    """Which of these trials belong together, and how many there are when they count once."""
    ids = set(selection.trials["nct_id"])
    links = record_data.links()
    mine = links[among(links["nct_id"], ids) | among(links["cites"], ids)]
    st.subheader("Trials that belong together", anchor=False)
    known = set(data.trials()["nct_id"])
    once = families.once(ids, record_data.roofs())
    if once < len(ids):
        st.markdown(
            f"{count(len(ids), 'trial')} in this view; {once:,} when a platform and its sub-studies count once."
        )
    elif mine.empty:
        st.markdown("No record in this view names another trial by its NCT id.")
        return
    else:
        st.markdown("No two trials in this view stand under one roof; the records below name other trials.")
    st.dataframe(
        _links(mine, known), hide_index=True, height="content" if len(mine) < 12 else 420, width="stretch",
        column_config={
            "NCT id": _ID, "Names": _ID, "In the registry’s words": st.column_config.TextColumn(width="large"),
        },
        alt="Trials that name other trials",
    )  # fmt: skip


def _links(found: pd.DataFrame, known: set[str]) -> pd.DataFrame:
    shown = found.assign(order=found["kind"].map(list(families.KINDS).index)).sort_values(["order", "nct_id", "cites"])
    made: dict[str, Any] = {
        "NCT id": [f"trial?nct={nct_id}" for nct_id in shown["nct_id"]],
        "Names": [f"trial?nct={nct_id}" for nct_id in shown["cites"]],
        "As": shown["kind"].map(families.KINDS).to_numpy(),
        "Stored here": ["yes" if nct_id in known else "no" for nct_id in shown["cites"]],
        "Stands in": shown["place"].to_numpy(),
        "In the registry’s words": shown["quote"].to_numpy(),
    }
    return pd.DataFrame(made)
