"""What browser tests share: one Chromium, dashboards started the way a user starts them, visitors."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.browser.chromium import Visitor, visitor
from tests.browser.serving import Dashboard
from tests.fake_registry import FakeRegistry, agent_studies

PAGE_CAP = 3  # small enough that the stand-in's answers turn pages

Visit = Callable[..., Visitor]


@pytest.fixture(scope="session")
def windows(chrome: Browser) -> dict[str, list[Visitor]]:
    """Windows that earlier tests have given back, by their look."""
    return {}


@pytest.fixture
def visit(chrome: Browser, windows: dict[str, list[Visitor]]) -> Iterator[Visit]:
    """Opens windows of new visitors; at the end checks that none of them left this machine.

    ``changed=True`` is for a window to which the test does what the next visitor would notice: it listens, answers for
    the server or puts a script into it. The same for one that must know nothing, not even the compiled scripts.
    """
    visitors: list[tuple[Visitor, str]] = []

    def come(*, changed: bool = False, **options: Any) -> Visitor:
        look = "" if changed else json.dumps(options, sort_keys=True)
        left = windows.get(look)
        visitors.append((left.pop() if left else visitor(chrome, **options), look))
        return visitors[-1][0]

    yield come
    outward = [url for one, _ in visitors for url in one.seen.outward]
    for one, look in visitors:
        if look and one.forget():
            windows.setdefault(look, []).append(one)
        else:
            one.context.close()
    assert outward == []


@pytest.fixture
def registry() -> Iterator[FakeRegistry]:
    """A stand-in that holds the hand-made records of the nine agents."""
    with FakeRegistry(agent_studies(), page_cap=PAGE_CAP) as running:
        yield running


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Dashboard]]:
    """Starts dashboards with an empty store; their words are printed when the test fails."""
    with ExitStack() as running:

        def start(*args: str, folder: Path = tmp_path, **env: str) -> Dashboard:
            folder.mkdir(exist_ok=True)
            return running.enter_context(Dashboard(folder, *args, **env))

        yield start


@pytest.fixture(scope="session")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dashboard]:
    """A dashboard whose store was refreshed from the stand-in by the command line; nobody may change it."""
    with (
        FakeRegistry(agent_studies(), page_cap=PAGE_CAP) as running,
        Dashboard(tmp_path_factory.mktemp("live"), running.url, TRIALS_PACE_SECONDS="0", TRIALS_REFRESH="nobody") as up,
    ):
        refreshed = up.run("refresh")
        assert refreshed.returncode == 0, refreshed.stderr
        yield up


@pytest.fixture(scope="session")
def starter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dashboard]:
    """A dashboard as a fresh clone shows it: the starter, and a registry that refuses; nobody may change it."""
    with Dashboard(tmp_path_factory.mktemp("starter"), TRIALS_REFRESH="nobody") as up:
        yield up


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    """Print what the servers of a failed test said: their blocks end only after the report is made."""
    report = yield
    if report.failed and isinstance(item, pytest.Function):
        for value in item.funcargs.values():
            if isinstance(value, Dashboard):
                report.sections.append(("the dashboard said", value.said()))
    return report
