"""The address bar: links reopen the same view, a row opens its trial, Back leads back, nonsense does no harm."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.reading import choose, column, key_figures, main, open_page, sidebar, still
from tests.browser.serving import Dashboard

pytestmark = pytest.mark.browser


def ids(page: Page) -> list[str]:
    """The ids in the list, once the grid has told a screen reader the same ones twice."""
    told: list[str] = []
    for _ in range(20):
        before, told = told, column(main(page).get_by_test_id("stDataFrame"), "NCT id")
        if told and told == before:
            break
        page.wait_for_timeout(400)
    return [text.rpartition("=")[2] for text in told]


def keys(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def test_a_link_reopens_the_same_view_for_somebody_else(live: Dashboard, visit: Visit) -> None:
    mine = visit()
    open_page(mine.page, f"{live.url}/trials")
    everything = ids(mine.page)

    main(mine.page).locator("summary").filter(has_text=re.compile("^.*Filters")).first.click()
    still(mine.page)
    statuses = main(mine.page).get_by_role("combobox", name="Statuses")
    statuses.click()
    choose(mine.page.get_by_role("option", name="Completed", exact=True))
    mine.page.keyboard.press("Escape")
    expect(mine.page).to_have_url(re.compile(r"status=completed"))
    still(mine.page)
    expect(statuses).to_be_visible()  # the filters stay open from one choice to the next
    words = main(mine.page).locator("input[aria-label='Words']")
    words.fill("syndrome")
    words.press("Enter")
    expect(mine.page).to_have_url(re.compile(r"q=syndrome"))
    still(mine.page)
    assert keys(mine.page) == {"status": ["completed"], "q": ["syndrome"]}
    chosen = ids(mine.page)
    assert chosen
    assert len(chosen) < len(everything)

    other = visit()
    open_page(other.page, mine.page.url)
    assert ids(other.page) == chosen
    sentence = main(other.page).get_by_text(re.compile(r"Trials that give .*completed.*syndrome"))
    expect(sentence.first).to_be_visible()
    assert mine.seen.console == other.seen.console == []


def test_back_leads_to_the_view_before(live: Dashboard, visit: Visit) -> None:
    window = visit()
    open_page(window.page, live.url)
    figure = key_figures(window.page).first
    narrow = figure.inner_text()
    main(window.page).get_by_role("radio", name="All conditions").click()
    expect(window.page).to_have_url(re.compile("all="))
    expect(figure).not_to_have_text(narrow)
    still(window.page)
    window.page.go_back()
    expect(figure).to_have_text(narrow)
    assert window.seen.console == []


def test_a_row_opens_its_trial(live: Dashboard, visit: Visit) -> None:
    window = visit()
    open_page(window.page, f"{live.url}/trials?agent=sizofiran&all=1")
    first = ids(window.page)[0]
    table = main(window.page).get_by_test_id("stDataFrame")
    box = table.bounding_box()
    assert box is not None
    window.page.mouse.click(box["x"] + 18, box["y"] + 35 + 17)  # the marker of the first row
    expect(window.page).to_have_url(re.compile(rf"/trial\?.*nct={first}"))
    still(window.page)
    expect(main(window.page).get_by_text(first).first).to_be_visible()
    link = main(window.page).get_by_role("link", name=re.compile("ClinicalTrials.gov")).first
    expect(link).to_have_attribute("href", re.compile(rf"^https://clinicaltrials\.gov/study/{first}"))
    window.page.go_back()
    expect(window.page).to_have_url(re.compile(r"/trials\?agent=sizofiran&all=1"))
    still(window.page)
    assert ids(window.page)[0] == first
    assert window.seen.console == []


def test_an_address_that_makes_no_sense_shows_the_page_and_says_what_was_ignored(live: Dashboard, visit: Visit) -> None:
    window = visit()
    open_page(window.page, f"{live.url}/trials?agent=unobtainium&phase=phase9&from=yesterday&<script>=1")
    expect(main(window.page).get_by_text("Parts of this link could not be used")).to_be_visible()
    expect(main(window.page).get_by_text(re.compile("unobtainium")).first).to_be_visible()
    assert ids(window.page)
    assert window.seen.console == []


def test_a_trial_nobody_knows_is_said_kindly(live: Dashboard, visit: Visit) -> None:
    window = visit()
    open_page(window.page, f"{live.url}/trial?nct=NCT99999999")
    expect(main(window.page).get_by_text(re.compile("NCT99999999")).first).to_be_visible()
    expect(main(window.page).get_by_test_id("stException")).to_have_count(0)
    assert window.seen.console == []


def test_a_link_to_the_same_page_is_told_to_the_address_bar(live: Dashboard, visit: Visit) -> None:
    window = visit()
    open_page(window.page, f"{live.url}/trials?all=1&q=fukuda")
    sidebar(window.page).get_by_role("link", name=re.compile("All trials")).click()
    expect(window.page).to_have_url(f"{live.url}/trials?all=1")
    expect(main(window.page).get_by_text(re.compile("with the words"))).to_have_count(0)
    window.page.go_back()
    expect(window.page).to_have_url(f"{live.url}/trials?all=1&q=fukuda")
    expect(main(window.page).get_by_text(re.compile("with the words “fukuda”")).first).to_be_visible()
    main(window.page).get_by_role("link", name=re.compile("outside this view: show all")).click()
    expect(window.page).to_have_url(re.compile("tier=excluded"))
    assert keys(window.page)["q"] == ["fukuda"]
    assert window.seen.console == []
