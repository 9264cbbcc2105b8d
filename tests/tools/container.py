"""``python -m tests.tools.container``: runs the very commands of the Dockerfile where no image can be built.

A fresh virtual environment stands for the base image, a folder for ``/``; paths are translated, nothing else. Left out
is the command that adds the user, and so is being that user. That it builds as an image, this cannot show.
"""

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from shutil import copy2
from tempfile import TemporaryDirectory

from fetchers.settings import ROOT
from tests.browser.serving import NOBODY, free_port
from tests.tools.dockerfile import Dockerfile, arriving

README = ROOT / "deploy" / "README.md"
LEFT_OUT = "groupadd "  # how the command begins that adds the user
PATIENCE = 60.0
# What the caller's own set-up may not bring in.
OTHERS = ("TRIALS_", "STREAMLIT_", "PYTHON", "CACHE_DIRECTORY")


def told_commands() -> list[str]:
    """What deploy/README.md has people run inside the container, in its order."""
    section = README.read_text(encoding="utf-8").partition("\n## In a container\n")[2].partition("\n## ")[0]
    return re.findall(r"docker exec trials (python -m cache [^`>|\n]+)", section)


class Container:
    """A Dockerfile with a folder in the place of ``/``."""

    def __init__(self, folder: Path, file: Dockerfile) -> None:
        self.root, self.file = folder / "root", file
        self.volume = self.here(file.only("VOLUME"))
        self.work = self.here(file.only("WORKDIR"))
        self.temporary = self.root / "tmp"
        self.python = folder / "venv"
        env = {name: value for name, value in os.environ.items() if not name.startswith(OTHERS)}
        env |= {name: self.translated(value) for name, value in file.environment().items()}
        env |= {"PATH": f"{self.python / 'bin'}:{env['PATH']}", "HOME": str(self.volume), "TMPDIR": str(self.temporary)}
        # As "docker run --env" would: a free port, and a registry that refuses every connection.
        self.port = free_port()
        self.env = env | {"STREAMLIT_SERVER_PORT": str(self.port), "TRIALS_REGISTRY_URL": NOBODY}

    def here(self, place: str) -> Path:
        return self.root / place.removeprefix("/")

    def translated(self, text: str) -> str:
        for place in (self.file.only("VOLUME"), self.file.only("WORKDIR")):
            text = text.replace(place, str(self.here(place)))
        return text

    def build(self) -> None:
        """Run what makes the image."""
        subprocess.run([sys.executable, "-m", "venv", str(self.python)], check=True)
        for folder in (self.volume, self.work, self.temporary):
            folder.mkdir(parents=True)
        for name, text in self.file.instructions:
            if name == "COPY":
                for path, place in arriving(text):
                    (self.work / place).parent.mkdir(parents=True, exist_ok=True)
                    copy2(path, self.work / place)
            elif name == "RUN" and text.startswith(LEFT_OUT):
                print(f"left out: {text}")
            elif name == "RUN":
                print(f"run: {text}", flush=True)
                held(self.run(["/bin/sh", "-c", self.translated(text)]) == 0, "it ends with 0")

    def run(self, command: Sequence[str]) -> int:
        done = subprocess.run(command, cwd=self.work, env=self.env, stdin=subprocess.DEVNULL, check=False)
        return done.returncode

    def healthy(self, quiet: bool = True) -> bool:
        """What the health check says."""
        _, command = self.file.health()
        said = subprocess.DEVNULL if quiet else None
        return subprocess.run(command, cwd=self.work, env=self.env, stderr=said, check=False).returncode == 0

    def ready(self) -> bool:
        """Whether its store can be used; a store that is not there yet is made."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/api/ready", timeout=PATIENCE) as answer:
            return bool(json.load(answer)["ready"])

    def files(self) -> Mapping[Path, tuple[int, int]]:
        """Every file outside the volume and /tmp, with its size and its time."""
        places = (self.volume, self.temporary)
        outside = (one for one in self.root.rglob("*") if not any(one.is_relative_to(place) for place in places))
        return {one: (one.stat().st_size, one.stat().st_mtime_ns) for one in outside}

    @contextmanager
    def started(self) -> Iterator[subprocess.Popen[bytes]]:
        """The container's command, running and healthy."""
        server = subprocess.Popen(self.file.command(), cwd=self.work, env=self.env, stdin=subprocess.DEVNULL)
        try:
            end = time.monotonic() + PATIENCE
            while not self.healthy() and time.monotonic() < end and server.poll() is None:
                time.sleep(0.1)
            held(self.healthy(quiet=False), "the health check says healthy")
            yield server
        finally:
            server.kill()
            server.wait()


def held(true: bool, what: str) -> None:
    print(f"{'held' if true else 'NOT held'}: {what}", flush=True)
    if not true:
        sys.exit(1)


def check(container: Container) -> None:
    """Start it as a container is started, do what the README tells, stop it."""
    before = container.files()
    held(not container.healthy(), "before the start the health check says unhealthy")
    with container.started() as server:
        held(container.ready(), "its store can be used")
        for command in told_commands():
            if not command.startswith("python -m cache refresh"):  # it would need the registry
                print(f"exec: {command}", flush=True)
                held(container.run(["/bin/sh", "-c", container.translated(command)]) == 0, "it ends with 0")
        held(container.healthy(), "the health check still says healthy")
        server.send_signal(signal.SIGTERM)
        held(server.wait(PATIENCE) in (0, -signal.SIGTERM), "told to stop, it stops")
        held(not container.healthy(), "after that the health check says unhealthy")
    held((container.volume / "trials.sqlite3").stat().st_size > 0, "the store lies in the volume")
    held(container.files() == before, "nothing was written outside the volume and /tmp")


def main() -> None:
    """Build and check in a folder of its own."""
    with TemporaryDirectory(prefix="container-") as folder:
        container = Container(Path(folder), Dockerfile.ours())
        container.build()
        check(container)


if __name__ == "__main__":
    main()
