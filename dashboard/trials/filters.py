"""The filters of the Trials page, set by the address and writing to it, and the downloads of what they let through."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from cache import english
from cache.codes import (
    LANE_WORDS,
    LANES,
    ROLE_WORDS,
    ROLES,
    SPONSOR_CLASSES,
    SPONSOR_WORDS,
    STATUS_WORDS,
    STATUSES,
    STUDY_TYPE_WORDS,
    STUDY_TYPES,
    TIER_WORDS,
    TIERS,
)
from cache.export import trials as export
from cache.filters.filter import YEARS, Filter
from dashboard.shared import address as view
from dashboard.shared import data, frame

_RESULTS = {"any": None, "yes": True, "no": False}
_RESULT_WORDS = {"any": "Any", "yes": "Posted", "no": "Not posted"}
_ROLES_MEAN = (
    "Of trials that give the agent. Tested: in experimental arms and not in every arm; comparator: in comparator arms "
    "only; background: in every arm beside something else."
)
_MIME = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
}


def show(wanted: Filter) -> None:
    """All filters: the four most used in sight, the others one click away."""
    with st.grid(3, min_column_width=230, gap="small"):
        _text(wanted)
        _many("agents", "Agents", wanted.agents, frame.names())
        _many("phases", "Phases", wanted.phases, {code: LANE_WORDS[code] for code in LANES})
        _many("statuses", "Statuses", wanted.statuses, {code: STATUS_WORDS[code] for code in STATUSES})
        _many("conditions", "Conditions", wanted.conditions, frame.condition_names(), "Instead of the switch above")
        _many("countries", "Countries", wanted.countries, _countries(wanted))
    hidden = _more(wanted)
    label = f"More filters ({hidden} set)" if hidden else "More filters"
    with st.expander(label, icon=":material/tune:"), st.grid(3, min_column_width=230, gap="small"):
        _many("study_types", "Study types", wanted.study_types, {code: STUDY_TYPE_WORDS[code] for code in STUDY_TYPES})
        _many(
            "sponsor_classes",
            "Sponsor classes",
            wanted.sponsor_classes,
            {code: SPONSOR_WORDS[code] for code in SPONSOR_CLASSES},
        )
        _many("tiers", "How the agent appears", wanted.tiers, {code: TIER_WORDS[code] for code in TIERS})
        _many("roles", "Role of the agent", wanted.roles, {code: ROLE_WORDS[code] for code in ROLES}, _ROLES_MEAN)
        _year("year_from", "Started in or after", wanted.year_from)
        _year("year_to", "Started in or before", wanted.year_to)
        _results(wanted)
        if swept := list(frame.swept().values()):
            _switch("frame", f"Also {english.listed(swept)} trials that test none of the agents", wanted.frame)
        _switch("left", "Also trials that left the registry", wanted.left)
    if wanted != view.scope(wanted):
        st.button(
            "Clear all filters", key="clear_all", icon=":material/filter_alt_off:", type="tertiary", on_click=view.clear
        )


def _more(wanted: Filter) -> int:
    plain = Filter()
    names = ("study_types", "sponsor_classes", "tiers", "roles", "year_from", "year_to", "results", "frame", "left")
    return sum(getattr(wanted, name) != getattr(plain, name) for name in names)


def _key(field: str) -> str:
    return f"filter_{field}"


def _changed(field: str, read: Callable[[Any], Any]) -> None:
    view.change(field, read(st.session_state[_key(field)]))


def _text(wanted: Filter) -> None:
    st.session_state[_key("text")] = wanted.text
    st.text_input(
        "Words",
        key=_key("text"),
        type="search",
        max_chars=200,
        placeholder="Title, NCT id, sponsor, condition …",
        on_change=_changed,
        args=("text", str),
    )


def _many(field: str, label: str, chosen: Sequence[str], options: Mapping[str, str], help: str | None = None) -> None:
    st.session_state[_key(field)] = list(chosen)
    st.multiselect(
        label,
        list(options),
        format_func=lambda code: options.get(code, code),
        key=_key(field),
        placeholder="Any",
        help=help,
        on_change=_changed,
        args=(field, tuple),
    )


def _year(field: str, label: str, chosen: int | None) -> None:
    st.session_state[_key(field)] = chosen
    st.number_input(
        label,
        min_value=YEARS[0],
        max_value=YEARS[1],
        value=None,
        step=1,
        format="%d",
        key=_key(field),
        placeholder="Any year",
        on_change=_changed,
        args=(field, lambda year: year),
    )


def _results(wanted: Filter) -> None:
    st.session_state[_key("results")] = next(key for key, value in _RESULTS.items() if value is wanted.results)
    st.segmented_control(
        "Results in the registry",
        list(_RESULTS),
        format_func=_RESULT_WORDS.__getitem__,
        key=_key("results"),
        on_change=_changed,
        args=("results", lambda chosen: _RESULTS.get(chosen)),
    )


def _switch(field: str, label: str, on: bool) -> None:
    st.session_state[_key(field)] = on
    st.toggle(label, key=_key(field), on_change=_changed, args=(field, bool))


def _countries(wanted: Filter) -> dict[str, str]:
    return {name: name for name in sorted({*data.countries(), *wanted.countries})}


def downloads(wanted: Filter, found: int) -> None:
    """The whole list as a file, made when it is asked for; every file says where it comes from."""
    st.markdown(f"Download {english.count(found, 'trial')}, with source and date:")
    with st.container(horizontal=True):
        for fmt, label in (("csv", "CSV"), ("xlsx", "Excel"), ("json", "JSON")):
            st.download_button(
                label,
                data=_maker(wanted, fmt),
                file_name=f"trials.{fmt}",
                mime=_MIME[fmt],
                key=f"download_{fmt}",
                icon=":material/download:",
                on_click="ignore",
            )


def _maker(wanted: Filter, fmt: str) -> Callable[[], bytes]:
    # The frames are taken now: what is saved is what the viewer saw, also when a refresh ends in between.
    selection, why, fresh = data.selection(wanted), data.matches(), data.freshness()
    facts = export.about(fresh, wanted.sentence(data.watchlist()))
    return lambda: export.to_bytes(selection.trials, why, fmt, facts)
