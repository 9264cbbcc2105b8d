"""The box for a place on the Trials page: typed, found in the gazetteer, written to the address."""

from dataclasses import replace

import streamlit as st

from cache.filters.filter import Filter
from cache.filters.kinds import LONGEST_TEXT
from cache.gazetteer import cities
from dashboard.shared import address as view
from dashboard.trials import near_words
from dashboard.trials.near_data import site_cities

RADII = (25, 50, 100, 250, 500, 0)
_PLACE, _WITHIN, _ASKED = "near_place", "near_within", "near_asked"


def box(wanted: Filter) -> None:
    """A place and a distance; a name that several cities have offers them, an unknown one near spellings."""
    city = cities.one(wanted.near) if wanted.near else None
    written = "".join(view.query().get("near", [])[:1])  # in the address, and no single city
    asked: str = "" if city else st.session_state.get(_ASKED) or written
    st.session_state[_PLACE] = cities.shown(city) if city else asked
    if city:
        st.session_state[_WITHIN] = wanted.within
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.text_input(
            "Near",
            max_chars=LONGEST_TEXT,
            placeholder="A city: Berlin, Munich …",
            help="Looked up in a list of cities on this machine; nobody else learns what you type.",
            key=_PLACE,
            on_change=_typed,
            width=300,
        )
        if city:
            st.segmented_control(
                "Within",
                RADII if wanted.within in RADII else sorted({*RADII, wanted.within}, key=lambda km: km or float("inf")),
                format_func=near_words.radius,
                key=_WITHIN,
                on_change=_chosen,
            )
    if asked:
        _offer(asked)


def _typed() -> None:
    text = st.session_state[_PLACE].strip()
    city = cities.one(text)
    st.session_state[_ASKED] = "" if city else text
    _go(cities.label(city) if city else "")


def _chosen() -> None:
    within = st.session_state[_WITHIN]
    if within is not None:  # a click on the chosen one takes the choice away: nothing changes then
        view.change(lambda wanted: replace(wanted, within=within))


def _go(label: str) -> None:
    view.change(lambda wanted: replace(wanted, near=label))


def _offer(text: str) -> None:
    """What a text that is no single city may mean."""
    found = cities.find(text)
    labels = [cities.label(city) for city in found] or [*cities.alike(text), *site_cities(text)]
    st.markdown(near_words.unclear(text, several=bool(found), offered=bool(labels)))
    with st.container(horizontal=True, gap="small"):
        # A city of our list and a town of stored sites can be the same place.
        named = {cities.shown(city): label for label in reversed(labels) if (city := cities.one(label))}
        for name, label in reversed(named.items()):
            st.button(name, key=f"near_{label}", on_click=_go, args=(label,))
