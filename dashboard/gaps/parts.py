"""The parts of the Gaps page."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

import pandas as pd
import streamlit as st

from cache.english import inner
from cache.filters.filter import Filter
from dashboard.gaps import charts as gap_charts
from dashboard.gaps import funnel as funnel_words
from dashboard.gaps import tables as gap_tables
from dashboard.shared import address as view
from dashboard.shared import columns, data, evidence_data, frame, group_list, trial_list, words
from dashboard.shared.taking_along import Numbers
from fetchers.watchlist.model import Agent

CELLS = {
    "Agent": columns.NAME,
    "Trials": columns.linked(),
    "Recruiting": columns.linked(),
    "Stopped or paused": columns.linked(help="Suspended, terminated or withdrawn; opens their list"),
    "By trial": columns.trial(),
    "State": st.column_config.TextColumn(width="medium"),
}
FUNNEL = {
    "Number": columns.number(pinned=True, width=90),
    "Step": columns.WIDE,
    "Asked of the registry": columns.WIDE,
    **columns.SHOW_TRIALS,
}
_SIGNS = "0: none found · –: not asked yet · ✕: no answer · bold: some are recruiting"


def background_switch(wanted: Filter) -> None:
    """The gap map always shows every condition; of the two common switches only background has a meaning here."""
    st.session_state["gaps_background"] = wanted.background
    st.toggle(
        "Include background treatment",
        key="gaps_background",
        on_change=_background_changed,
        help="Also count trials in which everybody gets the agent next to the tested treatment.",
    )


def _background_changed() -> None:
    view.change(lambda wanted: replace(wanted, background=st.session_state["gaps_background"]))


def gap_map(wanted: Filter) -> None:
    """The grid of all agents and all condition groups, over its numbers."""
    agents, conditions = frame.names(), frame.condition_names()
    cells = evidence_data.grid(wanted.background)
    given = pd.concat([pd.Series(ids, dtype=object) for ids in cells["ids"]])
    say = gap_tables.gaps_say(cells)
    st.header("Agents and conditions", anchor=False)
    st.markdown(say)
    figure = gap_charts.gap_map(
        cells, agents, conditions, lambda row: view.to_trials(gap_tables.cell(row, wanted.background))
    )  # fmt: skip
    counted = words.counted(
        data.freshness(), given.nunique(), int(cells.loc[cells["state"] == "found", "agent"].nunique()),
        "a trial in two groups or of two agents counts for each",
    )  # fmt: skip
    frame.picture("gap_map", "Agents and conditions", say, figure, f"{counted}. {_SIGNS}")
    st.caption(_SIGNS)
    st.caption(counted)
    frame.numbers_below(
        "gap_map", "Agents and conditions", say, partial(_map_numbers, cells, agents, conditions, wanted.background)
    )


def _map_numbers(
    cells: pd.DataFrame, agents: dict[str, str], conditions: dict[str, str], background: bool, numbers: Numbers
) -> None:
    table = gap_tables.cell_rows(cells, agents, conditions, background, view.to_trials)
    numbers.table(table, "Trials by agent and condition", CELLS, height=columns.at_most(560, table))


def cell_table(table: pd.DataFrame, name: str) -> None:
    """Cells of the gap map, each number a link to its list."""
    columns.table(table, name, CELLS, height=columns.at_most(560, table))


def asked(agents: Sequence[Agent]) -> None:
    """The questions whose answers fill the cells, or leave them empty."""
    with st.expander("What we asked the registry, and when", icon=":material/search:"):
        columns.table(
            gap_tables.asked_rows(agents, evidence_data.asked()), "What we asked the registry",
            {"Asked, in every condition": columns.WIDE},
        )  # fmt: skip
        st.caption(
            "The registry is asked for each agent in every condition. The trials it sends are sorted into condition "
            "groups here, by the conditions, headings and titles of their records. An empty cell means that no trial "
            "it sent belongs there."
        )


def ladder(wanted: Filter) -> None:
    """The highest phase anywhere beside the highest in one condition."""
    names, conditions = frame.names(), frame.condition_names()
    chosen = wanted.conditions[0] if len(wanted.conditions) == 1 else next(iter(conditions))
    st.header("How far each agent got", anchor=False)
    st.session_state["ladder_condition"] = chosen
    st.selectbox(
        "Condition", list(conditions), format_func=lambda one: conditions.get(one, one), key="ladder_condition",
        on_change=_ladder_changed, width=360,
    )  # fmt: skip
    here = inner(conditions[chosen])
    steps = evidence_data.ladder(chosen)
    say = gap_tables.ladder_say(steps, names, here)
    figure = gap_charts.ladder(steps, names, here, lambda row, key: view.to_trials(gap_tables.step(row, key)))
    st.markdown(say)
    caption = (
        "The highest phase that a trial has entered counts. Left out: trials not started, withdrawn, without a "
        "recorded status or a phase, or with the agent only as background."
    )
    frame.picture("ladder", "How far each agent got", say, figure, caption)
    st.caption(caption)
    frame.numbers_below("ladder", "How far each agent got", say, partial(_ladder_numbers, steps, names, here))


def _ladder_numbers(steps: pd.DataFrame, names: dict[str, str], here: str, numbers: Numbers) -> None:
    config = dict.fromkeys(("Trials there", f"Trials there, {here}"), columns.linked())
    numbers.table(gap_tables.ladder_rows(steps, names, here, view.to_trials), "Highest phase by agent", config)


def _ladder_changed() -> None:
    view.change(lambda wanted: replace(wanted, conditions=(st.session_state["ladder_condition"],)))


def agent_of(wanted: Filter) -> Agent:
    """The agent whose funnel is shown: the first one named, else the first of the list."""
    return data.watchlist().agent(wanted.agents[0] if wanted.agents else next(iter(frame.names())))


def funnel_section(agent: Agent) -> None:
    """The funnel, and the choice of its agent."""
    st.header("How we count", anchor=False)
    frame.choose_agent("funnel_agent", agent.id)
    funnel(agent)


def funnel(agent: Agent) -> None:
    """From the registry's rows to the counted trials: why our number differs, the steps, and each step's ids."""
    mine = evidence_data.funnel(agent.id)
    st.text(funnel_words.why_differs(mine, agent, evidence_data.unread(agent.id)))
    rows = funnel_words.funnel_rows(mine, view.to_trials, _own(agent))
    columns.table(rows, f"From rows to counted trials: {agent.name}", FUNNEL)
    st.caption("↳ marks the parts of the number above; they always add up to it.")
    if mine.queries:
        with st.expander("Rows by question", icon=":material/list:", key=f"funnel_questions_{agent.id}"):
            rows = funnel_words.question_rows(mine, agent, _own(agent))
            columns.table(rows, f"Rows by question: {agent.name}", FUNNEL)


def _own(agent: Agent) -> Callable[[str], str]:
    """Where the Gaps page lists a group of the agent's funnel."""
    return lambda name: view.address("gaps", view.params(Filter(agents=(agent.id,)), show=name))


def group(name: str, agent: Agent) -> bool:
    """The list of one group of an agent's funnel; False when the address names no group."""
    found = funnel_words.group(evidence_data.funnel(agent.id), name)
    if found is None:
        return group_list.unknown(name)
    title, ids = found
    unit = "row" if name.startswith("question.") or name.removeprefix("step.") in funnel_words.REPEATED else "trial"
    return group_list.show(
        "gaps", words.quiet(f"{agent.name}: {title}"), len(ids),
        lambda first, last: trial_list.named(data.trials(), ids[first:last]), unit=unit,
    )  # fmt: skip
