"""nginx with deploy/nginx.conf: before a server that tells what reached it, and before two dashboards."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.rigs.nginx import Nginx, free_port, missing


@pytest.fixture(scope="session")
def behind_nginx() -> None:
    """Needed by whatever starts one. Where it is missing, such tests are left out; in CI they fail, to be noticed."""
    lacking = missing()
    if lacking:
        pytest.fail(f"{lacking}, so these tests did not run. .ci/run installs what they need.")


class _Echo(BaseHTTPRequestHandler):
    """Answers with the request as it came in."""

    def do_GET(self) -> None:
        body = f"{self.requestline}\n{self.headers}".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "public, immutable, max-age=31536000")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


@pytest.fixture(scope="module")
def echo(behind_nginx: None) -> Iterator[Nginx]:
    """nginx before a server that tells what reached it; the other dashboard of the file is dead."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Echo)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        with Nginx([free_port(), server.server_port]) as running:
            yield running
    finally:
        server.shutdown()
        server.server_close()
