"""Tables of the Agents page: pure functions over what was found, no Streamlit."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd

from cache.filters.filter import Filter
from dashboard.agents import story as agent_story
from dashboard.agents.story import Story
from dashboard.changes.address import MEASURE_WORDS
from dashboard.changes.tables import slip_words
from dashboard.shared.number_tables import LINK
from dashboard.shared.palette import GROUPS
from dashboard.shared.words import plain
from fetchers.watchlist.model import Agent
from insights import slips
from insights.literature import Note

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


def notes(mine: Sequence[Note]) -> pd.DataFrame:
    """The hand-kept notes on an agent, each with its source and the day it was written."""
    return pd.DataFrame(
        {
            "Papers and authorities": [note.words for note in mine],
            "Source": [note.source for note in mine],
            "Written by hand on": [note.written.isoformat() for note in mine],
            "Beside claim": [note.claim for note in mine],
        }
    )


def slipped(ledger: pd.DataFrame, address: Callable[[str], str]) -> pd.DataFrame:
    """For each measure how many trials moved, of how many with more than one known state, and the furthest."""
    rows = []
    for measure, word in MEASURE_WORDS.items():
        moved = slips.slipped(ledger, measure)
        known = int((ledger["states"][ledger["measure"] == measure] > 1).sum())
        furthest = None if moved.empty else moved.iloc[0]
        far = None if furthest is None else f"{slip_words(int(furthest['amount']), measure)}, {furthest['nct_id']}"
        rows.append((word, len(moved), known, far, address(measure) if len(moved) else None))
    columns = ["First promised against now", "Moved", "With more than one known state", "Furthest", LINK]
    return pd.DataFrame(rows, columns=columns)


def beside(stories: Sequence[Story], to: To) -> pd.DataFrame:
    """Agents beside one another; a number is the address of its list with the number at the end."""
    return pd.DataFrame([_row(story, to) for story in stories])


def _row(story: Story, to: To) -> dict[str, Any]:
    shown = {one.label: one for one in agent_story.figures(story)}

    def linked(label: str) -> str | None:
        one = shown[label]
        return f"{to(one.doors[0][1])}#{one.value}" if one.doors else None

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
    row["By trial"] = f"trial?nct={story.newest.nct_id}" if story.newest else None
    row["Results posted"] = linked("Results posted")
    row["Registry"] = {"asked": "Asked", "not_asked": "Not asked yet: a sample"}.get(
        story.answer.state, "Asked, and failed: a sample"
    )
    return row


def slipped_say(table: pd.DataFrame) -> str:
    """One sentence on the table of ``slipped``."""
    known = int(table["With more than one known state"].sum())
    if not known:
        return "No earlier state of these trials is known, so no promise can be held against what is said now."
    moved = table[table["Moved"] > 0]
    if moved.empty:
        return "Of none of these trials has a promised date or number of people moved, as far as earlier states go."
    said = "; ".join(
        f"{what.lower()}: {number:,} of {of:,} moved, the furthest {plain(far)}"
        for what, number, of, far in moved.iloc[:, :4].itertuples(index=False)
    )
    return f"{said[0].upper()}{said[1:]}."


def by_agent(groups: Mapping[str, pd.DataFrame], links: Sequence[str]) -> pd.DataFrame:
    """Agents by group of statuses, all six, with the sum; ``links``: the address of each agent's list."""
    rows = []
    for name, table in groups.items():
        found = table.sum()
        rows.append({"Agent": name, "All": int(found.sum()), **{one.word: int(found[one.id]) for one in GROUPS}})
    return pd.DataFrame(rows).assign(**{LINK: list(links)})
