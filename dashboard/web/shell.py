"""What every answer of the server carries, and which requests are turned away before anything looks at them.

One layer around the whole server: pages, Streamlit's own routes, static files, our routes. It knows nothing of pages.
"""

import base64
import gzip
import hashlib
import re
from functools import cache

from starlette.datastructures import MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cache.filters.query import LONGEST_QUERY, MOST_PARAMETERS
from dashboard.web import first_paint

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
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    }


def refusal(query: bytes) -> str | None:
    """Why an address's query is not read, in a sentence; None when it is."""
    if len(query) > LONGEST_QUERY:
        return f"This address is too long: its query may have {LONGEST_QUERY:,} characters. Leave some filters out."
    if query.count(b"&") >= MOST_PARAMETERS:
        return f"This address has too many parameters: at most {MOST_PARAMETERS:,} are read. Leave some filters out."
    return None


class Shell:
    """The layer itself, as ``st.App`` takes it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        reason = refusal(scope["query_string"])
        answer = self._app if reason is None else PlainTextResponse(f"{reason}\n", status_code=414)
        await answer(scope, receive, _Answer(send, whole=scope["method"] == "GET"))


class _Answer:
    """Sends an answer on with our headers, and the page of the dashboard with what is ours in it."""

    def __init__(self, send: Send, *, whole: bool) -> None:
        self._send = send
        self._whole_answer = whole  # a HEAD has no page to put something in
        self._page: Message | None = None  # the start of the page, held back until its length is known
        self._body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            given = MutableHeaders(scope=message)
            for name, value in headers().items():
                given.setdefault(name, value)
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
