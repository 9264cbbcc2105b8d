"""GET /studies: paging, counting, tokens and the registry's JSON layout."""

from __future__ import annotations

import base64
import itertools
import json
import struct
import zlib
from dataclasses import dataclass, field
from typing import Any

from .errors import DATA_CHANGED, BadRequest
from .holdings import Holdings, with_value
from .pieces import Trie, project, resolve_fields
from .selection import FILTERS, QUERY_LABELS, Params, Selector, searched_areas

KNOWN = {
    *QUERY_LABELS,
    *(f"{prefix}.{name}" for prefix in ("filter", "postFilter") for name in FILTERS),
    *("format", "markupFormat", "aggFilters", "geoDecay", "fields", "sort", "countTotal", "pageSize", "pageToken"),
}
# Stand in a page for what Python itself cannot write as JSON.
DEEP, HALF = "@deep@", "@half@"
_TOKEN = struct.Struct(">HIII")
_MASK = bytes.fromhex("65535fc0a7b1d3029e4c8817f26a")
_seeds = itertools.count(1)


@dataclass(frozen=True)
class Token:
    """Where a run of pages stands: the data load, the offset and the shuffle of the run."""

    load: int
    offset: int
    seed: int

    def encode(self) -> str:
        """The opaque text a client gets."""
        payload = _TOKEN.pack(self.load, self.offset, self.seed, zlib.crc32(struct.pack(">HII", *self._key())))
        return base64.urlsafe_b64encode(bytes(a ^ b for a, b in zip(payload, _MASK, strict=True))).decode().rstrip("=")

    @classmethod
    def decode(cls, value: str) -> Token:
        """The token of a text; anything not made here is the registry's 400."""
        try:
            payload = base64.b64decode(value + "=" * (-len(value) % 4), altchars=b"-_", validate=True)
            load, offset, seed, check = _TOKEN.unpack(bytes(a ^ b for a, b in zip(payload, _MASK, strict=True)))
        except (ValueError, struct.error):
            raise BadRequest("Parameter `pageToken` has incorrect format") from None
        token = cls(load, offset, seed)
        if check != zlib.crc32(struct.pack(">HII", *token._key())):
            raise BadRequest("Parameter `pageToken` has incorrect format")
        return token

    def _key(self) -> tuple[int, int, int]:
        return self.load, self.offset, self.seed


@dataclass
class Page:
    """What one /studies answer holds, before it becomes text."""

    studies: list[dict[str, Any]]
    total: int | None = None
    token: str | None = None

    def body(self) -> bytes:
        """One study a line, as the registry writes it."""
        head = f'"totalCount":{self.total},' if self.total is not None else ""
        tail = f',"nextPageToken":"{self.token}"' if self.token else ""
        rows = ",\n".join(map(dump, self.studies)).replace(f'"{DEEP}"', "[" * 100_000 + "]" * 100_000)
        rows = rows.replace(HALF, "\\ud800")
        return f'{{{head}"studies":[{f"{chr(10)}{rows}{chr(10)}" if rows else "  "}]{tail}}}'.encode()


