"""What every answer of the server carries, and who is turned away at the door.

One layer around the whole server: pages, Streamlit's own routes, static files, our routes. It knows nothing of pages.
"""

import base64
import gzip
import hashlib
import re
import secrets
import time
from collections.abc import Callable
from functools import cache

import streamlit as st
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard.web import door, first_paint, gate, resumed
from dashboard.web.gate import Gate
from dashboard.web.hosts import Hosts
from dashboard.web.messages import only_wanted
from dashboard.web.meter import Meter
from fetchers.errors import Validation
from fetchers.settings import Settings

Problem = Callable[[int, str, str, dict[str, str]], Response]

# What a page could ask a browser for, and this one never does.
_FEATURES = (
    "accelerometer", "camera", "display-capture", "geolocation", "gyroscope", "hid", "idle-detection",
    "magnetometer", "microphone", "midi", "payment", "publickey-credentials-get", "serial", "usb",
)  # fmt: skip
_INLINE_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)


@cache
def content_security_policy() -> str:
    """Everything from this server and nothing from elsewhere; nobody may frame a page, whose button could be pressed.

    Styles are set by Streamlit's own scripts while they draw. Its page starts with a small script in the page itself,
    which is let in by its hash. The table's canvas and downloads need ``blob:`` and ``data:``.
    """
    return "; ".join(
        (
            "default-src 'self'",
            f"script-src 'self' 'wasm-unsafe-eval' {' '.join(_inline_scripts())}".rstrip(),
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "worker-src 'self' blob:",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


def _inline_scripts() -> list[str]:
    page = (first_paint.STATIC / "index.html").read_text(encoding="utf-8")
    digests = (hashlib.sha256(script.encode()).digest() for script in _INLINE_SCRIPT.findall(page))
    return [f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests]


def headers() -> dict[str, str]:
    """The headers of every answer."""
    return {
        "Content-Security-Policy": content_security_policy(),
        "X-Frame-Options": "DENY",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": ", ".join(f"{feature}=()" for feature in _FEATURES),
    }


class Shell:
    """The layer itself, as ``st.App`` takes it. ``problem`` makes what a program is told that is turned away; ``meter``
    counts the requests; ``tell`` hears of each of them; ``readers``: who may read."""

    def __init__(
        self, app: ASGIApp, hosts: Hosts | None = None, problem: Problem | None = None, meter: Meter | None = None,
        tell: Callable[..., None] | None = None, readers: Gate | None = None,
    ) -> None:  # fmt: skip
        self._app = app
        self._gate = readers
        self._hosts = hosts
        self._problem = problem
        self._meter = meter or Meter()
        self._tell = tell
        self._machines = 0  # requests by programs that are being answered

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            self._meter.came(1)
            try:
                await self._let_in(scope, receive, send)
            finally:
                self._meter.came(-1)
        else:
            await self._counted(scope, receive, send)

    async def _counted(self, scope: Scope, receive: Receive, send: Send) -> None:
        began, status, request_id = time.perf_counter(), 500, secrets.token_hex(8)

        async def counting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["X-Request-Id"] = request_id
            await send(message)

        try:
            await self._let_in(scope, receive, counting)
        finally:
            took = time.perf_counter() - began
            self._meter.answered(scope["path"], status, took)
            if self._tell is not None:
                said = {"method": scope["method"], "path": scope["path"], "status": status, "ms": round(took * 1000, 1)}
                self._tell(request_id=request_id, **said)

    async def _let_in(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._hosts = self._hosts or hosts_of_settings()
        self._gate = self._gate or gate.of_settings()
        refused = door.refusal(scope, self._hosts) or self._gate.refusal(scope)
        if scope["type"] == "websocket":
            scope, receive = self._gate.session(scope, only_wanted(receive))
            receive, send = resumed.run_once_more(scope, receive, send)
        outward = _Answer(scope, self._gate, send)
        if refused is not None:
            await self._refuse(refused, scope)(scope, receive, outward)
        elif door.inside(scope["path"], door.MACHINES) and not door.inside(scope["path"], door.PROBES):
            await self._in_turn(scope, receive, outward)
        else:
            await self._app(scope, receive, outward)

    async def _in_turn(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._machines >= door.MOST_AT_ONCE:
            said = "Too many programs ask at the same moment. Please ask again in a few seconds."
            busy = door.Refusal(429, said, {"Retry-After": str(door.BUSY_SECONDS)})
            await self._refuse(busy, scope)(scope, receive, send)
            return
        self._machines += 1
        try:
            await self._app(scope, receive, send)
        finally:
            self._machines -= 1

    def _refuse(self, refused: door.Refusal, scope: Scope) -> Response:
        if self._problem is not None and door.inside(scope["path"], ("/api/",)):
            return self._problem(refused.status, refused.said, scope["path"], dict(refused.headers))
        return PlainTextResponse(f"{refused.said}\n", status_code=refused.status, headers=refused.headers)


def hosts_of_settings() -> Hosts:
    """What the environment and Streamlit's settings say. Bad settings are told on the page; nothing more is let in."""
    bound = st.get_option("server.address")
    try:
        return Hosts(Settings.from_env().allowed_hosts, bound)
    except Validation:
        return Hosts((), bound)


async def failed(request: Request, error: Exception) -> Response:
    """The answer where something broke that nobody expected: nothing of it goes out, the log has it all."""
    said = "Something went wrong on this server. Its log says what.\n"
    return PlainTextResponse(said, status_code=500, headers=headers())


class _Answer:
    """Sends an answer on with our headers, and the page of the dashboard with what is ours in it."""

    def __init__(self, scope: Scope, readers: Gate, send: Send) -> None:
        self._scope, self._gate, self._send = scope, readers, send
        # A HEAD has no page to put something in.
        self._whole_answer = scope["type"] == "http" and scope["method"] == "GET"
        self._page: Message | None = None  # the start of the page, held back until its length is known
        self._body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] in ("http.response.start", "websocket.http.response.start"):
            given = MutableHeaders(scope=message)
            for name, value in headers().items():
                given.setdefault(name, value)
            self._gate.mark(self._scope, message)
            if (
                self._whole_answer
                and message["status"] == 200
                and given.get("content-type", "").startswith("text/html")
            ):
                self._page = message
                return
        if self._page is None:
            await self._send(message)
            return
        self._body += message.get("body", b"")
        if not message.get("more_body", False):
            await self._whole(self._page)

    async def _whole(self, page: Message) -> None:
        given = MutableHeaders(scope=page)
        packed = given.get("content-encoding") == "gzip"
        body = gzip.decompress(self._body) if packed else self._body
        head, start = first_paint.of_page()
        body = body.replace(b"</head>", head + b"</head>", 1).replace(b"<body>", b"<body>" + start, 1)
        body = gzip.compress(body) if packed else body
        given["content-length"] = str(len(body))
        del given["etag"]  # names the page as it was before
        await self._send(page)
        await self._send({"type": "http.response.body", "body": body})
