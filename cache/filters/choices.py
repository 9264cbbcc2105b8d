"""What a view of the data can be limited by: the fields of a filter, nothing else."""

from dataclasses import dataclass

from fetchers.watchlist.model import Watchlist


@dataclass(frozen=True, slots=True)
class Choices:
    """The fields of ``Filter`` with their defaults, in the order in which an address is written.

    Apart from ``Filter`` so that the table of keys can be written in terms of it. Each field has one row in
    ``cache.filters.keys.KEYS``.
    """

    agents: tuple[str, ...] = ()  # none chosen: every agent of the watch-list
    tiers: tuple[str, ...] = ("given",)
    roles: tuple[str, ...] = ()  # of given pairs; once one is named, it and not ``background`` decides
    background: bool = False  # also pairs in which the agent is given as background only
    conditions: tuple[str, ...] = ()  # none chosen: the documents' conditions
    everywhere: bool = False  # none chosen: all conditions instead
    phases: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    study_types: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    near: str = ""  # the label of a city: only trials with a site within the next number of kilometres
    within: int = 100  # km; 0: however far, so that only trials whose sites have no known place are left out
    sponsor_classes: tuple[str, ...] = ()
    year_from: int | None = None
    year_to: int | None = None
    results: bool | None = None  # False: known to have none posted; trials of which this is not known are neither
    text: str = ""  # every word must occur, in whatever case
    frame: bool = False  # also trials of the swept conditions without any agent
    left: bool = False  # also trials that left the registry
    ids: tuple[str, ...] = ()  # of these trials only

    def groups(self, watchlist: Watchlist) -> tuple[str, ...]:
        """The condition groups this view is limited to; empty when it is not."""
        return self.conditions or (() if self.everywhere else watchlist.document_conditions)
