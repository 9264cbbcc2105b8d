"""A Streamlit server in a process of its own, and viewers who speak its protocol as a browser does, without drawing."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

NOBODY = "http://127.0.0.1:9/api/v2"  # the discard port: no registry is asked
PATIENCE = 60.0
_TICKS = os.sysconf("SC_CLK_TCK")


def environment_of(store: Path) -> dict[str, str]:
    """The environment of a server that shows this store, without anything of this process's own settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("TRIALS_", "STREAMLIT_"))}
    return kept | product(store)


def product(store: Path) -> dict[str, str]:
    """What tells the product which store to show."""
    return {"TRIALS_CACHE_URL": f"sqlite:///{store}", "TRIALS_REGISTRY_URL": NOBODY}


def free_port() -> int:
    """A port of this machine that nobody has at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server(AbstractContextManager["Server"]):
    """``streamlit run`` of a script, for the length of a ``with`` block; ``root``: where it is started."""

    def __init__(self, root: Path, script: str, env: dict[str, str], arguments: Sequence[str] = ()) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        given = {
            "STREAMLIT_SERVER_PORT": str(self.port),
            "STREAMLIT_SERVER_ADDRESS": "127.0.0.1",
            "STREAMLIT_SERVER_HEADLESS": "true",
            "STREAMLIT_BROWSER_GATHER_USAGE_STATS": "false",
        }
        command = [sys.executable, "-m", "streamlit", "run", script, *arguments]
        self.process = subprocess.Popen(
            command, cwd=root, env=env | given, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def __enter__(self) -> Self:
        self.wait("/_stcore/health")
        return self

    def wait(self, path: str) -> None:
        """Until the server answers a path with success."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and self.process.poll() is None:
            try:
                with urllib.request.urlopen(f"{self.url}{path}", timeout=PATIENCE) as answer:  # noqa: S310 - our own
                    answer.read()
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.01)
        raise RuntimeError(f"The server did not answer {self.url}{path}.")

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.process.terminate()
        self.process.wait(PATIENCE)

    def connect(self) -> AbstractContextManager[Any]:
        """A websocket of a page."""
        from websockets.sync.client import connect

        address = f"ws://127.0.0.1:{self.port}/_stcore/stream"
        return connect(address, subprotocols=["streamlit"], max_size=None)  # type: ignore[list-item]

    def cpu(self) -> float:
        """Seconds of the processor the server has used so far."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS

    def resident(self) -> float:
        """Megabytes of memory the server holds."""
        return self._kilobytes("status", "VmRSS:") / 1000

    def private(self) -> float:
        """Megabytes that no other process shares: files of the store that are mapped do not count."""
        return self._kilobytes("smaps_rollup", "Private_") / 1000

    def files(self) -> int:
        """Descriptors the server has open."""
        return len(list(Path(f"/proc/{self.process.pid}/fd").iterdir()))

    def threads(self) -> int:
        """Threads the server runs."""
        return len(list(Path(f"/proc/{self.process.pid}/task").iterdir()))

    def _kilobytes(self, file: str, start: str) -> int:
        lines = Path(f"/proc/{self.process.pid}/{file}").read_text().splitlines()
        return sum(int(line.split()[1]) for line in lines if line.startswith(start))


class Way(Protocol):
    """How a viewer gets to a server."""

    def connect(self) -> AbstractContextManager[Any]: ...


class Viewer:
    """One session: a page that is open, and a switch on it that can be clicked."""

    def __init__(self, way: Way, switch: str, page: str = "") -> None:
        self._open = ExitStack()
        self._socket = self._open.enter_context(way.connect())
        self._switch, self._page = switch, page
        self._id, self._query, self._script = "", "", ""
        self._on = False
        self.failed: list[str] = []
        self.elements = 0
        self.bytes = 0
        self._run([])

    def click(self) -> float:
        """Turn the switch; seconds until the whole answer is here."""
        from streamlit.proto.WidgetStates_pb2 import WidgetState

        self._on = not self._on
        began = time.perf_counter()
        self._run([WidgetState(id=self._id, bool_value=self._on)])
        return time.perf_counter() - began

    def visit(self, query: str) -> float:
        """Look at the view of this address; seconds until the whole answer is here."""
        self._query = query
        began = time.perf_counter()
        self._run([])
        return time.perf_counter() - began

    def go(self, page: str) -> float:
        """Open another page, as by its link; seconds until the whole answer is here."""
        self._page, self._script, self._query, self._id = page, "", "", ""
        began = time.perf_counter()
        self._run([])
        return time.perf_counter() - began

    @property
    def has_switch(self) -> bool:
        """Whether the page has had the switch."""
        return bool(self._id)

    def _run(self, states: list[Any]) -> None:
        self.elements = self.bytes = 0
        self._ask(states)
        while not self._take(self._socket.recv(PATIENCE)):
            pass

    def _ask(self, states: list[Any], part: str = "") -> None:
        from streamlit.proto.BackMsg_pb2 import BackMsg

        message = BackMsg()
        message.rerun_script.query_string = self._query
        message.rerun_script.page_script_hash = self._script
        message.rerun_script.page_name = self._page
        message.rerun_script.fragment_id = part
        message.rerun_script.widget_states.widgets.extend(states)
        self._socket.send(message.SerializeToString())

    def _take(self, packed: Any) -> bool:
        from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

        message = ForwardMsg.FromString(packed)
        self.bytes += len(packed)
        kind = message.WhichOneof("type")
        if kind == "new_session":
            self._script = message.new_session.page_script_hash
        elif kind == "page_info_changed":
            self._query = message.page_info_changed.query_string
        elif kind == "delta" and message.delta.WhichOneof("type") == "new_element":
            self._element(message.delta.new_element)
        return bool(kind == "script_finished" and message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN)

    def _element(self, element: Any) -> None:
        self.elements += 1
        kind = element.WhichOneof("type")
        if kind == "exception":
            self.failed.append(element.exception.message)
        elif kind == "checkbox" and element.checkbox.label == self._switch:
            self._id = element.checkbox.id

    def close(self) -> None:
        self._open.close()

    def vanish(self) -> None:
        """Be gone without the words by which a websocket is closed."""
        self._socket.socket.shutdown(socket.SHUT_RDWR)
        self._open.close()


def at_once(viewers: Sequence[Viewer], seconds: float, pause: float = 0) -> tuple[list[float], float]:
    """All viewers click again and again for so long, with a ``pause`` after each click: seconds of each click, and
    clicks answered a second."""
    from concurrent.futures import ThreadPoolExecutor

    end = time.monotonic() + seconds
    began = time.perf_counter()
    with ThreadPoolExecutor(len(viewers)) as pool:
        taken = [one for each in pool.map(_until(end, pause), viewers) for one in each]
    return taken, len(taken) / (time.perf_counter() - began)


def _until(end: float, pause: float) -> Callable[[Viewer], list[float]]:
    def clicking(viewer: Viewer) -> list[float]:
        taken = []
        while time.monotonic() < end:
            taken.append(viewer.click())
            time.sleep(pause)
        return taken

    return clicking
