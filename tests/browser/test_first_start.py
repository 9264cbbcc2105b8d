"""The first minute: no network, an empty folder, one command."""

import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from cache import starter
from fetchers.watchlist import load as watchlist
from tests.browser.chromium import Visitor
from tests.browser.conftest import Visit
from tests.browser.reading import main, numbers, sidebar, still
from tests.browser.serving import Dashboard

pytestmark = pytest.mark.browser
Serve = Callable[..., Dashboard]
SECONDS = 5.0
REAL = "https://clinicaltrials.gov/api/v2"  # nobody may ask it here


def seconds_to_the_trials(up: Dashboard, window: Visitor) -> float:
    """From the server's first answer until a person sees how many trials there are, and how old they are."""
    began = time.monotonic()
    window.page.goto(up.url)
    expect(main(window.page).get_by_text(re.compile(r"Starter snapshot of \d+ \w+ \d{4}")).first).to_be_visible()
    figure = main(window.page).get_by_test_id("stMetric").first
    expect(figure).to_contain_text(re.compile(r"Trials in the sample\s*\d+"))
    return time.monotonic() - began


def test_a_fresh_clone_without_network_shows_the_starters_trials(serve: Serve, visit: Visit) -> None:
    window = visit()
    up = serve(TRIALS_REGISTRY_URL=REAL)
    seconds_to_the_trials(up, window)
    expect(main(window.page).locator(".js-plotly-plot").first).to_be_visible()
    still(window.page)

    shown = int(re.sub(r"\D", "", main(window.page).get_by_test_id("stMetricValue").first.inner_text()))
    assert 0 < shown <= sum(1 for _ in starter.records())
    agents = numbers(window.page, "Agents and phases", "Trials by agent and phase")
    assert len(agents) == len(watchlist.load().agents)  # every agent keeps its row, also those without any trial
    assert sum(int(row["All"]) for row in agents if row["All"].isdigit()) >= shown
    expect(sidebar(window.page).get_by_role("button", name="Refresh trial data")).to_be_enabled()

    assert window.seen.outward == []
    assert up.left_the_machine() == []
    assert window.seen.console == []


def test_the_trials_are_there_within_seconds(serve: Serve, visit: Visit, tmp_path: Path) -> None:
    """The best of three fresh starts: a machine that is busy with something else says nothing about us."""
    took: list[float] = []
    for attempt in range(3):
        up, window = serve(folder=tmp_path / str(attempt)), visit()
        took.append(seconds_to_the_trials(up, window))
        if took[-1] < SECONDS:
            return
        window.page.goto("about:blank")
        up.stop()
    pytest.fail(f"first sight of the trials after {min(took):.1f} s at best")
