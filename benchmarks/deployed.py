"""A tracker for many: dashboards over one PostgreSQL, behind nginx as deploy/nginx.conf sets it up; and its viewers."""

from __future__ import annotations

import os
import random
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import func, select

from benchmarks.server import PATIENCE, Server, Viewer
from cache.store.schema import answer, event, version
from cache.store.store import Store
from fetchers.settings import ROOT
from tests.rigs import databases
from tests.rigs.nginx import Nginx, environment
from tests.rigs.socket_client import Answered

_TICKS = os.sysconf("SC_CLK_TCK")


class Held(NamedTuple):
    """What must not be lost."""

    trials: int
    versions: int
    events: int


class Site:
    """What runs for the length of a ``with`` block of ``running``."""

    def __init__(self, cache_url: str, registry_url: str, folder: str) -> None:
        own = {"CACHE_DIRECTORY": folder}
        own |= {"TRIALS_CACHE_URL": cache_url, "TRIALS_REGISTRY_URL": registry_url, "TRIALS_PACE_SECONDS": "0"}
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("TRIALS_", "STREAMLIT_"))}
        self.cache_url = cache_url
        self.env = kept | environment() | own | {"TRIALS_LOG": "text"}
        self.dashboards: list[Server] = []
        self._of_dead = 0.0
        self.nginx: Nginx

    def refresh(self, pace: float = 0) -> subprocess.Popen[str]:
        """Start a refresh, as the timer does; ``pace``: seconds between two requests."""
        command = [sys.executable, "-m", "cache", "refresh", "--json"]
        env = self.env | {"TRIALS_PACE_SECONDS": str(pace)}
        return subprocess.Popen(
            command, cwd=ROOT, env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )

    def held(self) -> Held:
        trials = select(func.count(answer.c.nct_id.distinct())).where(answer.c.ended_at.is_(None))
        store = Store.open(self.cache_url)
        try:
            with store.reading() as connection:
                counted = [
                    connection.scalar(one)
                    for one in (
                        trials,
                        select(func.count()).select_from(version),
                        select(func.count()).select_from(event),
                    )
                ]
        finally:
            store.close()
        return Held(*(one or 0 for one in counted))

    def kill(self, dashboard: Server) -> None:
        """As the kernel does when memory runs out."""
        self._of_dead += dashboard.cpu()
        dashboard.process.kill()
        dashboard.process.wait()

    def connections(self) -> int:
        """Sessions of PostgreSQL."""
        found = databases.server().run("SELECT count(*) FROM pg_stat_activity WHERE datname LIKE 'test%%'")
        return int(found[0][0])

    def cpu(self) -> dict[str, float]:
        """Seconds of the processor that each kind of process has used so far."""
        alive = [one for one in self.dashboards if one.process.poll() is None]
        return {
            "dashboards": self._of_dead + sum(one.cpu() for one in alive),
            "nginx": _cpu_below(self.nginx.pid),
            "PostgreSQL": _cpu_below(_postmaster()),
        }


@contextmanager
def running(registry_url: str, processes: int = 2) -> Iterator[Site]:
    """The site, with a store that is still empty; a first refresh fills it."""
    ours = databases.announce()
    try:
        cluster = databases.server()
        name = cluster.database()
        with ExitStack() as stack:
            stack.callback(cluster.run, f"DROP DATABASE {name} WITH (FORCE)")
            folder = stack.enter_context(tempfile.TemporaryDirectory())
            site = Site(cluster.address(name), registry_url, folder)
            first = site.refresh()
            first.communicate()
            if first.returncode:
                raise SystemExit(f"The first refresh ended with {first.returncode}.")
            started = [Server(ROOT, "dashboard/app.py", site.env) for _ in range(processes)]
            site.dashboards = [stack.enter_context(one) for one in started]
            site.nginx = stack.enter_context(Nginx([one.port for one in site.dashboards]))
            yield site
    finally:
        if ours:
            databases.stop()


def _postmaster() -> int:
    return int((databases.server().folder / "data" / "postmaster.pid").read_text().splitlines()[0])


