"""How long the server waits for a client that is slow on purpose.

Uvicorn bounds the silence between two requests of a connection, but neither the time a request takes to arrive nor the
time an answer takes to be fetched, and Streamlit's way of starting it leaves no place to say so. So each connection is
looked at now and then: when nothing has moved since the last look, it is closed.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from uvicorn.protocols.http import h11_impl

LOOK_SECONDS = 15.0


class Standing(NamedTuple):
    """What a connection was doing when it was looked at."""

    cycle: Any  # Uvicorn's own object of the request that is answered, or was last
    arriving: bool  # the next request has not arrived as a whole
    unfetched: int | None  # bytes of the answer that wait for the client; None while there is room for more

    @property
    def waits_for_client(self) -> bool:
        return self.arriving or self.unfetched is not None


def look(connection: Any, before: Standing | None, seconds: float) -> None:
    """Close the connection if it waits for its client as it did ``before``, else look again later. A websocket is left
    alone, for it has its own signs of life."""
    transport = connection.transport
    if transport.is_closing() or transport.get_protocol() is not connection:
        return
    now = _standing(connection)
    if now.waits_for_client and now == before:
        transport.abort()
    else:
        connection.loop.call_later(seconds, look, connection, now, seconds)


def _standing(connection: Any) -> Standing:
    cycle = connection.cycle
    if cycle is None or cycle.response_complete:
        return Standing(cycle, arriving=True, unfetched=None)
    paused = connection.flow.write_paused
    return Standing(cycle, arriving=False, unfetched=connection.transport.get_write_buffer_size() if paused else None)


def watch(seconds: float = LOOK_SECONDS) -> None:
    """From now on, look at every connection of this process."""
    made: Callable[..., None] = h11_impl.H11Protocol.connection_made

    def connection_made(self: Any, transport: Any) -> None:
        made(self, transport)
        look(self, None, seconds)

    h11_impl.H11Protocol.connection_made = connection_made  # type: ignore[method-assign]
