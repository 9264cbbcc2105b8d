"""A client that is slow on purpose is let go; one that waits for its answer is not."""

import asyncio
import contextlib
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from dashboard.web import patience
from tests.rigs.commands import wait_until

LOOK = 0.2
PATIENCE = 30.0
LARGE = 32 * 1024 * 1024  # more than the buffers of two sockets hold


async def app(scope: Any, receive: Any, send: Any) -> None:
    """Answers at once, after eight looks, or with more than anybody fetches."""
    if scope["path"] == "/late":
        await asyncio.sleep(8 * LOOK)
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]} | _of(scope))
    await send({"type": "http.response.body", "body": bytes(LARGE) if scope["path"] == "/large" else b"ok"})


def _of(scope: Any) -> dict[str, Any]:
    return {"headers": [(b"content-length", str(LARGE).encode())]} if scope["path"] == "/large" else {}


@pytest.fixture(scope="module")
def server() -> Iterator[uvicorn.Server]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(H11Protocol, "connection_made", H11Protocol.connection_made)  # put back afterwards
        patience.watch(LOOK)
        given = uvicorn.Config(app, http="h11", lifespan="off", log_level="critical", timeout_keep_alive=600)
        server = uvicorn.Server(given)
        listener = socket.create_server(("127.0.0.1", 0))
        thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[listener])), daemon=True)
        thread.start()
        server.config.port = listener.getsockname()[1]
        yield server
        server.should_exit = True
        thread.join(PATIENCE)
        listener.close()


@pytest.fixture
def client(server: uvicorn.Server) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", server.config.port), timeout=PATIENCE) as opened:
        yield opened


def closed(client: socket.socket) -> bool:
    """Wait until the server lets this client go."""
    with contextlib.suppress(ConnectionError):
        while client.recv(65536):
            pass
    return True


@pytest.mark.parametrize(
    "begin",
    [
        b"",
        b"GET / HTTP/1.1\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ",
        b"GET / HTTP/1.1\r\nHost: a\r\n\r\nGET /",
    ],
    ids=["nothing", "a line", "half a header", "half of a second request"],
)
def test_a_request_that_never_arrives(client: socket.socket, begin: bytes) -> None:
    client.sendall(begin)
    assert closed(client)


def test_a_request_that_drips(client: socket.socket) -> None:
    """A byte now and then is no sign of life."""
    client.sendall(b"GET / HTTP/1.1\r\nX-Drip: ")
    gone = threading.Event()

    def drip() -> None:
        with contextlib.suppress(OSError):
            while not gone.wait(LOOK / 4):
                client.sendall(b"a")

    dripping = threading.Thread(target=drip, daemon=True)
    dripping.start()
    assert closed(client)
    gone.set()
    dripping.join()


def test_an_answer_that_nobody_fetches(server: uvicorn.Server, client: socket.socket) -> None:
    client.sendall(b"GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert client.recv(1)
    wait_until(lambda: not server.server_state.connections)
    rest = 0
    with contextlib.suppress(ConnectionError):
        while piece := client.recv(65536):
            rest += len(piece)
    assert rest < LARGE


def test_an_answer_that_takes_its_time_is_waited_for(client: socket.socket) -> None:
    client.sendall(b"GET /late HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    answered = b""
    while piece := client.recv(65536):
        answered += piece
    assert answered.endswith(b"ok")