def _cpu_below(parent: int) -> float:
    """Seconds of a process and its children, those that have ended included."""
    fields = _stat(parent)
    below = [int(one.name) for one in Path("/proc").iterdir() if one.name.isdigit() and _parent(one.name) == parent]
    return sum(int(one) for one in fields[11:15]) / _TICKS + sum(_used(pid) for pid in below)


def _stat(pid: int | str) -> list[str]:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:  # it has just ended
        return ["0"] * 20


def _parent(pid: str) -> int:
    return int(_stat(pid)[1])


def _used(pid: int) -> float:
    return sum(int(one) for one in _stat(pid)[11:13]) / _TICKS


class Through:
    """The way of one browser: it keeps the cookie that says which dashboard it is with."""

    def __init__(self, nginx: Nginx) -> None:
        self._nginx = nginx
        self.cookie = ""

    def page(self) -> Answered:
        answered = self._nginx.ask("/", **({"Cookie": self.cookie} if self.cookie else {}))
        self._keep(answered.headers.get("set-cookie", ""))
        return answered

    def _keep(self, given: str) -> None:
        self.cookie = given.partition(";")[0] or self.cookie

    def connect(self) -> AbstractContextManager[Any]:
        from websockets.sync.client import ClientConnection, connect

        door = self._nginx.door()
        host = f"{door.name}:{door.port}"
        given: dict[str, Any] = {
            "sock": socket.create_connection(("127.0.0.1", door.port), timeout=PATIENCE),
            "ssl": door.context,
            "origin": f"https://{host}",
            "additional_headers": {"Cookie": self.cookie},
            "subprotocols": ["streamlit"],
            "max_size": None,
            "proxy": None,
            "open_timeout": PATIENCE,
            "ping_interval": None,  # browsers only answer
        }
        opened: ClientConnection = connect(f"wss://{host}/_stcore/stream", **given)
        if opened.response:
            self._keep(opened.response.headers.get("Set-Cookie", ""))
        return opened


class Visitor(Viewer):
    """A viewer who also does what a browser does unasked: runs parts of the page that watch a refresh, again and again,
    and comes back when the connection is lost."""

    def __init__(self, nginx: Nginx, switch: str, seed: int) -> None:
        self._through = Through(nginx)
        self.random = random.Random(seed)
        self.timers: dict[str, tuple[float, float]] = {}  # part of the page -> when it runs next, seconds between
        self.ticks = 0
        began = time.perf_counter()
        if self._through.page().status != 200:
            raise RuntimeError("The page did not come.")
        super().__init__(self._through, switch)
        self.opened = time.perf_counter() - began

    @property
    def at(self) -> str:
        """Which dashboard it is with."""
        return self._through.cookie

    def think(self, seconds: float) -> None:
        """Do nothing for so long, but for what the page does by itself."""
        end = time.monotonic() + seconds
        while (now := time.monotonic()) < end:
            part, (due, between) = min(self.timers.items(), key=lambda one: one[1][0], default=("", (end, 0.0)))
            if part and due <= now:
                self.timers[part] = (now + between, between)
                self.ticks += 1
                self._ask([], part)
                continue
            try:
                self._take(self._socket.recv(max(0.0, min(end, due) - now)))
            except TimeoutError:
                continue

    def come_back(self) -> None:
        """Open a new session as a browser does whose own was lost, and run the page as it was."""
        self.close()
        self.timers.clear()
        self._socket = self._open.enter_context(self._through.connect())
        self._run([])

    def _take(self, packed: Any) -> bool:
        from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

        message = ForwardMsg.FromString(packed)
        kind = message.WhichOneof("type")
        if kind == "auto_rerun":
            between = message.auto_rerun.interval
            self.timers[message.auto_rerun.fragment_id] = (time.monotonic() + between, between)
        elif kind == "stop_auto_rerun":
            for part in message.stop_auto_rerun.fragment_ids:
                self.timers.pop(part, None)
        elif kind == "new_session" and not message.metadata.run.fragment_ids:
            self.timers.clear()
        ended = super()._take(packed)
        return ended and message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY


def leave(viewers: Iterable[Viewer]) -> None:
    for viewer in viewers:
        viewer.close()
