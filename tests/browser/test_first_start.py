"""The first minute: no network, an empty folder, one command."""

import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from cache import starter
from tests.browser.conftest import Visit
from tests.browser.reading import main, numbers, sidebar, still
from tests.browser.serving import Dashboard

pytestmark = pytest.mark.browser
SECONDS = 5.0


def test_a_fresh_clone_without_network_shows_the_starters_trials_within_seconds(
    serve: Callable[..., Dashboard], visit: Visit
) -> None:
    window = visit()
    up = serve(TRIALS_REGISTRY_URL="https://clinicaltrials.gov/api/v2")  # the real one: nobody may ask it
    began = time.monotonic()
    window.page.goto(up.url)
    line = main(window.page).get_by_text(re.compile(r"Starter snapshot of \d+ \w+ \d{4}"))
    expect(line.first).to_be_visible()
    figure = main(window.page).get_by_test_id("stMetric").first
    expect(figure).to_contain_text(re.compile(r"Trials in the sample\s*\d+"))
    took = time.monotonic() - began
    expect(main(window.page).locator(".js-plotly-plot").first).to_be_visible()
    still(window.page)

    shown = int(re.sub(r"\D", "", figure.get_by_test_id("stMetricValue").inner_text()))
    assert 0 < shown <= sum(1 for _ in starter.records())
    agents = numbers(window.page, "Agents and phases", "Trials by agent and phase")
    assert len(agents) == 9  # every agent keeps its row, also those without any trial
    assert sum(int(row["All"]) for row in agents if row["All"].isdigit()) >= shown
    expect(sidebar(window.page).get_by_role("button", name="Refresh trial data")).to_be_enabled()

    assert window.seen.outward == []
    assert up.left_the_machine() == []
    assert window.seen.console == []
    assert took < SECONDS, f"{took:.1f} s"
