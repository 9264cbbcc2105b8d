"""What people take along from a chart: its numbers as CSV, its picture, a sentence to cite.

A file is made when its button is pressed. Pictures are drawn by the browser, which holds the chart: a link that ends in
``#save-png-of-KEY`` is answered by ``web/pictures.js``, with the texts that ``captioned`` put beside the figure.
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from cache import english
from cache.export import markdown
from cache.export.cells import cell
from cache.export.formats import csv_bytes
from cache.read.trials import Freshness
from dashboard.shared import address as view
from dashboard.shared import columns, data, kept, words
from dashboard.shared.charts import Drawing
from dashboard.shared.escape import letters

PRODUCT = "Trial tracker"
_MD = "text/markdown"
_DIGITS = re.compile(r"[\d,]+")


def captioned(figure: go.Figure, title: str, say: str, caption: str) -> go.Figure:
    """The figure with the texts that its picture carries."""
    source = letters(words.attribution(data.freshness()))
    meta = {"title": letters(title), "say": letters(say), "notes": [letters(caption), source]}
    drawn = figure.to_dict()
    return Drawing(drawn["data"], drawn["layout"] | {"meta": meta})


class Numbers:
    """The tables of numbers below one chart, each with its CSV. ``source``, ``here``: the source and the address of the
    view, which every row of the file ends with."""

    def __init__(self, key: str, source: str, here: str | None) -> None:
        self._key = key
        self._last = {"Source": source, "View": here or ""}
        self._base = here and view.base(here)
        self._tables = 0

    def table(
        self, shown: pd.DataFrame, name: str, config: columns.Config, *, missing: str | None = "–", **how: Any
    ) -> None:
        """A table as ``columns.table`` draws it, and the button that saves it."""
        columns.table(shown, name, config, missing=missing, **how)
        self._tables += 1
        with st.container(horizontal=True, gap="medium"):
            for label, end, mime, make in (("CSV", "csv", "text/csv", csv_of), ("Markdown", "md", _MD, markdown_of)):
                st.download_button(
                    f"{label}: {name}",
                    # Bound now: what is saved is what the viewer saw, also when a refresh ends in between.
                    data=partial(make, shown, config, missing, self._last, self._base),
                    file_name=f"{_file_name(name)}.{end}",
                    mime=mime,
                    key=f"{self._key}_{end}_{self._tables}",
                    icon=":material/download:",
                    type="tertiary",
                    on_click="ignore",
                )


@st.fragment
def below(key: str, title: str, say: str, pictures: Mapping[str, str], build: Callable[[Numbers], None]) -> None:
    """Where the numbers of a chart stand as tables, below its pictures and the line to cite it by. ``pictures``: what
    the pictures are called, by the keys of their charts. ``build``: draws the tables; only when a viewer opens them."""
    label, icon = "Numbers, pictures, citation", ":material/table:"
    with st.expander(label, icon=icon, key=f"{key}_numbers", on_change="rerun") as shown:
        if not shown.open:
            return
        with kept.steady():  # opened by itself this runs without the rest of the page
            _opened(key, title, say, pictures, build)


def _opened(key: str, title: str, say: str, pictures: Mapping[str, str], build: Callable[[Numbers], None]) -> None:
    fresh, here = data.freshness(), view.here()
    saved = [
        f":material/image: [Save {name} as {kind.upper()}](#save-{kind}-of-{chart})"
        for chart, name in pictures.items()
        for kind in ("png", "svg")
    ]
    st.markdown(" \u2003 ".join([*saved, "Cite this:"]))
    st.code(citation(title, say, fresh, here, datetime.now(UTC)), language=None, wrap_lines=True)
    build(Numbers(key, letters(words.attribution(fresh)), here))


def citation(title: str, say: str, fresh: Freshness, link: str | None, now: datetime) -> str:
    """One line to cite a chart by: what it says, the source and its date, where and when it was seen."""
    source = f"ClinicalTrials.gov, {words.as_of(fresh)}{'' if fresh.live else ' (a sample, not a count)'}"
    said = f"{letters(title)}. {letters(say)} {source}. {PRODUCT}, retrieved"
    return f"{said} {english.day(now.date().isoformat())}{f', {link}' if link else ''}"


def csv_of(
    shown: pd.DataFrame, config: columns.Config, missing: str | None, last: Mapping[str, str], base: str | None
) -> bytes:
    """A table as it is read on the screen. A number that opens its list is the number; other links are whole addresses,
    and left out without a ``base``. ``missing``: the words for a missing cell; ``last``: columns that every row ends
    with."""
    heads, lines = _read(shown, config, missing, base)
    told = [[value if isinstance(value, float) else cell(value) for value in line] for line in lines]
    return csv_bytes([*(str(cell(head)) for head in heads), *last], [[*line, *last.values()] for line in told])


def markdown_of(
    shown: pd.DataFrame, config: columns.Config, missing: str | None, last: Mapping[str, str], base: str | None
) -> bytes:
    """The same table to paste into a text, with ``last`` below it."""
    heads, lines = _read(shown, config, missing, base)
    said = [f"{name}: {markdown.safe(one)}" for name, one in last.items() if one]
    return "\n".join([markdown.table(heads, lines), *said, ""]).encode("utf-8")


def _read(
    shown: pd.DataFrame, config: columns.Config, missing: str | None, base: str | None
) -> tuple[list[str], list[tuple[Any, ...]]]:
    """The headings and the lines of a table, as ``csv_of`` says."""
    heads, cells = [], []
    for head in shown.columns:
        how = (config.get(head) or {}).get("type_config", {})
        link = how.get("type") == "link"
        told = how.get("display_text") or ""
        if link and "(" not in told:
            if base is None:
                continue
            heads.append(f"{head} (link)")
        else:
            heads.append(str(head))
        empty = missing if missing and missing != "–" else None
        cells.append([_cell(value, told if link else None, empty, base) for value in shown[head].tolist()])
    return heads, list(zip(*cells, strict=True))


def _cell(value: Any, told: str | None, missing: str | None, base: str | None) -> Any:
    """A cell of the file. ``told``: what of an address the screen shows; None for a cell that is no link."""
    if value is None or value is pd.NA or value != value:  # only NaN and NaT differ from themselves
        return missing
    if told is None:
        return value
    found = re.search(told, value) if "(" in told else None
    if found is None:
        return view.joined(base, value) if base else None
    return int(found[1].replace(",", "")) if _DIGITS.fullmatch(found[1]) else found[1]


def _file_name(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
