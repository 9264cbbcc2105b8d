"""The list of the trials that a number counts, for groups that no filter can name: the address names the group."""

from collections.abc import Callable

import pandas as pd
import streamlit as st

from cache.english import count
from dashboard.shared import address as view
from dashboard.shared import columns, frame, words
from dashboard.shared.columns import Config

_CONFIG = columns.ID_TITLE | {"Title": st.column_config.TextColumn(width="medium")}


def asked() -> str:
    """The group the address asks for; empty when it asks for none."""
    return "".join(view.own("show")[-1:])


def unknown(name: str) -> bool:
    """Say that the address asks for a group there is not; false, for nothing is shown then."""
    view.problems((f"This page has no list “{name[:40]}”, so it shows everything.",))
    return False


def show(
    page: view.Page,
    title: str,
    total: int,
    make: Callable[[int, int], pd.DataFrame],
    config: Config | None = None,
    unit: str = "trial",
) -> bool:
    """One page of the list, with a way back; true, for it is all that is shown. ``make``: the table of the trials from
    one place to another; ``unit``: what a row of it is."""
    st.header(title.replace("_", " "), anchor=False)
    frame.link(page, "Back to the whole page", view.params(view.current()[0]), ":material/arrow_back:")
    if not total:
        st.info("No trial of this view is in this group.", icon=":material/search_off:")
        return True
    part = columns.part_of(total)
    st.caption(f"{part.first + 1:,} to {part.last:,} of {count(total, unit)}. An NCT id opens the trial.")
    table = make(part.first, part.last)
    columns.table(
        table, f"{title}: the trials", {**_CONFIG, **(config or {})}, missing=words.MISSING,
        height=columns.at_most(640, table), key=f"group_{page}_{part.number}",
    )  # fmt: skip
    name = asked()
    columns.pages_bar(part, "group_page", lambda: {"show": [name]})
    return True
