"""The parts of the Gaps page, and what it lends to an agent's page."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd
import streamlit as st

from cache.english import inner
from cache.filters.filter import Filter
from dashboard.gaps import charts as gap_charts
from dashboard.gaps import funnel as funnel_words
from dashboard.gaps import tables as gap_words
from dashboard.shared import address as view
from dashboard.shared import charts, data, frame, words
from dashboard.shared import evidence_data as insight_data
from dashboard.shared import group_list as behind
from dashboard.shared import trial_list as listing
from dashboard.shared.number_tables import LINK
from fetchers.watchlist.model import Agent

_NUMBER = r"#([\d,]+)$"
CELLS: dict[str, Any] = {
    "Agent": st.column_config.TextColumn(pinned=True),
    "Trials": st.column_config.LinkColumn(help="Opens their list", display_text=_NUMBER),
    "Recruiting": st.column_config.LinkColumn(help="Opens their list", display_text=_NUMBER),
    "Stopped or paused": st.column_config.LinkColumn(
        help="Suspended, terminated or withdrawn; opens their list", display_text=_NUMBER
    ),
    "By trial": st.column_config.LinkColumn(help="Opens the trial", display_text=r"nct=(NCT\d{8})", width=118),
    "State": st.column_config.TextColumn(width="medium"),
}
FUNNEL: dict[str, Any] = {
    "Number": st.column_config.NumberColumn(format="localized", pinned=True, width=90),
    "Step": st.column_config.TextColumn(width="large"),
    "Asked of the registry": st.column_config.TextColumn(width="large"),
    LINK: st.column_config.LinkColumn(help="Opens the list of these trials", display_text="Show trials", width=110),
}
_SIGNS = "0: none registered as far as was asked · –: not asked yet · ✕: asked, and failed · bold: some are recruiting"


def address(wanted: Filter) -> str:
    """The list of the trials of a filter."""
    return view.address("trials", view.params(wanted))


def background_switch(wanted: Filter) -> None:
    """The gap map always shows every condition; of the two common switches only background has a meaning here."""
    st.session_state["gaps_background"] = wanted.background
    st.toggle(
        "Also background therapy",
        key="gaps_background",
        on_change=_background_changed,
        help="Also count trials in which everybody gets the agent beside the treatment that is tested.",
    )


def _background_changed() -> None:
    view.change(lambda wanted: replace(wanted, background=st.session_state["gaps_background"]))


def gap_map(wanted: Filter) -> None:
    """The grid of all agents and all condition groups, over its numbers."""
    agents, conditions = frame.names(), frame.condition_names()
    cells = insight_data.grid(wanted.background)
    given = pd.concat([pd.Series(ids, dtype=object) for ids in cells["ids"]])
    table = gap_words.cell_rows(cells, agents, conditions, wanted.background, address)
    say = gap_words.gaps_say(cells)
    st.subheader("Agents and conditions", anchor=False)
    st.markdown(say)
    figure = gap_charts.gap_map(cells, agents, conditions)
    st.plotly_chart(figure, config=charts.CONFIG, key="gap_map", alt=f"Agents and conditions. {say}", width="stretch")
    st.caption(_SIGNS)
    st.caption(
        words.counted(
            data.freshness(), given.nunique(), int(cells.loc[cells["state"] == "found", "agent"].nunique()),
            "a trial of two groups counts in both, one of two agents for both",
        )
    )  # fmt: skip
    with st.expander("Numbers", icon=":material/table:", key="gap_map_numbers"):
        cell_table(table, "Trials by agent and condition")


def cell_table(table: pd.DataFrame, name: str) -> None:
    """Cells of the gap map, each number a link to its list."""
    st.dataframe(
        table, hide_index=True, column_config=CELLS, placeholder="–", alt=name, width="stretch",
        height=min(560, 39 + 35 * len(table)),
    )  # fmt: skip


def asked(agents: Sequence[Agent]) -> None:
    """The questions behind the cells, also behind the empty ones."""
    with st.expander("What was asked of the registry, and when", icon=":material/search:"):
        st.dataframe(
            gap_words.asked_rows(agents, insight_data.asked()), hide_index=True, placeholder="–", width="stretch",
            height="content", column_config={"Asked, in every condition": st.column_config.TextColumn(width="large")},
            alt="What was asked of the registry",
        )  # fmt: skip
        st.caption(
            "Each agent is asked for in every condition; the condition groups are told apart here, by the conditions, "
            "headings and titles of the records. An empty cell means that none of the trials that came back belongs "
            "in it."
        )


def ladder(wanted: Filter) -> None:
    """The highest phase anywhere beside the highest in one condition."""
    names, conditions = frame.names(), frame.condition_names()
    chosen = wanted.conditions[0] if len(wanted.conditions) == 1 else next(iter(conditions))
    st.subheader("How far each agent got", anchor=False)
    st.session_state["ladder_condition"] = chosen
    st.selectbox(
        "Condition", list(conditions), format_func=lambda one: conditions.get(one, one), key="ladder_condition",
        on_change=_ladder_changed, width=360,
    )  # fmt: skip
    here = inner(conditions[chosen])
    steps = insight_data.ladder(chosen)
    say = gap_words.ladder_say(steps, names, here)
    figure = gap_charts.ladder(steps, names, here)
    st.markdown(say)
    st.plotly_chart(figure, config=charts.CONFIG, key="ladder", alt=f"How far each agent got. {say}", width="stretch")
    st.caption(
        "The highest phase entered counts; trials not begun, withdrawn, of no recorded status, without a phase, or "
        "giving the agent as background only are no step."
    )
    with st.expander("Numbers", icon=":material/table:", key="ladder_numbers"):
        links = ("Trials there", f"Trials there, {here}")
        config: dict[str, Any] = {
            one: st.column_config.LinkColumn(help="Opens their list", display_text=_NUMBER) for one in links
        }
        st.dataframe(
            gap_words.ladder_rows(steps, names, here, address), hide_index=True, column_config=config, placeholder="–",
            height="content", width="stretch", alt="Highest phase by agent",
        )  # fmt: skip


def _ladder_changed() -> None:
    view.change(lambda wanted: replace(wanted, conditions=(st.session_state["ladder_condition"],)))


def agent_of(wanted: Filter) -> Agent:
    """The agent whose funnel is shown: the first one named, else the first of the list."""
    return data.watchlist().agent(wanted.agents[0] if wanted.agents else next(iter(frame.names())))


def funnel_chooser(agent: Agent) -> None:
    """Whose funnel is shown."""
    ids = list(frame.names())
    st.session_state["funnel_agent"] = agent.id
    st.selectbox(
        "Agent", ids, format_func=lambda id: frame.names().get(id, id), key="funnel_agent", on_change=_funnel_changed,
        width=360,
    )  # fmt: skip


def _funnel_changed() -> None:
    view.change(lambda wanted: replace(wanted, agents=(st.session_state["funnel_agent"],)))


def funnel(agent: Agent) -> None:
    """From the registry's rows to the counted trials: why our number differs, the steps, and each step's ids."""
    mine = insight_data.funnel(agent.id)
    st.text(funnel_words.why_differs(mine, agent, insight_data.unread(agent.id)))
    st.dataframe(
        funnel_words.funnel_rows(mine, address, _own(agent)), hide_index=True, column_config=FUNNEL, placeholder="–",
        height="content", width="stretch", alt=f"From rows to counted trials: {agent.name}",
    )  # fmt: skip
    st.caption("↳ marks the parts of the number above them; the parts of a number always add up to it.")
    if mine.queries:
        with st.expander("Rows by question", icon=":material/list:", key=f"funnel_questions_{agent.id}"):
            st.dataframe(
                funnel_words.question_rows(mine, agent, _own(agent)), hide_index=True, column_config=FUNNEL,
                placeholder="–", height="content", width="stretch", alt=f"Rows by question: {agent.name}",
            )  # fmt: skip


def _own(agent: Agent) -> Callable[[str], str]:
    """Where the Gaps page lists a group of the agent's funnel."""
    return lambda name: view.address("gaps", view.params(Filter(agents=(agent.id,)), show=name))


def group(name: str, agent: Agent) -> bool:
    """The list of one group of an agent's funnel; False when the address names no group."""
    found = funnel_words.group(insight_data.funnel(agent.id), name)
    if found is None:
        behind.nothing(name)
        return False
    title, ids = found
    unit = "row" if name.startswith("question.") or name.removeprefix("step.") in funnel_words.REPEATED else "trial"
    behind.show(
        "gaps", words.quiet(f"{agent.name}: {title}"), len(ids),
        lambda first, last: listing.named(data.trials(), ids[first:last]), unit=unit,
    )  # fmt: skip
    return True


def row_of(agent: Agent, wanted: Filter) -> None:
    """One agent's row of the gap map, as a table."""
    cells = insight_data.grid(wanted.background)
    mine = cells[cells["agent"] == agent.id]
    table = gap_words.cell_rows(mine, frame.names(), frame.condition_names(), wanted.background, address)
    st.markdown(gap_words.gaps_say(mine))
    cell_table(table.drop(columns="Agent"), f"Conditions of {agent.name}")
