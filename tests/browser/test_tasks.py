"""Five things people come for, each in three clicks at most."""

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.chromium import Visitor
from tests.browser.conftest import Visit
from tests.browser.reading import choose, key_figures, main, open_page, sidebar, still
from tests.browser.serving import Dashboard

pytestmark = pytest.mark.browser
MOST = 3


class Clicks:
    """A person's clicks, counted."""

    def __init__(self, window: Visitor, url: str) -> None:
        self.page = window.page
        self.number = 0
        open_page(self.page, url)

    def on(self, part: Locator) -> None:
        self.number += 1
        assert self.number <= MOST
        part.click()
        still(self.page)


def test_find_a_recruiting_trial_of_an_agent(live: Dashboard, visit: Visit) -> None:
    clicks = Clicks(visit(), f"{live.url}/?all=1")
    clicks.on(key_figures(clicks.page).filter(has_text="recruiting"))
    expect(main(clicks.page).locator("h1").first).to_have_text("All trials")
    still(clicks.page)  # a choice that is opened while its page is drawn closes again
    clicks.on(main(clicks.page).get_by_role("combobox", name="Agents"))  # the filters are open, for one is set
    choose(clicks.page.get_by_role("option", name=re.compile("IVIG")))  # the end of the same choice
    expect(clicks.page).to_have_url(re.compile("agent=ivig.*status=recruiting|status=recruiting.*agent=ivig"))
    expect(main(clicks.page).get_by_text(re.compile(r"trials? found|No trial found")).first).to_be_visible()


def test_see_which_agent_got_furthest(live: Dashboard, visit: Visit) -> None:
    clicks = Clicks(visit(), f"{live.url}/?all=1")
    expect(main(clicks.page).get_by_text(re.compile("furthest phase")).first).to_be_visible()
    assert clicks.number == 0


def test_see_whether_a_claim_is_true(live: Dashboard, visit: Visit) -> None:
    clicks = Clicks(visit(), live.url)
    clicks.on(sidebar(clicks.page).get_by_role("link", name="Claims"))
    clicks.on(main(clicks.page).get_by_role("combobox").first)
    clicks.on(clicks.page.get_by_role("option", name="Sizofiran"))
    expect(clicks.page).to_have_url(re.compile(r"/claims\?.*agent=sizofiran"))
    expect(main(clicks.page).get_by_text(re.compile("Supported|Partly|Contradicted|Not found")).first).to_be_visible()


def test_see_what_changed(live: Dashboard, visit: Visit) -> None:
    clicks = Clicks(visit(), live.url)
    clicks.on(sidebar(clicks.page).get_by_role("link", name="Changes"))
    expect(main(clicks.page).locator("h1").first).to_contain_text("Changes")


def test_cite_one_number(live: Dashboard, visit: Visit) -> None:
    clicks = Clicks(visit(), live.url)
    clicks.on(main(clicks.page).locator("summary").filter(has_text="Numbers").first)
    cited = main(clicks.page).get_by_test_id("stCode").first
    expect(cited).to_contain_text("ClinicalTrials.gov")
    expect(cited).to_contain_text("20 November 2026")
    cited.hover()
    clicks.on(cited.get_by_role("button").first)
