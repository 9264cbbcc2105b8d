"""What trials found, in a browser: light, dark and on a phone, every number of a result stands in a real table."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.reading import column, main, open_page, scrolls_sideways
from tests.browser.serving import Dashboard
from tests.fake_registry.results import results_section

pytestmark = pytest.mark.browser
LOOKS: dict[str, dict[str, Any]] = {
    "light": {}, "dark": {"scheme": "dark"}, "phone": {"width": 390, "height": 844}
}  # fmt: skip


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
def test_the_list_of_findings_leads_to_numbers_in_real_tables(
    live: Dashboard, visit: Visit, look: dict[str, Any]
) -> None:
    page = visit(**look).page
    open_page(page, f"{live.url}/findings")
    listed = main(page).get_by_test_id("stDataFrame").last
    first = re.search(r"NCT\d{8}", column(listed, "NCT id")[0])
    assert first is not None
    assert scrolls_sideways(page) == []
    open_page(page, f"{live.url}/trial?nct={first[0]}")  # where the id of the row leads
    _check_trial(page)


def _check_trial(page: Page) -> None:
    """The page of the trial at its findings: each number of the primary outcome in a cell, with its row and column."""
    expect(main(page).get_by_role("heading", name="What was found", exact=True)).to_be_visible()
    (outcome,) = results_section()["outcomeMeasuresModule"]["outcomeMeasures"][:1]
    shown = main(page).get_by_role("table").filter(has_text="Mean (standard deviation)")
    cells = [text.strip() for text in shown.get_by_role("cell").all_inner_texts()]
    assert {"18", "20", "4.2 (1.1)", "NA (note 1)"} <= set(cells), cells
    heads = [text.strip() for text in shown.get_by_role("columnheader").all_inner_texts()]
    assert {group["title"] for group in outcome["groups"]} <= set(heads)
    harm = main(page).get_by_role("table").filter(has_text="Serious events")
    assert {"1 of 20", "0 of 21"} <= {text.strip() for text in harm.get_by_role("cell").all_inner_texts()}
    assert scrolls_sideways(page) == []
