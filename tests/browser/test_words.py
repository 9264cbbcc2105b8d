"""The words taken out and put in are read in every look, by a screen reader, and letter by letter."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from cache.store.store import Store
from tests.browser.conftest import Visit
from tests.browser.reading import main, open_page, scrolls_sideways, still
from tests.browser.serving import Dashboard
from tests.browser.test_every_page import PHONE, ZOOMED, new_violations
from tests.rigs import moved_stores as moved

pytestmark = pytest.mark.browser

HOSTILE = "<img src=x onerror=alert(1)> </del><b>B</b> *i* http://evil.example & " + "W" * 120
# Colours and widths are judged when the fold has opened: until then it fades and grows.
OPEN = "part => Promise.all(part.closest('details').getAnimations({subtree: true}).map(one => one.finished))"


@pytest.fixture
def up(serve: Callable[..., Dashboard], tmp_path: Path) -> Dashboard:
    """A dashboard over a store with one changed text, hostile and as wide as none should be."""
    started = serve(TRIALS_REFRESH="nobody")
    store = Store.open(started.store_url)
    moved.live(store, title=HOSTILE)
    text = "Inclusion Criteria:\n\n* Pain over {} months\n\nExclusion Criteria:\n\n* {}"
    before, after = ({"criteria": text.format(*one)} for one in ((6, "Asthma"), (3, HOSTILE)))
    moved.happened(store, 1, "eligibility", move=("medium", before, after))
    store.close()
    return started


@pytest.mark.parametrize("look", [{"scheme": "light"}, PHONE], ids=["laptop", "phone"])
def test_words_are_read_in_every_look(up: Dashboard, visit: Visit, look: dict[str, Any]) -> None:
    window = visit(**look)
    page = window.page
    for address in ("changes?since=2026-11-01", "trial?nct=NCT00000001"):
        page.emulate_media(color_scheme="light")
        open_page(page, f"{up.url}/{address}")
        if address.startswith("changes"):
            main(page).get_by_text("Words taken out and put in: 1 change of a text").click()
        words = main(page).get_by_test_id("stHtml")
        expect(words.locator("li").first).to_contain_text("Inclusion criterion changed: Pain over")
        assert [_heard(words, tag) for tag in ("del", "ins")] == [
            ["taken out: 6; ", "taken out: Asthma; "], ["put in: 3; ", f"put in: {HOSTILE}; "],
        ]  # fmt: skip
        expect(words.locator("img, a[href*=evil]")).to_have_count(0)
        assert _line(words, "del") == "line-through"
        assert _line(words, "ins") == "underline"
        still(page)
        words.evaluate(OPEN)
        _seen_well(page)
        page.emulate_media(color_scheme="dark")
        still(page)
        _seen_well(page)
        if look is not PHONE:
            page.set_viewport_size(ZOOMED)  # type: ignore[arg-type]
            still(page)
            _seen_well(page)
    assert window.seen.console == []


def _seen_well(page: Page) -> None:
    assert scrolls_sideways(page) == []
    assert new_violations(page) == []


def _line(words: Locator, tag: str) -> str:
    """What is drawn through or below its letters."""
    return str(words.locator(tag).first.evaluate("part => getComputedStyle(part).textDecorationLine"))


def _heard(words: Locator, tag: str) -> list[str]:
    return words.locator(tag).all_text_contents()


def test_the_trial_of_a_changed_text_opens_in_the_same_window(up: Dashboard, visit: Visit) -> None:
    window = visit()
    open_page(window.page, f"{up.url}/changes?since=2026-11-01")
    main(window.page).get_by_text("Words taken out and put in: 1 change of a text").click()
    main(window.page).get_by_test_id("stHtml").get_by_role("link", name="NCT00000001").click()
    expect(main(window.page).locator("h1").first).to_contain_text("<img src=x")
    assert window.page.url.endswith("/trial?nct=NCT00000001")
    assert len(window.context.pages) == 1
