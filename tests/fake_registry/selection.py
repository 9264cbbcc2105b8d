"""Which studies a /studies request means, and in which order."""

from __future__ import annotations

import math
import random
import re
from collections.abc import Callable, Iterable
from typing import Any

from . import essie
from .errors import BadRequest
from .holdings import Holdings
from .pieces import AREA_BY_PARAM, ENUM_BY_PIECE, FIELDS, kind, piece_values, split_list
from .search import Search, relevance

Params = dict[str, str]
NCT_ID = re.compile(r"[Nn][Cc][Tt]0*([1-9]\d{0,7})")
_ONLY_IDS = re.compile(r"\s*NCT\d{8}(?:[\s,]+NCT\d{8})*[\s,]*", re.IGNORECASE)
_SORT_ITEM = re.compile(r"(@relevance|[A-Za-z][A-Za-z0-9]*)(?::(asc|desc))?")
_DISTANCE = re.compile(r"distance\((-?[\d.]+),(-?[\d.]+),(-?[\d.]+)(km|mi)?\)")
QUERY_LABELS = {
    **{param: area.get("uiLabel", area["name"]) for param, area in AREA_BY_PARAM.items()},
    "query.lead": "LeadSponsorName",
}
FILTERS = ("overallStatus", "geo", "ids", "advanced", "synonyms")


def canonical(nct_id: str) -> str | None:
    """`nct1` -> `NCT00000001`; None when it is no NCT id at all."""
    found = NCT_ID.fullmatch(nct_id)
    return f"NCT{int(found[1]):08d}" if found else None


def searched_areas(params: Params) -> list[str]:
    """The areas the request's own query parameters search."""
    return [AREA_BY_PARAM[name]["name"] for name in params if name in AREA_BY_PARAM]


