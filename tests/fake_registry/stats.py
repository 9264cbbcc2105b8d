"""The /stats endpoints and the field tree, counted from the studies held: small, but true."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from typing import Any

from .errors import BadRequest, NotFound
from .pieces import FIELDS, PATHS, PIECE_BY_PATH, index_only, kind, piece_values, split_list

Studies = dict[str, dict[str, Any]]
_TYPES = {"enum": "ENUM", "text": "STRING", "date": "DATE", "boolean": "BOOLEAN"}
_TOP = 250


def answer(path: str, params: dict[str, str], studies: Studies) -> Any:
    """The JSON value of a /stats path; `query.*` and `filter.*` are refused with the registry's text."""
    known = {
        "/stats/size": set[str](),
        "/stats/field/values": {"types", "fields"},
        "/stats/field/sizes": {"fields"},
    }.get(path)
    if known is None:
        raise NotFound(f"Unknown path {path}")
    for name in params:
        if "." in name:
            raise BadRequest(f"Invalid prefix in parameter name: {name}")
        if name not in known:
            raise BadRequest(f"`{name}` is unknown parameter")
    if path == "/stats/size":
        return _size(studies)
    pieces = [_piece(item) for item in split_list(params["fields"])] if "fields" in params else list(FIELDS)
    if path == "/stats/field/sizes":
        return [_sizes(piece, studies) for piece in pieces if _is_list(piece)]
    types = set(split_list(params["types"])) if "types" in params else None
    entries = [_values(piece, studies) for piece in pieces if _is_leaf(piece)]
    return [entry for entry in entries if types is None or entry["type"] in types]


def _piece(name: str) -> str:
    piece = name if name in FIELDS else PIECE_BY_PATH.get(name)
    if piece is None:
        raise NotFound(f"Unknown piece name of field path: {name}")
    return piece


def _is_leaf(piece: str) -> bool:
    return not index_only(piece) and kind(piece) in {*_TYPES, "number"}


def _is_list(piece: str) -> bool:
    return str(FIELDS[piece][1]).endswith("[]") or piece in {"Phase", "StdAge", "DesignWhoMasked", "IPDSharingInfoType"}


def _size(studies: Studies) -> dict[str, Any]:
    sizes = sorted((len(json.dumps(study, separators=(",", ":"))), nct_id) for nct_id, study in studies.items())
    count = len(sizes)
    return {
        "totalStudies": count,
        "averageSizeBytes": sum(size for size, _ in sizes) // count if count else 0,
        "percentiles": {str(p): sizes[min(count - 1, count * p // 100)][0] for p in (5, 25, 50, 75, 95, 99) if count},
        "ranges": [],
        "largestStudies": [{"id": nct_id, "sizeBytes": size} for size, nct_id in reversed(sizes[-10:])],
    }


def _values(piece: str, studies: Studies) -> dict[str, Any]:
    found = {nct_id: piece_values(study, piece) for nct_id, study in studies.items()}
    present = [value for values in found.values() for value in values]
    type_ = _TYPES.get(kind(piece), "INTEGER")
    entry = {
        "type": type_,
        "piece": piece,
        "field": FIELDS[piece][0],
        "missingStudiesCount": sum(not values for values in found.values()),
    }
    return entry | _details(type_, present, found.values())


def _details(type_: str, present: list[Any], by_study: Iterable[list[Any]]) -> dict[str, Any]:
    if type_ == "BOOLEAN":
        return {"trueCount": present.count(True), "falseCount": present.count(False)}
    if type_ == "DATE":
        formats = {4: "yyyy", 7: "yyyy-MM", 10: "yyyy-MM-dd"}
        dates = [str(value) for value in present]
        span = {"min": min(dates), "max": max(dates)} if dates else {}
        return {"formats": sorted({formats.get(len(date), "other") for date in dates}), **span}
    if type_ == "INTEGER":
        numbers = [value for value in present if isinstance(value, int | float)]
        return {"min": min(numbers), "max": max(numbers), "avg": sum(numbers) / len(numbers)} if numbers else {}
    counts = Counter(value for values in by_study for value in {str(v) for v in values})
    top = [{"value": value, "studiesCount": count} for value, count in counts.most_common(_TOP)]
    return {"uniqueValuesCount": len(counts), "topValues": top}


def _sizes(piece: str, studies: Studies) -> dict[str, Any]:
    counts = Counter(len(piece_values(study, piece)) for study in studies.values())
    return {
        "piece": piece,
        "field": FIELDS[piece][0],
        "uniqueSizesCount": len(counts),
        "minSize": min(counts, default=0),
        "maxSize": max(counts, default=0),
        "topSizes": [{"size": size, "studiesCount": count} for size, count in counts.most_common(_TOP)],
    }


def metadata(include_index_only: bool) -> list[dict[str, Any]]:
    """The field tree of a study; index-only fields stand in it only on request."""
    nodes: dict[str, dict[str, Any]] = {}
    roots: list[dict[str, Any]] = []
    for piece, (path, type_, *_) in FIELDS.items():
        if index_only(piece) and not include_index_only:
            continue
        node = {"name": PATHS[piece][-1], "piece": piece, "sourceType": type_.upper(), "type": type_}
        if index_only(piece):
            node["indexedOnly"] = True
        nodes[path] = node
        parent = nodes.get(path.rpartition(".")[0])
        (parent.setdefault("children", []) if parent is not None else roots).append(node)
    return roots
