"""What an operator watches: a line a request, and figures on a port of their own."""

import json
import sys
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from cache.refresh.allowance import WINDOW
from cache.refresh.journal import spent
from dashboard.shared import data
from dashboard.web.meter import METER, Gauge
from fetchers.errors import TrackerError, Validation
from fetchers.settings import Settings

LOOPBACK = "127.0.0.1"


def told(**facts: Any) -> None:
    """A line of JSON on standard error for one request; never with a query, which says what somebody looked for."""
    facts = {"time": datetime.now(UTC).isoformat(timespec="milliseconds"), "event": "request"} | facts
    sys.stderr.write(json.dumps(facts) + "\n")


def log() -> Callable[..., None] | None:
    """What tells of each request, where TRIALS_LOG asks for it."""
    try:
        return told if Settings.from_env().log == "json" else None
    except Validation:  # told on the page
        return None


def gauges(now: datetime) -> list[Gauge]:
    """How old the data are, what failed, and what the registry has been asked in a day."""
    ready, age, failed, asked = 0.0, None, None, None
    try:
        fresh = data.freshness()
        ready = float(data.trouble() is None)
        failed = float(len(fresh.failed))
        asked = float(spent(data.store(), now - WINDOW))
        if fresh.fetched_at:
            age = (now - datetime.fromisoformat(fresh.fetched_at)) / timedelta(seconds=1)
    except TrackerError:
        ready = 0.0
    return [
        Gauge("trials_ready", "1 when the configured store is the one that is shown", ready),
        Gauge("trials_refresh_age_seconds", "Time since the oldest part of the data was fetched", age),
        Gauge("trials_refresh_failed_parts", "Parts whose last refresh failed", failed),
        Gauge("trials_registry_requests_24h", "Requests sent to the registry in 24 hours", asked),
    ]


class _Figures(BaseHTTPRequestHandler):
    timeout = 10  # for a client that does not say what it wants

    def do_GET(self) -> None:
        found = self.path == "/metrics"
        body = METER.text(gauges(datetime.now(UTC))).encode() if found else b"There is only /metrics.\n"
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: a scraper comes every few seconds."""


def figures(port: int) -> ThreadingHTTPServer:
    """A server for ``/metrics`` on the loopback address, running in a thread of its own."""
    server = ThreadingHTTPServer((LOOPBACK, port), _Figures)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, name="metrics", daemon=True).start()
    return server


@asynccontextmanager
async def lifespan(app: object) -> AsyncIterator[None]:
    """Serve the figures as long as the dashboard runs, where TRIALS_METRICS_PORT asks for them."""
    try:
        port = Settings.from_env().metrics_port
    except Validation:  # told on the page
        port = None
    if port is None:
        yield
        return
    server = figures(port)
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
