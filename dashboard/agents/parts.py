"""The first screen of an agent's page: what it is, how fresh the data, its story, its figures."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pandas as pd
import streamlit as st

from cache import english
from cache.filters.filter import Filter
from cache.filters.select import Selection
from dashboard import terms
from dashboard.agents import story as agent_story
from dashboard.agents import tables as agent_tables
from dashboard.agents.story import Story
from dashboard.shared import address as view
from dashboard.shared import columns, data, evidence_data, frame, words
from fetchers.watchlist.model import Agent
from insights import literature

ONE, SEVERAL = "one", "several"
_LOOKS = {ONE: "One agent", SEVERAL: "Side by side"}
SECTIONS = {
    "timeline": "Timeline",
    "claims": "Claims",
    "conditions": "Conditions and phases",
    "changes": "Changes",
    "findings": "What was found",
    "results": "Results and delays",
    "counting": "Trials and counting",
}


def one_agent() -> bool:
    """Whether one agent is looked at and not several side by side: the address then names none to compare."""
    return not view.own("compare")


def looks() -> None:
    """The switch between one agent and several."""
    chosen = ONE if one_agent() else SEVERAL
    st.session_state["agents_look"] = chosen
    st.segmented_control(
        "Look at", list(_LOOKS), format_func=_LOOKS.__getitem__, key="agents_look", label_visibility="collapsed",
        on_change=_look_changed, width=200,
    )  # fmt: skip


def _look_changed() -> None:
    look = st.session_state["agents_look"]
    if look is not None:  # a click on the chosen one unsets it: nothing changes then
        wanted, _ = view.current()
        first = wanted.agents[:1] or tuple(frame.names())[:1]
        view.show(wanted, compare=list(first) if look == SEVERAL else [])


def chooser(wanted: Filter) -> Agent:
    """One agent or several, and which one; in one row."""
    agent = data.watchlist().agent(wanted.agents[0] if wanted.agents else next(iter(frame.names())))
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        looks()
        frame.choose_agent("agent", agent.id, width=320, label_visibility="collapsed")
    return agent


def sections() -> Sequence[Any]:
    """The tabs below the first screen, in the order of ``SECTIONS``; the address says which one is open."""
    asked = view.own("show")[-1:]
    if asked and asked[0] not in SECTIONS:
        view.problems((f"This page has no section “{asked[0][:40]}”; choose from {', '.join(SECTIONS)}.",))
    st.session_state["agent_sections"] = SECTIONS.get(asked[0] if asked else "", SECTIONS["timeline"])
    return st.tabs(list(SECTIONS.values()), key="agent_sections", on_change=_section_changed)


def _section_changed() -> None:
    label = st.session_state["agent_sections"]
    view.show(view.current()[0], show=[key for key, one in SECTIONS.items() if one == label and key != "timeline"])


def mine(agent: Agent, wanted: Filter) -> Filter:
    """The view of one agent: the scope all pages share."""
    return replace(view.scope(wanted), agents=(agent.id,))


def story(agent: Agent, wanted: Filter, selection: Selection) -> Story:
    """What is known of an agent in a view; ``selection``: the trials of that view."""
    conditions = frame.condition_names()
    groups = wanted.groups(data.watchlist()) or tuple(conditions)
    steps, cells = evidence_data.ladders(), evidence_data.grid(wanted.background)
    about = agent.name, agent_story.place(wanted, conditions), evidence_data.asked()[agent.id]
    return agent_story.tell(
        mine(agent, wanted), about, selection, agent_story.of_agent(steps, agent.id, groups),
        agent_story.of_agent(cells, agent.id, groups),
    )  # fmt: skip


@contextmanager
def heading(agent: Agent) -> Iterator[None]:
    """The agent's name; what is drawn inside stands beside it."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.header(agent.name, anchor=False, width="stretch")
        yield


def first_screen(agent: Agent, told: Story) -> None:
    """What a reader needs first: what it is, the story, the figures, the lists most asked for."""
    _about(agent)
    if told.trials:
        st.markdown(agent_story.sentence(told))
        _figures(told)
    else:
        st.info(agent_story.sentence(told), icon=":material/search_off:")
    _shortcuts(agent, told)


