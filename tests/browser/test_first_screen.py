"""The answer at a glance: what stands on the first screen of a laptop and of a phone; its numbers open their lists."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Visit
from tests.browser.reading import key_figures, main, open_page, still
from tests.browser.serving import Dashboard

pytestmark = pytest.mark.browser


def bottom(part: Locator) -> float:
    box = part.bounding_box()
    assert box is not None
    return box["y"] + box["height"]


def chart(page: Page, at: int) -> Locator:
    drawn = main(page).get_by_test_id("stPlotlyChart").nth(at).locator(".main-svg").first
    drawn.wait_for()
    return drawn


def test_headline_and_both_charts_of_the_starter_stand_on_the_first_screen(
    serve: Callable[..., Dashboard], visit: Visit
) -> None:
    up = serve()
    laptop = visit(width=1366, height=900)
    open_page(laptop.page, up.url)
    for at in (0, 1):
        assert bottom(chart(laptop.page, at)) <= 900
    phone = visit(width=390, height=844, is_mobile=True, has_touch=True)
    open_page(phone.page, up.url)
    assert bottom(chart(phone.page, 0)) <= 844 * 1.5


def test_headline_figures_and_both_charts_stand_on_a_laptops_first_screen(live: Dashboard, visit: Visit) -> None:
    window = visit(width=1366, height=900)
    open_page(window.page, live.url)
    expect(main(window.page).locator("h1")).to_contain_text("ClinicalTrials.gov lists")
    expect(key_figures(window.page)).to_have_count(4)
    for at in (0, 1):
        assert bottom(chart(window.page, at)) <= 900
    expect(main(window.page).locator(".legend .traces").first).to_be_visible()


def test_headline_and_first_chart_stand_within_a_screen_and_a_half_of_a_phone(live: Dashboard, visit: Visit) -> None:
    window = visit(width=390, height=844, is_mobile=True, has_touch=True)
    open_page(window.page, live.url)
    assert bottom(main(window.page).locator("h1")) < 844
    assert bottom(chart(window.page, 0)) <= 844 * 1.5


def test_the_numbers_of_the_headline_open_their_lists_in_the_same_window(live: Dashboard, visit: Visit) -> None:
    window = visit()
    open_page(window.page, live.url)
    links = main(window.page).locator("h1 a[href]")
    addresses = [link.get_attribute("href") or "" for link in links.all()]
    assert len(addresses) >= 2
    for at, address in enumerate(addresses):
        words = links.nth(at).inner_text()
        links.nth(at).click()
        expect(window.page).to_have_url(re.compile(re.escape(address)))
        still(window.page)
        if address.startswith("trials"):
            number = re.match(r"[\d,]+", words)
            assert number is not None
            expect(main(window.page).get_by_text(re.compile(rf"^{number[0]} trials? found")).first).to_be_visible()
        window.page.go_back()
        expect(links).to_have_count(len(addresses))
        still(window.page)
    assert len(window.context.pages) == 1
    assert window.seen.console == []
