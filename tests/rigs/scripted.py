"""A loopback server that plays back given bytes, for answers no well-behaved server would give; a clock; a client."""

import socket
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Self

from fetchers.registry.http import Answer, Http

Piece = bytes | float  # bytes are sent, a number is a pause in seconds


class Scripted:
    """Each request gets the next answer of the script, the last one again and again; ``heads`` keeps the requests.

    With ``closes`` the connection ends after each answer, however much of it has been sent.
    """

    def __init__(self, *answers: Iterable[Piece], closes: bool = False) -> None:
        self.closes = closes
        self.answers = [list(answer) for answer in answers]
        self.heads: list[str] = []
        self.connections = 0
        self._gone = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []
        self.host = f"127.0.0.1:{self._listener.getsockname()[1]}"
        self.url = f"http://{self.host}/api/v2"

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._gone.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in self._open:
            connection.close()

    def _accept(self) -> None:
        while not self._gone.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            self._open.append(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            while head := self._head(connection):
                self.heads.append(head)
                answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
                for piece in answer:
                    if isinstance(piece, float):
                        self._gone.wait(piece)
                    else:
                        connection.sendall(piece)
                if self.closes:
                    break
        except OSError:
            pass
        connection.close()

    def _head(self, connection: socket.socket) -> str:
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            piece = connection.recv(1)
            if not piece:
                return ""
            head += piece
        return head.decode()


def answer(
    status: str = "200 OK", body: bytes = b"", headers: str = "", content_type: str = "text/plain; charset=UTF-8"
) -> list[Piece]:
    """One whole, well-formed answer."""
    extra = "".join(f"{line}\r\n" for line in headers.splitlines())
    head = f"HTTP/1.1 {status}\r\nContent-Type: {content_type}\r\nContent-Length: {len(body)}\r\n{extra}\r\n"
    return [head.encode() + body]


class Clock:
    """A clock that only sleeping moves on; ``slept`` keeps every sleep."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds
        time.sleep(0)

    @property
    def total(self) -> float:
        return sum(self.slept)


@contextmanager
def client(server: Scripted, time_: Clock | None = None, **options: Any) -> Iterator[Http]:
    time_ = time_ or Clock()
    given: dict[str, Any] = {
        "pace": 0.0,
        "timeout": 5.0,
        "user_agent": None,
        "attempts": 4,
        "sleep": time_.sleep,
        "clock": time_,
        "jitter": lambda: 0.0,
        "stop": lambda: False,
    }
    http = Http(server.host, **{**given, **options})
    try:
        yield http
    finally:
        http.close()


def body(found: Answer) -> bytes:
    return found.body


def asked(server: Scripted) -> list[str]:
    return [head.splitlines()[0].split()[1] for head in server.heads]
