"""Tables of the Agents page: pure functions over what was found, no Streamlit."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd

from cache.english import listed
from cache.filters.filter import Filter
from cache.filters.select import Selection
from cache.read.lists import counted
from dashboard.agents import story as agent_story
from dashboard.agents.story import Story
from dashboard.shared.number_tables import LINK, trial_link
from dashboard.shared.palette import GROUPS
from dashboard.shared.words import plain
from fetchers.watchlist.model import Agent

To = Callable[[Filter], str]  # a filter -> the address of its list


def names(agent: Agent) -> pd.DataFrame:
    """What is asked of the registry for each member, and what is recognised beside it."""
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


def side_by_side(stories: Sequence[Story], to: To) -> pd.DataFrame:
    """The key figures of several agents; a number is the address of its list with the number at the end."""
    return pd.DataFrame([_row(story, to) for story in stories])


def _row(story: Story, to: To) -> dict[str, Any]:
    shown = {one.label: one for one in agent_story.figures(story)}

    def linked(label: str) -> str | None:
        one = shown[label]
        return f"{to(one.lists[0][1])}#{one.value}" if one.lists else None

    trials = "In the sample" if story.sample else "Trials"
    row: dict[str, Any] = {
        "Agent": story.name,
        "Given": linked(trials),
        "Recruiting now": linked("Recruiting now"),
        "Highest phase here": linked("Highest phase here"),
    }
    row["Highest phase anywhere"] = linked("Highest phase here" if story.everywhere else "Highest anywhere")
    row["Newest activity"] = story.newest.when if story.newest else None
    row["What it was"] = story.newest.what if story.newest else None
    row["By trial"] = trial_link(story.newest.nct_id) if story.newest else None
    row["Results posted"] = linked("Results posted")
    row["Registry"] = {"asked": "Asked", "not_asked": "Not asked yet: a sample"}.get(
        story.answer.state, "No answer: a sample"
    )
    return row


def by_agent(groups: Mapping[str, pd.DataFrame], links: Sequence[str]) -> pd.DataFrame:
    """Agents by group of statuses, all six, with the sum; ``links``: the address of each agent's list."""
    rows = []
    for name, table in groups.items():
        found = table.sum()
        rows.append({"Agent": name, "All": int(found.sum()), **{one.word: int(found[one.id]) for one in GROUPS}})
    return pd.DataFrame(rows).assign(**{LINK: list(links)})


def by_condition(selection: Selection, names: Mapping[str, str]) -> "pd.Series[int]":
    """Trials by condition group, in the watch-list's order; a trial of two groups counts in both."""
    found = counted(selection.trials["condition_groups"])
    return pd.Series({names[group]: int(found.get(group, 0)) for group in names}, dtype="int64")


def by_role(selection: Selection, words: Mapping[str, str]) -> "pd.Series[int]":
    """Given pairs by role, all roles."""
    given = selection.pairs[selection.pairs["tier"] == "given"]
    found = given["role"].value_counts()
    return pd.Series({word: int(found.get(role, 0)) for role, word in words.items()}, dtype="int64")


def most_say(found: "pd.Series[int]") -> str:
    """One sentence on a few words with their numbers."""
    if not found.sum():
        return "No trial is counted here."
    top = found.max()
    return f"Most often: {listed(plain(str(word)) for word in found.index[found == top])} ({int(top):,})."
