"""A registry date as the span of days it can mean."""

from datetime import date
from functools import lru_cache
from typing import NamedTuple

from fetchers.record.dates import PartialDate


class Span(NamedTuple):
    """The first and the last day a date can mean; a full date means one day."""

    first: date
    last: date


@lru_cache(maxsize=50_000)
def span(text: str) -> Span:
    """The days a date of the registry can mean."""
    written = PartialDate(text)
    return Span(written.earliest, written.latest)


def years_after(day: date, years: int) -> date:
    """The same day so many years later; after 29 February 1 March, the later of the two."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)
