"""A filter for programs: what makes no sense is refused, where a page leaves it out and says so."""

from collections.abc import Mapping, Sequence

from cache.filters.filter import Filter
from fetchers.errors import Validation
from fetchers.watchlist.model import Watchlist


def wanted(query: Mapping[str, Sequence[str]], watchlist: Watchlist) -> Filter:
    """The filter of a query. Raises Validation, in sentences that name each thing it does not accept."""
    found, ignored = Filter.from_query({key: list(values) for key, values in query.items()}, watchlist)
    if ignored:
        said = " ".join(ignored).replace(" was ignored", " is not accepted")
        raise Validation(said.replace(" were ignored", " are not accepted"))
    return found
