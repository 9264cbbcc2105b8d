"""Eight servers whose viewers press the button at the same moment: the registry sees the requests of one."""

import subprocess
import sys
from pathlib import Path

import pytest

from cache import exit_codes
from cache.read.jobs import recent_jobs
from cache.store.store import Store
from fetchers.settings import ROOT
from tests.fake_registry import FakeRegistry, agent_studies
from tests.rigs.commands import PATIENCE
from tests.rigs.refresh import url_of

SERVERS = 8
# What a server does when the button is pressed, and what its page would show in the end: the exit code.
PRESS = """
import sys, time
from pathlib import Path
from dashboard.refresh.launcher import Launcher

launcher = Launcher()
sys.stdin.read()
assert launcher.start(("sizofiran",), sys.argv[1])
while launcher.latest().alive:
    time.sleep(0.05)
print(launcher.latest().exit_code)
"""


@pytest.mark.slow
def test_eight_processes_press_together_and_the_registry_is_asked_once(tmp_path: Path) -> None:
    with FakeRegistry(agent_studies(), page_cap=20) as registry:
        env = {"TRIALS_REGISTRY_URL": registry.url, "TRIALS_CACHE_URL": url_of(tmp_path), "TRIALS_PACE_SECONDS": "0"}
        Store.open(url_of(tmp_path)).close()
        servers = [
            subprocess.Popen(
                [sys.executable, "-c", PRESS, url_of(tmp_path)],
                cwd=ROOT,
                env=env,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            for _ in range(SERVERS)
        ]
        for server in servers:
            assert server.stdin is not None
            server.stdin.close()
            server.stdin = None
        codes = [int(server.communicate(timeout=PATIENCE)[0]) for server in servers]
        asked = [request.path for request in registry.requests]

    store = Store.open(url_of(tmp_path))
    (job,) = recent_jobs(store, SERVERS)
    store.close()
    assert job.outcome == "fresh"
    assert job.requests == len(asked) > 1
    assert asked.count("/version") == 1
    assert sorted(codes) == [exit_codes.FRESH] + [exit_codes.BUSY] * (SERVERS - 1)
