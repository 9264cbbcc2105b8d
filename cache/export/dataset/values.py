"""From the plain values of the other exports to the typed ones of the data set; what is missing stays None."""

from collections.abc import Iterable
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from cache.export.dataset.tables import FROM, TO, Table
from fetchers.errors import Parsing
from fetchers.record.dates import PartialDate

Row = dict[str, Any]
_DIFFERENT = 50_000  # days of a registry that is kept for decades


def typed(table: Table, rows: Iterable[Row]) -> list[Row]:
    """The rows with days, moments and the bounds of dates as such."""
    days = [one.name for one in table.columns if one.kind == "day"]
    moments = [one.name for one in table.columns if one.kind == "moment"]
    dates = [one.name for one in table.columns if one.kind == "date"]
    return [
        row
        | {name: bounds(row.get(name))[0] for name in days}
        | {name: moment(row.get(name)) for name in moments}
        | {f"{name}{end}": one for name in dates for end, one in zip((FROM, TO), bounds(row.get(name)), strict=True)}
        for row in rows
    ]


@lru_cache(_DIFFERENT)
def bounds(text: str | None) -> tuple[date | None, date | None]:
    """The first and the last day a date of the registry can mean; None for what is no date."""
    try:
        told = PartialDate.parse(text or "")
    except Parsing:
        return None, None
    return told.earliest, told.latest


@lru_cache(_DIFFERENT)
def moment(text: str | None) -> datetime | None:
    """A moment as the store keeps it."""
    return datetime.fromisoformat(text) if text else None
