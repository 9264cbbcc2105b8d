"""The gap map and the ladder as tables and sentences. Pure, no Streamlit."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd

from cache import english
from cache.codes import LANE_WORDS
from cache.english import agreeing, listed
from cache.filters.filter import Filter
from dashboard.shared.number_tables import numbered, trial_link
from dashboard.shared.words import plain
from fetchers.registry.queries import agent_queries
from fetchers.watchlist.model import Agent
from insights import evidence, gaps
from insights.evidence import Asked

Address = Callable[[Filter], str]


def state_of(row: Mapping[Any, Any]) -> str:
    """What a cell is, in words; an empty one says which of the three kinds of empty."""
    state, when = row["state"], row["registry_date"]
    if state == gaps.FOUND:
        return "Sample: not asked yet" if row["sample"] else f"Registry data of {when}"
    if state == gaps.NONE:
        return f"None found (data of {when})"
    return "Not asked yet" if state == gaps.NOT_ASKED else "No answer"


def cell_rows(
    cells: pd.DataFrame, agents: Mapping[str, str], conditions: Mapping[str, str], background: bool, address: Address
) -> pd.DataFrame:
    """The gap map as a table: a row a cell; each number is the address of its list, with the number at its end."""
    rows: list[dict[Any, Any]] = cells.to_dict("records")

    def numbers(name: str, statuses: tuple[str, ...] = ()) -> list[str | None]:
        return [
            None if pd.isna(row[name]) else numbered(address(cell(row, background, statuses)), int(row[name]))
            for row in rows
        ]

    return pd.DataFrame(
        {
            "Agent": [agents[row["agent"]] for row in rows],
            "Condition": [conditions[row["condition"]] for row in rows],
            "Trials": numbers("total"),
            "State": [state_of(row) for row in rows],
            "Recruiting": numbers("recruiting", statuses=("RECRUITING",)),
            "Stopped or paused": numbers("stopped", statuses=evidence.STOPPED),
            "Highest phase": [LANE_WORDS[row["highest"]] if row["highest"] else None for row in rows],
            "Newest activity": [row["newest"] for row in rows],
            "What it was": [row["newest_what"] for row in rows],
            "By trial": [trial_link(row["newest_id"]) if row["newest_id"] else None for row in rows],
        }
    )


def cell(row: Mapping[Any, Any], background: bool, statuses: tuple[str, ...] = ()) -> Filter:
    """The view of the trials that a cell of the gap map counts."""
    return Filter(
        agents=(row["agent"],), conditions=(row["condition"],), background=background, statuses=statuses
    )  # fmt: skip


def gaps_say(cells: pd.DataFrame) -> str:
    """The gap map in one sentence."""
    states = cells["state"].value_counts()
    found, none, waiting, failed = (int(states.get(state, 0)) for state in gaps.STATES)
    said = [f"{found} of {len(cells)} combinations {agreeing(found, 'has', 'have')} trials"]
    said += [f"none found for {none}"] if none else []
    said += [f"{waiting} not asked yet"] if waiting else []
    said += [f"no answer for {failed}"] if failed else []
    return f"{'; '.join(said)}."


def asked_rows(agents: Sequence[Agent], answers: Mapping[str, Asked]) -> pd.DataFrame:
    """What was asked of the registry for each agent, when, and with what end."""
    rows = []
    for agent in agents:
        one = answers[agent.id]
        state = {"asked": "Answered", "not_asked": "Not asked yet", "failed": "No answer"}[one.state]
        if one.state == "asked" and one.error:
            state = "Answered; the newest attempt failed"
        questions = " · ".join(query.question for query in agent_queries(agent))
        rows.append((agent.name, questions, state, one.registry_date, one.refreshed_at, one.error))
    return pd.DataFrame(
        rows, columns=["Agent", "Asked, in every condition", "State", "Registry data of", "Fetched", "Reason"]
    )


def ladder_rows(steps: pd.DataFrame, agents: Mapping[str, str], here: str, address: Address) -> pd.DataFrame:
    """The ladder as a table; each number of trials is the address of its list."""
    rows: list[dict[Any, Any]] = steps.to_dict("records")
    return pd.DataFrame(
        {
            "Agent": [agents[row["agent"]] for row in rows],
            "Highest in any condition": [_lane(row, "any") for row in rows],
            "Trials there": [_reached(row, "any", address) for row in rows],
            f"Highest in {here}": [_lane(row, "here") for row in rows],
            f"Trials there, {here}": [_reached(row, "here", address) for row in rows],
        }
    )


def _lane(row: Mapping[Any, Any], key: str) -> str:
    if row[f"{key}_lane"]:
        return LANE_WORDS[row[f"{key}_lane"]] + ("" if row["state"] == "asked" else " (sample)")
    if row["state"] != "asked":
        return "Not asked yet" if row["state"] == "not_asked" else "No answer"
    return "No phase entered" if row[f"{key}_trials"] else "No trial found"


def _reached(row: Mapping[Any, Any], key: str, address: Address) -> str | None:
    lane, ids = row[f"{key}_lane"], row[f"{key}_ids"]
    return numbered(address(step(row, key)), len(ids)) if lane else None


def step(row: Mapping[Any, Any], key: str) -> Filter:
    """The view of the trials that a mark of the ladder counts. ``key``: "any" condition, or only "here"."""
    groups = (row["condition"],) if key == "here" else ()
    wanted = Filter(
        agents=(row["agent"],), phases=(row[f"{key}_lane"],), statuses=evidence.MAY_HAVE_BEGUN,
        conditions=groups, everywhere=not groups,
    )  # fmt: skip
    return evidence.just(wanted, row[f"{key}_ids"])


def ladder_say(steps: pd.DataFrame, agents: Mapping[str, str], here: str) -> str:
    """The ladder in one sentence."""
    rows: list[dict[Any, Any]] = steps.to_dict("records")
    sample = any(row["state"] != "asked" for row in rows)
    lower = [agents[row["agent"]] for row in rows if row["any_lane"] and row["any_lane"] != row["here_lane"]]
    same = [agents[row["agent"]] for row in rows if row["any_lane"] and row["any_lane"] == row["here_lane"]]
    said = []
    if lower:
        said.append(f"Further elsewhere than in {here}: {listed(plain(english.inner(name)) for name in lower)}.")
    if same:
        said.append(f"Just as far in {here}: {listed(plain(english.inner(name)) for name in same)}.")
    if not said:
        return "No agent is known to have entered a phase."
    return " ".join(said) + (" Agents without an answer from the registry show a sample." if sample else "")
