"""A recruiting trial near Berlin, in three steps from the Overview."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.reading import grid, main, open_page, still
from tests.browser.serving import Dashboard
from tests.fake_registry import FakeRegistry, make_study

pytestmark = pytest.mark.browser
SITES = {
    "NCT09000001": ("Munich", {"lat": 48.14, "lon": 11.58}, "RECRUITING"),
    "NCT09000002": ("Potsdam", {"lat": 52.40, "lon": 13.06}, "RECRUITING"),
    "NCT09000003": ("Berlin", {"lat": 52.52, "lon": 13.41}, "COMPLETED"),
    "NCT09000004": ("Berlin", None, "RECRUITING"),
}


def test_a_recruiting_trial_near_berlin(serve: Callable[..., Dashboard], visit: Visit) -> None:
    drug = [{"type": "DRUG", "name": "Azathioprine"}]
    studies = [
        make_study(
            id, status=status, interventions=drug, conditions=["Chronic Fatigue Syndrome"],
            locations=[{"facility": "A clinic", "city": city, "country": "Germany"} | ({"geoPoint": at} if at else {})],
        )
        for id, (city, at, status) in SITES.items()
    ]  # fmt: skip
    with FakeRegistry(studies) as registry:
        up = serve(registry.url, TRIALS_PACE_SECONDS="0", TRIALS_REFRESH="nobody")
        assert up.run("refresh").returncode == 0
        window = visit()
        page = window.page
        open_page(page, up.url)
        main(page).get_by_role("link", name="Open near you").click()  # one
        still(page)
        place = main(page).get_by_role("textbox", name="Near")
        place.fill("berlin")  # two
        place.press("Enter")
        expect(page).to_have_url(re.compile(r"near=Berlin(%2C|,)(\+|%20)DE"))
        still(page)
        expect(main(page).get_by_role("heading", name="1 trial found")).to_be_visible()
        expect(main(page).get_by_text("1 more trial is not judged.")).to_be_visible()
        rows = grid(main(page).get_by_test_id("stDataFrame").first)  # three: read
        assert [row["Distance"] for row in rows] == ["27 km"]
        assert rows[0]["Site"] == "A clinic, Potsdam"
        assert up.left_the_machine() == window.seen.outward == window.seen.console == []
