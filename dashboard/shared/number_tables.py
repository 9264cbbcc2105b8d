"""Counts regrouped for charts, and the tables of the same numbers that stand under them. Pure, no Streamlit.

Tables for the screen have words for headings. A column ``Trials`` holds the address of the list of trials behind a row
and its sum, made by the function that is handed in of a narrower view than ``wanted``, the one that is counted; every
other number stands at the end of the address of its own list (``trials?phase=phase2#3``), which the screen shows as the
number alone.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import pandas as pd

from cache.codes import LANE_WORDS, LANES, PHASE_PATH, STATUS_WORDS
from cache.filters import counts
from cache.filters.filter import Filter
from cache.filters.select import Selection
from dashboard.shared.palette import GROUPS, group_of

LINK = "Trials"
_EVERY = "every"  # the row that adds up
Address = Callable[[Filter], str]  # a view -> where its trials are listed


def by_group(statuses: pd.DataFrame) -> pd.DataFrame:
    """Lanes by statuses, as ``counts.status_by_phase`` has them, added up to lanes by status groups (all six)."""
    groups = [group_of(str(status)) for status in statuses.columns]
    summed = statuses.T.groupby(groups).sum().T
    return summed.reindex(columns=[group.id for group in GROUPS], fill_value=0).reindex(list(LANES), fill_value=0)


def starts(selection: Selection) -> pd.DataFrame:
    """Trials by start year, every year from first to last: ``started`` (or not said otherwise) and ``planned``."""
    planned = (selection.trials["start_date_type"] == "ESTIMATED").to_numpy(dtype=bool)
    every = counts.starts_per_year(selection)
    ahead = counts.starts_per_year(Selection(selection.trials[planned], selection.pairs))
    ahead = ahead.reindex(every.index, fill_value=0)
    return pd.DataFrame({"started": every - ahead, "planned": ahead})


def phase_numbers(statuses: pd.DataFrame, wanted: Filter, address: Address) -> pd.DataFrame:
    """The numbers of the phase chart: a row a lane, a column a group, the sum, the link; a last row adds up."""
    groups = by_group(statuses)
    lanes = _lanes(groups.sum(axis=1))
    present = [str(code) for code in statuses.columns if statuses[code].sum()]
    codes = {group.id: tuple(code for code in present if group_of(code) == group.id) for group in GROUPS}
    shown = groups.loc[lanes, [group for group in codes if codes[group]]]
    shown.loc[_EVERY] = shown.sum()

    def cell(lane: str, group: str) -> str:
        narrower = replace(wanted, statuses=codes[group])
        return address(narrower if lane == _EVERY else replace(narrower, phases=(lane,)))

    cells = _linked(shown, cell).rename(columns={group.id: group.word for group in GROUPS})
    links = [*(address(replace(wanted, phases=(lane,))) for lane in lanes), address(wanted)]
    return _framed("Phase", [*(LANE_WORDS[lane] for lane in lanes), "All phases"], cells, shown.sum(axis=1), links)


def status_numbers(statuses: pd.DataFrame, wanted: Filter, address: Address) -> pd.DataFrame:
    """The same trials by the registry's own statuses: a row a status, a column a lane, the sum, the link."""
    lanes = _lanes(statuses.sum(axis=1))
    shown = statuses.loc[lanes].T
    shown = shown[shown.sum(axis=1) > 0]
    codes = [str(code) for code in shown.index]
    order = [code for code in STATUS_WORDS if code in codes] + [code for code in codes if code not in STATUS_WORDS]
    shown = shown.loc[order]
    cells = _linked(shown, lambda code, lane: address(replace(wanted, statuses=(code,), phases=(lane,))))
    words = [STATUS_WORDS.get(code, code) for code in order]
    links = [address(replace(wanted, statuses=(code,))) for code in order]
    return _framed("Status", words, cells.rename(columns=LANE_WORDS), shown.sum(axis=1), links)


