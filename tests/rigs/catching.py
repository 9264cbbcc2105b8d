"""Servers on this machine that catch what is sent: a mail server and a web address, each as difficult as asked for."""

import socket
import socketserver
import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any, NamedTuple


class Caught(NamedTuple):
    """A mail as it came over the wire."""

    recipient: str
    raw: bytes

    @property
    def message(self) -> EmailMessage:
        found = message_from_bytes(self.raw, policy=policy.default)
        assert isinstance(found, EmailMessage)
        return found


class MailServer:
    """Catches mails. ``refuses``: recipients it does not know; ``deaf``: takes no mail at all; ``silent``: takes a mail
    and says nothing, until the other side has gone; ``users``: wants a login."""

    def __init__(self) -> None:
        self.mails: list[Caught] = []
        self.refuses: Collection[str] = ()
        self.deaf = self.silent = self.users = False
        self.said: list[str] = []
        self.whole = threading.Event()  # a mail has come whole

    def lines(self, read: Callable[[], bytes], write: Callable[[str], None]) -> None:
        recipient = ""
        write("220 here")
        while line := read():
            text = line.decode().strip()
            self.said.append(text)
            verb = text[:4].upper()
            if verb == "RCPT":
                recipient = text.partition("<")[2].partition(">")[0]
            write(self._answer(verb, text, recipient))
            if verb == "QUIT":
                return
            if verb == "DATA" and not self.deaf:
                if not self._caught(recipient, read):
                    return
                write("250 taken")

    def _answer(self, verb: str, text: str, recipient: str) -> str:
        known = text.endswith("AG1lAHNlY3JldA==")  # "me" and "secret"
        answers = {
            "EHLO": "250-here\r\n250-AUTH PLAIN\r\n250 8BITMIME" if self.users else "250 here",
            "AUTH": "235 welcome" if known else "535 who are you",
            "RCPT": "550 nobody of that name" if recipient in self.refuses else "250 fine",
            "DATA": "451 not now" if self.deaf else "354 go on",
            "QUIT": "221 bye",
        }
        return answers.get(verb, "250 fine")

    def _caught(self, recipient: str, read: Callable[[], bytes]) -> bool:
        """Whether the sender is told that its mail was taken."""
        lines = []
        while (line := read()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        self.mails.append(Caught(recipient, b"".join(lines)))
        self.whole.set()
        if self.silent:
            read()  # until it hangs up
        return not self.silent


@contextmanager
def mail_server(server: MailServer | None = None) -> Iterator[tuple[MailServer, int]]:
    """A mail server and its port."""
    caught = server or MailServer()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            try:
                caught.lines(self.rfile.readline, lambda text: void(self.wfile.write(f"{text}\r\n".encode())))
            except OSError:  # the other side was killed
                return

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = daemon_threads = True

    with _serving(Server(("127.0.0.1", 0), Handler)) as port:
        yield caught, port


class Posted(NamedTuple):
    """What a web address was sent."""

    path: str
    headers: dict[str, str]
    body: bytes


class WebAddress:
    """Answers every POST with ``status``; None: breaks off without a word."""

    def __init__(self) -> None:
        self.posts: list[Posted] = []
        self.status: int | None = 200


@contextmanager
def web_address() -> Iterator[tuple[WebAddress, int]]:
    """A web address and its port."""
    caught = WebAddress()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            caught.posts.append(Posted(self.path, dict(self.headers.items()), body))
            if caught.status is None:
                self.close_connection = True
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            self.send_response(caught.status)
            self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            return

    with _serving(HTTPServer(("127.0.0.1", 0), Handler)) as port:
        yield caught, port


@contextmanager
def _serving(server: socketserver.TCPServer) -> Iterator[int]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def void(_: object) -> None:
    return None
