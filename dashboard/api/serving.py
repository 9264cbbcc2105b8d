"""The API over HTTP: ``/api/v1/…`` of the dashboard's own server. Only reads; see ``docs/api.md``.

No answer allows other sites to read it (there is no CORS header): a server may hold a private watch-list, or stand
behind a sign-in or on a machine of one person only, and then any page that person opens could read along.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from functools import lru_cache
from threading import Lock

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from cache.filters.query import TooLong, parsed
from dashboard.api import openapi, parameters, problems, resources
from dashboard.api.asking import Reading
from dashboard.api.parameters import Query
from dashboard.api.resources import RESOURCES, Surface
from dashboard.shared import kept
from dashboard.shared.escape import without_folders
from dashboard.web import known
from dashboard.web.answers import usable
from fetchers.errors import NotFound, TrackerError, Validation
from fetchers.watchlist.model import Watchlist

BASE = openapi.BASE
HTTP = Surface(usual=50, most=500, ids=None, results=True)
METHODS = ("GET", "HEAD")
# Part of every ETag: raised by hand whenever what is made of the same store changes.
EDITION = "4"
DOCUMENT = "openapi.json"


class Api:
    """Answers every path below ``BASE``, with whatever method."""

    def __init__(self) -> None:
        self._moments = Moments()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        # Reading and encoding take their time; the pages' own loop must not wait for them.
        answer = await run_in_threadpool(self._answer, request)
        await answer(scope, receive, send)

    def _answer(self, request: Request) -> Response:
        path = request.url.path
        if request.method not in METHODS:
            said = f"Only {' and '.join(METHODS)} are answered here: nothing can be changed."
            return problems.response(405, said, path, {"Allow": ", ".join(METHODS)})
        try:
            query = parsed(request.scope["query_string"].decode("latin-1"), blanks=True)
            usable()
            with kept.steady() as shown:
                return self._read(request, query, shown)
        except TooLong as error:
            return problems.response(414, str(error), path)
        except Validation as error:
            return problems.response(400, without_folders(str(error)), path)
        except NotFound as error:
            return problems.response(404, str(error), path)
        except TrackerError as error:
            return problems.response(503, without_folders(str(error)), path, {"Retry-After": str(kept.RETRY_SECONDS)})

    def _read(self, request: Request, query: Query, shown: kept.Shown) -> Response:
        rest = request.path_params.get("rest", "").strip("/")
        state = (EDITION, shown.key, shown.state, _named(shown.watchlist), kept.today())
        asked = sorted((key, tuple(values)) for key, values in query.items())
        tag, since = known.tag(rest, asked, *state), self._moments.of(state)
        headers = {"ETag": tag, "Last-Modified": format_datetime(since, usegmt=True), "Cache-Control": "no-cache"}
        if tag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        content = _content(rest, query)  # first: what makes no sense is never "not modified"
        if _unchanged(request.headers, tag, since):
            return Response(status_code=304, headers=headers)
        return Response(content, media_type="application/json", headers=headers)


def _content(rest: str, query: Query) -> bytes:
    name, _, nct_id = rest.partition("/")
    if rest == DOCUMENT:
        parameters.check(query, ())
        return _document()
    reading = Reading(kept.parts(), kept.today())
    if name == "trials" and nct_id and "/" not in nct_id:
        return msgspec.json.encode(resources.trial(reading, nct_id, query, HTTP))
    if name in RESOURCES and not nct_id:
        return msgspec.json.encode(resources.listed(reading, name, query, HTTP))
    there = ", ".join(f"{BASE}/{one}" for one in (*RESOURCES, "trials/{nct_id}", DOCUMENT))
    raise NotFound(f"There is nothing at {BASE}/{rest[:100]}. There are {there}.")


@lru_cache(maxsize=4)
def _named(watchlist: Watchlist) -> str:
    """What tells a watch-list from every other, in every process: a claim's words are a part of an answer, too."""
    return known.tag(watchlist)


@kept.kept(daily=True)
def _document() -> bytes:
    document = openapi.document(Reading(kept.parts(), kept.today()), HTTP)
    return msgspec.json.encode(document)


def _unchanged(headers: Mapping[str, str], tag: str, since: datetime) -> bool:
    """Whether the asker has this answer; a date counts only where no ETag is given."""
    tags = headers.get("if-none-match")
    if tags is not None:
        return known.has(tags, tag)
    try:
        given = parsedate_to_datetime(headers.get("if-modified-since", ""))
    except ValueError:
        return False
    return (given if given.tzinfo else given.replace(tzinfo=UTC)) >= since


class Moments:
    """When this process first gave answers from a state: what was read before may be older than the state is."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._state: object = None
        self._since = datetime.fromtimestamp(0, UTC)

    def of(self, state: object) -> datetime:
        """In whole seconds, as HTTP tells them; every state gets a later one than the state before."""
        with self._lock:
            if state != self._state:
                now = datetime.now(UTC).replace(microsecond=0)
                self._state, self._since = state, max(now, self._since + timedelta(seconds=1))
            return self._since
