"""What is taken along from a chart: pictures that say what they show, whence and of when; numbers; a line to cite."""

import csv
import io
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Visit
from tests.browser.reading import main, open_page, still
from tests.browser.serving import Dashboard

pytestmark = pytest.mark.browser
SVG = "{http://www.w3.org/2000/svg}"


def numbers(page: Page, key: str) -> Locator:
    """The opened "Numbers" below a chart."""
    expander = main(page).locator(f".st-key-{key}_numbers")
    expander.locator("summary").click()
    expander.get_by_test_id("stCode").get_by_text("Trial tracker").wait_for()  # drawn late, it moves what is below
    expander.locator("canvas").first.wait_for()
    still(page)
    return expander


def saved(page: Page, button: Locator, folder: Path, *, keyboard: bool = False) -> Path:
    with page.expect_download() as download:
        if keyboard:
            button.focus()
            page.keyboard.press("Enter")
        else:
            button.click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def drawn(path: Path) -> ElementTree.Element:
    """A picture as the tree that it is."""
    return ElementTree.fromstring(path.read_bytes())  # noqa: S314 -- the product's own file


def told(path: Path) -> str:
    """The words in a picture, line after line."""
    return " ".join(text for part in drawn(path).iter(f"{SVG}text") for text in part.itertext())


@pytest.mark.parametrize("key", ["phases", "agents", "starts"])
def test_a_chart_of_the_overview_is_saved_with_title_source_and_date(
    live: Dashboard, visit: Visit, tmp_path: Path, key: str
) -> None:
    window = visit()
    open_page(window.page, f"{live.url}/?all=1")
    window.page.locator(f".st-key-{key} .main-svg").first.wait_for()
    title = {"phases": "Phases and statuses", "agents": "Agents and phases", "starts": "Starts per year"}[key]
    here = window.page.url
    expander = numbers(window.page, key)
    svg = saved(window.page, expander.get_by_role("link", name="Save chart as SVG"), tmp_path)
    assert svg.name == f"{title.lower().replace(' ', '-')}.svg"
    words = told(svg)
    assert words.startswith(title)
    assert "Source: ClinicalTrials.gov" in words
    assert re.search(r"As of \d{1,2} [A-Z][a-z]+ \d{4} · \d+ trials", words)
    source = svg.read_text(encoding="utf-8")
    assert source.count('class="main-svg"') >= 2
    assert "hoverlayer" not in source
    assert "textLength" in source, "texts take the room they had on the page, whatever the font"
    assert not re.search(r"url\((?!&quot;#|#)", source), "every pattern lies in the picture itself"

    png = saved(window.page, expander.get_by_role("link", name="Save chart as PNG"), tmp_path, keyboard=True)
    content = png.read_bytes()
    assert content[:8] == b"\x89PNG\r\n\x1a\n"
    assert int.from_bytes(content[16:20]) == 2 * int(float(drawn(svg).get("width", "0")))
    assert window.page.url == here
    assert window.seen.console == []


def test_numbers_are_saved_and_the_line_to_cite_names_the_view(live: Dashboard, visit: Visit, tmp_path: Path) -> None:
    window = visit(permissions=["clipboard-read", "clipboard-write"])
    open_page(window.page, f"{live.url}/mecfs")
    expander = numbers(window.page, "mecfs_agents")
    button = expander.get_by_role("button", name="CSV: Trials by how near an agent comes")
    button.scroll_into_view_if_needed()
    window.page.wait_for_timeout(1500)  # tables that are still being drawn move the button from below the mouse
    path = saved(window.page, button, tmp_path)
    assert path.name == "trials-by-how-near-an-agent-comes.csv"
    rows = list(csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline="")))
    assert all(row["All"].isdecimal() for row in rows)
    assert rows[0]["Trials (link)"].startswith(f"{live.url}/mecfs?")
    assert rows[0]["Source"].startswith("Source: ClinicalTrials.gov")
    assert rows[0]["View"] == window.page.url
    cited = expander.get_by_test_id("stCode")
    expect(cited).to_contain_text("The agents among ME/CFS trials. ")
    expect(cited).to_contain_text(f", {window.page.url}")
    cited.hover()
    cited.get_by_role("button").click()
    assert window.page.evaluate("navigator.clipboard.readText()") == cited.inner_text().strip()
    assert window.seen.console == []
