"""Asks the server's own routes without a socket."""

import asyncio
import json
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.types import Message

from dashboard.routes import ROUTES


class Answered(NamedTuple):
    status: int
    headers: Headers
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def ask(address: str, method: str = "GET", **headers: str) -> Answered:
    """What the routes answer to one request."""
    split = urlsplit(address)
    given = [(name.replace("_", "-").encode(), value.encode()) for name, value in {"host": "here", **headers}.items()]
    scope = {
        "type": "http", "http_version": "1.1", "method": method, "scheme": "http", "server": ("here", 80),
        "path": split.path, "raw_path": split.path.encode(), "query_string": split.query.encode(), "headers": given,
        "root_path": "", "client": ("here", 1),
    }  # fmt: skip
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    asyncio.run(Starlette(routes=ROUTES)(scope, receive, send))
    start, *bodies = sent
    raw = [(name.lower(), value) for name, value in start["headers"]]
    return Answered(start["status"], Headers(raw=raw), b"".join(one.get("body", b"") for one in bodies))
