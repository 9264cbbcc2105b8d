"""Tables of the pages as rows of cells to write: what the screen shows, with what it leads to. Pure."""

import json
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

import pandas as pd
from markupsafe import Markup, escape

from dashboard.publish import markup
from dashboard.publish.markup import Href


class Table(NamedTuple):
    """Headings and lines; ``right``: the columns of numbers."""

    alt: str
    heads: list[str]
    right: list[bool]
    lines: list[list[Markup]]


def sortable(value: pd.DataFrame, columns: str, placeholder: str, alt: str, href: Href) -> Table:
    """A table whose cells are values; ``columns``: Streamlit's description of them."""
    config: Mapping[str, Any] = json.loads(columns or "{}")
    heads = [str(head) for head in value.columns if not (config.get(str(head)) or {}).get("hidden")]
    how = {head: (config.get(head) or {}).get("type_config") or {} for head in heads}
    cells = [[cell(one, how[head], placeholder, href) for one in value[head].tolist()] for head in heads]
    right = [
        pd.api.types.is_numeric_dtype(value[head]) or (config.get(head) or {}).get("alignment") == "right"
        for head in heads
    ]
    said = [str((config.get(head) or {}).get("label") or head) for head in heads]
    return Table(alt, said, right, [list(line) for line in zip(*cells, strict=True)])


def plain(value: pd.DataFrame, alt: str, href: Href, *, index: bool) -> Table:
    """A table whose cells are Markdown; ``index``: the names of the rows are part of it."""
    shown = value.reset_index(names="") if index else value
    heads = ["" if one == "value" else str(one) for one in shown.columns]
    lines = [[markup.inline(str(one), href) for one in line] for line in shown.itertuples(index=False)]
    return Table(alt, heads, [False] * len(heads), lines)


def cell(value: Any, how: Mapping[str, Any], placeholder: str, href: Href) -> Markup:
    """A value as the screen shows it."""
    if isinstance(value, list | tuple) or type(value).__name__ == "ndarray":
        return escape(", ".join(map(str, value))) if len(value) else escape(placeholder)
    if value is None or value is pd.NA or value != value:  # only NaN and NaT differ from themselves
        return escape(placeholder)
    if how.get("type") == "link":
        shown = how.get("display_text") or str(value)
        found = re.search(shown, str(value)) if "(" in shown else None
        if found is None and shown.startswith("Show ") and href(str(value)) is None:
            return Markup()  # words that only ask for a click say nothing without one
        return markup.anchor(str(value), escape(found[1] if found else shown), href)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return escape(str(value))
    form = str(how.get("format") or "")
    if form.startswith("%"):
        return escape(form % value)
    return escape(f"{value:,}" if isinstance(value, int) or not float(value).is_integer() else f"{int(value):,}")
