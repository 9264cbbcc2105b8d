"""What a question may hold: the keys of the pages' filters, read off their one table, and what a list of rows takes."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from cache.changes.changelog import WEIGHTS
from cache.changes.differences import KINDS
from cache.filters.keys import KEYS, Key
from cache.filters.kinds import (
    LONGEST_TEXT,
    YEARS,
    Codes,
    Ids,
    Kilometres,
    NctIds,
    Place,
    Switch,
    Words,
    Year,
    YesNo,
    shown,
    slug,
)
from cache.filters.query import LONGEST_QUERY
from fetchers.errors import Validation
from fetchers.watchlist.model import Watchlist

Query = Mapping[str, Sequence[str]]
# "limit" and "cursor" are read apart: they say which part of an answer is wanted, not which answer.
PAGING = ("limit", "cursor")
_WORDS = {
    "tier": "How the agent appears in the record: given, mentioned or excluded.",
    "background": "Also trials in which the agent is given as background only.",
    "all": "All conditions, not only those of the documents.",
    "near": "Only trials with a site near this city, as the list of cities names it.",
    "within": "How near, in kilometres; any: however far.",
    "ids": "Only these trials: NCT ids, several joined by commas.",
}
_SEVERAL = " Several values widen the answer."
NCT = {"type": "string", "pattern": "^[Nn][Cc][Tt][0-9]{8}$"}


class Parameter(NamedTuple):
    """One parameter of a question, with the JSON schema of one of its values."""

    name: str
    words: str
    schema: Mapping[str, Any]
    many: bool = False


_SINGLE = (
    Parameter("nct", "These trials, whatever else is asked: NCT ids, several joined by commas.", {"type": "string"}),
    Parameter(
        "mine", "1: exactly the trials in “ids”, whatever else is asked.", {"type": "string", "enum": ["1", "0"]}
    ),
)


def of_filter(watchlist: Watchlist, fields: Sequence[str] | None = None) -> list[Parameter]:
    """A parameter for each key of the filters, and what asks for single trials; ``fields``: only of these fields."""
    return [_parameter(key, watchlist) for key in KEYS if fields is None or key.field in fields] + (
        [] if fields else [*_SINGLE]
    )


def _parameter(key: Key, watchlist: Watchlist) -> Parameter:
    schema, many = _schema(key, watchlist)
    return Parameter(key.name, _said(key, watchlist) + (_SEVERAL if many else ""), schema, many)


def _schema(key: Key, watchlist: Watchlist) -> tuple[dict[str, Any], bool]:
    """The schema of one value, and whether several are read. A kind that is not known here is any text."""
    match key.kind:
        case Codes():
            return {"type": "string", "enum": [slug(code) for code in key.kind.options(watchlist)]}, True
        case Ids():
            return {"type": "string", "enum": list(key.kind.options(watchlist))}, True
        case YesNo():
            return {"type": "string", "enum": ["yes", "no"]}, False
        case Switch():
            return {"type": "string", "enum": ["1", "0"]}, False
        case Year():
            return {"type": "integer", "minimum": YEARS[0], "maximum": YEARS[1]}, False
        case Words():
            return {"type": "string", "maxLength": LONGEST_TEXT}, False
        case NctIds() | Place() | Kilometres():
            return {"type": "string", "maxLength": LONGEST_QUERY}, False
    return {"type": "string"}, True


def _said(key: Key, watchlist: Watchlist) -> str:
    label = key.widget.label if key.widget else ""
    label = label if isinstance(label, str) else label(watchlist)
    said = _WORDS.get(key.name) or label or key.word or key.name
    more = key.widget.help if key.widget and key.name != "condition" else None
    return f"{said.rstrip('.')}." + (f" {more}" if more else "")


def of_changes(watchlist: Watchlist) -> list[Parameter]:
    """What a list of changes takes: a view, and which of its changes."""
    return [
        *of_filter(watchlist),
        Parameter("since", "Only changes seen at or after this day or moment (UTC).", {"type": "string"}),
        Parameter("kind", f"Kinds of change.{_SEVERAL}", {"type": "string", "enum": list(KINDS)}, many=True),
        Parameter(
            "weight", "Only changes at least as heavy; all unless given.", {"type": "string", "enum": list(WEIGHTS)}
        ),
    ]


def paging(most: int, usual: int) -> list[Parameter]:
    """What every list of rows takes."""
    size = {"type": "integer", "minimum": 1, "maximum": most, "default": usual}
    return [
        Parameter("limit", f"Most rows a page, {usual} unless given.", size),
        Parameter("cursor", "Where the page begins: “next” of the page before.", {"type": "string"}),
    ]


def check(query: Query, known: Sequence[Parameter]) -> None:
    """Raises Validation for a parameter that is none, or that is given twice where one value is read."""
    names = {one.name: one for one in known}
    for name, values in query.items():
        if name not in names:
            choices = f"choose from {', '.join(names)}" if names else "none is taken here"
            raise Validation(f"There is no parameter {shown(name)}; {choices}.")
        if not names[name].many and len(values) > 1:
            raise Validation(f"{shown(name)} is given {len(values)} times; one value is read.")


def one(query: Query, name: str) -> str | None:
    """The value of a parameter that is given once at most; None for an empty one."""
    return next(iter(query.get(name, ())), "").strip() or None