def dump(value: Any) -> str:
    """Compact JSON, non-ASCII as it is."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


@dataclass
class Listing:
    """Answers /studies from what is held; `page_cap` is the largest page given whatever is asked."""

    holdings: Holdings
    page_cap: int | None = None
    word_limit: int = 12
    faults: frozenset[str] = field(default_factory=frozenset)

    def page(self, params: Params) -> Page:
        """One page; raises the registry's 400 for anything it would refuse."""
        check_params(params, KNOWN)
        size, counting = self._page_size(params), _flag(params, "countTotal")
        fields = _fields(params)
        selector = Selector(self.holdings, params, self.word_limit)
        selector.sort_items()
        token = self._token(params, selector)
        ids = selector.ids(token.seed)
        if "empty" in self.faults:
            return Page([], 0 if counting else None)
        start = token.offset
        if "duplicate-page" in self.faults:
            start = max(0, start - size)
        shown = ids[start : start + size]
        page = Page([self._shown(nct_id, fields) for nct_id in shown])
        if counting and "pageToken" not in params and "no-total" not in self.faults:
            page.total = len(ids) + (3 if "short-total" in self.faults else 0)
            page.total = 10**12 if "endless" in self.faults else page.total
        if len(ids[token.offset : token.offset + size]) == size or "endless" in self.faults:
            page.token = Token(token.load, token.offset + size, token.seed).encode()
        self._spoil(page.studies, shown)
        return page

    def _page_size(self, params: Params) -> int:
        value = params.get("pageSize") or "10"
        if not value.isdecimal():
            raise BadRequest("Parameter `pageSize` has incorrect format")
        size = min(int(value) or 10, 1000)
        return min(size, self.page_cap or size)

    def _token(self, params: Params, selector: Selector) -> Token:
        """The token sent, or that of a first page: each unsorted run has an order of its own."""
        if "pageToken" not in params:
            return Token(self.holdings.load % 65536, 0, 0 if selector.params.get("sort") else next(_seeds))
        token = Token.decode(params["pageToken"])
        if token.load != self.holdings.load % 65536:
            raise BadRequest(DATA_CHANGED)
        return token

    def _shown(self, nct_id: str, fields: Trie | None) -> dict[str, Any]:
        study = self.holdings.studies[nct_id]
        return study if fields is None else dict(project(study, fields))

    def _spoil(self, studies: list[dict[str, Any]], nct_ids: list[str]) -> None:
        if studies:
            self._spoil_leaf(studies)
        if studies and "garbage-record" in self.faults:
            studies[0] = garbage(nct_ids[0])
        if studies and "garbage-record-no-id" in self.faults:
            studies[-1] = garbage(None)

    def _spoil_leaf(self, studies: list[dict[str, Any]]) -> None:
        summary = ["protocolSection", "descriptionModule", "briefSummary"]
        if "unreadable-leaf" in self.faults:
            path = ["protocolSection", "statusModule", "startDateStruct", "date"]
            studies[0] = with_value(studies[0], path, "2027-02-30")
        if "deep-record" in self.faults:
            studies[0] = with_value(studies[0], summary, DEEP)
        if "lone-surrogate" in self.faults:
            studies[0] = with_value(studies[0], summary, f"half a {HALF} character")


def garbage(nct_id: str | None) -> dict[str, Any]:
    """A record whose types are all wrong; only the id, when given, can still be read."""
    identification: Any = (
        {"nctId": nct_id, "briefTitle": 7, "nctIdAliases": "none"} if nct_id else ["not", "an", "object"]
    )
    return {
        "protocolSection": {
            "identificationModule": identification,
            "statusModule": "garbage",
            "designModule": {"phases": "PHASE2", "enrollmentInfo": ["many"]},
            "armsInterventionsModule": {"interventions": {"name": "not a list"}},
        },
        "hasResults": "maybe",
    }


def check_params(params: Params, known: set[str]) -> None:
    """The registry refuses what it does not know, and formats it does not serve."""
    for name in params:
        if name not in known:
            raise BadRequest(f"`{name}` is unknown parameter")
    if params.get("format", "json") != "json":
        raise BadRequest("This stand-in serves only `format=json`")
    if params.get("markupFormat", "markdown") not in {"markdown", "legacy"}:
        raise BadRequest(f"Invalid value in parameter `markupFormat`: `{params['markupFormat']}`")


def _flag(params: Params, name: str) -> bool:
    value = params.get(name, "false")
    if value not in {"true", "false"}:
        raise BadRequest(f"Parameter `{name}` has incorrect format")
    return value == "true"


def _fields(params: Params) -> Trie | None:
    return resolve_fields(params["fields"], searched_areas(params))[0] if "fields" in params else None
