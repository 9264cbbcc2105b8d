"""Tables on the screen: columns, heights and pages that are the same wherever they stand, each described once."""

import re
from collections.abc import Callable, Mapping
from typing import Any, Literal, NamedTuple

import pandas as pd
import streamlit as st

from dashboard import terms
from dashboard.shared import address as view
from dashboard.shared.number_tables import LINK

ROWS = 200  # rows of one page of a list; the browser gets no more at a time
NAME = st.column_config.TextColumn(pinned=True)
WIDE = st.column_config.TextColumn(width="large")
NUMBER = r"#([\d,]+)$"  # what is shown of a number's link: see ``number_tables``
Config = Mapping[str, Any]


def trial(*, pinned: bool = False) -> Any:
    """An NCT id that opens its trial; ``pinned``: it names the row."""
    return st.column_config.LinkColumn(
        help="Opens the trial", display_text=r"nct=(NCT\d{8})", pinned=pinned or None, width=118
    )


def number(*, help: str | None = None, **how: Any) -> Any:
    """A number that opens nothing."""
    return st.column_config.NumberColumn(format="localized", help=help, **how)


def linked(*, help: str = "Opens their list", shown: str = NUMBER, **how: Any) -> Any:
    """A number that opens the list of its trials."""
    return st.column_config.LinkColumn(help=help, display_text=shown, **how)


def list_link(help: str = "Opens the list of these trials", shown: str = "Show trials", **how: Any) -> Any:
    """A link in words to the list of a row's trials."""
    return st.column_config.LinkColumn(help=help, display_text=shown, **how)


def claim(**how: Any) -> Any:
    """The id of a claim, which opens it alone."""
    return list_link("Opens this claim alone", r"claim=(.+)$", **how)


def counts(table: pd.DataFrame) -> dict[str, Any]:
    """The columns of a table of counts whose rows lead to their trials."""
    config: dict[str, Any] = {str(table.columns[0]): NAME, **LISTS}
    config |= {
        column: linked(alignment="right")
        for column in table.columns
        if any(isinstance(cell, str) and re.search(NUMBER, cell) for cell in table[column])
    }
    return config | {column: number() for column in table.columns if pd.api.types.is_numeric_dtype(table[column])}


ID_TITLE = {"NCT id": trial(pinned=True), "Title": WIDE}
SHOW_TRIALS = {LINK: list_link(width=110)}
LISTS = {LINK: list_link(), "Claims": list_link("Opens these claims", "Show claims")}


def table(
    shown: pd.DataFrame,
    alt: str,
    config: Config | None = None,
    *,
    missing: str | None = "–",
    height: int | Literal["auto", "content"] = "content",
    **how: Any,
) -> Any:
    """A table that can be sorted and searched; a heading that is a word of the field is explained on hover.
    ``missing``: what stands in a cell without a value."""
    return st.dataframe(
        shown, hide_index=True, column_config=_explained(shown, config or {}), placeholder=missing, height=height,
        alt=alt, **how,
    )  # fmt: skip


def _explained(shown: pd.DataFrame, config: Config) -> Config:
    """The columns with the glossary's text after their own."""
    found = {head: config.get(head) or {} for head in shown.columns if terms.meaning(str(head))}
    return {**config, **{head: {**own, "help": terms.hint(head, own.get("help"))} for head, own in found.items()}}


def plain_table(shown: Any, alt: str) -> None:
    """A table to read, all of it at once."""
    st.table(shown, hide_index=True, border="horizontal", alt=alt)


def at_most(pixels: int, shown: pd.DataFrame) -> int:
    """The height of a table: that of its rows, and no more than so many pixels."""
    return min(pixels, 39 + 35 * max(len(shown), 1))


class Part(NamedTuple):
    """One page of a longer list, by the page number in the address; ``first`` and ``last`` as a slice takes them."""

    number: int
    pages: int
    first: int
    last: int


def part_of(total: int, rows: int | None = None) -> Part:
    """The part of a list of ``total`` rows that the address asks for."""
    rows = rows or ROWS
    pages = max(1, -(-total // rows))
    number = view.page_number(pages)
    return Part(number, pages, (number - 1) * rows, min(number * rows, total))


def pages_bar(part: Part, key: str = "list_page", own: Callable[[], Mapping[str, list[str]]] = dict) -> None:
    """Numbered pages below a list, when there is more than one. ``own``: the page's own keys, which stay."""
    if part.pages > 1:
        st.session_state[key] = part.number
        st.pagination(part.pages, key=key, on_change=_turned, args=(key, own))


def _turned(key: str, own: Callable[[], Mapping[str, list[str]]]) -> None:
    number = int(st.session_state[key])
    view.show(view.current()[0], **own(), page=[str(number)] if number > 1 else [])
