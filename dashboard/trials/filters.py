"""The filters of the Trials page, set by the address and writing to it, and the downloads of what they let through."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

import streamlit as st

from cache import english
from cache.export.nearest import nearest
from cache.filters.filter import Filter
from cache.filters.keys import KEYS, Key, Widget
from cache.filters.kinds import LONGEST_TEXT, YEARS, Names
from cache.filters.select import Selection
from dashboard import terms
from dashboard.shared import address as view
from dashboard.shared import data, frame
from dashboard.shared.files import brief, of_trials
from dashboard.trials import brief as trials_brief
from dashboard.trials import near_data

_PANEL = sorted(((key.widget, key) for key in KEYS if key.widget), key=lambda row: row[0].place)


def show(wanted: Filter) -> None:
    """The search in sight, the filters one click away, with how many are set."""
    _draw([row for row in _PANEL if row[0].kind == "words"], wanted)
    behind = [row for row in _PANEL if row[0].kind != "words"]
    hidden = sum(getattr(wanted, key.field) != getattr(Filter(), key.field) for _, key in behind)
    label = f"Filters ({hidden} set)" if hidden else "Filters"
    # Its label changes with every choice, which would fold it away between one choice and the next.
    with st.expander(label, icon=":material/tune:", expanded=hidden > 0), st.grid(3, min_column_width=230, gap="small"):
        _draw(behind, wanted)
    if wanted != view.scope(wanted):
        st.button(
            "Clear all filters", key="clear_all", icon=":material/filter_alt_off:", type="tertiary", on_click=view.clear
        )


def _draw(rows: Sequence[tuple[Widget, Key]], wanted: Filter) -> None:
    for widget, key in rows:
        label = widget.label if isinstance(widget.label, str) else widget.label(data.watchlist())
        if label:
            _WIDGETS[widget.kind](key, label, terms.hint(label, widget.help), getattr(wanted, key.field))


def _set(key: Key, state: Any, read: Callable[[Any], Any]) -> dict[str, Any]:
    """Show what the address says in a field's widget; the arguments with which it writes to the address."""
    name = f"filter_{key.field}"
    st.session_state[name] = state
    return {"key": name, "on_change": _changed, "args": (name, key.field, read)}


def _changed(name: str, field: str, read: Callable[[Any], Any]) -> None:
    value = read(st.session_state[name])
    view.change(lambda wanted: replace(wanted, **{field: value}))


def _words(key: Key, label: str, help: str | None, text: str) -> None:
    st.text_input(
        label,
        type="search",
        max_chars=LONGEST_TEXT,
        placeholder="Any word, name, place or id …",
        help=help,
        **_set(key, text, str),
    )


def _many(key: Key, label: str, help: str | None, chosen: Sequence[str]) -> None:
    options = _options(key, chosen)
    st.multiselect(
        label,
        list(options),
        format_func=lambda code: options.get(code, code),
        placeholder="Any",
        help=help,
        **_set(key, list(chosen), tuple),
    )


def _options(key: Key, chosen: Sequence[str]) -> Mapping[str, str]:
    if isinstance(key.kind, Names):
        return {name: name for name in sorted({*data.names(key.kind.column), *chosen})}
    return key.kind.options(data.watchlist())


def _year(key: Key, label: str, help: str | None, chosen: int | None) -> None:
    st.number_input(
        label,
        min_value=YEARS[0],
        max_value=YEARS[1],
        value=None,
        step=1,
        format="%d",
        placeholder="Any year",
        help=help,
        **_set(key, chosen, lambda year: year),
    )


def _yes_no(key: Key, label: str, help: str | None, chosen: bool | None) -> None:
    values, words = {"any": None, "yes": True, "no": False}, key.kind.options(data.watchlist())
    st.segmented_control(
        label,
        list(values),
        format_func=words.__getitem__,
        help=help,
        **_set(key, next(name for name, value in values.items() if value is chosen), values.get),
    )


def _switch(key: Key, label: str, help: str | None, on: bool) -> None:
    st.toggle(label, help=help, **_set(key, on, bool))


_WIDGETS: Mapping[str, Callable[[Key, str, str | None, Any], None]] = {
    "words": _words, "many": _many, "year": _year, "yes_no": _yes_no, "switch": _switch,
}  # fmt: skip


def downloads(wanted: Filter, selection: Selection) -> None:
    """The whole list as a file, made when it is asked for; every file says where it comes from."""
    said = " ".join([wanted.sentence(data.watchlist()), *near_data.not_told(wanted)])
    link = view.here() or view.to_trials(wanted)
    with st.container(key="downloads"), st.container(horizontal=True):
        st.markdown(f"Download {english.count(len(selection.trials), 'trial')}, with source and date:")
        for fmt in of_trials.LABELS:
            of_trials.button(fmt, selection.trials, said, wanted=wanted)
        for fmt, label, mime in _BRIEFS:
            st.download_button(
                f"Brief {label}", data=partial(_brief, wanted, selection, said, fmt, link),
                file_name=f"trials-brief.{fmt}", mime=mime, key=f"brief_{fmt}", icon=":material/download:",
                on_click="ignore",
            )  # fmt: skip


_BRIEFS = (("html", "to print", "text/html"), ("md", "as Markdown", "text/markdown"))


def _brief(wanted: Filter, selection: Selection, said: str, fmt: str, link: str) -> bytes:
    near = nearest(wanted, selection.trials, data.trials(), data.store())
    made = trials_brief.of_view(selection, said, data.freshness(), link, frame.names(), datetime.now(UTC), near)
    return (brief.page(made) if fmt == "html" else brief.markdown(made)).encode("utf-8")
