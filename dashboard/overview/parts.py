"""The parts of the Overview: key figures, agents without a trial, three charts over their numbers."""

import streamlit as st

from cache import english
from cache.filters import counts
from cache.filters.filter import Filter
from cache.filters.select import Selection
from dashboard.overview import charts as overview_charts
from dashboard.overview import tables as overview_tables
from dashboard.overview import words as overview_words
from dashboard.shared import address as view
from dashboard.shared import data, frame, words


def lede() -> str:
    """What this is, in one sentence."""
    watchlist = data.watchlist()
    return overview_words.what(len(watchlist.agents), len(watchlist.documents))


def key_figures(selection: Selection, wanted: Filter) -> None:
    """The four cards, each with the list of its trials."""
    with st.grid(4, min_column_width=170, gap="small"):
        for card in overview_words.cards(counts.key_figures(selection), wanted, sample=not data.freshness().live):
            with st.container(border=True, height="stretch", gap="xsmall"):
                st.metric(card.label, card.value)
                st.caption(card.note)
                if card.listed is not None:
                    frame.trials_link(card.listed)


def agents_without(wanted: Filter) -> None:
    """The agents without a trial in the conditions that are asked for as a whole."""
    swept = frame.swept()
    if not swept:
        return
    everything = data.trials(), data.matches(), data.scopes()
    cover = counts.agent_cover(
        *everything, data.watchlist(), conditions=list(swept), background=wanted.background
    )  # fmt: skip
    card = overview_words.without(cover, frame.names(), list(swept.values()))
    with st.container(border=True, gap="xsmall"):
        st.metric(card.label, card.value)
        st.caption(card.note)
        frame.link("gaps", "Show all gaps", view.params(view.scope(wanted)))


def to_claims() -> None:
    """The link to the claims."""
    claims = english.count(len(data.watchlist().claims), "claim")
    label = f"What the documents state, sentence by sentence: {claims} checked"
    frame.link("claims", label, icon=":material/fact_check:")


def figures(selection: Selection, wanted: Filter) -> None:
    """Phases and statuses beside agents and phases, and starts per year."""
    agents = counts.agent_by_phase(selection, data.watchlist())
    given = int((agents.sum(axis=1) > 0).sum())

    def counted(what: str) -> str:
        return words.counted(data.freshness(), len(selection.trials), given, what)

    left, right = st.columns([1, 1], gap="large")
    with left:
        frame.phases(
            "phases", counts.status_by_phase(selection), counted(_ONCE), wanted, sample=not data.freshness().live
        )  # fmt: skip
    with right:
        names, sampled = frame.names(), frame.sampled()
        frame.chart(
            "agents",
            "Agents and phases",
            overview_words.agents_say(agents, names, sampled),
            overview_charts.agent_by_phase(agents, names, sampled),
            counted(words.cells_mean(sampled, len(names))),
            (
                "Trials by agent and phase",
                overview_tables.agent_numbers(agents, names, sampled, wanted, view.to_trials),
            ),
        )
    years = overview_tables.starts(selection)
    frame.chart(
        "starts",
        "Starts per year",
        overview_words.starts_say(years, len(selection.trials) - counts.key_figures(selection).start_known),
        overview_charts.starts_per_year(years),
        counted(_ONCE),
        ("Trials by year of start", overview_tables.start_numbers(years, wanted, view.to_trials)),
    )


_ONCE = "each trial counts once"