class Selector:
    """Finds and orders; one for each request, so that several parts share one index."""

    def __init__(self, holdings: Holdings, params: Params, word_limit: int) -> None:
        self.holdings = holdings
        self.params = params
        self.word_limit = word_limit
        self.index = holdings.search_index()

    def ids(self, seed: int) -> list[str]:
        """The ids in answer order; without `sort` the order is the seed's."""
        wanted = {
            k: v for k, v in self.params.items() if k in QUERY_LABELS or "ilter" in k or k in {"sort", "aggFilters"}
        }
        key = (tuple(sorted(wanted.items())), seed if "sort" not in wanted else None)
        found = self.holdings.recall_selection(key)
        if found is None:
            found = self._ordered(self._found(), seed)
            self.holdings.keep_selection(key, found)
        return list(found)

    # -- finding --------------------------------------------------------------------------------------------------

    def _found(self) -> set[str]:
        queries = {name: self.params[name] for name in QUERY_LABELS if self.params.get(name, "").strip()}
        for value in queries.values():
            if _ONLY_IDS.fullmatch(value):  # such a query drops every filter and every other query
                return self._held(re.split(r"[\s,]+", value.strip(" ,")))
        found = set(self.holdings.studies)
        for name, tree in [(name, self._tree(name, value)) for name, value in queries.items()]:
            found &= Search(self.index, _area_of(name), QUERY_LABELS[name]).run(tree)
        for prefix in ("filter", "postFilter"):
            for name in FILTERS:
                if self.params.get(f"{prefix}.{name}"):
                    found &= self._filtered(prefix, name, self.params[f"{prefix}.{name}"])
        if self.params.get("aggFilters"):
            found &= self._aggregated(self.params["aggFilters"])
        return found

    def _tree(self, name: str, value: str) -> essie.Node:
        tree = essie.parse(value, QUERY_LABELS[name])
        if essie.count_words(tree) > self.word_limit:
            raise BadRequest(f"Error parsing query in {QUERY_LABELS[name]}: Too complicated query")
        return tree

    def _held(self, nct_ids: Iterable[str]) -> set[str]:
        aliases = self.holdings.aliases()
        known = ((canonical(nct_id) or "") for nct_id in nct_ids)
        return {aliases.get(nct_id, nct_id) for nct_id in known} & self.holdings.studies.keys()

    def _filtered(self, prefix: str, name: str, value: str) -> set[str]:
        if name == "advanced":
            tree = essie.parse(value, "advanced filter")
            return Search(self.index, "BasicSearch", "advanced filter").run(tree)
        if name == "ids":
            return self._held(self._well_formed(prefix, split_list(value)))
        if name == "overallStatus":
            return self._with_status(split_list(value))
        if name == "geo":
            return self._near(value)
        return set(self.holdings.studies)

    def _well_formed(self, prefix: str, items: list[str]) -> list[str]:
        for at, item in enumerate(items, 1):
            if canonical(item) is None:
                raise BadRequest(f"Item {at} in parameter `{prefix}.ids` has incorrect format")
        return items

    def _with_status(self, wanted: list[str]) -> set[str]:
        for status in wanted:
            if status not in ENUM_BY_PIECE["OverallStatus"]:
                raise BadRequest(f"Invalid value in parameter `overallStatus`: `{status}`")
        return self._where("OverallStatus", set(wanted).__contains__)

    def _where(self, piece: str, keep: Callable[[Any], bool]) -> set[str]:
        studies = self.holdings.studies.items()
        return {nct_id for nct_id, study in studies if any(keep(value) for value in piece_values(study, piece))}

    def _near(self, value: str) -> set[str]:
        parsed = _DISTANCE.fullmatch(value.replace(" ", ""))
        if parsed is None or abs(float(parsed[1])) > 90 or abs(float(parsed[2])) > 180:
            raise BadRequest("Parameter `filter.geo` has incorrect format")
        here = (float(parsed[1]), float(parsed[2]))
        reach = float(parsed[3]) * {"km": 1.0, "mi": 1.609344, None: 0.001}[parsed[4]]  # no unit: metres
        return self._where("LocationGeoPoint", lambda point: _kilometres(here, (point["lat"], point["lon"])) <= reach)

    def _aggregated(self, value: str) -> set[str]:
        found = set(self.holdings.studies)
        for item in split_list(value):
            name, _, keys = item.partition(":")
            if name not in _AGGREGATES:
                raise BadRequest(f"Invalid value in parameter `aggFilters`: `{name}`")
            piece, codes = _AGGREGATES[name]
            wanted = {codes[key] for key in keys.split() if key in codes}  # an unknown key finds nothing, silently
            found &= self._where(piece, wanted.__contains__)
        return found

    # -- ordering -------------------------------------------------------------------------------------------------

    def sort_items(self) -> list[tuple[str, bool]]:
        """The checked sort: (piece or @relevance, descending)."""
        value = self.params.get("sort", "")
        items = split_list(value) if value else []
        if len(items) > 2:
            raise BadRequest("Parameter `sort` contains more than 2 items")
        return [self._sort_item(at, item) for at, item in enumerate(items, 1)]

    @staticmethod
    def _sort_item(at: int, item: str) -> tuple[str, bool]:
        parsed = _SORT_ITEM.fullmatch(item)
        if parsed is None or (parsed[1] != "@relevance" and parsed[1] not in FIELDS):
            raise BadRequest(f"Item {at} in parameter `sort` has incorrect format")
        if parsed[1] == "@relevance":
            return parsed[1], parsed[2] != "asc"
        type_ = kind(parsed[1])
        if type_ not in {"date", "number"}:
            raise BadRequest(f"Unsupported sort field type: {type_}")
        return parsed[1], (parsed[2] or ("desc" if type_ == "date" else "asc")) == "desc"

    def _ordered(self, found: set[str], seed: int) -> list[str]:
        items = self.sort_items()
        ordered = sorted(found)
        if not items:
            random.Random(seed).shuffle(ordered)
        for piece, descending in reversed(items):
            keys = self._keys(piece, ordered)
            present = sorted((i for i in ordered if keys[i] is not None), key=keys.__getitem__, reverse=descending)
            ordered = present + [i for i in ordered if keys[i] is None]
        return ordered

    def _keys(self, piece: str, ordered: list[str]) -> dict[str, Any]:
        if piece == "@relevance":
            scores: dict[str, Any] = dict.fromkeys(ordered, 0.0)
            for name in QUERY_LABELS:
                if self.params.get(name):
                    tree = essie.parse(self.params[name], QUERY_LABELS[name])
                    for nct_id, score in relevance(self.index, _area_of(name), tree, ordered).items():
                        scores[nct_id] += score
            return scores
        type_ = str if kind(piece) == "date" else float
        keys: dict[str, Any] = {}
        for nct_id in ordered:
            values = [v for v in piece_values(self.holdings.studies[nct_id], piece) if isinstance(v, str | int | float)]
            keys[nct_id] = type_(values[0]) if values and (type_ is str or not isinstance(values[0], str)) else None
        return keys


def _area_of(param: str) -> str:
    return str(AREA_BY_PARAM[param]["name"]) if param in AREA_BY_PARAM else QUERY_LABELS[param]


def _kilometres(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Great-circle distance."""
    (lat1, lon1), (lat2, lon2) = (tuple(map(math.radians, point)) for point in (a, b))
    half = math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    return 12742 * math.asin(math.sqrt(half))


_STATUS_KEYS = {
    "not": "NOT_YET_RECRUITING",
    "rec": "RECRUITING",
    "act": "ACTIVE_NOT_RECRUITING",
    "com": "COMPLETED",
    "ter": "TERMINATED",
    "enr": "ENROLLING_BY_INVITATION",
    "sus": "SUSPENDED",
    "wit": "WITHDRAWN",
    "unk": "UNKNOWN",
    "ava": "AVAILABLE",
    "nla": "NO_LONGER_AVAILABLE",
    "tna": "TEMPORARILY_NOT_AVAILABLE",
    "afm": "APPROVED_FOR_MARKETING",
}
_AGGREGATES: dict[str, tuple[str, dict[str, Any]]] = {
    "status": ("OverallStatus", _STATUS_KEYS),
    "phase": ("Phase", {"0": "EARLY_PHASE1", "NA": "NA", **{str(n): f"PHASE{n}" for n in range(1, 5)}}),
    "studyType": ("StudyType", {"int": "INTERVENTIONAL", "obs": "OBSERVATIONAL", "exp": "EXPANDED_ACCESS"}),
    "sex": ("Sex", {"f": "FEMALE", "m": "MALE"}),
    "results": ("HasResults", {"with": True, "without": False}),
    "healthy": ("HealthyVolunteers", {"y": True}),
}
