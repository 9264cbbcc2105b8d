"""Two to four agents on one scale."""

from dataclasses import replace
from functools import partial
from typing import Any

import streamlit as st

from cache import english
from cache.filters import counts
from cache.filters.filter import Filter
from dashboard.agents import charts as agent_charts
from dashboard.agents import parts as agent_parts
from dashboard.agents import tables as agent_tables
from dashboard.shared import address as view
from dashboard.shared import columns, data, frame, words
from dashboard.shared import number_tables as tables

MOST = 4  # agents side by side
_LINKED = ("Given", "Recruiting now", "Highest phase here", "Highest phase anywhere", "Results posted")
_CONFIG = {
    "Agent": columns.NAME,
    **{one: columns.linked(shown=r"#(.+)$") for one in _LINKED},
    "By trial": columns.trial(),
}


def compare(wanted: Filter) -> None:
    """The agents the address names, their key figures and their phases."""
    names = frame.names()
    asked = [id for id in dict.fromkeys(view.own("compare")) if id]
    chosen = [id for id in asked if id in names][:MOST]
    if unknown := [id for id in asked if id not in chosen]:
        view.problems((f"Not compared: {', '.join(unknown)}. Choose up to {MOST} from {', '.join(names)}.",))
    agent_parts.looks()
    st.session_state["compare"] = chosen
    st.multiselect(
        "Agents to compare", list(names), format_func=lambda id: names.get(id, id), key="compare", max_selections=MOST,
        on_change=_compare_changed, placeholder="Choose two to four agents",
    )  # fmt: skip
    if len(chosen) < 2:
        st.info("Choose two to four agents to see them on one scale.", icon=":material/compare_arrows:")
        return
    _side_by_side(chosen, wanted)


def _side_by_side(chosen: list[str], wanted: Filter) -> None:
    names = frame.names()
    agents = {id: data.watchlist().agent(id) for id in chosen}
    views = {id: agent_parts.mine(agent, wanted) for id, agent in agents.items()}
    selections = {id: data.selection(one) for id, one in views.items()}
    stories = [agent_parts.story(agents[id], wanted, selections[id]) for id in chosen]
    st.header("Key figures", anchor=False)
    columns.table(agent_tables.side_by_side(stories, view.to_trials), "Key figures of the agents compared", _CONFIG)
    statuses = {names[id]: counts.status_by_phase(one) for id, one in selections.items()}
    groups = {name: tables.by_group(one) for name, one in statuses.items()}
    addresses = {
        names[id]: tables.lane_address(statuses[names[id]], views[id], view.to_trials) for id in chosen
    }  # fmt: skip
    trials = len({nct_id for one in selections.values() for nct_id in one.trials["nct_id"]})
    sampled = [id for id in frame.sampled() if id in chosen]
    say = "; ".join(
        f"{words.plain(name)}: {english.count(int(one.to_numpy().sum()), 'trial')}" for name, one in groups.items()
    )
    frame.chart(
        "compared",
        "Phases and statuses, side by side",
        f"{say}.",
        agent_charts.side_by_side(groups, addresses) if trials else None,
        words.counted(data.freshness(), trials, len(chosen), words.cells_mean(sampled, len(chosen), cells=False)),
        *_numbers(views, statuses, groups),
    )


def _numbers(views: dict[str, Filter], statuses: dict[str, Any], groups: dict[str, Any]) -> list[tuple[str, Any]]:
    """The numbers of the chart: agents by group of statuses, and each agent's phases by the same groups."""
    rows = agent_tables.by_agent(groups, [view.to_trials(one) for one in views.values()])
    by_phase = [
        (f"{name}, by phase", partial(tables.phase_numbers, table, one, view.to_trials))
        for one, (name, table) in zip(views.values(), statuses.items(), strict=True)
    ]
    return [("The agents compared", rows), *by_phase]


def _compare_changed() -> None:
    wanted, _ = view.current()
    view.show(wanted, compare=st.session_state["compare"] or [""])  # an empty one keeps the view open


def followed(wanted: Filter) -> Filter:
    """The trials of the compared agents; of all agents while none is chosen."""
    chosen = [id for id in dict.fromkeys(view.own("compare")) if id in frame.names()][:MOST]
    return replace(view.scope(wanted), agents=tuple(chosen))
