"""The map in a browser: drawn without asking anybody, a disc or a bar leads to its list, and Back leads back."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Visit
from tests.browser.reading import main, open_page, still
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


@pytest.mark.parametrize(("chart", "mark"), [(0, "path.point"), (1, ".bars .point path")])
def test_a_click_shows_the_lists_of_a_country_and_back_leads_back(
    live: Dashboard, visit: Visit, chart: int, mark: str
) -> None:
    window = visit()
    open_page(window.page, f"{live.url}/map?all=1")
    expect(charts(window.page)).to_have_count(2)
    first = charts(window.page).nth(chart).locator(mark).first
    first.wait_for()
    click(window.page, first)
    link = main(window.page).get_by_role("link", name=re.compile(r"\d+ trials?$"))
    expect(link).to_be_visible()
    said = link.inner_text()
    link.click()
    expect(window.page).to_have_url(re.compile(r"/trials\?all=1&country="))
    still(window.page)
    number = re.search(r"\d+ trials?", said)
    assert number is not None
    expect(main(window.page).get_by_text(f"{number[0]} found", exact=True)).to_be_visible()
    window.page.go_back()
    expect(window.page).to_have_url(f"{live.url}/map?all=1")
    expect(charts(window.page)).to_have_count(2)
    assert window.seen.console == []


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
    expect(main(window.page).get_by_role("link", name=re.compile(r"\d+ trials?$"))).to_have_count(0)
    assert live.left_the_machine() == window.seen.outward == window.seen.console == []
