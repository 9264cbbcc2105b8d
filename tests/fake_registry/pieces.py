"""The registry's own tables (pieces, areas, enums) and what follows from them: paths, types, projection."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from .errors import BadRequest

Trie = dict[str, Any]


def _table(name: str) -> Any:
    return json.loads((Path(__file__).parent / name).read_text(encoding="utf-8"))


# piece -> [JSON path, type, index-only?]
FIELDS: dict[str, list[Any]] = _table("fields.json")
AREAS: list[dict[str, Any]] = _table("areas.json")
ENUMS: list[dict[str, Any]] = _table("enums.json")

AREA_BY_NAME = {area["name"]: area for area in AREAS}
AREA_BY_PARAM = {f"query.{area['param']}": area for area in AREAS if "param" in area}
ENUM_BY_PIECE = {piece: [v["value"] for v in enum["values"]] for enum in ENUMS for piece in enum["pieces"]}
PATHS = {piece: entry[0].split(".") for piece, entry in FIELDS.items()}
PIECE_BY_PATH = {entry[0]: piece for piece, entry in reversed(FIELDS.items())}

_FIELD_ITEM = re.compile(r"([a-zA-Z][a-zA-Z0-9\-. ]*)|(@query)")
_LIST_SEPARATOR = re.compile(r"[,|]")
_DATES = {"PartialDate", "NormalizedDate", "DateTimeMinutes"}
_NUMBERS = {"short", "integer", "number", "long", "NormalizedTime"}


def split_list(value: str) -> list[str]:
    """The items of a comma or pipe list, surrounding spaces removed."""
    return [item.strip() for item in _LIST_SEPARATOR.split(value)]


def kind(piece: str) -> str:
    """`date`, `number`, `boolean`, `enum`, `text` or, for a branch, its structure name."""
    name = FIELDS[piece][1]
    if name in _DATES:
        return "date"
    if name in _NUMBERS:
        return "number"
    if name in {"text", "text[]", "markup", "keyword"}:
        return "text"
    return str(name)


def index_only(piece: str) -> bool:
    """True for pieces that can be searched but stand in no record."""
    return len(FIELDS[piece]) > 2


def values(node: Any, path: list[str], start: int = 0) -> Iterator[Any]:
    """Every leaf under `path`, lists opened on the way; a record of wrong types yields nothing."""
    for at in range(start, len(path)):
        if isinstance(node, list):
            for item in node:
                yield from values(item, path, at)
            return
        if not isinstance(node, dict) or path[at] not in node:
            return
        node = node[path[at]]
    if isinstance(node, list):
        yield from node
    else:
        yield node


def piece_values(study: dict[str, Any], piece: str) -> list[Any]:
    """What the registry indexes for a piece, index-only ones computed from the record."""
    if not index_only(piece):
        return list(values(study, PATHS[piece]))
    return _computed(study, PATHS[piece])


def _computed(study: dict[str, Any], path: list[str]) -> list[Any]:
    """`numLocations` counts `locations`, `...PostYear` is the year of its date; others are not kept here."""
    name = path[-1]
    if name == "numUniqueLocationCountries":
        return [len(set(values(study, PATHS["LocationCountry"])))]
    if name.endswith("Year"):
        date_path = path[:-1] + (["date"] if path[-2].endswith("Struct") else [name[:-4] + "Date"])
        return [int(str(date)[:4]) for date in values(study, date_path)]
    if name.startswith("num"):
        counted = name[3].lower() + name[4:]
        for parent in values(study, path[:-1]):
            if isinstance(parent, dict):
                return [len(parent.get(counted, []))]
    return []


def resolve_fields(value: str, searched: Iterable[str]) -> tuple[Trie, frozenset[str]]:
    """The projection a `fields` value asks for: (trie of paths, names asked).

    Accepts pieces, module and section pieces, dotted paths, area names and `@query`; raises the registry's 400
    for anything else, so a client that misspells a field hears of it.
    """
    trie: Trie = {}
    names = split_list(value)
    for name in names:
        for path in _paths_of(name, searched):
            _add(trie, path)
    return trie, frozenset(names)


def _paths_of(name: str, searched: Iterable[str]) -> list[list[str]]:
    if name == "@query":
        return [PATHS[piece] for area in searched for piece in AREA_BY_NAME[area]["pieces"]]
    if name in AREA_BY_NAME:
        return [PATHS[piece] for piece in AREA_BY_NAME[name]["pieces"]]
    piece = name if name in FIELDS else PIECE_BY_PATH.get(name)
    if not _FIELD_ITEM.fullmatch(name) or piece is None or index_only(piece):
        raise BadRequest(f"Parameter 'fields' contains invalid field name: '{name}'")
    return [PATHS[piece]]


def _add(trie: Trie, path: list[str]) -> None:
    """Add a path; a branch already asked for whole stays whole (an empty node means everything below)."""
    for at, key in enumerate(path):
        if key in trie and not trie[key]:
            return
        if at == len(path) - 1:
            trie[key] = {}
        else:
            trie = trie.setdefault(key, {})


def project(node: Any, trie: Trie) -> Any:
    """Only the asked leaves; parents and array positions stay even when nothing is left in them."""
    if not trie:
        return node
    if isinstance(node, list):
        return [project(item, trie) for item in node]
    if not isinstance(node, dict):
        return node
    return {key: project(node[key], below) for key, below in trie.items() if key in node}
