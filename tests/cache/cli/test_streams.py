"""Whatever becomes of our own standard streams, the work is done and the end is the contract's."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from cache.read import trials as queries
from cache.store.store import Store
from fetchers.settings import ROOT
from tests.fake_registry import FakeRegistry
from tests.rigs.refresh import url_of

FULL = Path("/dev/full")
pytestmark = pytest.mark.skipif(not FULL.exists(), reason="this system has no device that is always full")


def run(env: dict[str, str], command: str, redirected: str) -> subprocess.CompletedProcess[bytes]:
    line = f'exec "{sys.executable}" -m cache {command} {redirected}'
    done = subprocess.run(["/bin/sh", "-c", line], cwd=ROOT, env=env, capture_output=True, timeout=120, check=False)
    assert b"Traceback" not in done.stderr
    assert b"Exception ignored" not in done.stderr
    return done


def fetched(env: dict[str, str]) -> bool:
    store = Store.open(env["TRIALS_CACHE_URL"])
    try:
        return queries.freshness(store).live
    finally:
        store.close()


@pytest.mark.parametrize(
    ("redirected", "code"),
    [
        (">/dev/full", 5),
        (">&-", 0),
        ("2>/dev/full", 0),
        ("2>&-", 0),
        ("<&- >&- 2>&-", 0),
        (">/dev/full 2>/dev/full", 5),
    ],
)
def test_a_refresh_is_done_whatever_its_streams_are(env: dict[str, str], redirected: str, code: int) -> None:
    done = run(env, "refresh --agent sizofiran --json", redirected)
    assert done.returncode == code
    assert fetched(env)
    if done.stdout:
        assert json.loads(done.stdout)["agents"]["sizofiran"]["status"] == "fresh"


def test_a_full_disk_is_said_where_it_can_be(env: dict[str, str]) -> None:
    done = run(env, "refresh --agent sizofiran --json", ">/dev/full")
    assert b"Could not write to standard output (No space left on device)" in done.stderr


@pytest.mark.parametrize(
    ("command", "redirected", "code"),
    [
        *((command, ">/dev/full", 5) for command in ("status", "status --json", "changes --json", "check")),
        *((command, ">&-", 0) for command in ("status", "changes --json")),
    ],
)
def test_commands_that_only_print(env: dict[str, str], command: str, redirected: str, code: int) -> None:
    assert run(env, command, redirected).returncode == code


@pytest.mark.parametrize("redirected", [">/dev/full", ">&-", "2>&-"])
@pytest.mark.parametrize("options", ["--help", "refresh --help"])
def test_help_nobody_can_read_harms_nobody(env: dict[str, str], options: str, redirected: str) -> None:
    assert run(env, options, redirected).returncode in (0, 5)


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-16"])
def test_streams_that_know_few_characters(env: dict[str, str], encoding: str, tmp_path: Path) -> None:
    odd = tmp_path / "Café ☕"
    odd.mkdir()
    env |= {"PYTHONIOENCODING": encoding, "TRIALS_CACHE_URL": url_of(odd)}
    assert run(env, "refresh --agent sizofiran", "").returncode == 0
    assert run(env, "status", "").stdout.decode().count("Caf") == 1


def test_a_reader_that_leaves_does_not_change_the_exit_code(env: dict[str, str], fake: FakeRegistry) -> None:
    fake.fault("short-total")
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "cache", "refresh", "--agent", "sizofiran", "--json"]
    done = subprocess.run(command, cwd=ROOT, env=env, stdout=writing, stderr=subprocess.PIPE, timeout=120, check=False)
    os.close(writing)
    assert done.returncode == 3
    assert b"Traceback" not in done.stderr
