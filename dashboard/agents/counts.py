"""The counts of an agent's page: how the agent appears, phases, conditions and roles, and the list of its trials."""

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd
import streamlit as st

from cache import english
from cache.codes import ROLE_WORDS, ROLES, TIERS
from cache.filters import counts
from cache.filters.filter import Filter
from cache.filters.select import Selection
from dashboard import terms
from dashboard.agents import tables as agent_tables
from dashboard.shared import address as view
from dashboard.shared import charts, columns, data, frame, trial_list, words
from dashboard.shared import number_tables as tables
from fetchers.watchlist.model import Agent


def appears(wanted: Filter) -> None:
    """Given, as background, mentioned, excluded: how often, in the conditions of the view."""
    every = replace(wanted, tiers=TIERS, background=True)
    pairs = data.selection(every).pairs
    given = pairs["tier"] == "given"
    aside = given & (pairs["role"] == "background")
    alone = replace(wanted, background=False)
    shown = (
        ("Given", given & ~aside, "other than as background", alone),
        ("Background", aside, "everybody gets it beside something else", replace(alone, roles=("background",))),
        ("Only mentioned", pairs["tier"] == "mentioned", "named, but nobody gets it",
         replace(alone, tiers=("mentioned",))),
        ("Only as an exclusion", pairs["tier"] == "excluded", "people on it may not take part",
         replace(alone, tiers=("excluded",))),
    )  # fmt: skip
    st.header("How it appears in the records", anchor=False, help=terms.meaning("Role"))
    with st.grid(4, min_column_width=190, gap="small"):
        for label, rows, note, listed in shown:
            with st.container(border=True, height="stretch", gap="xsmall"):
                st.metric(label, f"{int(rows.sum()):,}")
                st.caption(note)
                frame.trials_link(listed)


def charts_of(agent: Agent, wanted: Filter, selection: Selection) -> None:
    """Phases by status, conditions and roles of the agent's trials in a view; nothing of an empty one."""
    if selection.trials.empty:
        return
    said = words.plain(wanted.sentence(data.watchlist()))
    caption = words.counted(data.freshness(), len(selection.trials), 1, said)
    phases = frame.phases_of(counts.status_by_phase(selection), wanted)
    frame.phases("agent_phases", phases, caption, of=agent.name)
    _conditions_and_roles(agent, wanted, selection)


def _conditions_and_roles(agent: Agent, wanted: Filter, selection: Selection) -> None:
    conditions = frame.condition_names()
    # Of a trial in two groups only the groups of the view are counted, as in the lists that the numbers open.
    inside = {id: conditions[id] for id in conditions if id in (wanted.groups(data.watchlist()) or conditions)}
    left, right = st.columns(2, gap="large")
    with left:
        _bars(
            agent,
            "agent_conditions",
            "Conditions",
            agent_tables.by_condition(selection, inside),
            "a trial of two groups counts for both",
            [view.to_trials(replace(wanted, conditions=(group,), everywhere=False)) for group in inside],
        )
    with right:
        every = data.selection(replace(wanted, background=True))
        _bars(
            agent,
            "agent_roles",
            "Roles",
            agent_tables.by_role(every, ROLE_WORDS),
            "trials that give it, background included",
            [view.to_trials(replace(wanted, roles=(role,), background=False)) for role in ROLES],
        )


def _bars(
    agent: Agent, key: str, title: str, found: "pd.Series[int]", what: str, links: Sequence[str]
) -> None:  # fmt: skip
    table = pd.DataFrame({title[:-1]: found.index, "All": found.to_numpy(), tables.LINK: list(links)})
    caption = words.counted(data.freshness(), int(found.sum()), 1, what)
    frame.chart(
        key,
        title,
        agent_tables.most_say(found),
        charts.bars(found, [link if n else "" for link, n in zip(links, found, strict=True)]) if found.sum() else None,
        caption,
        (f"Trials by {title.lower()}", table),
        of=agent.name,
    )


def trials_of(agent: Agent, wanted: Filter, selection: Selection) -> None:
    """The agent's trials, one page of them."""
    if selection.trials.empty:
        return
    st.header("Trials", anchor=False)
    found = len(selection.trials)
    st.text(wanted.sentence(data.watchlist()))
    more = f"The newest {columns.ROWS} of {found:,}."
    every = f"{english.count(found, 'trial')}, newest first."
    st.caption(f"{more if found > columns.ROWS else every} Choose a row to open a trial.")
    table = trial_list.rows(selection, frame.names(), last=columns.ROWS)
    trial_list.grid(table, f"Trials of {agent.name}", "agent_trials")
    frame.trials_link(wanted, "Open in the list, with filters and downloads")
