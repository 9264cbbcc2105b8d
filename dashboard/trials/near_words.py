"""The words of the search near a place. Pure."""

from typing import Any

from cache.codes import STATUS_WORDS
from cache.english import agreeing, count
from cache.filters.kinds import shown
from dashboard.shared.escape import plain
from fetchers.record.modules import Location


def radius(within: int) -> str:
    """A distance to choose."""
    return f"{within:,} km" if within else "Any"


def unclear(text: str, *, several: bool, offered: bool) -> str:
    """Why a text is no single city, for Markdown."""
    if several:
        return f"Which {plain(shown(text))} do you mean?"
    said = f"{plain(shown(text))} is not in our list of cities (15,000 people or more)."
    return f"{said} Did you mean one of these?" if offered else f"{said} Try the nearest larger city."


def distance(km: Any) -> str:
    """A distance to a site: coordinates are those of its city, so nothing is said below a kilometre."""
    return "under 1 km" if km < 1 else f"{km:,.0f} km"


def status(location: Location | None, of_trial: str | None) -> str | None:
    """The status of a site, else that of its trial, said to be so."""
    if location and location.status:
        return STATUS_WORDS.get(location.status, location.status)
    return f"{of_trial} (the trial’s)" if of_trial else None


def partly(trials: int) -> str:
    """How many of the trials found have further sites without coordinates; empty when there are none."""
    if not trials:
        return ""
    return f"{count(trials, 'trial')} in this list {agreeing(trials, 'has', 'have')} further sites without coordinates."
