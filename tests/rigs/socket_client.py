"""Clients that write what no library would: bytes of a request as they stand, and messages of a page as a program."""

import re
import socket
import ssl
from collections.abc import Mapping
from contextlib import ExitStack
from typing import Any, NamedTuple

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Button_pb2 import Button
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.web.server.starlette.starlette_app_utils import generate_xsrf_token_string
from streamlit.web.server.starlette.starlette_server_config import XSRF_COOKIE_NAME
from websockets.sync.client import ClientConnection, connect

PATIENCE = 60.0


class Answered(NamedTuple):
    """What came back: status 0 when the server closed without a word."""

    status: int
    headers: dict[str, str]
    body: bytes


class Door(NamedTuple):
    """A port of this machine; with a ``context`` for a server whose certificate is for ``name``."""

    port: int
    context: ssl.SSLContext | None = None
    name: str = "localhost"

    def enter(self) -> socket.socket:
        client = socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)
        return self.context.wrap_socket(client, server_hostname=self.name) if self.context else client


def send(to: int | Door, *pieces: bytes) -> Answered:
    """Send these bytes as they stand, to a port or door, and read until the server closes."""
    door = to if isinstance(to, Door) else Door(to)
    with door.enter() as client:
        try:
            for piece in pieces:
                client.sendall(piece)
            client.shutdown(socket.SHUT_WR) if not door.context and not pieces[-1].endswith(b"\r\n\r\n") else None
        except OSError:
            pass  # it has answered and closed before it had read all
        return _answered(_read(client))


def _read(client: socket.socket) -> bytes:
    found = b""
    try:
        while piece := client.recv(65536):
            found += piece
    except ConnectionError:
        pass
    return found


def _answered(raw: bytes) -> Answered:
    head, _, body = raw.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    status = re.match(r"HTTP/1\.[01] (\d{3})", lines[0])
    pairs = (line.partition(": ") for line in lines[1:])
    return Answered(int(status[1]) if status else 0, {name.lower(): value for name, _, value in pairs}, body)


def request(path: str, host: str = "localhost", method: str = "GET", **headers: str) -> bytes:
    """A request as bytes; the connection ends after it. ``headers``: their names with _ for -."""
    lines = {"Host": host, "Connection": "close"} | {name.replace("_", "-"): value for name, value in headers.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode("latin-1")


class Viewer:
    """A program that speaks as a page does: it opens the first page, presses buttons, sends what it likes. With an
    ``Origin`` it has the token against forged requests, too, as a page has."""

    def __init__(self, to: int | Door, **headers: str) -> None:
        door = to if isinstance(to, Door) else Door(to)
        given: Mapping[str, str] = {name.replace("_", "-"): value for name, value in headers.items()}
        host, origin = given.get("Host", f"{door.name}:{door.port}"), given.get("Origin")
        self.seen: list[str] = []  # the kinds of all messages that came
        self.content = b""  # of all that the last run drew
        self.sent_to: str | None = None  # where the page was to go, if anywhere
        more = {name: value for name, value in given.items() if name not in ("Host", "Origin")}
        protocols = ["streamlit"]
        if origin:
            protocols.append(generate_xsrf_token_string())
            cookies = (more.get("Cookie"), f"{XSRF_COOKIE_NAME}={protocols[1]}")
            more["Cookie"] = "; ".join(filter(None, cookies))
        self._open = ExitStack()
        connecting = connect(
            f"{'wss' if door.context else 'ws'}://{host}/_stcore/stream",
            sock=socket.create_connection(("127.0.0.1", door.port), timeout=PATIENCE),
            ssl=door.context,
            origin=origin,  # type: ignore[arg-type]
            additional_headers=more,
            subprotocols=protocols,  # type: ignore[arg-type]
            max_size=None,
            proxy=None,
        )
        self.socket: ClientConnection = self._open.enter_context(connecting)

    def run(self, pressed: str | None = None) -> dict[str, Button]:
        """Run the page, with a button pressed if its id is given; returns its buttons by their words."""
        message = BackMsg()
        message.rerun_script.query_string = ""
        if pressed is not None:
            message.rerun_script.widget_states.widgets.add(id=pressed, trigger_value=True)
        self.send(message)
        return self.buttons()

    def send(self, message: BackMsg) -> None:
        self.socket.send(message.SerializeToString())

    def buttons(self) -> dict[str, Button]:
        """The buttons drawn until the page is finished."""
        found: dict[str, Any] = {}
        self.content = b""
        while True:
            content = self.socket.recv(timeout=PATIENCE)
            assert isinstance(content, bytes)
            self.content += content
            message = ForwardMsg.FromString(content)
            self.seen.append(str(message.WhichOneof("type")))
            if self.seen[-1] == "script_finished":
                return found
            if self.seen[-1] == "auth_redirect":
                self.sent_to = message.auth_redirect.url
            element = message.delta.new_element
            if element.WhichOneof("type") == "button":
                found[element.button.label] = element.button

    def close(self) -> None:
        self._open.close()
