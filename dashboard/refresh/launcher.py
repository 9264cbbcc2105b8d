"""Starting a refresh from the page: who may, how the process is started, and what it said when it ended at once.

The page never fetches. It starts ``python -m cache refresh`` as a process of its own, which outlives the tab, the
session and the server, and then only watches the store. Nothing here knows Streamlit.
"""

import contextlib
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple, Protocol
from urllib.parse import urlsplit

from cache.english import moment
from cache.store import files
from cache.store.store import timestamp
from dashboard.web.hosts import is_this_machine
from dashboard.web.visitors import Visitor, fits, needs_sign_in
from fetchers.errors import LocalTrouble, Validation
from fetchers.settings import EVERYONE, NOBODY, ROOT

LONGEST_LOG = 8_000  # bytes read from the end of the log: enough for the last sentence, never a screenful
LONGEST_WORDS = 600
# With one of these a proxy passes on the request of another machine, however local its own connection is.
PROXY_HEADERS = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-Ip", "Via")
NOT_HERE = (
    "Refreshing from the page is switched off here. Its operator can refresh with "
    "“python -m cache refresh”, or allow it with TRIALS_REFRESH."
)
SIGN_IN = "Please sign in to refresh the data."
NOT_YOU = "Your address may not refresh here. Its operator can add it to TRIALS_REFRESH."
READ_ONLY = "This dashboard only reads: its data is refreshed elsewhere."
# Between two refreshes from the page, where not only a person at this machine can press the button.
USUAL_INTERVAL = 900.0


class Permission(NamedTuple):
    """Whether this viewer may refresh, and one sentence for the screen when not."""

    allowed: bool
    reason: str | None = None


def permission(rule: str | None, *, local: bool, visitor: Visitor | None, readonly: bool = False) -> Permission:
    """Apply ``TRIALS_REFRESH``; when it is not set, everybody may on the machine itself and nobody elsewhere. Where
    nothing may be written nobody may, whatever the rule."""
    if readonly:
        return Permission(False, READ_ONLY)
    rule = rule or (EVERYONE if local else NOBODY)
    if fits(rule, visitor):
        return Permission(True)
    if not needs_sign_in(rule):
        return Permission(False, NOT_HERE)
    return Permission(False, NOT_YOU if visitor else SIGN_IN)


def is_local(headers: Mapping[str, str], *, peer: str | None, bound: str | None, named: Sequence[str] = ()) -> bool:
    """Whether this server is for a person at its own machine; doubt counts as "no".

    Its operator decides it, by the address the server listens on (``bound``, None for all of them): whoever can reach
    it by another address, or by a name of ``TRIALS_ALLOWED_HOSTS``, may sit anywhere. What a client or a proxy writes
    can only take that away: ``headers`` are those of the page's websocket, ``peer`` the address it came from (None for
    the loopback address, as Streamlit tells it). A name in ``Host`` that is not loopback means a proxy or a rebound DNS
    name, a forwarding header means a proxy. Browsers always say in ``Origin`` which page opened the websocket: without
    one it is a program, with another one (also of another port of this machine) it is somebody else's page.
    """
    if bound is None or not is_this_machine(bound) or named:
        return False
    if peer is not None and not is_this_machine(peer):
        return False
    given = {name.lower(): value for name, value in headers.items()}
    if any(name.lower() in given for name in PROXY_HEADERS):
        return False
    origin = given.get("origin", "")
    host = _host_and_port(f"{origin.partition(':')[0]}://{given.get('host', '')}")
    return host is not None and is_this_machine(host[0]) and host == _host_and_port(origin)


def _host_and_port(url: str) -> tuple[str, int] | None:
    try:
        parts = urlsplit(url)
        usual = {"http": 80, "https": 443}[parts.scheme]
        port = usual if parts.port is None else parts.port
    except (ValueError, KeyError):  # no port there can be; no scheme of the web
        return None
    return (parts.hostname, port) if parts.hostname else None


def too_soon(begun: str, interval: float) -> str:
    """What somebody is told who presses the button too soon after a refresh that began then."""
    soonest = datetime.fromisoformat(begun) + timedelta(seconds=interval)
    return f"The last refresh began at {moment(begun)}. The next one can start at {moment(timestamp(soonest))}."


