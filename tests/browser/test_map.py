"""The map in a browser: drawn without asking anybody, and land is no mark."""

import pytest
from playwright.sync_api import Locator, Page

from tests.browser.conftest import Visit
from tests.browser.reading import main, open_page
from tests.browser.serving import Dashboard

pytestmark = pytest.mark.browser


def charts(page: Page) -> Locator:
    return main(page).get_by_test_id("stPlotlyChart")


def click(page: Page, mark: Locator, *, across: float = 0.5) -> None:
    """As a person does: the mouse comes from beside."""
    mark.scroll_into_view_if_needed()
    box = mark.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] * across, box["y"] + box["height"] / 2
    page.mouse.move(x - 4, y)
    page.mouse.move(x, y)
    page.wait_for_timeout(300)
    page.mouse.click(x, y)


def test_land_is_drawn_and_is_no_button(live: Dashboard, visit: Visit) -> None:
    window = visit()
    open_page(window.page, f"{live.url}/map?all=1")
    land = charts(window.page).first.locator(".js-fill").first
    land.wait_for(state="attached")
    box = land.bounding_box()
    assert box is not None
    assert box["width"] > 700
    click(window.page, land, across=0.57)  # the Congo
    window.page.wait_for_timeout(1500)
    assert window.page.url == f"{live.url}/map?all=1"
    assert live.left_the_machine() == window.seen.outward == window.seen.console == []
