"""The list of trials."""

import streamlit as st

from cache.codes import TIERS
from cache.filters.filter import Filter
from cache.filters.select import Selection
from cache.filters.unseen import no_site, said_no_site
from cache.gazetteer.cities import City
from dashboard.shared import address as view
from dashboard.shared import columns, data, frame, trial_list
from dashboard.trials import near_list, own_list, search
from dashboard.trials import words as trials_words

HEAD = "All trials", "Filter them and share the link."
ROWS = 50  # trials of one page of the list


def _hits(selection: Selection) -> str:
    return trials_words.hits(len(selection.trials), sample=not data.freshness().live)


def found(selection: Selection, wanted: Filter) -> None:
    """How many trials there are, and of what."""
    st.header(_hits(selection), anchor=False)
    st.text(wanted.sentence(data.watchlist()))
    missing = said_no_site(no_site(wanted.countries, data.trials()))
    if missing:
        st.text(missing)


def outside(selection: Selection, wanted: Filter) -> None:
    """How many stored trials with the words that are looked for are not in this view, with the way to them."""
    if not wanted.text:
        return
    every = Filter(text=wanted.text, tiers=TIERS, background=True, everywhere=True, frame=True)
    more = len(data.selection(every).ids) - len(selection.trials)
    if more > 0:
        frame.link("trials", trials_words.outside(len(selection.trials), more), view.params(every))


def _titles(selection: Selection, first: int, last: int) -> list[tuple[str, str | None]]:
    trials = selection.trials.iloc[::-1].iloc[first:last]
    told = zip(trials["nct_id"], trials["title"], strict=True)
    return [(nct_id, title if isinstance(title, str) else None) for nct_id, title in told]


def page(selection: Selection, wanted: Filter, city: City | None) -> None:
    """One page of the list: near a city the nearest first, else the newest."""
    if city:
        near_list.page(selection, city, wanted.within, _hits(selection))
        return
    total = len(selection.trials)
    part = columns.part_of(total, min(columns.ROWS, ROWS))
    shown = f"{part.first + 1:,} to {part.last:,} of {total:,}, newest registrations first."
    search.where(wanted, _titles(selection, part.first, part.last))
    table = trial_list.rows(selection, frame.names(), part.first, part.last)
    # Both are sent, for a server cannot see how wide a window is; web/links.js shows the one that fits.
    with st.container(key="wide_window"):
        st.caption(f"{shown} Choose a row, or an NCT id, to open a trial.")
        if own_list.choosing():
            own_list.choose(table, _hits(selection), f"ticked_{part.number}")
        else:
            trial_list.grid(table, _hits(selection), f"list_{part.number}")
    with st.container(key="narrow_window"):
        st.caption(shown)
        trial_list.cards(table)
    columns.pages_bar(part)


def to_charts(wanted: Filter) -> None:
    """The same trials on the Overview."""
    frame.link("overview", "These trials as charts", view.params(wanted), ":material/bar_chart:")
