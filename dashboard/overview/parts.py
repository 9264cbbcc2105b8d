"""The parts of the Overview: the headline, key figures, two charts side by side, what opens soon, starts per year."""

from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

import streamlit as st

from cache.filters.filter import Filter
from dashboard.overview import headline as headlines
from dashboard.overview import shown
from dashboard.overview import tables as overview_tables
from dashboard.overview import words as overview_words
from dashboard.shared import address as view
from dashboard.shared import columns, data, frame, words
from dashboard.shared.escape import plain


def headline(wanted: Filter) -> None:
    """The finding as the page's title, and below it, in one line, how old the data is and what is counted."""
    swept, watchlist = frame.swept(), data.watchlist()
    conditions = tuple(swept) or watchlist.document_conditions
    cover = shown.cover(conditions, wanted.background)
    here = Filter(conditions=conditions, background=wanted.background)
    said = headlines.headline(
        cover,
        shown.key_figures(here),
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


def key_figures(wanted: Filter) -> None:
    """The key figures in one row, each the link to the list of its trials."""
    found = overview_words.key_figures(shown.key_figures(wanted), wanted, sample=not data.freshness().live)
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
        if data.freshness().live:  # the starter snapshot holds no coordinates of sites
            open_now = replace(wanted, statuses=("RECRUITING",))
            st.page_link(
                view.script("trials"), label="Open near you", icon=":material/near_me:",
                query_params=view.params(open_now), help="Recruiting trials: type a city to see the nearest",
                width="content",
            )  # fmt: skip


def figures(wanted: Filter) -> None:
    """Phases and statuses beside agents and phases."""
    found = shown.shown(wanted)
    left, right = st.columns([1, 1], gap="medium")
    with left:
        frame.phases("phases", found.phases, _counted(found, "each trial counts once"))
    with right:
        names, sampled = frame.names(), frame.sampled()
        frame.chart(
            "agents",
            "Agents and phases",
            overview_words.agents_say(found.by_agent, names, sampled),
            found.agents_figure,
            _counted(found, words.cells_mean(sampled, len(names))),
            (
                "Trials by agent and phase",
                partial(overview_tables.agent_numbers, found.by_agent, names, sampled, wanted, view.to_trials),
            ),
        )


def _counted(found: shown.Shown, what: str) -> str:
    return words.counted(data.freshness(), found.trials, found.agents, what)


def soon(wanted: Filter) -> None:
    """The trials that are to open next, by their planned start."""
    found = shown.shown(wanted)
    st.header("Opening soon", anchor=False)
    st.markdown(overview_words.soon_say(found.soon, found.overdue, sample=not data.freshness().live))
    if found.soon:
        columns.table(found.soon_rows, "Trials that open soon", columns.ID_TITLE, missing=words.MISSING)
        frame.trials_link(replace(wanted, statuses=("NOT_YET_RECRUITING",)))


def starts(wanted: Filter) -> None:
    """Starts per year."""
    found = shown.shown(wanted)
    frame.chart(
        "starts",
        "Starts per year",
        overview_words.starts_say(found.years, found.trials - shown.key_figures(wanted).start_known),
        found.years_figure,
        _counted(found, "each trial counts once"),
        ("Trials by year of start", partial(overview_tables.start_numbers, found.years, wanted, view.to_trials)),
    )
