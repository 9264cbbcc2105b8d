"""A real nginx with deploy/nginx.conf before dashboards, and their environment as deploy/trials.env gives it.

Of both files only what belongs to a machine is replaced: paths, ports, the user, the name of the site.
"""

import os
import re
import shutil
import socket
import ssl
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from fetchers.settings import ROOT
from tests.rigs.socket_client import Answered, Door, request, send

DEPLOY = ROOT / "deploy"
NAME = "trials.example.org"
DASHBOARDS = (8501, 8502)  # the ports that stand in the file
FIXTURE = "behind_nginx"  # of the tests that need one
PATIENCE = 30.0


def program() -> str | None:
    """Where nginx lies; None when it is not installed."""
    return shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


def missing() -> str | None:
    """What the tests behind nginx lack on this machine, in words; None when they can run."""
    return None if program() and shutil.which("openssl") else "nginx or openssl is not installed here"


def environment() -> dict[str, str]:
    """What deploy/trials.env sets."""
    lines = (DEPLOY / "trials.env").read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Nginx:
    """nginx before two dashboards, for the length of a ``with`` block. ``name``: by which name it is asked."""

    def __init__(self, dashboards: Sequence[int], name: str = NAME) -> None:
        self.name, self.dashboards = name, tuple(dashboards)
        self.port, self.plain_port = free_port(), free_port()
        self.url = f"https://{name}:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        if not program():
            raise FileNotFoundError("nginx is not installed: apt-get install nginx-light")
        self.folder = Path(tempfile.mkdtemp(prefix="nginx-"))
        self.folder.chmod(0o755)  # its workers are somebody else
        self._certificate()
        written = self.folder / "nginx.conf"
        written.write_text(self.configuration(), encoding="utf-8")
        command = [program() or "nginx", "-c", str(written), "-e", str(self.folder / "error.log"), "-g", "daemon off;"]
        self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL)
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and self._process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return self
            except OSError:
                time.sleep(0.02)
        self._stop()
        raise AssertionError(f"nginx did not come up:\n{self.said('error.log')}")

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(PATIENCE)

    def configuration(self) -> str:
        """The file as it is run here."""
        text = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
        replaced = {
            "user www-data;": "" if os.geteuid() else "user www-data;",
            "/run/nginx.pid": f"{self.folder}/nginx.pid",
            "/var/log/nginx/": f"{self.folder}/",
            "/var/lib/nginx/": f"{self.folder}/",
            "/etc/trials/": f"{self.folder}/",
            "listen 80": f"listen 127.0.0.1:{self.plain_port}",
            "listen 443": f"listen 127.0.0.1:{self.port}",
            NAME: self.name,
        }
        ports = {str(given): str(port) for given, port in zip(DASHBOARDS, self.dashboards, strict=True)}
        replaced |= ports
        for before in replaced:
            assert before in text, f"deploy/nginx.conf has no {before}"
        # In one pass, for a port that was found may hold the figures of another.
        return re.sub("|".join(map(re.escape, replaced)), lambda found: replaced[found[0]], text)

    def _certificate(self) -> None:
        command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        command += ["-days", "2", "-subj", f"/CN={self.name}", "-addext", f"subjectAltName=DNS:{self.name}"]
        command += ["-keyout", str(self.folder / "key.pem"), "-out", str(self.folder / "certificate.pem")]
        subprocess.run(command, check=True, capture_output=True)

    @property
    def pid(self) -> int:
        assert self._process
        return self._process.pid

    def door(self) -> Door:
        """The way in, for who trusts its certificate and no other."""
        context = ssl.create_default_context(cafile=str(self.folder / "certificate.pem"))
        # websockets reads in one thread while it writes in another, which OpenSSL does not allow: now and then a ticket
        # that TLS 1.3 sends after the handshake swallows what is written meanwhile. TLS 1.2 sends none.
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        return Door(self.port, context, self.name)

    def ask(self, path: str, host: str = NAME, method: str = "GET", **headers: str) -> Answered:
        """One request over a connection of its own; ``headers``: their names with _ for -."""
        return send(self.door(), request(path, host, method, **headers))

    def said(self, log: str = "access.log") -> str:
        path = self.folder / log
        return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""
