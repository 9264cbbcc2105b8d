"""The parts of the Agents page."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pandas as pd
import streamlit as st

from cache.filters import Filter
from cache.views import counts
from cache.views.labels import ROLE_WORDS, TIERS
from dashboard import charts, data, frame, listing, refresh_panel, tables, view, words
from dashboard.palette import GROUPS
from fetchers.watchlist import Agent

MOST = 4  # agents side by side


def choose() -> None:
    """Put the chosen agent in the address."""
    view.change("agents", (st.session_state["agent"],))


def about(agent: Agent) -> None:
    """What it is, who names it, how it is asked for, how fresh it is."""
    documents = {document.id: document for document in data.watchlist().documents}
    with st.container(border=True):
        st.subheader(agent.name, anchor=False)
        st.text(f"{agent.kind[0].upper()}{agent.kind[1:]}.")
        named = words.listed(f"“{documents[id].title}” ({documents[id].kind})" for id in agent.documents)
        st.text(f"Named in {named}." if named else "Named in none of the documents.")
        st.text(_age(agent.id))
        with st.expander("Names asked for", icon=":material/search:"):
            st.dataframe(
                _names(agent), hide_index=True, placeholder="none", alt=f"Names of {agent.name}", width="stretch"
            )
            if agent.false_friends:
                st.text(f"Never counted, because they mean something else: {', '.join(agent.false_friends)}.")
        refresh_panel.agent_button(agent.id)


def _age(agent: str) -> str:
    scopes = data.scopes()
    row = scopes[scopes["scope"] == agent].iloc[0]
    asked = isinstance(row["refreshed_at"], str)
    said = (
        f"Asked of the registry on {words.moment(row['refreshed_at'])}; data of {words.day(row['registry_timestamp'])}."
        if asked
        else "Not asked yet: what is shown is a sample from the starter snapshot."
        if row["starter"]
        else "Not asked yet."
    )
    if isinstance(row["error"], str):
        said += f" The last refresh failed; earlier data is shown. {row['error']}"
    return said


def _names(agent: Agent) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Member": [member.name for member in agent.members],
            "Asked of the registry": [
                ", ".join(member.names) if member.on else "not asked" for member in agent.members
            ],
            "Also recognised": [
                ", ".join([*member.local_names, *(short.name for short in member.short_names)]) or None
                for member in agent.members
            ],
        }
    )


def figures(agent: Agent, wanted: Filter) -> None:
    """Given, mentioned, excluded: how often, in the conditions chosen."""
    pairs = data.selection(replace(view.scope(wanted), agents=(agent.id,), tiers=TIERS, background=True)).pairs
    given = pairs["tier"] == "given"
    aside = given & (pairs["role"] == "background")
    shown = (
        ("Given", int((given & ~aside).sum()), "other than as background", {"tiers": ("given",)}),
        (
            "Background",
            int(aside.sum()),
            "everybody gets it beside something else",
            {"tiers": ("given",), "background": True},
        ),
        (
            "Only mentioned",
            int((pairs["tier"] == "mentioned").sum()),
            "named, but nobody gets it",
            {"tiers": ("mentioned",)},
        ),
        (
            "Only as an exclusion",
            int((pairs["tier"] == "excluded").sum()),
            "people on it may not take part",
            {"tiers": ("excluded",)},
        ),
    )
    with st.grid(4, min_column_width=190, gap="small"):
        for label, number, note, narrower in shown:
            with st.container(border=True, height="stretch", gap="xsmall"):
                st.metric(label, f"{number:,}")
                st.caption(note)
                trials_link({**narrower, "agents": (agent.id,)}, view.scope(wanted))


def trials_link(narrower: dict[str, Any], wanted: Filter, label: str = "Show trials") -> None:
    """A link to the list of trials behind a number."""
    st.page_link(
        view.script("trials"),
        label=label,
        icon=":material/arrow_forward:",
        icon_position="right",
        query_params=view.params(view.narrow(wanted, narrower)),
    )


def charts_of(agent: Agent, wanted: Filter) -> None:
    """Phases by status, roles and conditions of one agent."""
    mine = replace(view.scope(wanted), agents=(agent.id,))
    selection = data.selection(mine)
    if selection.trials.empty:
        st.info(_none(agent, wanted), icon=":material/search_off:")
        return

    def address(**narrower: Any) -> str:
        return view.to_trials(mine, **narrower)

    statuses = counts.status_by_phase(selection)
    groups = tables.by_group(statuses)
    caption = words.counted(data.freshness(), len(selection.trials), 1, words.plain(mine.sentence(data.watchlist())))
    frame.chart(
        "agent_phases",
        "Phases and statuses",
        words.phases_say(groups),
        charts.phase_by_status(groups),
        caption,
        ("Trials by phase and group of statuses", tables.phase_numbers(groups, address)),
        ("Trials by the registry’s own status and phase", tables.status_numbers(statuses, address)),
    )
    left, right = st.columns(2, gap="large")
    with left:
        _bars(
            "agent_conditions",
            "Conditions",
            tables.by_condition(selection, frame.condition_names()),
            "a trial of two groups counts for both",
            [address(conditions=(group,)) for group in frame.condition_names()],
        )
    with right:
        every = data.selection(replace(mine, background=True))
        _bars("agent_roles", "Roles", tables.by_role(every, ROLE_WORDS), "trials that give it, background included")


def _bars(key: str, title: str, found: "pd.Series[int]", what: str, links: Sequence[str] = ()) -> None:
    table = pd.DataFrame({title[:-1]: found.index, "All": found.to_numpy()})
    if links:
        table[tables.LINK] = list(links)
    caption = words.counted(data.freshness(), int(found.sum()), 1, what)
    frame.chart(key, title, words.most_say(found), charts.bars(found), caption, (f"Trials by {title.lower()}", table))


def _none(agent: Agent, wanted: Filter) -> str:
    name = words.plain(agent.name)
    if agent.id in frame.sampled():
        return (
            f"Not asked yet: the starter snapshot holds no trial that gives {name} here, and the registry has not been "
            "asked. Press the button above to find out."
        )
    more = "" if wanted.everywhere else " Try “All conditions”."
    return (
        f"None found: the registry was asked, and no trial that gives {name} came back here. "
        f"That does not mean that none exists.{more}"
    )


def trials_of(agent: Agent, wanted: Filter) -> None:
    """The agent's trials, one page of them."""
    mine = replace(view.scope(wanted), agents=(agent.id,))
    selection = data.selection(mine)
    if selection.trials.empty:
        return
    st.subheader("Trials", anchor=False)
    found = len(selection.trials)
    st.text(mine.sentence(data.watchlist()))
    first = (
        f"The newest {listing.ROWS} of {found:,}."
        if found > listing.ROWS
        else f"{words.count(found, 'trial')}, newest first."
    )
    st.caption(f"{first} Choose a row to open a trial.")
    listing.show(selection, frame.names(), "agent_trials", f"Trials of {agent.name}")
    trials_link({}, mine, "Open in the list, with filters and downloads")


