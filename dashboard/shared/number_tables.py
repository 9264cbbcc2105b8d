"""Counts regrouped for charts, and the tables of the same numbers that stand under them. Pure, no Streamlit.

Tables for the screen have words for headings. A column ``Trials`` holds the address of the list of trials behind a row
and its sum, made by the function that is handed in of a narrower view than ``wanted``, the one that is counted; every
other number stands at the end of the address of its own list (``trials?phase=phase2#3``), which the screen shows as the
number alone.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from urllib.parse import quote

import pandas as pd

from cache.codes import LANE_WORDS, LANES, STATUS_WORDS
from cache.filters.filter import Filter
from dashboard.shared.palette import GROUPS, group_of, used_lanes

LINK = "Trials"
FOUND = "found"  # the anchor of what a trial found, on its page
_EVERY = "every"  # the row that adds up
Address = Callable[[Filter], str]  # a view -> where its trials are listed


def by_group(statuses: pd.DataFrame) -> pd.DataFrame:
    """Lanes by statuses, as ``counts.status_by_phase`` has them, added up to lanes by status groups (all six)."""
    groups = [group_of(str(status)) for status in statuses.columns]
    summed = statuses.T.groupby(groups).sum().T
    return summed.reindex(columns=[group.id for group in GROUPS], fill_value=0).reindex(list(LANES), fill_value=0)


def phase_numbers(statuses: pd.DataFrame, wanted: Filter, address: Address) -> pd.DataFrame:
    """The numbers of the phase chart: a row a lane, a column a group, the sum, the link; a last row adds up."""
    groups = by_group(statuses)
    lanes = used_lanes(groups.sum(axis=1))
    codes = _codes(statuses)
    cell = lane_address(statuses, wanted, address)
    shown = groups.loc[lanes, [group for group in codes if codes[group]]]
    shown.loc[_EVERY] = shown.sum()
    cells = linked(shown, cell).rename(columns={group.id: group.word for group in GROUPS})
    links = [*(address(replace(wanted, phases=(lane,))) for lane in lanes), address(wanted)]
    return framed("Phase", [*(LANE_WORDS[lane] for lane in lanes), "All phases"], cells, shown.sum(axis=1), links)


def _codes(statuses: pd.DataFrame) -> dict[str, tuple[str, ...]]:
    """The statuses that occur, by their group."""
    present = [str(code) for code in statuses.columns if statuses[code].sum()]
    return {group.id: tuple(code for code in present if group_of(code) == group.id) for group in GROUPS}


def lane_address(statuses: pd.DataFrame, wanted: Filter, address: Address) -> Callable[[str, str], str]:
    """Where the trials of a lane and a group of statuses are listed; ``statuses``: ``counts.status_by_phase``."""
    codes = _codes(statuses)

    def listed(lane: str, group: str) -> str:
        narrower = replace(wanted, statuses=codes[group])
        return address(narrower if lane == _EVERY else replace(narrower, phases=(lane,)))

    return listed


def status_numbers(statuses: pd.DataFrame, wanted: Filter, address: Address) -> pd.DataFrame:
    """The same trials by the registry's own statuses: a row a status, a column a lane, the sum, the link."""
    lanes = used_lanes(statuses.sum(axis=1))
    shown = statuses.loc[lanes].T
    shown = shown[shown.sum(axis=1) > 0]
    codes = [str(code) for code in shown.index]
    order = [code for code in STATUS_WORDS if code in codes] + [code for code in codes if code not in STATUS_WORDS]
    shown = shown.loc[order]
    cells = linked(shown, lambda code, lane: address(replace(wanted, statuses=(code,), phases=(lane,))))
    words = [STATUS_WORDS.get(code, code) for code in order]
    links = [address(replace(wanted, statuses=(code,))) for code in order]
    return framed("Status", words, cells.rename(columns=LANE_WORDS), shown.sum(axis=1), links)


def bars_of(table: pd.DataFrame, *, empty: bool = True) -> tuple["pd.Series[int]", list[str]]:
    """The first column and ``All`` as a chart of bars wants them, without the sum, and where each row leads ("" when
    it has no trial); ``empty``: with empty rows."""
    shown = table[table.iloc[:, 0] != "All trials"]
    shown = shown if empty else shown[shown["All"] > 0]
    numbers = pd.Series(shown["All"].to_numpy(), index=list(shown.iloc[:, 0]), dtype="int64")
    return numbers, [link if number else "" for link, number in zip(shown[LINK], numbers, strict=True)]


def adds_up(table: pd.DataFrame) -> bool:
    """Whether any row of a table of numbers has a trial."""
    return "All" in table and bool(table["All"].sum())


def numbered(address: str, number: int) -> str:
    """A number as a cell holds it that opens a list: the address, and after its "#" what the screen shows."""
    return f"{address}#{number:,}"


def claim_link(id: str) -> str:
    """The address at which a claim stands alone."""
    return f"claims?claim={quote(id)}"


def trial_link(nct_id: str) -> str:
    """The address of a trial's page, as a cell holds it."""
    return f"trial?nct={nct_id}"


def found_link(nct_id: str) -> str:
    """The address of what a trial found, on its page."""
    return f"{trial_link(nct_id)}#{FOUND}"


def group_numbers(
    head: str, words: Mapping[str, str], found: "pd.Series[int]", prefix: str, address: Callable[[str], str]
) -> pd.DataFrame:
    """A row a group: its words, its number (none is 0) and the list of its trials. ``words``: by the group's key;
    ``address``: where the page lists the group of that name."""
    return pd.DataFrame(
        {
            head: list(words.values()),
            "All": [int(found.get(key, 0)) for key in words],
            LINK: [address(f"{prefix}.{key}") for key in words],
        }
    )


def linked(numbers: pd.DataFrame, cell: Callable[[str, str], str]) -> pd.DataFrame:
    """The same table with each number at the end of the address of its list; a missing one stays missing."""
    made = numbers.astype(object)
    for column in numbers.columns:
        made[column] = [
            None if pd.isna(number) else numbered(cell(str(row), str(column)), int(number))
            for row, number in numbers[column].items()
        ]
    return made


def framed(
    heading: str, words: Sequence[str], cells: pd.DataFrame, sums: "pd.Series[int]", links: Sequence[str]
) -> pd.DataFrame:
    """What a row is, its sum and its link first, so that they are in sight on a narrow screen."""
    rest = cells.reset_index(drop=True)
    rest.columns.name = None
    rest.insert(0, heading, list(words))
    rest.insert(1, "All", sums.reset_index(drop=True))
    rest.insert(2, LINK, list(links))
    return rest
