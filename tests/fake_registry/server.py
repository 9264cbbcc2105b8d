"""The socket side: HTTP/1.1 with keep-alive, gzip, and the faults that happen on the wire."""

from __future__ import annotations

import gzip
import select
import socket
import struct
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote, urlsplit

from .answers import HTML, TEXT, Answer
from .faults import Request

if TYPE_CHECKING:
    from .registry import FakeRegistry

BASE = "/api/v2"
_STALL_SECONDS = 300.0
_DRIP_SECONDS = 0.2
_PAGE = b"<!DOCTYPE html><html><head><title>%s</title></head><body><h1>%s</h1></body></html>\n"
_ODD_HEADERS = {
    "Set-Cookie": f"a=b; expires=Fri, 20-Nov-{'9' * 5000} 09:00:00 GMT; Max-Age=NaN",
    "Retry-After": "9" * 5000,
    "Keep-Alive": "timeout=NaN",
    "Location": "http://[",
    "ETag": "\xff" * 5000,
}
# Faults that take the place of the answer, the first one that fires wins.
_INSTEAD: dict[str, Answer] = {
    "429": Answer(429, b"Too Many Requests", TEXT),
    "429-retry-after": Answer(429, b"Too Many Requests", TEXT, {"Retry-After": "1"}),
    "429-hour": Answer(429, b"Too Many Requests", TEXT, {"Retry-After": "3600"}),
    "503-odd-date": Answer(
        503, b"Service Unavailable", TEXT, {"Retry-After": "Fri, 20 Nov 2026 09:00:00 +99999999999999999999"}
    ),
    "403": Answer(403, _PAGE % (b"403 Forbidden", b"Request blocked"), HTML),
    "500": Answer(500, b"Internal Server Error", TEXT),
    "503": Answer(503, b"upstream connect error or disconnect/reset before headers", TEXT),
    "html-200": Answer(200, _PAGE % (b"ClinicalTrials.gov", b"Please try again later"), HTML),
}


class Bucket:
    """Ten tokens, one more each second; refuses when empty."""

    def __init__(self, size: float = 10.0) -> None:
        self.size = self.tokens = size
        self.filled = time.monotonic()
        self.lock = threading.Lock()

    def take(self) -> bool:
        """One token, if there is one."""
        with self.lock:
            now = time.monotonic()
            self.tokens = min(self.size, self.tokens + now - self.filled)
            self.filled = now
            if self.tokens < 1:
                return False
            self.tokens -= 1
            return True


