"""What trials found, in a browser: from the Overview in three clicks, every number in a real table; also dark and on a
phone."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.reading import column, main, open_page, scrolls_sideways, sidebar, still
from tests.browser.serving import Dashboard
from tests.fake_registry.results import results_section

pytestmark = pytest.mark.browser
LOOKS: dict[str, dict[str, Any]] = {"light": {}, "dark": {"scheme": "dark"}}
PHONE: dict[str, Any] = {"width": 390, "height": 844, "is_mobile": True, "has_touch": True}


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
def test_three_clicks_lead_from_the_overview_to_a_primary_result(
    live: Dashboard, visit: Visit, look: dict[str, Any]
) -> None:
    window = visit(**look)
    page = window.page
    open_page(page, live.url)
    sidebar(page).get_by_role("link", name="Findings", exact=True).click()  # one
    expect(main(page).get_by_role("heading", name="Findings", exact=True)).to_be_visible()
    still(page)
    listed = main(page).get_by_test_id("stDataFrame").last
    nct_id = re.search(r"NCT\d{8}", column(listed, "NCT id")[0])
    assert nct_id is not None
    assert scrolls_sideways(page) == []
    place = listed.bounding_box()
    assert place is not None
    with window.context.expect_page() as opened:  # the grid opens the links of its cells in a new tab
        page.mouse.move(place["x"] + 40, place["y"] + 50)
        page.mouse.click(place["x"] + 45, place["y"] + 52)  # two: the first id below the heading
    _check_trial(opened.value, nct_id[0])


def test_three_taps_lead_from_the_overview_to_a_primary_result_on_a_phone(live: Dashboard, visit: Visit) -> None:
    window = visit(**PHONE)
    page = window.page
    open_page(page, live.url)
    page.get_by_test_id("stExpandSidebarButton").tap()  # one
    sidebar(page).get_by_role("link", name="Findings", exact=True).tap()  # two
    expect(main(page).get_by_role("heading", name="Findings", exact=True)).to_be_visible()
    still(page)
    assert scrolls_sideways(page) == []
    title = main(page).locator(".st-key-narrow_window a").first
    nct_id = re.search(r"nct=(NCT\d{8})#found$", title.get_attribute("href") or "")
    assert nct_id is not None
    title.tap()  # three
    assert window.context.pages == [page]
    _check_trial(page, nct_id[1])


def _check_trial(page: Page, nct_id: str) -> None:
    """The page of the trial, scrolled to its findings: each number in a cell, with its row and column."""
    expect(page).to_have_url(re.compile(rf"/trial\?nct={nct_id}#found$"))
    still(page)
    expect(main(page).get_by_role("heading", name="What was found")).to_be_in_viewport()
    section = results_section()
    (outcome,) = section["outcomeMeasuresModule"]["outcomeMeasures"][:1]
    shown = main(page).get_by_role("table").filter(has_text="Mean (standard deviation)")
    expect(shown.get_by_role("columnheader").first).to_be_visible()
    heads = [text.strip() for text in shown.get_by_role("columnheader").all_inner_texts()]
    assert {group["title"] for group in outcome["groups"]} <= set(heads)
    cells = " ".join(main(page).get_by_role("table").get_by_role("cell").all_inner_texts())
    told = re.findall(r"[\d.]+|NA", cells)
    wanted = list(_numbers(section))
    assert len(wanted) >= 20
    assert not [one for one in {*wanted} if told.count(one) < wanted.count(one)], cells
    assert scrolls_sideways(page) == []


_ASKED = ("numSubjects", "value", "spread", "deathsNum", "seriousNum", "otherNum")


def _numbers(node: Any) -> Iterator[str]:
    """Every number of people and of outcomes in a section of results; what single events were is not asked for."""
    if isinstance(node, list):
        for one in node:
            yield from _numbers(one)
    if isinstance(node, dict):
        for key, value in node.items():
            if isinstance(value, dict | list):
                yield from _numbers(value) if key != "seriousEvents" else ()
            elif key.startswith(_ASKED):
                yield str(value)
