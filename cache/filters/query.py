"""The query of an address: taken apart in one pass, read key by key, within limits."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qs

from cache.filters.keys import KEYS
from cache.filters.kinds import (
    Codes,
    Ids,
    Kilometres,
    Kind,
    Names,
    NctIds,
    Place,
    Switch,
    Words,
    Year,
    YesNo,
    shown,
    tidy,
)
from fetchers.errors import Validation
from fetchers.watchlist.model import Watchlist

# Twice what a view needs that names every country there is; what is longer was written to keep the server busy.
MOST_PARAMETERS = 500
LONGEST_QUERY = 32_768
# Keys of other parts of the page's address; they are none of the filter's business and no mistake either.
FOREIGN = frozenset({"nct", "embed", "embed_options"})
# Messages come in this order of kinds.
_TURNS: tuple[type[Kind[Any]], ...] = (
    Codes, Ids, Names, NctIds, Switch, YesNo, Year, Place, Kilometres, Words,
)  # fmt: skip
_KEYS = sorted(KEYS, key=lambda key: _TURNS.index(type(key.kind)))
_NAMES = frozenset(key.name for key in KEYS) | FOREIGN


class TooLong(Validation):
    """A query that nobody has to read: too many parameters, or too many characters."""


def parsed(text: str, *, blanks: bool = False) -> dict[str, list[str]]:
    """A query string as its keys with all their values; ``blanks``: empty values as well. Raises TooLong."""
    _check(text.count("&") + 1, len(text))
    return parse_qs(text, keep_blank_values=blanks)


def listed(query: str | Mapping[str, str | Sequence[str]]) -> dict[str, list[str]]:
    """A query string (also a whole address) or a mapping as keys with all their values. Raises TooLong."""
    if isinstance(query, str):
        before, mark, after = query.partition("#")[0].partition("?")
        return parsed(after if mark and "=" not in before else before + mark + after)
    given = {key: [value] if isinstance(value, str) else [str(item) for item in value] for key, value in query.items()}
    _check(sum(map(len, given.values())), sum(len(key) + sum(map(len, values)) for key, values in given.items()))
    return given


def read(query: Mapping[str, Sequence[str]], watchlist: Watchlist) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The values of a filter's fields in a query, and in sentences what of it was left out."""
    ignored = [f"There is no filter called {shown(key)}; it was ignored." for key in query if key not in _NAMES]
    values = {}
    for key in _KEYS:
        given = [text for text in map(tidy, query.get(key.name, ())) if text]
        if given:
            values[key.field] = key.kind.read(given, key.word or key.name, watchlist, ignored.append)
    first, last = values.get("year_from"), values.get("year_to")
    if first is not None and last is not None and first > last:
        ignored.append(f"The years run backwards (from {first} to {last}), so both were ignored.")
        del values["year_from"], values["year_to"]
    if "within" in values and "near" not in values:
        ignored.append("A distance needs a city in “near”; without one it was ignored.")
    return values, tuple(dict.fromkeys(ignored))


def _check(parameters: int, characters: int) -> None:
    if parameters > MOST_PARAMETERS:
        raise TooLong(f"The address holds {parameters:,} parameters; at most {MOST_PARAMETERS:,} are read.")
    if characters > LONGEST_QUERY:
        raise TooLong(f"The address holds {characters:,} characters; at most {LONGEST_QUERY:,} are read.")