def _about(agent: Agent) -> None:
    documents = {document.id: document for document in data.watchlist().documents}
    named = english.listed(f"“{documents[id].title}” ({documents[id].kind})" for id in agent.documents)
    st.text(f"{agent.kind[0].upper()}{agent.kind[1:]}.")
    said = f"Named in {named}." if named else "No document names it."
    scopes = data.scopes()
    row = scopes[scopes["scope"] == agent.id].iloc[0]
    st.caption(words.plain(f"{said} {_age(row)}"))
    if isinstance(row["error"], str):
        st.text(f"The last refresh failed; earlier data is shown. {row['error']}")


def _age(row: "pd.Series[Any]") -> str:
    asked = isinstance(row["refreshed_at"], str)
    return (
        f"Registry asked on {english.moment(row['refreshed_at'])}; "
        f"its data is of {english.day(row['registry_timestamp'])}."
        if asked
        else "Not asked yet: this is a sample from the starter snapshot."
        if row["starter"]
        else "Not asked yet."
    )


def _figures(told: Story) -> None:
    with st.grid(5, min_column_width=150, gap="small"):
        for figure in agent_story.figures(told):
            with st.container(border=True, height="stretch", gap="xsmall"):
                st.metric(figure.label, figure.value, help=terms.meaning(figure.label))
                st.caption(figure.note)
                for label, wanted in figure.lists:
                    frame.trials_link(wanted, label)


def _shortcuts(agent: Agent, told: Story) -> None:
    """Links to the trials in the swept conditions and to the newest activity; of an empty view, to trials in any other
    condition."""
    sample = " in the sample" if told.sample else ""
    cells = evidence_data.grid(told.wanted.background)
    with st.container(horizontal=True, gap="medium"):
        for group, name in frame.swept().items():
            total = agent_story.of_agent(cells, agent.id, (group,))["total"].iloc[0]
            here = replace(told.wanted, conditions=(group,), everywhere=False)
            if pd.isna(total):
                st.text(f"In {name}: {'asked, and failed' if told.answer.state == 'failed' else 'not asked yet'}",
                        width="content")  # fmt: skip
            else:
                frame.trials_link(here, f"In {words.plain(name)}: {english.count(int(total), 'trial')}{sample}")
        if told.newest:
            frame.link("trial", f"Newest activity: {told.newest.nct_id}", {"nct": told.newest.nct_id})
        anywhere = replace(told.wanted, conditions=(), everywhere=True)
        if not told.trials and not told.everywhere and (found := len(data.selection(anywhere).ids)):
            frame.trials_link(anywhere, f"In any condition: {english.count(found, 'trial')}{sample}")


def names_and_papers(agent: Agent) -> None:
    """One click away: the names asked for, and the notes kept by hand."""
    left, right = st.columns(2, gap="small")
    with left, st.expander("Names asked for", icon=":material/search:"):
        columns.table(agent_tables.names(agent), f"Names of {agent.name}", missing="none", height="auto")
        if agent.false_friends:
            st.text(f"Never counted, because they mean something else: {', '.join(agent.false_friends)}.")
    notes = [one for one in literature.load() if one.agent == agent.id]
    with right, st.expander(f"Papers and authorities ({len(notes)})", icon=":material/menu_book:"):
        _kept_by_hand(notes)


def _kept_by_hand(notes: Sequence[literature.Note]) -> None:
    st.markdown(
        "Kept by hand, **not from the registry**, and not checked again since the date on each note. A note names an "
        "approval or a refusal only where we found a source, so silence means nothing."
    )
    for note in notes:
        with st.container(border=True, gap="xsmall"):
            st.text(note.words)
            written = english.day(note.written.isoformat())
            st.caption(f"{words.plain(note.source)}. Written on {written}, beside claim {words.plain(note.claim)}.")
    if not notes:
        st.text("Nothing was noted on this agent.")
