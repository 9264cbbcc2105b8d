"""Charts answer: a click on a mark opens its list, and so does Enter; the list has the number told, Back leads back."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Visit
from tests.browser.reading import main, open_page, still
from tests.browser.serving import Dashboard

pytestmark = pytest.mark.browser
# A page with charts -> for each of them a mark that opens something.
CHARTS = {
    "?all=1": [".bars .point path", ".hm image", ".bars .point path", ".bars .point path"],
    "agents?agent=methotrexate&all=1": [".bars .point path"],
    "agents?compare=methotrexate&compare=ivig&all=1": [".bars .point path"],
    "gaps?background=1": [".hm image", "path.point"],
    "mecfs": [".bars .point path"],
    "timeline?all=1": [".bars .point path"],
    "map?all=1": ["path.point", ".bars .point path"],
    "results?all=1": [".bars .point path"],
    "findings?all=1": [".bars .point path"],
}
FOUND = re.compile(r"([\d,]+) trials? found|of ([\d,]+) (?:trial|row|claim)s?|([\d,]+) trials?\b")


def told(words: str) -> int | None:
    """The number that the words of a mark tell; None for a mark that is one trial."""
    number = re.search(r": ([\d,]+) (?:trial|claim)s?", words)
    return int(number[1].replace(",", "")) if number else None


def charts(page: Page) -> Locator:
    return main(page).get_by_test_id("stPlotlyChart").locator("visible=true")


def hover(page: Page, mark: Locator) -> tuple[float, float]:
    """Move onto a mark as a person does, from beside; a heatmap is one picture, of which the first cell is taken."""
    mark.scroll_into_view_if_needed()
    box = mark.bounding_box()
    assert box is not None
    heatmap = box["height"] > 150
    x, y = box["x"] + (box["width"] * 0.06 if heatmap else box["width"] / 2), box["y"] + box["height"] / 2
    if heatmap:  # a cell that holds something: they are looked for along the first row
        y = box["y"] + 12
        for step in range(40):
            x = box["x"] + 8 + step * box["width"] / 40
            page.mouse.move(x, y)
            page.wait_for_timeout(60)
            words = page.locator(".hoverlayer").all_text_contents()
            if any(told(one) for one in words):
                break
    page.mouse.move(x - 2, y)
    page.mouse.move(x, y)
    page.wait_for_timeout(300)
    return x, y


def width(mark: Locator) -> float:
    box = mark.bounding_box()
    return box["width"] if box else 0


def listed(page: Page) -> str:
    """What the page says that a mark has opened."""
    if "/trials" in page.url:
        expect(main(page).locator("h1").first).to_have_text("All trials")
    still(page)
    return main(page).inner_text()


def opens(page: Page, words: str, here: str) -> None:
    """What was told is what is listed, and Back leads back."""
    page.wait_for_function("here => location.href !== here", arg=here)
    shown, number = listed(page), told(words)
    if number is not None and "/trials" in page.url:
        assert f"{number:,} trial{'' if number == 1 else 's'} found" in shown, words
    page.go_back()
    expect(page).to_have_url(here)
    expect(charts(page).first).to_be_visible()
    still(page)


@pytest.mark.parametrize("path", CHARTS)
def test_a_click_and_enter_open_the_list_and_back_leads_back(live: Dashboard, visit: Visit, path: str) -> None:
    window = visit()
    open_page(window.page, f"{live.url}/{path}")
    here = window.page.url
    for at, mark in enumerate(CHARTS[path]):
        chart = charts(window.page).nth(at)
        chart.locator(mark).first.wait_for(state="attached")
        window.page.wait_for_timeout(500)
        first = next(one for one in chart.locator(mark).all() if width(one) > 3)
        x, y = hover(window.page, first)
        words = re.sub(r"<[^>]+>", " ", chart.locator(".hoverlayer").inner_html())
        window.page.mouse.click(x, y)
        opens(window.page, words, here)

        link = charts(window.page).nth(at).locator("a.mark-link")
        link.wait_for(state="attached")
        window.page.wait_for_timeout(300)
        link.focus()
        window.page.keyboard.press("ArrowRight")
        words = link.inner_text()
        assert re.search(r"· 2 of \d+ ·|· 1 of 1 ·", words), words
        window.page.keyboard.press("Enter")
        opens(window.page, words, here)
    assert window.seen.console == []


def test_the_keyboard_alone_reaches_a_chart_and_leaves_it(live: Dashboard, visit: Visit) -> None:
    window = visit()
    open_page(window.page, f"{live.url}/?all=1")
    window.page.locator("a.mark-link").first.wait_for(state="attached")
    for _ in range(60):
        window.page.keyboard.press("Tab")
        if window.page.evaluate("document.activeElement.className") == "mark-link":
            break
    else:
        raise AssertionError("the Tab key reaches no chart")
    focused = window.page.locator("a.mark-link:focus")
    expect(focused).to_be_visible()
    box = focused.bounding_box()
    assert box is not None
    assert box["height"] > 15, "the focus can be seen"
    window.page.keyboard.press("Tab")
    assert window.page.evaluate("document.activeElement.className") != "mark-link"
