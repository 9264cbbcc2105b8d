"""The command line in this process and as one of its own, over a store with the starter and a stand-in registry."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cache.__main__ import main
from cache.opening import open_store
from cache.refresh.results import Reading
from fetchers.settings import ROOT, VARIABLES, Settings
from tests.fake_registry import FakeRegistry, agent_studies
from tests.rigs.commands import Run, Start
from tests.rigs.refresh import WATCHLIST, Rig, url_of


@pytest.fixture
def fake() -> Iterator[FakeRegistry]:
    with FakeRegistry(agent_studies(), page_cap=20) as registry:
        yield registry


@pytest.fixture(scope="session")
def starter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with nothing but the starter snapshot, to begin with; making one takes a second."""
    folder = tmp_path_factory.mktemp("starter")
    open_store(Settings(cache_url=url_of(folder)), WATCHLIST).close()
    return folder / "trials.sqlite3"


@pytest.fixture(scope="session")
def whole(starter: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store after a refresh of everything."""
    folder = tmp_path_factory.mktemp("whole")
    with Rig(page_cap=20, url=url_of(Path(shutil.copy(starter, folder)).parent)) as rig:
        assert rig.refresh(results=Reading()).exit_code == 0
    return folder / "trials.sqlite3"


@pytest.fixture
def refreshed(env: dict[str, str], whole: Path, tmp_path: Path) -> None:
    """The command meets a store that was refreshed a moment ago."""
    shutil.copy(whole, tmp_path)


@pytest.fixture
def env(fake: FakeRegistry, starter: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The variables of a command over a store with the starter, set for this process too."""
    shutil.copy(starter, tmp_path)
    for variable in VARIABLES:
        monkeypatch.delenv(variable.name, raising=False)
    given = {
        "TRIALS_REGISTRY_URL": fake.url,
        "TRIALS_CACHE_URL": url_of(tmp_path),
        "TRIALS_PACE_SECONDS": "0",
        "TRIALS_TIMEOUT_SECONDS": "5",
    }
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    return {**os.environ, **given}


@pytest.fixture
def run(env: dict[str, str], capsys: pytest.CaptureFixture[str]) -> Run:
    def run_here(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        try:
            code = main(arguments)
        except SystemExit as error:
            code = int(error.code or 0)
        printed = capsys.readouterr()
        assert "Traceback" not in printed.err
        return code, printed.out, printed.err

    return run_here


@pytest.fixture
def start(env: dict[str, str]) -> Iterator[Start]:
    """Start the command as a process of its own; none outlives its test."""
    started: list[subprocess.Popen[str]] = []

    def start_there(*arguments: str, set: dict[str, str] | None = None, **options: Any) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "cache", *arguments]
        pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options}
        started.append(subprocess.Popen(command, cwd=ROOT, env={**env, **(set or {})}, text=True, **pipes))
        return started[-1]

    yield start_there
    for process in started:
        if process.poll() is None:
            process.kill()
        process.wait()
        for pipe in (process.stdout, process.stderr):
            if pipe is not None:
                pipe.close()
