"""The parts of the Overview: the headline, key figures, two charts side by side, what opens soon, starts per year."""

from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

import streamlit as st

from cache.filters import counts
from cache.filters.filter import Filter
from cache.filters.select import Selection
from dashboard.overview import charts as overview_charts
from dashboard.overview import headline as headlines
from dashboard.overview import tables as overview_tables
from dashboard.overview import words as overview_words
from dashboard.shared import address as view
from dashboard.shared import columns, data, frame, words
from dashboard.shared.escape import plain

SOON = 5  # trials that are named; the list has all


def headline(wanted: Filter) -> None:
    """The finding as the page's title, and below it, in one line, how old the data is and what is counted."""
    swept, watchlist = frame.swept(), data.watchlist()
    conditions = tuple(swept) or watchlist.document_conditions
    everything = data.trials(), data.matches(), data.scopes()
    cover = counts.agent_cover(*everything, watchlist, conditions=list(conditions), background=wanted.background)
    here = Filter(conditions=conditions, background=wanted.background)
    said = headlines.headline(
        cover,
        counts.key_figures(data.selection(here)),
        here,
        [frame.condition_names()[one] for one in conditions],
        to_trials=view.to_trials,
        gaps=view.address("gaps", view.params(view.scope(wanted))),
        who="recommended agents" if watchlist.documents else "agents",
        live=data.freshness().live,
        sampled=len(frame.sampled()),
    )
    st.title(said, anchor=False)
    names = headlines.names_of(cover, frame.names())
    if names and data.freshness().live:
        st.caption(names)


def scope(wanted: Filter) -> None:
    """How old the data is and what is counted, in one line."""
    fresh = data.freshness()
    line = words.freshness_line(fresh, datetime.now(UTC), frame.names() | frame.condition_names())
    st.caption(f"{line}. {plain(wanted.sentence(data.watchlist()))}", help=words.fetched(fresh))


def key_figures(selection: Selection, wanted: Filter) -> None:
    """The key figures in one row, each the link to the list of its trials."""
    found = overview_words.key_figures(counts.key_figures(selection), wanted, sample=not data.freshness().live)
    with st.container(horizontal=True, gap="small", key="key_figures"):
        for figure in found:
            if figure.listed is None:
                st.markdown(f"{figure.word.capitalize()}: not known", help=figure.note, width="content")
                continue
            st.page_link(
                view.script("trials"),
                label=f"**{figure.number}** {figure.word}",
                query_params=view.params(figure.listed),
                help=figure.note,
                width="content",
            )


def figures(selection: Selection, wanted: Filter) -> None:
    """Phases and statuses beside agents and phases."""
    agents = counts.agent_by_phase(selection, data.watchlist())
    left, right = st.columns([1, 1], gap="medium")
    with left:
        caption = _counted(selection, "each trial counts once")
        frame.phases(
            "phases", counts.status_by_phase(selection), caption, wanted, sample=not data.freshness().live
        )  # fmt: skip
    with right:
        names, sampled = frame.names(), frame.sampled()
        figure = overview_charts.agent_by_phase(
            agents, names, sampled, lambda agent, lane: view.to_trials(replace(wanted, agents=(agent,), phases=(lane,)))
        )
        frame.chart(
            "agents",
            "Agents and phases",
            overview_words.agents_say(agents, names, sampled),
            figure if agents.to_numpy().sum() else None,
            _counted(selection, words.cells_mean(sampled, len(names))),
            (
                "Trials by agent and phase",
                partial(overview_tables.agent_numbers, agents, names, sampled, wanted, view.to_trials),
            ),
        )


def _counted(selection: Selection, what: str) -> str:
    return words.counted(data.freshness(), len(selection.trials), selection.pairs["agent"].nunique(), what)


def soon(selection: Selection, wanted: Filter) -> None:
    """The trials that are to open next, by their planned start."""
    found = overview_tables.opening_soon(selection)
    st.header("Opening soon", anchor=False)
    st.markdown(overview_words.soon_say(len(found), sample=not data.freshness().live))
    if len(found):
        shown = overview_tables.soon_rows(found.head(SOON), selection, frame.names())
        columns.table(shown, "Trials that open soon", columns.ID_TITLE, missing=words.MISSING)
        frame.trials_link(replace(wanted, statuses=("NOT_YET_RECRUITING",)))


def starts(selection: Selection, wanted: Filter) -> None:
    """Starts per year."""
    years = overview_tables.starts(selection)
    figure = overview_charts.starts_per_year(
        years, lambda year: view.to_trials(replace(wanted, year_from=year, year_to=year))
    )
    frame.chart(
        "starts",
        "Starts per year",
        overview_words.starts_say(years, len(selection.trials) - counts.key_figures(selection).start_known),
        figure if years.to_numpy().sum() else None,
        _counted(selection, "each trial counts once"),
        ("Trials by year of start", partial(overview_tables.start_numbers, years, wanted, view.to_trials)),
    )
