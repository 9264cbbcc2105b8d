"""Every page in light, dark and on a phone; links that reopen a view; what a scan for accessibility finds."""

import re
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.reading import cut_links, main, open_page, scrolls_sideways, still
from tests.browser.serving import Dashboard

pytestmark = pytest.mark.browser
TRIAL = "NCT09060001"  # a stand-in's record of sizofiran, put in by agents.py

PAGES = {
    "": ("ClinicalTrials.gov lists", "Starts per year"),
    "agents?agent=sizofiran": ("Agents", "Sizofiran"),
    "agents?compare=sizofiran&compare=ivig": ("Agents", "Sizofiran"),
    "trials": ("All trials", "Trials that give"),
    f"trial?nct={TRIAL}": ("", TRIAL),
    "claims": ("Claims", "C1"),
    "gaps": ("What’s missing", "How we count"),
    "changes": ("Changes", "this tracker’s refreshes"),
    "mecfs": ("ME/CFS trials", "Case definitions"),
    "timeline?all=1": ("Timeline", "Newest start"),
    "map?all=1": ("Where the trials are", "Trials whose record names no site"),
    "results?all=1": ("Results and delays", "Posted and published"),
    "findings?all=1": ("Findings", "What registered analyses report"),
    "glossary": ("Glossary", "Post-exertional malaise"),
    "about": ("About the data", "ClinicalTrials.gov"),
}
PHONE: dict[str, Any] = {
    "width": 390, "height": 844, "has_touch": True, "is_mobile": True, "device_scale_factor": 2,
}  # fmt: skip
ZOOMED = {"width": 683, "height": 450}  # 200 % on a laptop

# What axe finds in Streamlit's own markup, by rule: within which elements, and why it stays. All else fails the test.
KNOWN_VIOLATIONS = {
    # Tags of chosen filters are white on the primary colour, in dark mode 3.7 : 1: a chosen segment is written in that
    # colour and needs it light. No theme setting parts the two (github.com/streamlit/streamlit/issues/12801).
    "color-contrast": "[data-testid=stMultiSelectTagsContainer]",
    # The box around st.table scrolls on a phone, and Streamlit gives it no place in the order of the Tab key
    # (no issue found there).
    "scrollable-region-focusable": "[data-testid=stTable]",
}


@pytest.mark.parametrize("path", PAGES)
def test_every_page_in_light_dark_and_zoomed(live: Dashboard, visit: Visit, path: str) -> None:
    """One window whose owner goes from light to dark and back, and zooms."""
    window = visit(scheme="light")
    page = window.page
    opened(live, page, path)
    assert not is_dark(page)
    sound(page)
    light = background(page)
    page.emulate_media(color_scheme="dark")
    expect(page.get_by_test_id("stApp")).not_to_have_css("background-color", light)
    still(page)
    assert is_dark(page)
    sound(page)
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(ZOOMED)  # type: ignore[arg-type]
    still(page)
    sound(page)
    assert window.seen.console == []


@pytest.mark.parametrize("path", PAGES)
def test_every_page_on_a_phone(live: Dashboard, visit: Visit, path: str) -> None:
    window = visit(**PHONE)
    opened(live, window.page, path)
    sound(window.page)
    assert window.seen.console == []


@pytest.mark.parametrize("path", ["", "trials"])
def test_a_page_can_be_dark_from_the_start(live: Dashboard, visit: Visit, path: str) -> None:
    window = visit(scheme="dark")
    opened(live, window.page, path)
    assert is_dark(window.page)
    sound(window.page)
    assert window.seen.console == []


def opened(live: Dashboard, page: Page, path: str) -> None:
    """Open a page and look whether it says what it should."""
    title, content = PAGES[path]
    open_page(page, f"{live.url}/{path}")
    expect(main(page).locator("h1").first).to_contain_text(title)
    expect(main(page).get_by_text(content).first).to_be_visible()
    expect(main(page).get_by_text("Registry data of 20 November 2026").first).to_be_visible()
    expect(main(page).get_by_text("Source: ClinicalTrials.gov").first).to_be_visible()
    expect(main(page).get_by_test_id("stException")).to_have_count(0)


def sound(page: Page) -> None:
    """Nothing is wider than the window, no link is cut off, and a scan for accessibility finds nothing new."""
    assert scrolls_sideways(page) == []
    assert cut_links(page) == []
    assert new_violations(page) == []


def background(page: Page) -> str:
    return str(page.get_by_test_id("stApp").evaluate("app => getComputedStyle(app).backgroundColor"))


def is_dark(page: Page) -> bool:
    return sum(map(int, re.findall(r"\d+", background(page))[:3])) < 200


def new_violations(page: Page) -> list[str]:
    """The elements that break a rule of accessibility and are not among the known ones."""
    found = [(rule["id"], node) for rule in Axe().run(page).response["violations"] for node in rule["nodes"]]
    return [f"{rule}: {node['html'][:300]}" for rule, node in found if not is_known(page, rule, node["target"][0])]


def is_known(page: Page, rule: str, element: str) -> bool:
    within = KNOWN_VIOLATIONS.get(rule)
    return within is not None and bool(
        page.locator(element).evaluate("(part, within) => Boolean(part.closest(within))", within)
    )
