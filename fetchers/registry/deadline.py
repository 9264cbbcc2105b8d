"""A requests adapter that can cut off an answer which takes too long as a whole.

The time-outs of requests bound the silence between two pieces of an answer. A server that sends a byte now and then
keeps within them for ever, in the headers as well as in the body; so a timer shuts the socket down under the reader.
"""

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

from requests.adapters import HTTPAdapter


class DeadlineAdapter(HTTPAdapter):
    """Keeps one connection alive; for one thread."""

    def __init__(self) -> None:
        self.expired = False
        self._socket: Any = None
        super().__init__(pool_connections=1, pool_maxsize=1)

    @contextlib.contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """Cut what is open when the block takes longer; ``expired`` then is true until the next block."""
        self.expired = False
        timer = threading.Timer(seconds, self.cut)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            timer.join()  # or a late timer would cut the next answer

    def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> Any:
        """As inherited, but the pool's new connections are known here."""
        pool: Any = super().get_connection_with_tls_context(*args, **kwargs)
        if not hasattr(pool.ConnectionCls, "watched"):
            pool.ConnectionCls = _watched(pool.ConnectionCls, self._connected)
        return pool

    def build_response(self, req: Any, resp: Any) -> Any:
        """As inherited, without the cookies: they serve the registry's load balancer only, and their parser stumbles
        over what some servers write there."""
        message = getattr(getattr(resp, "_original_response", None), "msg", None)
        if message is not None:
            del message["Set-Cookie"]
        return super().build_response(req, resp)

    def _connected(self, connected: Any) -> None:
        self._socket = connected
        if self.expired:
            raise TimeoutError("connected after the deadline")

    def cut(self) -> None:
        """End at once what is being read; the reader gets an error."""
        self.expired = True
        if isinstance(self._socket, socket.socket):
            # Not ssl's own shutdown: it would take the encryption away from under the thread that reads.
            with contextlib.suppress(OSError):
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)


def _watched(kind: Any, connected: Callable[[Any], None]) -> Any:
    """The connection class ``kind``, telling ``connected`` its socket each time it has connected."""

    def connect(self: Any) -> None:
        kind.connect(self)
        connected(self.sock)

    return type(kind.__name__, (kind,), {"connect": connect, "watched": True})
