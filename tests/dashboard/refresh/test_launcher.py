"""Who may refresh from the page, and what starting a process leaves behind."""

import os
import stat
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dashboard.refresh import launcher as refreshing
from dashboard.refresh.launcher import (
    NOT_HERE,
    NOT_YOU,
    SIGN_IN,
    Launcher,
    is_local,
    last_words,
    log_path,
    permission,
    refresh_command,
    start_process,
)
from dashboard.web.visitors import Visitor
from fetchers.errors import LocalTrouble
from fetchers.settings import ROOT

LOCAL_HEADERS = {"Host": "localhost:8501", "Origin": "http://localhost:8501"}


ANNA = Visitor("anna@charity.example", verified=True, until=0.0)


@pytest.mark.parametrize(
    ("rule", "local", "visitor", "reason"),
    [
        (None, True, None, None),
        (None, True, ANNA, None),
        (None, False, None, NOT_HERE),
        (None, False, ANNA, NOT_HERE),
        ("everyone", False, None, None),
        ("everyone", True, None, None),
        ("signed-in", True, None, SIGN_IN),
        ("signed-in", False, None, SIGN_IN),
        ("signed-in", False, ANNA, None),
        ("nobody", True, ANNA, NOT_HERE),
        ("nobody", False, None, NOT_HERE),
        ("*@charity.example", False, ANNA, None),
        ("*@charity.example", True, None, SIGN_IN),
        ("bert@charity.example", True, ANNA, NOT_YOU),
        ("*@charity.example", False, ANNA._replace(verified=False), NOT_YOU),
    ],
)
def test_permission_follows_the_rule_and_says_why_not(
    rule: str | None, local: bool, visitor: Visitor | None, reason: str | None
) -> None:
    assert permission(rule, local=local, visitor=visitor) == (reason is None, reason)


@pytest.mark.parametrize(
    ("host", "origin", "peer", "bound"),
    [
        ("localhost:8501", "http://localhost:8501", None, "127.0.0.1"),
        ("127.0.0.1:8501", "http://127.0.0.1:8501", "127.0.0.1", "127.0.0.1"),
        ("127.8.9.1", "http://127.8.9.1", "127.8.9.1", "127.8.9.1"),
        ("[::1]:8501", "http://[::1]:8501", "::1", "::1"),
        ("localhost:8501", "http://localhost:8501", "::ffff:127.0.0.1", "::1"),
        ("trials.localhost:8501", "http://trials.localhost:8501", None, "localhost"),
        ("localhost", "https://localhost", None, "127.0.0.1"),
    ],
)
def test_a_browser_on_the_same_machine_is_local(host: str, origin: str, peer: str | None, bound: str) -> None:
    assert is_local({"Host": host, "Origin": origin}, peer=peer, bound=bound)


@pytest.mark.parametrize("bound", [None, "0.0.0.0", "::", "192.0.2.7", "trials.example.org"])
def test_no_client_and_no_proxy_can_write_itself_to_a_machine_that_others_reach(bound: str | None) -> None:
    """Where the server listens is the operator's word; every header, and even the address, may be a proxy's."""
    assert not is_local(LOCAL_HEADERS, peer=None, bound=bound)
    assert not is_local(LOCAL_HEADERS, peer="127.0.0.1", bound=bound)
    assert not is_local(LOCAL_HEADERS, peer=None, bound="127.0.0.1", named=("trials.example.org",))


@pytest.mark.parametrize(
    ("headers", "peer", "bound"),
    [
        pytest.param(LOCAL_HEADERS, "192.168.1.20", "127.0.0.1", id="another machine that claims to be localhost"),
        pytest.param({"Host": "trials.example.org"}, None, "127.0.0.1", id="a proxy that passes the name on"),
        pytest.param(
            {"Host": "localhost", "Origin": "https://trials.example.org"}, None, "127.0.0.1", id="a proxy that hides it"
        ),
        pytest.param({**LOCAL_HEADERS, "X-Forwarded-For": "192.0.2.1"}, None, "127.0.0.1", id="a proxy that says so"),
        pytest.param(
            {**LOCAL_HEADERS, "forwarded": "for=192.0.2.1"}, None, "127.0.0.1", id="a proxy that says so, small letters"
        ),
        pytest.param({"Host": "rebound.example:8501"}, None, "127.0.0.1", id="a rebound name"),
        pytest.param({"Host": "localhost.example.org"}, None, "127.0.0.1", id="a name that begins like localhost"),
        pytest.param({"Host": "127.0.0.1.example.org"}, None, "127.0.0.1", id="a name that begins like an address"),
        pytest.param(LOCAL_HEADERS, None, "10.0.0.5", id="bound to an address of the network"),
        pytest.param({**LOCAL_HEADERS, "Origin": "null"}, None, "127.0.0.1", id="a page without an origin"),
        pytest.param({"Host": "[::1"}, None, "127.0.0.1", id="a broken host"),
        pytest.param({}, None, "127.0.0.1", id="a tab that is gone"),
        pytest.param({"Host": "localhost:8501"}, None, "127.0.0.1", id="a program, which names no page"),
        pytest.param({"Host": "127.0.0.1:8501", "Origin": ""}, None, "127.0.0.1", id="a program that names nothing"),
        pytest.param(
            {**LOCAL_HEADERS, "Origin": "http://localhost:3000"}, None, "127.0.0.1", id="a page of another local port"
        ),
        pytest.param(
            {**LOCAL_HEADERS, "Origin": "http://localhost"}, None, "127.0.0.1", id="a page of the default port"
        ),
        pytest.param(
            {**LOCAL_HEADERS, "Origin": "http://127.0.0.1:8501"}, None, "127.0.0.1", id="a page of another local name"
        ),
        pytest.param(
            {**LOCAL_HEADERS, "Origin": "http://localhost:99999"}, None, "127.0.0.1", id="a port there is not"
        ),
        pytest.param({**LOCAL_HEADERS, "Origin": "file://localhost:8501"}, None, "127.0.0.1", id="a file"),
    ],
)
def test_whoever_may_sit_elsewhere_is_not_local(headers: dict[str, str], peer: str | None, bound: str) -> None:
    assert not is_local(headers, peer=peer, bound=bound)


