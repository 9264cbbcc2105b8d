"""What the server answers beside the pages: plain HTTP for machines."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urljoin

import streamlit as st
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from cache.filters.query import TooLong, parsed
from cache.read.trials import Freshness
from dashboard.api import problems
from dashboard.api import serving as api
from dashboard.api.standing import TERMS
from dashboard.shared import data
from dashboard.shared.escape import without_folders
from dashboard.web import answers as served
from dashboard.web import known
from dashboard.web.first_paint import SCRIPTS
from dashboard.web.gate import KNOWN
from fetchers.errors import TrackerError, Validation
from fetchers.settings import RECORD_URL

SOURCE = "ClinicalTrials.gov, U.S. National Library of Medicine"


async def ready(request: Request) -> Response:
    """``GET /api/ready``: 200 with the store's version and freshness, 503 with the reason when it cannot be used.

    While the store cannot be used the pages still answer, with the starter snapshot. Who may not read is told no more
    than whether it is ready.
    """
    try:
        answer = await run_in_threadpool(_state)
    except TrackerError as error:
        answer = {"ready": False, "trouble": without_folders(str(error))}
    status = 200 if answer["ready"] else 503
    if not request.scope.get(KNOWN, True):
        answer = {"ready": answer["ready"]}
    return JSONResponse(answer, status_code=status, headers={"Cache-Control": "no-store"})


def _state() -> dict[str, Any]:
    trouble = data.trouble()
    fresh = data.freshness()
    return {
        "ready": trouble is None,
        "trouble": trouble and without_folders(trouble),
        "version": data.version(),
        "registry_timestamp": fresh.registry_timestamp,
        "fetched_at": fresh.fetched_at,
        "starter": fresh.starter,
        "starter_date": fresh.starter_date,
        "failed": list(fresh.failed),
    }


async def live(request: Request) -> Response:
    """``GET /api/live``: 200 as long as the server answers at all, whatever the store is like."""
    return JSONResponse({"live": True}, headers={"Cache-Control": "no-store"})


async def script(request: Request) -> Response:
    """``GET /links.js`` and the like: the small scripts that every page loads."""
    name = request.url.path.rpartition("/")[2]
    (path,) = (one for one in SCRIPTS if one.name == name)
    return FileResponse(path, media_type="text/javascript", headers={"Cache-Control": "no-cache"})


async def not_here(request: Request) -> Response:
    """Opened at a page's address, the browser first looks for the server below that address, then at the root.

    Streamlit would answer the first try with 404, which the browser notes as an error in its console. 300 is neither
    success nor error: it tries the root and notes nothing.
    """
    return Response(status_code=300)


def _below() -> str:
    """The path below which the server puts its pages, when it is set ("base/"); the links must lead there."""
    path = str(st.get_option("server.baseUrlPath") or "").strip("/")
    return f"{path}/" if path else ""


class Source(NamedTuple):
    """A route that hands out what the store holds, in one format."""

    media_type: str
    make: Callable[[served.Query, str, datetime], bytes]
    daily: bool = False  # whether the day it is asked on decides about what it holds


SOURCES = {
    "/feed.xml": Source("application/atom+xml", served.atom),
    "/calendar.ics": Source("text/calendar; charset=utf-8", served.calendar, daily=True),
    "/api/trials.json": Source("application/json", served.trials),
    "/api/outcomes.csv": Source("text/csv; charset=utf-8", served.outcomes_csv),
    "/api/outcomes.json": Source("application/json", served.outcomes_json),
    "/api/changes.json": Source("application/json", served.changes),
}
# Part of every ETag: raised by hand whenever what a route makes of the same store changes.
EDITION = "2"
_LINK = f'<{urljoin(RECORD_URL, "/")}>; rel="via", <{TERMS}>; rel="terms-of-service"'


def _endpoint(path: str, source: Source) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        # Reading and encoding take seconds for a large store; the pages' own loop must not wait for them.
        return await run_in_threadpool(_answer, path, source, request)

    return endpoint


def _answer(path: str, source: Source, request: Request) -> Response:
    """200 with the content, 304 when the asker has it, 400 for a query without sense, 414 for one that is too long, 503
    without a usable store."""
    now = datetime.now(UTC)
    base_url = urljoin(str(request.base_url), _below())
    try:
        query = parsed(request.scope["query_string"].decode("latin-1"), blanks=True)
        served.usable()
        tag = _tag(path, query, base_url, now.date().isoformat() if source.daily else "")
        headers = _headers(data.freshness()) | {"ETag": tag}
        if known.has(request.headers.get("if-none-match"), tag):
            return Response(status_code=304, headers=headers)
        content = source.make(query, base_url, now)
    except TooLong as error:
        return PlainTextResponse(f"{error}\n", status_code=414)
    except Validation as error:
        return PlainTextResponse(f"{without_folders(str(error))}\n", status_code=400)
    except TrackerError as error:
        retry = {"Retry-After": str(data.RETRY_SECONDS), "Cache-Control": "no-store"}
        return PlainTextResponse(f"{without_folders(str(error))}\n", status_code=503, headers=retry)
    return Response(content, media_type=source.media_type, headers=headers)


def _headers(fresh: Freshness) -> dict[str, str]:
    """Source and date, for formats whose body has no place for them."""
    dates = {"X-Registry-Timestamp": fresh.registry_timestamp, "X-Fetched-At": fresh.fetched_at}
    dates["X-Starter-Snapshot"] = fresh.starter_date
    known = {name: value for name, value in dates.items() if value}
    return known | {"Link": _LINK, "X-Source": SOURCE, "Cache-Control": "no-cache"}


def _tag(path: str, query: served.Query, base_url: str, day: str) -> str:
    """Equal exactly when the same question is put to the same state of the same store."""
    asked = sorted((key, tuple(values)) for key, values in query.items())
    return known.tag(EDITION, path, asked, base_url, day, data.identity())


async def unknown(request: Request) -> Response:
    """``/api/`` and nothing we have: a program must not be given the page of the dashboard instead."""
    listed = ", ".join(
        sorted(path for path in ("/api/live", "/api/ready", api.BASE, *SOURCES) if path.startswith("/api/"))
    )
    said = f"There is nothing at {request.url.path[:100]}."
    return problems.response(404, said, request.url.path, error=said, known=listed)


# A page of this address would be shadowed by a route of the same name, so machines have /api/ to themselves.
ROUTES = [
    Route(f"/{below}{path[1:]}", endpoint, methods=["GET"])
    for below in sorted({"", _below()})
    for path, endpoint in (
        ("/api/ready", ready),
        ("/api/live", live),
        *((f"/{one.name}", script) for one in SCRIPTS),
        *((path, _endpoint(path, one)) for path, one in SOURCES.items()),
    )
]
_V1 = api.Api()
ROUTES += [
    Route(f"/{below}{start}{rest}", endpoint)
    for below in sorted({"", _below()})
    for start, endpoint in ((api.BASE[1:], _V1), ("api", unknown))
    for rest in ("", "/{rest:path}")
]
# Every page but the first has the address of its script.
_PAGES = sorted(script.stem for script in (Path(__file__).parent / "app_pages").glob("*.py"))
ROUTES += [
    Route(f"/{page}/_stcore/{probe}", not_here, methods=["GET"])
    for page in _PAGES
    for probe in ("health", "host-config")
]
