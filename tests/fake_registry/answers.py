"""From a request to an answer, without any socket: routes, statuses, texts, headers."""

from __future__ import annotations

import gzip
from dataclasses import dataclass, field

from . import stats
from .errors import BadRequest, HttpError, Moved, NotFound
from .faults import Request
from .holdings import Holdings
from .listing import Listing, check_params, dump
from .pieces import AREAS, ENUMS, FIELDS, project, resolve_fields
from .selection import canonical

JSON = "application/json"
TEXT = "text/plain; charset=UTF-8"
HTML = "text/html"
API_VERSION = "2.0.5"
OLD_PATH = (
    b"<html>\r\n<head><title>404 Not Found</title></head>\r\n<body>\r\n"
    b"<center><h1>404 Not Found</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
)


@dataclass
class Answer:
    """Status, body and headers; `zipped` tells that the body is gzip already."""

    status: int
    body: bytes = b""
    content_type: str = JSON
    headers: dict[str, str] = field(default_factory=dict)
    zipped: bool = False


class Answers:
    """Answers every path of the API from the holdings."""

    def __init__(self, holdings: Holdings, page_cap: int | None, word_limit: int) -> None:
        self.holdings = holdings
        self.page_cap = page_cap
        self.word_limit = word_limit

    def to(self, request: Request, faults: frozenset[str] = frozenset()) -> Answer:
        """The answer of a good day, content faults included; never raises for a client's mistake."""
        zips = "gzip" in request.headers.get("accept-encoding", "")
        try:
            answer = self._body(request, faults, zips)
        except HttpError as refused:
            return Answer(refused.status, refused.text.encode(), TEXT)
        except Moved as moved:
            return Answer(301, b"", TEXT, {"Location": moved.location})
        if answer.status != 200:
            return answer
        answer.headers["ETag"] = self.holdings.etag
        if self.holdings.etag in request.headers.get("if-none-match", ""):
            return Answer(304, headers=dict(answer.headers))
        return answer

    def _body(self, request: Request, faults: frozenset[str], zips: bool) -> Answer:
        """A ready body from the cache when nothing about it can differ, else a new one."""
        steady = not faults and (request.path != "/studies" or bool(request.params.get("sort")))
        key = (request.path, tuple(sorted(request.params.items())), zips)
        body = self.holdings.recall_answer(key) if steady else None
        if body is None:
            text = self._route(request, faults)
            if text is None:
                return Answer(404, OLD_PATH, HTML)
            # 1 is a fifth of the work of 6 on pages of megabytes, for a quarter more bytes
            body = gzip.compress(text, 6 if len(text) < 300_000 else 1, mtime=0) if zips else text
            if steady:
                self.holdings.keep_answer(key, body)
        return Answer(200, body, zipped=zips)

    def _route(self, request: Request, faults: frozenset[str]) -> bytes | None:
        path, params = request.path, request.params
        if path == "/studies":
            return Listing(self.holdings, self.page_cap, self.word_limit, faults).page(params).body()
        if path == "/version":
            return self._version(params, faults)
        if path.startswith("/stats/"):
            return dump(stats.answer(path, params, self.holdings.studies)).encode()
        if path in {"/studies/metadata", "/studies/search-areas", "/studies/enums"}:
            return self._tables(path, params)
        if path.startswith("/studies/") and path.count("/") == 2:
            return self._study(path.removeprefix("/studies/"), params)
        return None

    def _version(self, params: dict[str, str], faults: frozenset[str]) -> bytes:
        check_params(params, set())
        version = {"apiVersion": API_VERSION}
        if self.holdings.data_timestamp is not None and "no-timestamp" not in faults:
            version["dataTimestamp"] = self.holdings.data_timestamp
        return dump(version).encode()

    def _study(self, given: str, params: dict[str, str]) -> bytes:
        check_params(params, {"format", "markupFormat", "fields"})
        nct_id = canonical(given)
        if nct_id is None:
            raise BadRequest("Parameter `nctId` has incorrect format")
        study = self.holdings.studies.get(nct_id)
        if study is None:
            if nct_id in (aliases := self.holdings.aliases()):
                raise Moved(f"/api/v2/studies/{aliases[nct_id]}")
            raise NotFound(f"NCT number {nct_id} not found")
        if "fields" in params:
            study = project(study, resolve_fields(params["fields"], [])[0])
        return dump(study).encode()

    def _tables(self, path: str, params: dict[str, str]) -> bytes:
        if path == "/studies/metadata":
            check_params(params, {"includeIndexedOnly", "includeHistoricOnly"})
            return dump(stats.metadata(params.get("includeIndexedOnly") == "true")).encode()
        check_params(params, set())
        if path == "/studies/enums":
            return dump(ENUMS).encode()
        areas = [
            {**{k: v for k, v in area.items() if k != "pieces"}, "parts": _parts(area["pieces"])} for area in AREAS
        ]
        return dump([{"name": "Study", "areas": areas}]).encode()


def _parts(pieces: dict[str, float]) -> list[dict[str, object]]:
    return [
        {
            "pieces": [piece],
            "type": FIELDS[piece][1],
            "isEnum": FIELDS[piece][1] == "enum",
            "isSynonyms": FIELDS[piece][1] in {"text", "text[]", "markup"},
            "weight": weight,
        }
        for piece, weight in pieces.items()
    ]
