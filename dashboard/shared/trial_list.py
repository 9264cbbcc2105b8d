"""Trials as rows of a table: pure functions from frames to words, and the list that opens them."""

import textwrap
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import pandas as pd
import streamlit as st

from cache.codes import DATE_TYPE_WORDS, LANE_WORDS, ROLE_WORDS, STATUS_WORDS, STUDY_TYPE_WORDS, TIER_WORDS
from cache.english import inner, on_day
from cache.filters.select import Selection
from dashboard.shared import address as view
from dashboard.shared import columns, words
from dashboard.shared.number_tables import trial_link
from dashboard.shared.palette import BADGES, group_of

_NAMED = 3  # countries in the list; the trial's page has all
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


def labels(status: str | None) -> list[str] | None:
    """What ``status_words`` says as labels: the status, and what was known last as a second one."""
    if status is None:
        return None
    now, _, last = status.removesuffix(")").partition(" (")
    return [now, last] if last else [now]


def colour(label: str) -> str:
    """The colour of a label: that of the status's group; of what was known last none."""
    return BADGES[group_of(_CODES[label])] if label in _CODES else "gray"


_CODES = {words: code for code, words in STATUS_WORDS.items()}


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
            "Status": [labels(status_words(*told)) for told in zipped(*STATUS)],
            "Agents": [agents.get(nct_id, "none of them") for nct_id in trials["nct_id"]],
            "Countries": [some(names) for names in trials["countries"]],
            "Phase": [LANE_WORDS[str(lane)] for lane in trials["lane"]],
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


def some(names: Sequence[str] | None) -> str | None:
    """The first few names, and how many more there are."""
    if not names:
        return None
    more = f" and {len(names) - _NAMED:,} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more


def _joined(column: "pd.Series[Any]") -> list[str | None]:
    return [", ".join(items) if items else None for items in column]


_LETTERS = 42  # of a title on one line of its column
_LINE, _LEAST, _MOST = 18, 66, 120  # pixels of a line, and of a row: Streamlit breaks lines in rows above 64
_CONFIG: dict[str, Any] = {
    "NCT id": columns.trial(pinned=True),
    "Title": st.column_config.TextColumn(width=325),
    "Agents": st.column_config.TextColumn(width=150),
    "Site": st.column_config.TextColumn(width=190),  # of the list near a place
    "Countries": st.column_config.TextColumn(width=125),
    "Phase": st.column_config.TextColumn(width=125),
    "People": columns.number(),
    "Counted": st.column_config.TextColumn(help="Whether the enrolment is planned or actual"),
}


def show(
    table: pd.DataFrame, alt: str, key: str, config: columns.Config, missing: str = words.MISSING, **how: Any
) -> None:
    """One page of a list of trials; choosing a row opens its trial."""
    event = columns.table(
        table, alt, config, missing=missing, key=key, on_select="rerun", selection_mode="single-row",
        **{"height": columns.at_most(640, table), **how},
    )  # fmt: skip
    chosen: Sequence[int] = event["selection"]["rows"]
    if chosen and chosen[0] < len(table):
        view.open_trial(table["NCT id"].iloc[chosen[0]].partition("=")[2])


def grid(table: pd.DataFrame, alt: str, key: str) -> None:
    """One page of ``rows`` as a table: titles whole, the status as a word in colour."""
    show(table, alt, key, **_look(table))


def ticked(table: pd.DataFrame, alt: str, key: str) -> list[str]:
    """As ``grid``, to tick rows instead of opening them: the trials that are ticked."""
    event = columns.table(
        table, alt, missing=words.MISSING, key=key, on_select="rerun", selection_mode="multi-row", **_look(table)
    )
    rows: Sequence[int] = event["selection"]["rows"]
    return [table["NCT id"].iloc[row].partition("=")[2] for row in rows if row < len(table)]


def _look(table: pd.DataFrame) -> dict[str, Any]:
    said = list(dict.fromkeys(label for some in table["Status"] if some for label in some))
    status = st.column_config.MultiselectColumn(width=155, options=said, color=[colour(label) for label in said])
    row = row_height(table["Title"])
    config = {**_CONFIG, "Status": status}
    return {"config": config, "row_height": row, "height": min(720, 39 + row * len(table))}


def row_height(titles: Iterable[Any]) -> int:
    """Pixels of a row in which the longest of these titles stands whole."""
    lines = max((len(textwrap.wrap(title, _LETTERS)) for title in titles if isinstance(title, str)), default=1)
    return min(_MOST, max(_LEAST, 12 + _LINE * lines))


def card(row: Mapping[Any, Any]) -> str:
    """A row of ``rows`` as Markdown, for a card: its title as a link, status, phase, agents, countries. The registry's
    letters stand for nothing but themselves."""
    title, countries, status = row["Title"], row["Countries"], row["Status"]
    name = words.quiet(title) if isinstance(title, str) else row["NCT id"].partition("=")[2]
    badges = [f":{colour(one)}-badge[{words.plain(one)}]" for one in status or (f"Status {words.MISSING}",)]
    where = words.quiet(countries) if isinstance(countries, str) else f"countries {words.MISSING}"
    facts = " · ".join((row["Phase"], words.quiet(row["Agents"]), where))
    return f"**[{name}]({row['NCT id']})**\n\n{' '.join(badges)} {facts}"


def cards(table: pd.DataFrame) -> None:
    """One page of ``rows`` as cards, which a narrow window shows in place of the table."""
    for row in table.to_dict("records"):
        with st.container(border=True):
            st.markdown(f"{card(row)}\n\n{view.keeping([row['NCT id'].partition('=')[2]])}")
