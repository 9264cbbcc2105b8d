"""Overview: what the registry shows, on one screen."""

import streamlit as st

from cache import english
from cache.filters import counts
from dashboard.shared import address as view
from dashboard.shared import charts, data, frame, words
from dashboard.shared import number_tables as tables
from dashboard.timeline import platforms as family_parts

watchlist = data.watchlist()
frame.head("What the registry shows", words.what(len(watchlist.agents), len(watchlist.documents)))
wanted, problems = view.current()
view.problems(problems)
view.scope_bar(wanted)
view.narrowed(wanted)

names, sampled, swept = frame.names(), frame.sampled(), frame.swept()
selection = data.selection(wanted)
fresh = data.freshness()
agents = counts.agent_by_phase(selection, watchlist)
named = int((agents.sum(axis=1) > 0).sum())
st.caption(f"Counted here: {words.plain(wanted.sentence(watchlist))}")


figures = counts.key_figures(selection)
with st.grid(4, min_column_width=170, gap="small"):
    for card in words.cards(figures, wanted, sample=not fresh.live):
        with st.container(border=True, height="stretch", gap="xsmall"):
            st.metric(card.label, card.value)
            st.caption(card.note)
            if card.listed is not None:
                st.page_link(
                    view.script("trials"),
                    label="Show trials",
                    icon=":material/arrow_forward:",
                    icon_position="right",
                    query_params=view.params(card.listed),
                )

if swept:
    everything = data.trials(), data.matches(), data.scopes()
    cover = counts.agent_cover(*everything, watchlist, conditions=list(swept), background=wanted.background)
    card = words.without(cover, names, list(swept.values()))
    with st.container(border=True, gap="xsmall"):
        st.metric(card.label, card.value)
        st.caption(card.note)
        st.page_link(
            view.script("gaps"), label="Show all gaps", icon=":material/arrow_forward:", icon_position="right",
            query_params=view.params(view.scope(wanted)),
        )  # fmt: skip

st.page_link(
    view.script("claims"),
    label=f"What the documents state, sentence by sentence: {english.count(len(watchlist.claims), 'claim')} checked",
    icon=":material/fact_check:",
)

if selection.trials.empty:
    st.info(words.nothing(fresh, wanted.everywhere), icon=":material/search_off:")

statuses = counts.status_by_phase(selection)
groups = tables.by_group(statuses)
years = tables.starts(selection)
once = words.counted(fresh, figures.trials, named, "each trial counts once")
left, right = st.columns([1, 1], gap="large")
with left:
    frame.chart(
        "phases",
        "Phases and statuses",
        words.phases_say(groups, sample=not fresh.live),
        charts.phase_by_status(groups),
        once,
        ("Trials by phase and group of statuses", tables.phase_numbers(statuses, wanted, view.to_trials)),
        ("Trials by the registry’s own status and phase", tables.status_numbers(statuses, wanted, view.to_trials)),
    )
with right:
    frame.chart(
        "agents",
        "Agents and phases",
        words.agents_say(agents, names, sampled),
        charts.agent_by_phase(agents, names, sampled),
        words.counted(fresh, figures.trials, named, words.cells_mean(sampled, len(names))),
        ("Trials by agent and phase", tables.agent_numbers(agents, names, sampled, wanted, view.to_trials)),
    )
frame.chart(
    "starts",
    "Starts per year",
    words.starts_say(years, figures.trials - figures.start_known),
    charts.starts_per_year(years),
    once,
    ("Trials by year of start", tables.start_numbers(years, wanted, view.to_trials)),
)
family_parts.once(selection, wanted)
