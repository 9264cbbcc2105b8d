"""The first minute: no network, an empty folder, one command."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from cache import starter
from fetchers.watchlist import load as watchlist
from tests.browser.conftest import Visit
from tests.browser.reading import key_figures, main, numbers, sidebar, still
from tests.browser.serving import Dashboard

pytestmark = pytest.mark.browser
Serve = Callable[..., Dashboard]
REAL = "https://clinicaltrials.gov/api/v2"  # nobody may ask it here


def test_a_fresh_clone_without_network_shows_the_starters_trials(serve: Serve, visit: Visit) -> None:
    window = visit(changed=True)
    up = serve(TRIALS_REGISTRY_URL=REAL)
    window.page.goto(up.url)
    expect(main(window.page).get_by_text(re.compile(r"Starter snapshot of \d+ \w+ \d{4}")).first).to_be_visible()
    expect(key_figures(window.page).first).to_contain_text(re.compile(r"[\d,]+ trials in this sample"))
    expect(main(window.page).get_by_role("button", name="Get today’s data")).to_be_enabled()
    expect(main(window.page).locator(".js-plotly-plot").first).to_be_visible()
    still(window.page)

    shown = int(re.sub(r"\D", "", key_figures(window.page).first.inner_text()))
    assert 0 < shown <= sum(1 for _ in starter.records())
    agents = numbers(window.page, "Agents and phases", "Trials by agent and phase")
    assert len(agents) == len(watchlist.load().agents)  # every agent keeps its row, also those without any trial
    assert sum(int(row["All"]) for row in agents if row["All"].isdigit()) >= shown
    expect(sidebar(window.page).get_by_role("button", name="Refresh trial data")).to_be_enabled()

    assert window.seen.outward == []
    assert up.left_the_machine() == []
    assert window.seen.console == []
