"""One object that knows a view of the data three ways: as an address, as a predicate and as an English sentence.

Because all three are read off the same rows of ``cache.filters.keys``, the link, the numbers and the sentence above
them cannot disagree.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields

import pandas as pd

from cache.codes import TIERS
from cache.filters import query as queries
from cache.filters.choices import Choices
from cache.filters.keys import KEYS
from cache.filters.select import Mask, Selection, among, every, select
from cache.search.find import Finder
from fetchers.watchlist.model import Watchlist

_KEYS = {key.field: key for key in KEYS}
_DEFAULTS = {field.name: field.default for field in fields(Choices)}


@dataclass(frozen=True, slots=True)
class Filter(Choices):
    """A view of the data. The default is the opening view: trials whose record gives one of the agents other than as
    background, in the documents' conditions.

    Codes are the registry's (``statuses``, ``study_types``, ``sponsor_classes``; NOT_RECORDED for "the source does not
    say"), lanes of ``codes.LANES`` (``phases``), ids of the watch-list (``agents``, ``conditions``) and countries as
    the registry spells them. Values of one field widen, fields narrow. Order and repetition carry no meaning: they
    are normalised, so equal views are equal filters. ``dataclasses.replace`` makes a narrower or wider one.
    """

    def __post_init__(self) -> None:
        for name, key in _KEYS.items():
            given = getattr(self, name)
            if given is _DEFAULTS[name]:  # most of the fields of most of the hundreds of filters of a page
                continue
            cleaned = key.kind.clean(given)
            object.__setattr__(self, name, _DEFAULTS[name] if cleaned == () else cleaned)
        if not self.near:  # a distance from nowhere
            object.__setattr__(self, "within", _DEFAULTS["within"])

    @classmethod
    def of_trials(cls, nct_ids: Sequence[str] = ()) -> "Filter":
        """These trials, whatever they give and in whatever condition; without ids every trial."""
        return cls(tiers=TIERS, background=True, everywhere=True, frame=True, left=True, ids=tuple(nct_ids))

    @classmethod
    def from_query(
        cls, query: str | Mapping[str, str | Sequence[str]], watchlist: Watchlist
    ) -> tuple["Filter", tuple[str, ...]]:
        """Read an address's query. Never raises: what makes no sense is left out, and the second item says so in
        sentences fit for the screen."""
        try:
            given = queries.listed(query)
        except queries.TooLong as error:
            return cls(), (f"{error} All of it was ignored.",)
        values, ignored = queries.read(given, watchlist)
        return cls(**values), ignored

    def to_query(self) -> dict[str, list[str]]:
        """The keys and values of an address that reopens this view; only what differs from the default."""
        differing = [(name, getattr(self, name)) for name, plain in _DEFAULTS.items() if getattr(self, name) != plain]
        return {_KEYS[name].name: _KEYS[name].kind.write(value) for name, value in differing}

    def apply(
        self, trials: pd.DataFrame, matches: pd.DataFrame, watchlist: Watchlist, finder: Finder | None = None
    ) -> Selection:
        """What this view shows of the frames of ``cache.read.trials``; ``finder`` tells which trials hold its words.

        A trial is let in when its own facts pass and at least one of its (trial, agent) pairs does: agent, tier, role
        and background are decided pair by pair. With ``frame`` the swept conditions' trials without any agent join.
        Raises LookupError for a view with words and nobody to find them: to leave them out would show other trials.
        """
        masks = [key.trials(self, trials, watchlist) for key in KEYS if key.trials]
        return select(
            trials, matches, watchlist,
            passing=every([*masks, *self._with_words(trials, finder)], len(trials)),
            paired=every((key.pairs(self, matches, watchlist) for key in KEYS if key.pairs), len(matches)),
            joining=[key.joining(self, trials, watchlist) for key in KEYS if key.joining],
        )  # fmt: skip

    def _with_words(self, trials: pd.DataFrame, finder: Finder | None) -> Iterator[Mask]:
        for text in (key.sought(self) for key in KEYS if key.sought):
            if text and finder is None:
                raise LookupError(f"Nothing here can find {text!r}.")
            if text and finder:
                yield among(trials["nct_id"], finder(text))

    def sentence(self, watchlist: Watchlist) -> str:
        """This view in plain English, without codes; one sentence ending in a full stop."""
        opening = [key.opening(self, watchlist) for key in KEYS if key.opening]
        clauses = [key.clause(self, watchlist) for key in KEYS if key.clause]
        return ", ".join(["Trials that " + " ".join(filter(None, opening)), *filter(None, clauses)]) + "."
