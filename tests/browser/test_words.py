"""The words taken out and put in are read in every look, by a screen reader, and letter by letter."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

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


LOOKS: dict[str, dict[str, Any]] = {
    "light": {"scheme": "light"},
    "dark": {"scheme": "dark"},
    "phone": PHONE,
    "zoomed": {**ZOOMED, "device_scale_factor": 2},
}


@pytest.mark.parametrize("look", LOOKS)
def test_words_are_read_in_every_look(up: Dashboard, visit: Visit, look: str) -> None:
    options: dict[str, Any] = LOOKS[look]
    window = visit(**options)
    for address in ("changes?since=2026-11-01", "trial?nct=NCT00000001"):
        open_page(window.page, f"{up.url}/{address}")
        if address.startswith("changes"):
            main(window.page).get_by_text("Words taken out and put in: 1 change of a text").click()
        words = main(window.page).get_by_test_id("stHtml")
        expect(words.locator("li").first).to_contain_text("Inclusion criterion changed: Pain over")
        assert [_heard(words, tag) for tag in ("del", "ins")] == [
            ["taken out: 6; ", "taken out: Asthma; "], ["put in: 3; ", f"put in: {HOSTILE}; "],
        ]  # fmt: skip
        expect(words.locator("img, a[href*=evil]")).to_have_count(0)
        assert (
            words.locator("del").first.evaluate("part => getComputedStyle(part).textDecorationLine") == "line-through"
        )
        assert words.locator("ins").first.evaluate("part => getComputedStyle(part).textDecorationLine") == "underline"
        still(window.page)
        words.evaluate(OPEN)
        assert scrolls_sideways(window.page) == []
        assert new_violations(window.page) == []
        assert window.seen.console == []


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
