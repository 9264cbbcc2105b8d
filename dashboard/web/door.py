"""Which requests are turned away before anything looks at them: a clear answer, and nothing is read or started."""

from collections.abc import Mapping
from typing import NamedTuple

from starlette.datastructures import Headers
from starlette.types import Scope

from cache.filters.query import LONGEST_QUERY, MOST_PARAMETERS
from dashboard.web.hosts import Hosts

LONGEST_PATH = 2_048
# Of requests by programs, which may take a processor each for seconds; pages wait in their own line.
MOST_AT_ONCE = 24
BUSY_SECONDS = 5
MACHINES = ("/api/", "/feed.xml", "/calendar.ics")
PROBES = ("/api/ready", "/api/live")  # answered however much there is to do
# Parts of Streamlit this dashboard does not use: its inner figures, files of visitors, programs that drive a page,
# foreign components.
CLOSED = ("/_stcore/metrics", "/_stcore/upload_file", "/_stcore/script-health-check", "/_stcore/agent", "/component")


class Refusal(NamedTuple):
    """The status of an answer that turns a request away, and why, in a sentence."""

    status: int
    said: str
    headers: Mapping[str, str] = {}


def refusal(scope: Scope, hosts: Hosts) -> Refusal | None:
    """Why this request, or this websocket, is not let in; None when it is."""
    headers = Headers(scope=scope)
    host = headers.get("host", "")
    if not hosts.answers(host):
        said = "This server does not go by the name you asked for. Its operator can add it to TRIALS_ALLOWED_HOSTS."
        return Refusal(421, said)
    if scope["type"] == "websocket":
        if not hosts.may_listen(headers.get("origin"), host):
            return Refusal(403, "Only a page of this server may open this connection.")
        return _too_long(scope)
    if headers.get("content-length", "0") != "0" or "transfer-encoding" in headers:
        # The rest is not waited for.
        return Refusal(413, "Nothing can be sent to this server.", {"Connection": "close"})
    if inside(scope["path"], CLOSED):
        return Refusal(404, "There is nothing here.")
    return _too_long(scope)


def inside(path: str, places: tuple[str, ...]) -> bool:
    """Whether a path is one of these places, or below one, also where the server's pages stand below a path."""
    return any(f"{place.rstrip('/')}/" in f"{path}/" for place in places)


def _too_long(scope: Scope) -> Refusal | None:
    query: bytes = scope["query_string"]
    if len(scope["path"]) > LONGEST_PATH:
        return Refusal(
            414, f"This address is too long: before the question mark it may have {LONGEST_PATH:,} characters."
        )
    if len(query) > LONGEST_QUERY:
        said = f"This address is too long: its query may have {LONGEST_QUERY:,} characters. Leave some filters out."
        return Refusal(414, said)
    if query.count(b"&") >= MOST_PARAMETERS:
        said = f"This address has too many parameters: at most {MOST_PARAMETERS:,} are read. Leave some filters out."
        return Refusal(414, said)
    return None
