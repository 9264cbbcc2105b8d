"""What a feed, a calendar or a digest follows, read from the query string of a page's address."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from cache.changes.changelog import at_least, since_moment
from cache.changes.differences import KINDS
from cache.changes.weights import Weight
from cache.filters import strict
from cache.filters.filter import Filter
from cache.filters.keys import KEYS
from cache.filters.kinds import shown
from cache.filters.strict import accepted
from fetchers.errors import Validation
from fetchers.watchlist.model import Watchlist

# Keys of a follower that are none of the filter's.
OWN_KEYS = ("since", "kind", "weight", "every")
_FILTER_KEYS = frozenset(key.name for key in KEYS)


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
    wanted = accepted({key: values for key, values in query.items() if key not in OWN_KEYS}, watchlist)
    for kind in query.get("kind", ()):
        if kind not in KINDS:
            raise Validation(f"There is no kind of change {shown(kind)}; choose from {', '.join(KINDS)}.")
    since = _last(query, "since")
    own = strict.is_own_list(query)
    trials = () if own else strict.trials(query.get("nct", ()))
    keys = set() if trials or _last(query, "every") == "1" else {key for key in query if key in _FILTER_KEYS}
    older = keys == {"agent"} and not calendar and not own
    return Followed(
        wanted=wanted if own or (keys and not older) else None,
        trials=trials,
        agents=wanted.agents if older else (),
        kinds=tuple(kind for kind in KINDS if kind in query.get("kind", ())),
        weight=at_least(_last(query, "weight") or weight)[-1],
        since=None if since is None else since_moment(since),
    )


def _last(query: Mapping[str, Sequence[str]], key: str) -> str | None:
    given = query.get(key, ())
    return given[-1] if given else None