class Server(ThreadingHTTPServer):
    """One thread a connection; stopping it neither waits for stalled ones nor leaves sockets open."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128
    allow_reuse_address = True

    def __init__(self, registry: FakeRegistry, port: int) -> None:
        self.registry = registry
        self.stopping = threading.Event()
        self.open: set[socket.socket] = set()
        self.guard = threading.Lock()
        super().__init__(("127.0.0.1", port), Handler)

    def server_bind(self) -> None:
        """As in the standard library, without its reverse name lookup, which can hang on a machine without DNS."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = "127.0.0.1", self.server_address[1]

    def process_request(self, request: Any, client_address: Any) -> None:
        with self.guard:
            self.open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self.guard:
            self.open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that leaves is no error here; anything else is printed as usual."""
        import sys

        if not isinstance(sys.exc_info()[1], OSError | ValueError):
            super().handle_error(request, client_address)

    def stop(self) -> None:
        """Stop accepting, cut what is open, give the port back."""
        self.stopping.set()
        self.shutdown()
        with self.guard:
            connections = list(self.open)
        for connection in connections:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue  # gone already
        self.server_close()


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    server_version = "istio-envoy"
    sys_version = ""
    wbufsize = -1  # head and body leave in one piece, or Nagle and delayed ACK cost 40 ms a request
    disable_nagle_algorithm = True
    timeout = 600
    server: Server

    def do_GET(self) -> None:
        """Record the request, let faults have their turn, answer."""
        registry = self.server.registry
        request = self._request()
        registry.record(request)
        if registry.bucket is not None and not registry.bucket.take():
            self._send(request, _INSTEAD["429"])
            return
        faults = registry.faults.take(request)
        if "reset" in faults:
            self._reset()
        elif "stall" in faults:
            self._stall()
        elif instead := next((answer for name, answer in _INSTEAD.items() if name in faults), None):
            self._send(request, instead)
        else:
            self._send(request, registry.answer(request, faults), faults)

    def do_OPTIONS(self) -> None:
        """A preflight is refused, as at the registry."""
        request = self._request()
        self.server.registry.record(request)
        self._send(request, Answer(403, b"", TEXT))

    def do_POST(self) -> None:
        """All paths are GET."""
        request = self._request()
        self.server.registry.record(request)
        self.close_connection = True  # the body is left unread
        self._send(request, Answer(405, b"Method Not Allowed", TEXT, {"Allow": "GET"}))

    do_HEAD = do_PUT = do_PATCH = do_DELETE = do_POST  # noqa: N815

    def log_message(self, format: str, *args: Any) -> None:
        """Silent: the requests are kept in `FakeRegistry.requests`."""

    def _request(self) -> Request:
        parts = urlsplit(self.path)
        params = dict(parse_qsl(parts.query, keep_blank_values=True))
        path = unquote(parts.path)
        path = path.removeprefix(BASE) if path.startswith(BASE + "/") else path
        return Request(self.command, path, params, {name.lower(): value for name, value in self.headers.items()})

    def _send(self, request: Request, answer: Answer, faults: frozenset[str] = frozenset()) -> None:
        body = _damaged(answer) if "cut-json" in faults else answer.body
        request.status, request.bytes_sent = answer.status, len(body)
        self.send_response(answer.status)
        self.send_header("Access-Control-Allow-Origin", "*")
        for name, value in (answer.headers | (_ODD_HEADERS if "odd-headers" in faults else {})).items():
            self.send_header(name, value)
        if answer.status != 304:
            self.send_header("Content-Type", answer.content_type)
            self.send_header("Content-Length", str(len(body)))
            if answer.zipped:
                self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        if self.command == "HEAD":
            body = b""
        if "cut-body" in faults:
            body = body[: len(body) // 2]
            self.close_connection = True
        if "slow-body" in faults:
            self._drip(request, body)
        else:
            request.bytes_sent = len(body)
            self.wfile.write(body)
        self.wfile.flush()

    def _drip(self, request: Request, body: bytes) -> None:
        request.bytes_sent = 0
        for at in range(len(body)):
            self.wfile.write(body[at : at + 1])
            self.wfile.flush()
            request.bytes_sent += 1
            if self._client_left(_DRIP_SECONDS):
                self.close_connection = True
                return

    def _stall(self) -> None:
        self.close_connection = True
        end = time.monotonic() + _STALL_SECONDS
        while time.monotonic() < end and not self._client_left(0.1):
            pass

    def _client_left(self, seconds: float) -> bool:
        """Wait that long; True as soon as the client has gone or the server stops."""
        if self.server.stopping.is_set():
            return True
        readable, _, _ = select.select([self.connection], [], [], seconds)
        if readable and not self.connection.recv(1, socket.MSG_PEEK):
            return True
        if readable:  # the next request waits already; it does not end this one
            self.server.stopping.wait(seconds)
        return self.server.stopping.is_set()

    def _reset(self) -> None:
        """RST instead of FIN: linger of zero, and the descriptor closed before anybody shuts it down politely."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection = socket.socket(fileno=self.connection.detach())
        connection.close()


def _damaged(answer: Answer) -> bytes:
    """Half of the JSON in a body that is whole as far as HTTP and gzip can tell."""
    text = gzip.decompress(answer.body) if answer.zipped else answer.body
    half = text[: len(text) // 2]
    return gzip.compress(half) if answer.zipped else half
