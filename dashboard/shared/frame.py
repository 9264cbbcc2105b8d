"""What all pages share: the way around, the head with the age of the data, the foot with its source; and one way to
put a chart over its numbers."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from cache import english
from dashboard import catalogue
from dashboard.refresh import panel as refresh_panel
from dashboard.shared import address as view
from dashboard.shared import charts, data, words
from dashboard.shared import number_tables as tables

_NUMBER = r"#([\d,]+)$"  # of a link: see ``dashboard.shared.number_tables``
WIDTH = 1180  # pixels; longer lines are hard to read


def navigation(pages: Mapping[catalogue.Page, Any]) -> None:
    """Links to the pages; they carry the scope, which Streamlit's own navigation would drop."""
    st.markdown("#### :material/clinical_notes: Trial tracker")
    scope = view.carried()
    for name in catalogue.NAVIGATION:
        st.page_link(pages[name], query_params=scope, width="stretch")
    st.space("small")


def sheet() -> DeltaGenerator:
    """The column all pages are written in."""
    return st.container(width="stretch", horizontal_alignment="center").container(width=WIDTH)


def head(title: str, lede: str | None = None) -> None:
    """Title, one sentence, how old the data is, and what is wrong if something is."""
    st.title(title, anchor=False)
    if lede:
        st.markdown(lede)
    fresh = data.freshness()
    icon = ":material/history:" if fresh.live else ":material/science:"
    st.caption(f"{icon} {words.freshness_line(fresh, datetime.now(UTC))}")
    later = words.starter_line(fresh, [names()[agent] for agent in sampled()])
    if later:
        st.caption(later)
    _troubles()
    refresh_panel.outcome()


def _troubles() -> None:
    trouble = data.trouble()
    if trouble:
        st.warning(words.plain(trouble), title="The store cannot be used", icon=":material/warning:")
    failed = words.failures(data.scopes())
    if not failed:
        return
    with st.expander(f"{english.count(len(failed), 'part')} could not be refreshed", icon=":material/sync_problem:"):
        for name, reason, at in failed:
            when = f" on {english.moment(at)}" if at else ""
            st.text(f"{name}: the last refresh failed{when}; earlier data is shown. {reason}")


def foot() -> None:
    """Source, date and changes, as the registry's terms ask; on every page."""
    st.divider()
    st.caption(words.attribution(data.freshness()))


def names() -> dict[str, str]:
    """The agents' names by id, in the watch-list's order."""
    return {agent.id: agent.name for agent in data.watchlist().agents}


def condition_names() -> dict[str, str]:
    """The condition groups' names by id, in the watch-list's order."""
    return {condition.id: condition.name for condition in data.watchlist().conditions}


def swept() -> dict[str, str]:
    """The names by id of the condition groups that are asked for whatever the agent."""
    return {condition.id: condition.name for condition in data.watchlist().conditions if condition.swept}


def sampled() -> list[str]:
    """Agents the registry was never asked for with success: what is shown of them is a sample, or nothing."""
    scopes = data.scopes()
    rows = scopes[(scopes["kind"] == "agent") & scopes["refreshed_at"].isna()]
    return list(rows["scope"])


def chart(key: str, title: str, say: str, figure: go.Figure, caption: str, *numbers: tuple[str, pd.DataFrame]) -> None:
    """A title, one sentence, the figure, what is counted, and the same numbers as tables."""
    st.subheader(title, anchor=False)
    st.markdown(say)
    st.plotly_chart(figure, config=charts.CONFIG, key=key, alt=f"{title}. {say}", width="stretch")
    st.caption(caption)
    with st.expander("Numbers", icon=":material/table:", key=f"{key}_numbers"):
        for name, table in numbers:
            table_of_numbers(name, table)


def bars(key: str, title: str, say: str, caption: str, *numbers: tuple[str, pd.DataFrame], empty: bool = True) -> None:
    """The first table of numbers as bars, over all of them; ``empty``: rows without a trial keep their place."""
    chart(key, title, say, charts.bars(tables.bars_of(numbers[0][1], empty=empty)), caption, *numbers)


def table_of_numbers(name: str, table: pd.DataFrame) -> None:
    """A table of counts whose rows lead to their trials."""
    first = str(table.columns[0])
    config: dict[str, Any] = {
        first: st.column_config.TextColumn(pinned=True),
        tables.LINK: st.column_config.LinkColumn(help="Opens the list of these trials", display_text="Show trials"),
    }
    config |= {
        column: st.column_config.LinkColumn(help="Opens their list", display_text=_NUMBER, alignment="right")
        for column in table.columns
        if any(isinstance(cell, str) and re.search(_NUMBER, cell) for cell in table[column])
    }
    config |= {
        column: st.column_config.NumberColumn(format="localized")
        for column in table.columns
        if pd.api.types.is_numeric_dtype(table[column])
    }
    st.dataframe(
        table,
        hide_index=True,
        column_config=config,
        placeholder="not asked",
        alt=name,
        height="content",
        width="stretch",
    )
