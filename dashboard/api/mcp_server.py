"""``python -m dashboard mcp``: the tools over the Model Context Protocol, on standard input and output or on loopback.

Only reads the store, never asks the registry. The SDK is an extra: this module is imported when the command runs.
"""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import Lock
from typing import Any

import anyio
import anyio.to_thread
import mcp_types as types
import msgspec
import uvicorn
from mcp.server import Server
from mcp.server.context import ServerRequestContext
from mcp.server.stdio import stdio_server
from mcp.server.transport_security import TransportSecuritySettings
from starlette.applications import Starlette

from cache.opening import open_store
from cache.store.store import Store
from dashboard.api import tools
from dashboard.api.asking import Reading
from fetchers import __version__
from fetchers.errors import LocalTrouble, TrackerError
from fetchers.settings import Settings
from fetchers.watchlist import load as watchlists
from fetchers.watchlist.model import Watchlist
from insights.snapshot.parts import Held, Parts

HOST = "127.0.0.1"
PATH = "/mcp"
_HINTS = types.ToolAnnotations(
    read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
)  # fmt: skip


class Reader:
    """The store, and what is read of its newest state, once for all calls."""

    def __init__(self, store: Store, watchlist: Watchlist) -> None:
        self._store, self.watchlist = store, watchlist
        self._held: Held | None = None
        self._lock = Lock()

    @contextmanager
    def reading(self) -> Iterator[Reading]:
        """The store as it is now; one call after the other."""
        with self._lock, self._store.steady() as still:
            if self._held is None or self._held.state != still.state():
                self._held = Held.of(still, self.watchlist)
            yield Reading(Parts(still, self.watchlist, self._held), datetime.now(UTC).date())

    def call(self, name: str, arguments: dict[str, Any]) -> types.CallToolResult:
        """A tool's answer as structured content and as the same text; a problem in words."""
        try:
            with self.reading() as reading:
                answer = tools.call(reading, name, arguments)
        except TrackerError as error:
            return types.CallToolResult(content=[types.TextContent(text=str(error))], is_error=True)
        text = types.TextContent(text=msgspec.json.encode(answer).decode())
        return types.CallToolResult(content=[text], structured_content=msgspec.to_builtins(answer))


def server(reader: Reader) -> Server[Any]:
    """The server with its tools."""
    listed = [
        types.Tool(**tools.described(tool, reader.watchlist), annotations=_HINTS) for tool in tools.TOOLS
    ]  # fmt: skip

    async def list_tools(
        context: ServerRequestContext[Any], params: types.PaginatedRequestParams | None
    ) -> types.ListToolsResult:
        return types.ListToolsResult(tools=listed)

    async def call_tool(
        context: ServerRequestContext[Any], params: types.CallToolRequestParams
    ) -> types.CallToolResult:
        return await anyio.to_thread.run_sync(reader.call, params.name, params.arguments or {})

    return Server(
        "trial-tracker", version=__version__, title="Trial tracker", instructions=tools.INSTRUCTIONS,
        on_list_tools=list_tools, on_call_tool=call_tool,
    )  # fmt: skip


def app(reader: Reader, port: int) -> Starlette:
    """The server over HTTP: for this machine only, and only under this machine's own names, so that no web page can
    reach it by a name of its own that leads here."""
    hosts = [f"{name}:{port}" for name in (HOST, "localhost")]
    security = TransportSecuritySettings(
        enable_dns_rebinding_protection=True, allowed_hosts=hosts, allowed_origins=[f"http://{host}" for host in hosts]
    )
    return server(reader).streamable_http_app(
        streamable_http_path=PATH, stateless_http=True, json_response=True, transport_security=security, host=HOST
    )


def serve(port: int | None) -> int:
    """Answer until the asker leaves, or over HTTP until stopped. Raises what opening the store raises."""
    settings = Settings.from_env()
    watchlist = watchlists.load(settings.watchlist)
    store = open_store(settings, watchlist)
    try:
        reader = Reader(store, watchlist)
        if port is None:
            anyio.run(_over_pipes, server(reader))
        else:
            with _socket(port) as bound:
                uvicorn.Server(uvicorn.Config(app(reader, port), log_level="warning")).run([bound])
    finally:
        store.close()
    return 0


def _socket(port: int) -> socket.socket:
    try:
        return socket.create_server((HOST, port))
    except OSError as error:
        raise LocalTrouble(f"Port {port} of this machine cannot be used ({error.strerror}); choose another.") from error


async def _over_pipes(server: Server[Any]) -> None:
    async with stdio_server() as (asked, answered):
        await server.run(asked, answered, server.create_initialization_options())