def test_where_nothing_may_be_written_nobody_refreshes() -> None:
    for rule in (None, "everyone", "signed-in"):
        answer = permission(rule, local=True, visitor=ANNA, readonly=True)
        assert answer == (False, refreshing.READ_ONLY)


def test_a_store_is_read_only_where_its_file_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = tmp_path / "trials.sqlite3"
    url = f"sqlite:///{store}"
    assert refreshing.writable(url)  # not there yet
    store.touch()
    assert refreshing.writable(url)
    monkeypatch.setattr("os.access", lambda path, mode: False)  # the super-user may write everywhere
    assert not refreshing.writable(url)
    assert refreshing.writable("no address")


def test_who_comes_too_soon_learns_when() -> None:
    said = refreshing.too_soon("2026-11-27T18:00:00Z", 900)
    assert said == (
        "The last refresh began at 27 November 2026, 18:00 UTC. The next one can start at 27 November 2026, 18:15 UTC."
    )


def test_the_command_is_the_documented_one() -> None:
    assert refresh_command() == [sys.executable, "-m", "cache", "refresh"]
    assert refresh_command(["ivig", "sizofiran"])[3:] == ["refresh", "--agent", "ivig", "--agent", "sizofiran"]
    since = refresh_command((), datetime(2026, 11, 27, 18, tzinfo=UTC))[4:]
    assert since == ["--unless-since", "2026-11-27T18:00:00Z"]


def wait_for(process: refreshing.Process, seconds: float = 20.0) -> int:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        code = process.poll()
        if code is not None:
            return code
        time.sleep(0.02)
    raise AssertionError("the process did not end")


def test_a_started_process_has_its_own_session_the_root_as_folder_and_our_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRIALS_PACE_SECONDS", "0.25")
    monkeypatch.chdir(tmp_path)
    log = tmp_path / "words.log"
    log.write_text("words of an earlier refresh\n")
    code = "import os; print(os.getcwd(), os.getsid(0) == os.getpid(), os.environ['TRIALS_PACE_SECONDS'])"
    assert wait_for(start_process([sys.executable, "-c", code], log)) == 0
    assert log.read_text() == f"{ROOT} True 0.25\n"


def test_a_started_process_cannot_be_stalled_by_its_own_words(tmp_path: Path) -> None:
    """A pipe nobody reads fills up at 64 kB and stops its writer for good; a file does not."""
    log = tmp_path / "words.log"
    code = "import sys; sys.stderr.write('x' * 500_000 + '\\nlast sentence.\\n'); sys.exit(5)"
    assert wait_for(start_process([sys.executable, "-c", code], log)) == 5
    assert last_words(log) == "last sentence."


def test_a_process_that_cannot_start_is_local_trouble(tmp_path: Path) -> None:
    with pytest.raises(LocalTrouble, match="could not be started on this machine: No such file"):
        start_process([str(tmp_path / "no-such-program")], tmp_path / "words.log")
    with pytest.raises(LocalTrouble, match="could not be started"):
        start_process([sys.executable, "-c", ""], tmp_path / "missing" / "words.log")


@pytest.mark.parametrize("there", ["a file", "a file that may only be read", "nothing"])
def test_a_link_in_the_place_of_the_log_is_not_followed(tmp_path: Path, there: str) -> None:
    target, log = tmp_path / "precious.txt", tmp_path / "words.log"
    if there != "nothing":
        target.write_text("precious")
        target.chmod(0o400 if "read" in there else 0o600)
    log.symlink_to(target)
    with pytest.raises(LocalTrouble, match="could not be started"):
        start_process([sys.executable, "-c", "print('words')"], log)
    assert not target.exists() if there == "nothing" else target.read_text() == "precious"


