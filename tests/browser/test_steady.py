"""A page that is loaded says so at once, and what is drawn stays where it is."""

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.chromium import visitor
from tests.browser.conftest import Visit
from tests.browser.reading import main, open_page
from tests.browser.serving import Dashboard

pytestmark = pytest.mark.browser
SIZES: dict[str, Any] = {
    "laptop": {"width": 1366, "height": 900},
    "phone": {"width": 390, "height": 844, "is_mobile": True},
}
GOOD = 0.1  # the usual bound of a page that does not jump; without placeholder and preloads it is 0.25 to 0.6

_SHIFTS = """() => new Promise(done => {
    let sum = 0;
    const add = entries => entries.forEach(entry => { sum += entry.hadRecentInput ? 0 : entry.value; });
    const observer = new PerformanceObserver(list => add(list.getEntries()));
    observer.observe({type: 'layout-shift', buffered: true});
    setTimeout(() => { add(observer.takeRecords()); done(sum); }, 500);
})"""


def shifted(page: Page) -> float:
    """The cumulative layout shift of the page so far."""
    return float(page.evaluate(_SHIFTS))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("path", ["", "agents?agent=methotrexate", "mecfs", "gaps"])
def test_what_is_drawn_stays_where_it_is(starter: Dashboard, chrome: Browser, path: str, size: str) -> None:
    window = visitor(chrome, **SIZES[size])
    open_page(window.page, f"{starter.url}/{path}")
    assert shifted(window.page) < GOOD
    window.context.close()


def test_the_window_is_never_blank(starter: Dashboard, visit: Visit) -> None:
    window = visit(changed=True)
    window.page.route("**/static/js/index.*.js", lambda route: route.abort())
    window.page.goto(starter.url)
    words = window.page.get_by_text("Trial tracker is loading")
    expect(words).to_be_visible()
    window.page.unroute("**/static/js/index.*.js")
    open_page(window.page, starter.url)
    expect(main(window.page).locator("h1")).to_be_visible()
    expect(words).to_be_hidden()


def test_what_streamlit_says_before_the_page_is_not_hidden_for_ever(starter: Dashboard, visit: Visit) -> None:
    window = visit(changed=True)
    window.page.route("**/_stcore/stream", lambda route: route.abort())
    window.page.route_web_socket("**/_stcore/stream", lambda socket: socket.close())
    window.page.goto(starter.url)
    words = window.page.get_by_text("Trial tracker is loading")
    expect(words).to_be_visible()
    expect(words).to_be_hidden(timeout=20_000)
    expect(window.page.locator("#root")).to_have_css("visibility", "visible")
