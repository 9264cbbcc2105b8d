"""The list of trials behind a number, for pages whose groups no filter can name: the group stands in the address."""

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd
import streamlit as st

from cache.english import count
from dashboard.shared import address as view
from dashboard.shared.trial_list import MISSING

ROWS = 200  # trials of one page of a list
_CONFIG: dict[str, Any] = {
    "NCT id": st.column_config.LinkColumn(
        help="Opens the trial", display_text=r"nct=(NCT\d{8})", pinned=True, width=118
    ),
    "Title": st.column_config.TextColumn(width="medium"),
}


def asked() -> str:
    """The group the address asks for; empty when it asks for none."""
    return "".join(view.own("show")[-1:])


def nothing(name: str) -> None:
    """Say that the address asks for a group there is not."""
    view.problems((f"“{name[:40]}” is no list of this page, so everything is shown.",))


def show(
    page: view.Page,
    title: str,
    total: int,
    make: Callable[[int, int], pd.DataFrame],
    config: Mapping[str, Any] | None = None,
    unit: str = "trial",
) -> None:
    """One page of the list, with a way back. ``make``: the table of the trials from one place to another; ``unit``:
    what a row of it is."""
    st.subheader(title.replace("_", " "), anchor=False)
    st.page_link(
        view.script(page),
        label="Back to the whole page",
        icon=":material/arrow_back:",
        query_params=view.params(view.current()[0]),
    )
    if not total:
        st.info("No trial of this view is in this group.", icon=":material/search_off:")
        return
    pages = -(-total // ROWS)
    number = view.page_number(pages)
    first, last = (number - 1) * ROWS, min(number * ROWS, total)
    st.caption(f"{first + 1:,} to {last:,} of {count(total, unit)}. An NCT id opens the trial.")
    table = make(first, last)
    st.dataframe(
        table,
        key=f"behind_{page}_{number}",
        hide_index=True,
        column_config=_CONFIG | dict(config or {}),
        placeholder=MISSING,
        height=min(640, 39 + 35 * len(table)),
        width="stretch",
        alt=f"{title}: the trials",
    )
    if pages > 1:
        st.session_state["behind_page"] = number
        st.pagination(pages, key="behind_page", on_change=_page_changed, args=(asked(),))


def _page_changed(name: str) -> None:
    number = int(st.session_state["behind_page"])
    view.show(view.current()[0], show=[name], page=[str(number)] if number > 1 else [])
