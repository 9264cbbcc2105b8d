"""The dashboard as a user starts it: the README's own command, in a process of its own, with a store of its own."""

import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import TracebackType
from typing import Self

from fetchers.settings import ROOT

GUARD = Path(__file__).with_name("guard")
NOBODY = "http://127.0.0.1:9/api/v2"  # the discard port: a registry that refuses every connection


def start_command() -> list[str]:
    """The README's command, without its installation part and with this interpreter."""
    line = re.search(
        r"^python -m pip install .*&& (python -m streamlit run .*)$", (ROOT / "README.md").read_text(), re.M
    )
    assert line is not None, "the README does not say how to start"
    return [sys.executable, *shlex.split(line[1])[1:]]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Dashboard:
    """A running server, for the length of a ``with`` block; prints what it said when the block fails."""

    def __init__(self, folder: Path, registry_url: str = NOBODY, **env: str) -> None:
        self.folder = folder
        self.store_url = f"sqlite:///{folder / 'trials.sqlite3'}"
        self.port = free_port()
        self.url = f"http://localhost:{self.port}"
        self.log = folder / "server.log"
        self.outward = folder / "outward.log"
        ours = {
            "TRIALS_CACHE_URL": self.store_url,
            "TRIALS_REGISTRY_URL": registry_url,
            "STREAMLIT_SERVER_PORT": str(self.port),
            "PYTHONPATH": str(GUARD),
            "OUTWARD_LOG": str(self.outward),
        }
        self.env = {name: value for name, value in os.environ.items() if not name.startswith(("TRIALS_", "STREAMLIT_"))}
        self.env |= ours | env
        self.process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                start_command(), cwd=ROOT, env=self.env, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT
            )
        end = time.monotonic() + 30
        while time.monotonic() < end and self.process.poll() is None:
            try:
                with urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=2) as answer:
                    if answer.status == 200:
                        return self
            except (urllib.error.URLError, OSError):
                time.sleep(0.05)
        self.stop()
        raise AssertionError(f"the dashboard did not come up:\n{self.said()}")

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()
        if kind is not None:
            print(f"--- the dashboard said:\n{self.said()}\n--- end", file=sys.stderr)

    def stop(self) -> None:
        if self.process is not None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def said(self) -> str:
        return self.log.read_text(errors="replace")

    def left_the_machine(self) -> list[str]:
        """What the server, or a refresh it started, tried to reach outside this machine."""
        return self.outward.read_text().splitlines() if self.outward.exists() else []

    def run(self, *arguments: str, room: str = "cache", timeout: float = 60) -> subprocess.CompletedProcess[str]:
        """``python -m cache ...``, or of another room, on the same store and registry."""
        command = [sys.executable, "-m", room, *arguments]
        return subprocess.run(
            command, cwd=ROOT, env=self.env, capture_output=True, text=True, timeout=timeout, check=False
        )