def compare(wanted: Filter) -> None:
    """Two to four agents on one scale."""
    names = frame.names()
    asked = list(dict.fromkeys(id for id in view.own("compare")))
    chosen = [id for id in asked if id in names][:MOST]
    if unknown := [id for id in asked if id not in chosen]:
        view.problems((f"Not compared: {', '.join(unknown)}. Known are up to {MOST} of {', '.join(names)}.",))
    st.session_state["compare"] = chosen
    st.multiselect(
        "Agents to compare", list(names), format_func=lambda id: names.get(id, id), key="compare", max_selections=MOST,
        on_change=_compare_changed, placeholder="Choose two to four agents",
    )  # fmt: skip
    if len(chosen) < 2:
        st.info("Choose two to four agents to see them on one scale.", icon=":material/compare_arrows:")
        return
    selections = {id: data.selection(replace(view.scope(wanted), agents=(id,))) for id in chosen}
    groups = {names[id]: tables.by_group(counts.status_by_phase(one)) for id, one in selections.items()}
    table = pd.DataFrame([_beside(names[id], one, wanted, id) for id, one in selections.items()])
    trials = len({nct_id for one in selections.values() for nct_id in one.trials["nct_id"]})
    say = "; ".join(
        f"{words.plain(name)}: {words.count(int(one.to_numpy().sum()), 'trial')}" for name, one in groups.items()
    )
    frame.chart(
        "compared",
        "Phases and statuses, side by side",
        f"{say}.",
        charts.side_by_side(groups),
        words.counted(
            data.freshness(), trials, len(chosen), words.cells_mean(sampled_of(chosen), len(chosen), cells=False)
        ),
        ("The agents compared", table),
    )


def sampled_of(chosen: list[str]) -> list[str]:
    """Those of some agents that the registry was not asked for yet."""
    return [id for id in frame.sampled() if id in chosen]


def _beside(name: str, selection: Any, wanted: Filter, id: str) -> dict[str, Any]:
    groups = tables.by_group(counts.status_by_phase(selection)).sum()
    figures = counts.key_figures(selection)
    return {
        "Agent": name,
        "All": figures.trials,
        **{group.word: int(groups[group.id]) for group in GROUPS},
        "Results posted": figures.with_results if figures.results_known else pd.NA,
        tables.LINK: view.to_trials(view.scope(wanted), agents=(id,)),
    }


def _compare_changed() -> None:
    wanted, _ = view.current()
    view.show(wanted, compare=st.session_state["compare"])
