"""Trials as a file of any kind, from any list: a button that makes it when it is pressed."""

from collections.abc import Callable

import pandas as pd
import streamlit as st

from cache.export import trials as export
from cache.export.nearest import nearest
from cache.filters.filter import Filter
from cache.read.results import posted
from dashboard.shared import data

LABELS = {
    "csv": "CSV", "xlsx": "Excel", "json": "JSON", "parquet": "Parquet", "ris": "RIS", "bib": "BibTeX",
    "md": "Markdown table",
}  # fmt: skip
TO_CITE = ("ris", "bib")
_MIME = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
    "parquet": "application/vnd.apache.parquet",
    "ris": "application/x-research-info-systems",
    "bib": "application/x-bibtex",
    "md": "text/markdown",
}


def button(fmt: str, shown: pd.DataFrame, said: str, name: str = "trials", wanted: Filter | None = None) -> None:
    """A button that saves these trials, rows of ``data.trials``. ``said``: in words which they are; ``wanted``: their
    view, for what is told of a place it names."""
    st.download_button(
        LABELS[fmt],
        data=_maker(fmt, shown, said, wanted or Filter()),
        file_name=f"{name}.{fmt}",
        mime=_MIME[fmt],
        key=f"download_{fmt}",
        icon=":material/download:",
        on_click="ignore",
    )


def _maker(fmt: str, shown: pd.DataFrame, said: str, wanted: Filter) -> Callable[[], bytes]:
    # The frames are taken now: what is saved is what the viewer saw, also when a refresh ends in between.
    every, why, facts, store = data.trials(), data.matches(), export.about(data.freshness(), said), data.store()
    names = {agent.id: agent.name for agent in data.watchlist().agents}

    def made() -> bytes:
        found = posted(store, shown["nct_id"]) if fmt == "json" else {}
        return export.to_bytes(shown, why, fmt, facts, found, names, nearest(wanted, shown, every, store))

    return made
