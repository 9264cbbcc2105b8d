"""The registry's texts are shown letter by letter in a real browser, where more than Markdown reads them."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Dialog, expect

from tests.browser.chromium import Visitor
from tests.browser.conftest import Visit
from tests.browser.reading import main, open_page
from tests.browser.serving import Dashboard
from tests.fake_registry import FakeRegistry
from tests.fake_registry.shorthand import experimental, phase
from tests.fake_registry.studies import make_study
from tests.rigs.hostile import NCT_ID, PAYLOADS, TOGETHER, record

pytestmark = pytest.mark.browser

TRIAL = "NCT08000001"
TEXT = (
    "Dose 1:100:200 :x: a:b:c www.evil.example p@evil.example http://evil.example/x "
    ":material/home: -> <- -- >= <b>B</b> *i*"
)


def test_no_text_of_a_record_does_anything(serve: Callable[..., Dashboard], visit: Visit) -> None:
    """One record whose texts look like links, pictures and markup, and one of which every field that we ask for holds a
    script, a picture, a link, a formula and more at once."""
    hostile = make_study(
        TRIAL, title=TEXT, **phase(2), **experimental("Intravenous Immunoglobulin"), sponsor=TEXT,
        conditions=["Chronic Fatigue Syndrome", TEXT], condition_mesh=["Fatigue Syndrome, Chronic"],
        primary_outcomes=[{"measure": TEXT, "timeFrame": TEXT}],
        references=[{"pmid": "12345", "type": "RESULT", "citation": TEXT}],
    )  # fmt: skip
    with FakeRegistry([hostile, record(PAYLOADS[TOGETHER])]) as registry:
        up = serve(registry.url, TRIALS_PACE_SECONDS="0", TRIALS_REFRESH="nobody")
        assert "2 new" in up.run("refresh", "--agent", "ivig").stderr
        _becomes_a_link_a_picture_or_markup(up, visit())
        _runs_or_leads_away(up, visit(changed=True))


def _becomes_a_link_a_picture_or_markup(up: Dashboard, window: Visitor) -> None:
    for address in (
        f"trial?nct={TRIAL}",
        "agents?agent=ivig",
        "timeline?agent=ivig",
        "mecfs",
        "results?agent=ivig",
    ):
        open_page(window.page, f"{up.url}/{address}")
        hrefs = main(window.page).locator("a[href]").evaluate_all("links => links.map(link => link.href)")
        assert [href for href in hrefs if "evil" in href] == [], address
        expect(main(window.page).locator("b, i")).to_have_count(0)
    open_page(window.page, f"{up.url}/trial?nct={TRIAL}")
    shown = main(window.page).inner_text()
    heading = main(window.page).locator("h1").first.inner_text()
    assert heading.startswith(TEXT)
    assert shown.count(TEXT) >= 4  # title, sponsor, outcome, paper
    assert window.seen.console == []


def _runs_or_leads_away(up: Dashboard, window: Visitor) -> None:
    asked: list[str] = []

    def met(dialog: Dialog) -> None:
        asked.append(dialog.message)
        dialog.dismiss()

    window.page.on("dialog", met)
    for address in (
        f"trial?nct={NCT_ID}",
        "agents?agent=ivig",
        "trials?all=1",
        "changes",
        "map?all=1",
        "findings?all=1",
    ):
        open_page(window.page, f"{up.url}/{address}")
        shown = main(window.page)
        targets = shown.locator("[href], [src]").evaluate_all("all => all.map(one => one.href || one.src || '')")
        assert [target for target in targets if "evil" in target or "javascript:" in target] == [], address
        expect(shown.locator("script, iframe, object, img[onerror], svg[onload]")).to_have_count(0)
    assert asked == []
    assert window.seen.console == []