def writable(cache_url: str) -> bool:
    """False only where the store is a file that this process may read and not write."""
    with contextlib.suppress(Validation):
        store = files.path_of(cache_url)
        return not store or not (path := ROOT / store).exists() or os.access(path, os.W_OK)
    return True


class Process(Protocol):
    """What is asked of a started process; ``subprocess.Popen`` fits."""

    def poll(self) -> int | None: ...


Start = Callable[[Sequence[str], Path], Process]


def refresh_command(agents: Sequence[str] = (), unless_since: datetime | None = None) -> list[str]:
    """The command line of a refresh: of everything, or of the agents named; needless if another began since then."""
    named = [part for agent in agents for part in ("--agent", agent)]
    since = ["--unless-since", timestamp(unless_since)] if unless_since else []
    return [sys.executable, "-m", "cache", "refresh", *named, *since]


def start_process(command: Sequence[str], log: Path) -> Process:
    """Start ``command`` in the repository's root, in a session of its own, its output going to ``log``.

    A file and not a pipe: nobody may be there to empty a pipe. A link in the place of the log is not followed, or
    whoever may write in the folder could have another file emptied. Raises LocalTrouble when it cannot be started.
    """
    try:
        with open(log, "wb", opener=_no_link) as words:
            return subprocess.Popen(  # noqa: S603 - our own interpreter and module, no shell, agent ids are checked there
                command,
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=words,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
    except OSError as error:
        reason = error.strerror or str(error)
        raise LocalTrouble(f"The refresh could not be started on this machine: {reason}.") from error


def _no_link(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NOFOLLOW", 0), 0o600)


def log_path(cache_url: str) -> Path:
    """Where a refresh started by the page writes its output: beside an SQLite file, else in the temporary folder."""
    with contextlib.suppress(Validation):
        store = files.path_of(cache_url)
        if store:
            path = ROOT / store
            if path.parent.is_dir() and os.access(path.parent, os.W_OK | os.X_OK):
                return path.with_name(f"{path.name}.refresh.log")
    return Path(tempfile.mkdtemp(prefix="trial-refresh-")) / "refresh.log"


def last_words(log: Path) -> str | None:
    """The last line with something on it in ``log``, cut to a readable length; None when it said nothing."""
    try:
        with log.open("rb") as words:
            words.seek(0, os.SEEK_END)
            words.seek(max(0, words.tell() - LONGEST_LOG))
            text = words.read().decode("utf-8", errors="replace")
    except OSError:
        return None
    lines = [line.strip() for line in text.replace("\r", "\n").splitlines() if line.strip()]
    return lines[-1][:LONGEST_WORDS] if lines else None


class Launch(NamedTuple):
    """What is known of the process this server started last."""

    started_at: datetime
    alive: bool
    exit_code: int | None
    words: str | None  # its last sentence, once it has ended


class Launcher:
    """Starts refreshes for all sessions of one server, one at a time; the lock decides about the others."""

    def __init__(self, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._now = now
        self._guard = threading.Lock()
        self._process: Process | None = None
        self._started_at: datetime | None = None
        self._log: Path | None = None

    def start(self, agents: Sequence[str], cache_url: str, start: Start | None = None, interval: float = 0.0) -> bool:
        """Start a refresh unless one of ours is still running; False when it is. Raises LocalTrouble.

        Of those who press at the same moment on several servers, one refreshes for all; so does one that began less
        than ``interval`` seconds ago. The refresh itself finds that out, when it has the lock.
        """
        with self._guard:
            if self._process is not None and self._process.poll() is None:
                return False
            self._log = self._log or log_path(cache_url)
            started_at = self._now()
            since = started_at - timedelta(seconds=interval)
            self._process = (start or start_process)(refresh_command(agents, since), self._log)
            self._started_at = started_at
            return True

    def latest(self) -> Launch | None:
        """The process started last, None before the first. Also reaps a process that has ended."""
        with self._guard:
            if self._process is None or self._started_at is None or self._log is None:
                return None
            code = self._process.poll()
            return Launch(self._started_at, code is None, code, None if code is None else last_words(self._log))
