"""A query as everything that is not a page reads it: whole, or refused. (A page falls back and says so.)"""

from collections.abc import Mapping, Sequence

from cache.filters import query as queries
from cache.filters.filter import Filter
from cache.filters.kinds import is_nct_id, is_on, shown
from fetchers.errors import Validation
from fetchers.watchlist.model import Watchlist

# Keys of an address that say how a page shows its trials, not which: they limit nothing.
PAGE_KEYS = frozenset({"page", "sort", "show", "measure", "looked", "embed", "embed_options"})
LISTING = ("nct", "mine", "compare")


def accepted(query: str | Mapping[str, str | Sequence[str]], watchlist: Watchlist) -> Filter:
    """The trials that a query string or the address of a page asks for.

    ``nct`` names trials that count whatever else is asked, as on the page of a trial; ``mine=1`` says the same of the
    trials in ``ids``. Raises Validation, in sentences, for whatever a page would leave out.
    """
    given = queries.listed(query)
    left = {key: values for key, values in given.items() if key not in PAGE_KEYS and key not in LISTING}
    wanted, ignored = Filter.from_query(left, watchlist)
    if ignored:
        said = " ".join(ignored)
        raise Validation(said.replace(" was ignored", " is not accepted").replace(" were ignored", " are not accepted"))
    for text in given.get("compare", ()):
        if text != "1":
            raise Validation(f"“compare” chooses agents on their page only; ask for {shown(text)} with “agent”.")
    for text in given.get("mine", ()):
        if is_on(text) is None:
            raise Validation(f"{shown(text)} is neither yes nor no, so “mine” is not accepted.")
    listed = trials(given.get("nct", ()))
    if is_own_list(given):
        listed = tuple(sorted({*listed, *wanted.ids}))
        if not listed:
            raise Validation("“mine” asks for a list of your own; name its trials in “ids”.")
    return Filter.of_trials(listed) if listed else wanted


def is_own_list(query: Mapping[str, Sequence[str]]) -> bool:
    """Whether an address shows a list of one's own: the trials in its ``ids``, whatever else it says."""
    return any(is_on(text) for text in query.get("mine", ()))


def trials(given: Sequence[str]) -> tuple[str, ...]:
    """The trials that values of ``nct`` name. Raises Validation for what is no NCT id."""
    ids = [id.strip().upper() for text in given for id in text.split(",") if id.strip()]
    for id in ids:
        if not is_nct_id(id):
            raise Validation(f"{shown(id)} is not an NCT id such as NCT01234567.")
    return tuple(sorted(set(ids)))