def agent_numbers(
    agents: pd.DataFrame, names: Mapping[str, str], sampled: Sequence[str], wanted: Filter, address: Address
) -> pd.DataFrame:
    """The numbers of the heatmap: a row an agent. A number nobody knows yet (an agent not asked) is missing, not 0."""
    lanes = _lanes(agents.sum())
    shown = agents[lanes].astype("Int64")
    unasked = agents.index.isin(list(sampled))
    for lane in lanes:
        shown.loc[unasked & (agents[lane] == 0).to_numpy(), lane] = pd.NA
    totals = agents.sum(axis=1).astype("Int64")
    totals = totals.mask(unasked & (totals == 0).to_numpy())
    cells = _linked(shown, lambda agent, lane: address(replace(wanted, agents=(agent,), phases=(lane,))))
    cells = cells.rename(columns=LANE_WORDS)
    cells["Registry"] = ["Not asked yet: a sample" if agent in sampled else "Asked" for agent in agents.index]
    words = [names[agent] for agent in agents.index]
    return _framed("Agent", words, cells, totals, [address(replace(wanted, agents=(agent,))) for agent in agents.index])


def start_numbers(years: pd.DataFrame, wanted: Filter, address: Address) -> pd.DataFrame:
    """The numbers of the chart of starts, newest year first; years without a start are left to the chart."""
    shown = years[years.sum(axis=1) > 0].iloc[::-1]
    return pd.DataFrame(
        {
            "Year": [str(year) for year in shown.index],
            "Started": shown["started"].to_numpy(),
            "Planned": shown["planned"].to_numpy(),
            LINK: [address(replace(wanted, year_from=int(year), year_to=int(year))) for year in shown.index],
        }
    )


def by_condition(selection: Selection, names: Mapping[str, str]) -> "pd.Series[int]":
    """Trials by condition group, in the watch-list's order; a trial of two groups counts in both."""
    found = selection.trials["condition_groups"].explode().value_counts()
    return pd.Series({names[group]: int(found.get(group, 0)) for group in names}, dtype="int64")


def by_role(selection: Selection, words: Mapping[str, str]) -> "pd.Series[int]":
    """Given pairs by role, all roles."""
    given = selection.pairs[selection.pairs["tier"] == "given"]
    found = given["role"].value_counts()
    return pd.Series({word: int(found.get(role, 0)) for role, word in words.items()}, dtype="int64")


def bars_of(table: pd.DataFrame, *, empty: bool = True) -> "pd.Series[int]":
    """The first column and ``All`` as a chart of bars wants them, without the sum; ``empty``: with empty rows."""
    shown = table[table.iloc[:, 0] != "All trials"]
    shown = shown if empty else shown[shown["All"] > 0]
    return pd.Series(shown["All"].to_numpy(), index=list(shown.iloc[:, 0]), dtype="int64")


def numbered(address: str, number: int) -> str:
    """A number as a cell holds it that opens a list: the address, and behind its "#" what the screen shows."""
    return f"{address}#{number:,}"


def _linked(numbers: pd.DataFrame, cell: Callable[[str, str], str]) -> pd.DataFrame:
    """The same table with each number at the end of the address of its list; a missing one stays missing."""
    made = numbers.astype(object)
    for column in numbers.columns:
        made[column] = [
            None if pd.isna(number) else numbered(cell(str(row), str(column)), int(number))
            for row, number in numbers[column].items()
        ]
    return made


def _framed(
    heading: str, words: Sequence[str], cells: pd.DataFrame, sums: "pd.Series[int]", links: Sequence[str]
) -> pd.DataFrame:
    """What a row is, its sum and its link first, so that they are in sight on a narrow screen."""
    rest = cells.reset_index(drop=True)
    rest.columns.name = None
    rest.insert(0, heading, list(words))
    rest.insert(1, "All", sums.reset_index(drop=True))
    rest.insert(2, LINK, list(links))
    return rest


def _lanes(totals: "pd.Series[int]") -> list[str]:
    return [lane for lane in LANES if lane in PHASE_PATH or totals.get(lane, 0)]
