"""Trials as rows of a table: pure functions from frames to words, and the list that opens them."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import pandas as pd
import streamlit as st

from cache.codes import DATE_TYPE_WORDS, LANE_WORDS, ROLE_WORDS, STATUS_WORDS, STUDY_TYPE_WORDS, TIER_WORDS
from cache.english import inner, on_day
from cache.filters.select import Selection
from dashboard.shared import address as view
from dashboard.shared import columns, words
from dashboard.shared.number_tables import trial_link

RESULTS = {True: "posted", False: "not posted"}
# The columns that ``status_words`` takes.
STATUS = ("overall_status", "last_known_status", "as_of")
SOURCES = {"live": "registry", "starter": "starter snapshot"}


class Group(NamedTuple):
    """Trials that are listed together."""

    title: str
    rows: pd.DataFrame  # nct_id, and a column for each further heading


def status_words(status: Any, last_known: Any, as_of: Any = None) -> str | None:
    """A status for people; an unverified one says what was known last, one that is too old to hold when that was."""
    if not isinstance(status, str):
        if not isinstance(last_known, str):
            return None
        when = on_day(as_of if isinstance(as_of, str) else None)
        return f"Not known ({inner(STATUS_WORDS.get(last_known, last_known))} {when})"
    said = STATUS_WORDS.get(status, status)
    if status == "UNKNOWN" and isinstance(last_known, str):
        return f"{said} (last known: {STATUS_WORDS.get(last_known, last_known).lower()})"
    return said


def dated(date: Any, kind: Any) -> str | None:
    """A date as the registry wrote it, with "planned" when it is; None without one."""
    if not isinstance(date, str):
        return None
    return f"{date} (planned)" if kind == "ESTIMATED" else date


def why(tier: str, role: Any) -> str:
    """How an agent belongs to a trial: its role when it is given, else that it is not."""
    if tier == "given":
        return ROLE_WORDS.get(role, "Given").lower() if isinstance(role, str) else "given"
    return TIER_WORDS.get(tier, tier).lower()


def agents_of(pairs: pd.DataFrame, names: Mapping[str, str]) -> dict[str, str]:
    """For each trial the agents it was let in for, with their roles: "Methotrexate (background), IVIG (tested)"."""
    found: dict[str, list[str]] = {}
    for nct_id, agent, tier, role in zip(pairs["nct_id"], pairs["agent"], pairs["tier"], pairs["role"], strict=True):
        found.setdefault(nct_id, []).append(f"{names.get(agent, agent)} ({why(tier, role)})")
    return {nct_id: ", ".join(said) for nct_id, said in found.items()}


def rows(selection: Selection, names: Mapping[str, str], first: int = 0, last: int | None = None) -> pd.DataFrame:
    """A part of the list in words, the newest registrations first; what is not known is missing."""
    ordered = selection.trials.iloc[::-1]  # NCT ids are given out in order
    trials = ordered.iloc[first:last]
    agents = agents_of(selection.pairs[selection.pairs["nct_id"].isin(trials["nct_id"])], names)

    def zipped(*names: str) -> list[tuple[Any, ...]]:
        return list(zip(*(trials[name] for name in names), strict=True))

    return pd.DataFrame(
        {
            "NCT id": [trial_link(nct_id) for nct_id in trials["nct_id"]],
            "Title": trials["title"].to_numpy(),
            "Status": [status_words(*told) for told in zipped(*STATUS)],
            "Phase": [LANE_WORDS[str(lane)] for lane in trials["lane"]],
            "Agents": [agents.get(nct_id, "none of them") for nct_id in trials["nct_id"]],
            "Start": [dated(*both) for both in zipped("start_date", "start_date_type")],
            "Primary completion": [
                dated(*both) for both in zipped("primary_completion_date", "primary_completion_date_type")
            ],
            "People": trials["enrollment"].to_numpy(),
            "Counted": [
                DATE_TYPE_WORDS.get(kind, kind) if isinstance(kind, str) else None for kind in trials["enrollment_type"]
            ],
            "Results": trials["has_results"].map(RESULTS).to_numpy(dtype=object),
            "Type": [
                STUDY_TYPE_WORDS.get(kind, kind) if isinstance(kind, str) else None for kind in trials["study_type"]
            ],
            "Conditions": _joined(trials["conditions"]),
            "Countries": _joined(trials["countries"]),
            "Sponsor": trials["lead_sponsor"].to_numpy(),
            "Last update": trials["last_update_posted"].to_numpy(),
            "Source": trials["origin"].map(SOURCES).to_numpy(dtype=object),
        }
    )


def named(trials: pd.DataFrame, nct_ids: Sequence[str]) -> pd.DataFrame:
    """Some trials in the order of their ids, an id as often as it comes: NCT id, title, status, phase."""
    about = trials.set_index("nct_id").loc[list(nct_ids)]
    statuses = zip(*(about[name] for name in STATUS), strict=True)
    return pd.DataFrame(
        {
            "NCT id": [trial_link(nct_id) for nct_id in about.index],
            "Title": about["title"].to_numpy(),
            "Status": [status_words(*told) for told in statuses],
            "Phase": [LANE_WORDS[str(lane)] for lane in about["lane"]],
        }
    )


def _joined(column: "pd.Series[Any]") -> list[str | None]:
    return [", ".join(items) if items else None for items in column]


_CONFIG: dict[str, Any] = columns.ID_TITLE | {
    "Status": st.column_config.TextColumn(width=170),
    "Phase": st.column_config.TextColumn(width=125),
    "People": columns.number(help="Enrolment"),
    "Counted": st.column_config.TextColumn(help="Whether the enrolment is planned or actual"),
    "Agents": st.column_config.TextColumn(width="medium"),
}


def show(
    table: pd.DataFrame, alt: str, key: str, config: columns.Config = _CONFIG, missing: str = words.MISSING
) -> None:
    """A list of trials, one page of it; choosing a row opens its trial."""
    event = columns.table(
        table, alt, config, missing=missing, height=columns.at_most(640, table), key=key,
        on_select="rerun", selection_mode="single-row",
    )  # fmt: skip
    chosen: Sequence[int] = event["selection"]["rows"]
    if chosen and chosen[0] < len(table):
        view.open_trial(table["NCT id"].iloc[chosen[0]].partition("=")[2])
