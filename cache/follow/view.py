"""What a feed, a calendar or a digest follows, read from the query string of a page's address."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from cache.changes.changelog import at_least, since_moment
from cache.changes.differences import KINDS
from cache.changes.weights import Weight
from cache.filters.filter import Filter
from cache.filters.keys import KEYS
from cache.filters.kinds import shown
from fetchers.errors import Validation
from fetchers.watchlist.model import Watchlist

# Keys of an address that say how a page shows its trials, not which: they limit nothing that is followed.
PAGE_KEYS = frozenset(
    {"page", "sort", "show", "measure", "mine", "looked", "compare", "claim", "embed", "embed_options"}
)
OWN_KEYS = ("nct", "since", "kind", "weight", "every")
_FILTER_KEYS = frozenset(key.name for key in KEYS)
_NCT_ID = re.compile(r"NCT\d{8}", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Followed:
    """``wanted``: the trials of this view, None: every stored trial. ``trials``: these alone, whatever the view.
    ``agents``: every trial matched to one of them, in whatever tier and condition. The rest narrows the changes."""

    wanted: Filter | None = None
    trials: tuple[str, ...] = ()
    agents: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    weight: Weight = "low"
    since: str | None = None

    def to_query(self) -> dict[str, list[str]]:
        """The keys of an address that says the same; equal ones for everything that is followed alike."""
        query: dict[str, list[str]] = {"nct": [",".join(self.trials)]} if self.trials else {}
        if self.agents:
            query["agent"] = [*self.agents]
        elif self.wanted is not None:
            # The tier is always named: an address without it, or with agents alone, follows more than the view.
            query |= {"tier": [*self.wanted.tiers]} | self.wanted.to_query()
        query |= {"kind": [*self.kinds]} if self.kinds else {}
        return query | ({"weight": [self.weight]} if self.weight != "low" else {})


def of(wanted: Filter, **how: object) -> Followed:
    """What is followed by those who follow a page's view."""
    return replace(Followed(wanted), **how)  # type: ignore[arg-type]


def read(
    query: Mapping[str, Sequence[str]], watchlist: Watchlist, *, weight: Weight = "low", calendar: bool = False
) -> Followed:
    """What a query asks for. Raises Validation, in a sentence, for the first thing in it that makes no sense.

    Without a key of the filter: every stored trial. ``agent`` alone means what it meant before feeds knew views: every
    trial matched to one of them; to a calendar it is a view like every other. ``nct`` decides alone, as it does on the
    page of a trial.
    """
    wanted, ignored = Filter.from_query({key: [*query[key]] for key in query if key in _known(query)}, watchlist)
    _refuse(ignored)
    for kind in query.get("kind", ()):
        if kind not in KINDS:
            raise Validation(f"There is no kind of change {shown(kind)}; choose from {', '.join(KINDS)}.")
    since = _last(query, "since")
    trials = _trials(query.get("nct", ()))
    keys = set() if trials or _last(query, "every") == "1" else {key for key in query if key in _FILTER_KEYS}
    older = keys == {"agent"} and not calendar
    return Followed(
        wanted=wanted if keys and not older else None,
        trials=trials,
        agents=wanted.agents if older else (),
        kinds=tuple(kind for kind in KINDS if kind in query.get("kind", ())),
        weight=at_least(_last(query, "weight") or weight)[-1],
        since=None if since is None else since_moment(since),
    )


def accepted(query: Mapping[str, Sequence[str]], watchlist: Watchlist) -> Filter:
    """The filter of a query that a program puts. Raises Validation for what a page would leave out and say so."""
    wanted, ignored = Filter.from_query({key: [*values] for key, values in query.items()}, watchlist)
    _refuse(ignored)
    return wanted


def _known(query: Mapping[str, Sequence[str]]) -> Collection[str]:
    """The keys that the filter reads; one that nobody knows is among them, so that it is complained of."""
    return set(query) - PAGE_KEYS - set(OWN_KEYS)


def _refuse(ignored: Sequence[str]) -> None:
    if ignored:
        said = " ".join(ignored)
        raise Validation(said.replace(" was ignored", " is not accepted").replace(" were ignored", " are not accepted"))


def _trials(given: Sequence[str]) -> tuple[str, ...]:
    ids = [id.strip().upper() for text in given for id in text.split(",") if id.strip()]
    for id in ids:
        if not _NCT_ID.fullmatch(id):
            raise Validation(f"{shown(id)} is not an NCT id such as NCT01234567.")
    return tuple(sorted(set(ids)))


def _last(query: Mapping[str, Sequence[str]], key: str) -> str | None:
    given = query.get(key, ())
    return given[-1] if given else None
