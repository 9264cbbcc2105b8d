"""The list of trials on a laptop and on a phone, and the addresses inside a page."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.reading import main, open_page, still
from tests.browser.serving import Dashboard

pytestmark = pytest.mark.browser


def test_a_laptop_shows_the_table_and_a_phone_the_cards(live: Dashboard, visit: Visit) -> None:
    window = visit(width=1366, height=900)
    open_page(window.page, f"{live.url}/trials?all=1")
    table, cards = (main(window.page).locator(f".st-key-{look}_window") for look in ("wide", "narrow"))
    expect(table.get_by_test_id("stDataFrame")).to_be_visible()
    expect(cards).to_be_hidden()
    window.page.set_viewport_size({"width": 390, "height": 844})
    expect(cards).to_be_visible()
    expect(table).to_be_hidden()
    title = cards.get_by_role("link").first
    nct_id = re.search(r"nct=(NCT\d{8})", title.get_attribute("href") or "")
    assert nct_id is not None
    title.click()
    expect(window.page).to_have_url(re.compile(rf"/trial\?nct={nct_id[1]}$"))
    still(window.page)
    expect(main(window.page).get_by_text("On this page:")).to_be_visible()
    assert len(window.context.pages) == 1


def test_the_contents_of_a_trials_page_lead_to_its_sections(live: Dashboard, visit: Visit) -> None:
    window = visit(width=1366, height=900)
    open_page(window.page, f"{live.url}/trials?all=1")
    nct_id = re.search(
        r"NCT\d{8}", main(window.page).locator(".st-key-narrow_window a").first.get_attribute("href") or ""
    )
    assert nct_id is not None
    open_page(window.page, f"{live.url}/trial?nct={nct_id[0]}")
    contents = main(window.page).get_by_text("On this page:").get_by_role("link")
    names = contents.all_inner_texts()
    for at, name in enumerate(names):
        anchor = contents.nth(at).get_attribute("href") or ""
        assert window.page.locator(f"[id='{anchor[1:]}']").count() == 1, name
    contents.nth(len(names) - 1).click()
    expect(window.page.locator("[id='source']")).to_be_in_viewport()
    expect(window.page).to_have_url(re.compile(rf"nct={nct_id[0]}#source$"))
    assert len(window.context.pages) == 1


def test_a_claims_id_opens_the_claim_alone_in_the_same_window(live: Dashboard, visit: Visit) -> None:
    window = visit(width=1366, height=900)
    open_page(window.page, f"{live.url}/claims")
    main(window.page).get_by_role("link", name="C9", exact=True).first.click()
    expect(window.page).to_have_url(re.compile(r"/claims\?claim=C9$"))
    still(window.page)
    expect(main(window.page).get_by_role("link", name=re.compile("All claims"))).to_be_visible()
    assert len(window.context.pages) == 1