def test_the_log_holds_the_words_of_the_last_process_only_and_is_nobody_elses_to_read(tmp_path: Path) -> None:
    log = tmp_path / "words.log"
    for word in ("the first and longer one", "second"):
        assert wait_for(start_process([sys.executable, "-c", f"print({word!r})"], log)) == 0
    assert log.read_text() == "second\n"
    assert log.stat().st_mode & 0o777 == 0o600


def test_last_words_are_one_readable_line(tmp_path: Path) -> None:
    log = tmp_path / "words.log"
    assert last_words(log) is None
    log.write_bytes(b"")
    assert last_words(log) is None
    log.write_bytes(b"10 %\r20 %\rThe store is locked.\n\n  \n")
    assert last_words(log) == "The store is locked."
    log.write_bytes(b"\xff\xfe broken bytes\n")
    assert "broken bytes" in (last_words(log) or "")
    log.write_text("y" * 100_000)
    assert len(last_words(log) or "") == refreshing.LONGEST_WORDS


def test_the_log_lies_beside_an_sqlite_store_and_elsewhere_in_a_private_folder(tmp_path: Path) -> None:
    store = tmp_path / "trials.sqlite3"
    assert log_path(f"sqlite:///{store}") == tmp_path / "trials.sqlite3.refresh.log"
    assert log_path("sqlite:///cache/schema.py").parent == ROOT / "cache"
    for url in (
        "sqlite://",
        "sqlite:///:memory:",
        "postgresql+psycopg://u:p@db/trials",
        "nonsense",
        "sqlite:///file:x?uri=true",
    ):
        log = log_path(url)
        assert ROOT not in log.parents
        assert stat.S_IMODE(log.parent.stat().st_mode) == 0o700
        log.parent.rmdir()


def test_a_missing_folder_is_not_created_for_the_log(tmp_path: Path) -> None:
    log = log_path(f"sqlite:///{tmp_path / 'missing' / 'trials.sqlite3'}")
    assert not (tmp_path / "missing").exists()
    log.parent.rmdir()


class FakeProcess:
    def __init__(self) -> None:
        self.code: int | None = None

    def poll(self) -> int | None:
        return self.code


class FakeStart:
    def __init__(self) -> None:
        self.commands: list[list[str]] = []
        self.processes: list[FakeProcess] = []
        self.logs: list[Path] = []

    def __call__(self, command: Sequence[str], log: Path) -> FakeProcess:
        self.commands.append(list(command))
        self.logs.append(log)
        self.processes.append(FakeProcess())
        return self.processes[-1]


def test_the_launcher_starts_one_process_at_a_time(tmp_path: Path) -> None:
    at = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)
    start, launcher = FakeStart(), Launcher(now=lambda: at)
    url = f"sqlite:///{tmp_path / 'trials.sqlite3'}"
    assert launcher.latest() is None
    assert launcher.start((), url, start)
    assert not launcher.start(("ivig",), url, start)
    assert len(start.commands) == 1
    assert launcher.latest() == (at, True, None, None)

    start.logs[0].write_text("TRIALS_PACE_SECONDS must be a number.\n")
    start.processes[0].code = 2
    assert launcher.latest() == (at, False, 2, "TRIALS_PACE_SECONDS must be a number.")

    assert launcher.start(("ivig",), url, start)
    assert start.commands[1][-4:] == ["--agent", "ivig", "--unless-since", "2026-11-22T05:00:00Z"]


def test_a_launch_that_fails_leaves_the_launcher_ready(tmp_path: Path) -> None:
    def refuse(command: Sequence[str], log: Path) -> FakeProcess:
        raise LocalTrouble("No more processes.")

    launcher, url = Launcher(), f"sqlite:///{tmp_path / 'trials.sqlite3'}"
    with pytest.raises(LocalTrouble, match="No more processes"):
        launcher.start((), url, refuse)
    assert launcher.latest() is None
    assert launcher.start((), url, FakeStart())


def test_an_ended_process_leaves_no_zombie(tmp_path: Path) -> None:
    launcher, url = Launcher(), f"sqlite:///{tmp_path / 'trials.sqlite3'}"
    started: list[refreshing.Process] = []

    def start(command: Sequence[str], log: Path) -> refreshing.Process:
        started.append(start_process([sys.executable, "-c", "raise SystemExit(3)"], log))
        return started[0]

    launcher.start((), url, start)
    wait_for(started[0])
    latest = launcher.latest()
    assert latest is not None
    assert (latest.alive, latest.exit_code) == (False, 3)
    with pytest.raises(ChildProcessError):
        os.waitpid(started[0].pid, os.WNOHANG)  # type: ignore[attr-defined]
