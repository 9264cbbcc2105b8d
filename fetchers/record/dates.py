"""Registry dates, which may be a year, a month or a day, and stay what they are."""

import calendar
import re
from datetime import date
from typing import Literal, NamedTuple

from fetchers.errors import Parsing

_SHAPE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)

# A year before or after these is a slip of the pen: the oldest cohorts that the registry follows began later, and the
# longest follow-up that is planned ends sooner.
FIRST_YEAR, LAST_YEAR = 1940, 2070

Precision = Literal["year", "month", "day"]


class PartialDate(NamedTuple):
    """A date as the registry wrote it: ``2002``, ``2002-04`` or ``2002-04-30``. Never completed, only bounded."""

    text: str

    @classmethod
    def parse(cls, text: str) -> "PartialDate":
        """Raise Parsing unless ``text`` is a calendar year, month or day in one of the three shapes."""
        found = _SHAPE.fullmatch(text)
        if found:
            year, month, day = (int(part) if part else 1 for part in found.groups())
            try:
                date(year, month, day)
            except ValueError:
                found = None
        if not found:
            raise Parsing(f"{text!r} is not a date of the form YYYY, YYYY-MM or YYYY-MM-DD.")
        return cls(text)

    @property
    def precision(self) -> Precision:
        return "day" if len(self.text) == 10 else "month" if len(self.text) == 7 else "year"

    @property
    def year(self) -> int:
        return int(self.text[:4])

    @property
    def sensible(self) -> bool:
        """Whether a trial can have begun or can end in that year; what is not sensible is told, never reckoned with."""
        return FIRST_YEAR <= self.year <= LAST_YEAR

    @property
    def earliest(self) -> date:
        """The first day this date can mean."""
        return date.fromisoformat(self.text + "-01-01"[len(self.text) - 4 :])

    @property
    def latest(self) -> date:
        """The last day this date can mean."""
        first = self.earliest
        if self.precision == "day":
            return first
        month = first.month if self.precision == "month" else 12
        return date(first.year, month, calendar.monthrange(first.year, month)[1])
