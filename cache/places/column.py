"""The sites of a trial as a column of its row: where each lies, and whether it says that it is open.

Four numbers a site, in the record's order: latitude, longitude, how open it is (``OPENNESS``), and the place of its
country among the row's ``countries``. Null stands where the record does not say it, so that the third site's numbers
are always the third four.
"""

from fetchers.record.study import Study

OPEN, SOON, CLOSED = 2, 1, 0
# A status that is not named here says that nobody can join (now).
OPENNESS = {"RECRUITING": OPEN, "AVAILABLE": OPEN, "NOT_YET_RECRUITING": SOON, "ENROLLING_BY_INVITATION": SOON}
OF_A_SITE = 4  # numbers


def openness(status: str | None) -> int | None:
    """How open a site or a trial of this status is; None when the status is not known."""
    return None if status in (None, "UNKNOWN", "WITHHELD") else OPENNESS.get(str(status), CLOSED)


def column(study: Study) -> list[float | int | None]:
    """The value of a record."""
    countries = {name: place for place, name in enumerate(study.countries)}
    found: list[float | int | None] = []
    for site in study.locations:
        north, east = site.point or (None, None)
        found += [north, east, openness(site.status), countries.get(site.country_name or "")]
    return found
