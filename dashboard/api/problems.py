"""What a program is told when there is no answer: a problem as RFC 9457 has it, in words."""

from http import HTTPStatus

import msgspec
from starlette.responses import Response

from dashboard.api.envelope import Problem

MEDIA_TYPE = "application/problem+json"


def problem(status: int, detail: str, path: str) -> Problem:
    """A problem with what was asked for at a path."""
    title = HTTPStatus(status).phrase
    return Problem(type="about:blank", title=title, status=status, detail=detail, instance=path[:200])


def response(status: int, detail: str, path: str, headers: dict[str, str] | None = None, **more: str) -> Response:
    """The problem as an answer of the server; ``more``: members of its own."""
    said = msgspec.to_builtins(problem(status, detail, path)) | more
    told = {"Cache-Control": "no-store"} | (headers or {})
    return Response(msgspec.json.encode(said), status_code=status, media_type=MEDIA_TYPE, headers=told)
