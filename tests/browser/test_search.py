"""From a word of the criteria to the trial it stands in."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.reading import main, open_page, still
from tests.browser.serving import Dashboard

pytestmark = pytest.mark.browser


def test_a_word_of_the_criteria_leads_to_its_trial(live: Dashboard, visit: Visit) -> None:
    page = visit(width=1366, height=900).page
    open_page(page, f"{live.url}/trials?all=1")
    box = main(page).locator("input[aria-label='Words']")
    box.fill("fukuda")
    box.press("Enter")
    expect(page).to_have_url(re.compile("q=fukuda"))
    still(page)
    main(page).get_by_role("link", name=re.compile("1 more outside this view: show all")).click()
    expect(page).to_have_url(re.compile("tier=excluded"))
    still(page)
    main(page).locator("summary").filter(has_text="Where the words stand").click()
    hit = main(page).locator("details").filter(has_text="Where the words stand")
    expect(hit.get_by_text(re.compile("(Inclusion|Exclusion) criteria")).first).to_be_visible()
    link = hit.get_by_role("link").first
    nct_id = re.search(r"nct=(NCT\d{8})", link.get_attribute("href") or "")
    assert nct_id is not None
    link.click()
    expect(page).to_have_url(re.compile(rf"/trial\?nct={nct_id[1]}$"))


def test_a_typo_is_one_click_from_what_was_meant(live: Dashboard, visit: Visit) -> None:
    page = visit().page
    open_page(page, f"{live.url}/trials?all=1&q=metotrexate")
    main(page).get_by_role("link", name=re.compile("Did you mean .*methotrexate")).click()
    expect(page).to_have_url(re.compile("q=methotrexate"))
    still(page)
    expect(main(page).get_by_text(re.compile("trials? found")).first).to_be_visible()
