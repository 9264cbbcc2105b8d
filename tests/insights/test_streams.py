"""Standard streams that are full or closed end a command of ``python -m insights`` as they end all others."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from fetchers.settings import ROOT, VARIABLES

FULL = Path("/dev/full")
pytestmark = pytest.mark.skipif(not FULL.exists(), reason="this system has no device that is always full")


@pytest.mark.parametrize(
    ("command", "redirected", "code"),
    [
        ("insights claims --json", ">/dev/full", 5),
        ("insights gaps", ">/dev/full", 5),
        ("insights funnel --format csv", ">/dev/full 2>/dev/full", 5),
        ("insights claims", ">&- 2>&-", 0),
        ("dashboard.command claims --json", ">/dev/full", 5),
        ("dashboard.command --help", ">&-", 0),
    ],
)
def test_a_full_disk_is_told_and_a_closed_stream_is_not_missed(
    tmp_path: Path, command: str, redirected: str, code: int
) -> None:
    env = {name: value for name, value in os.environ.items() if name not in {one.name for one in VARIABLES}}
    env["TRIALS_CACHE_URL"] = f"sqlite:///{tmp_path / 'store.db'}"
    line = f'exec "{sys.executable}" -m {command} {redirected}'
    done = subprocess.run(["/bin/sh", "-c", line], cwd=ROOT, env=env, capture_output=True, timeout=120, check=False)

    assert done.returncode == code
    assert b"Traceback" not in done.stderr
    assert b"Exception ignored" not in done.stderr
