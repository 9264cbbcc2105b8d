"""The static site in a real browser, opened from the disk: charts drawn, nothing loaded from elsewhere, axe clean."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.serving import Dashboard

pytestmark = pytest.mark.browser
NAMES = ("index", "agents", "trials", "map", "timeline", "claims", "gaps", "results", "mecfs", "about")


@pytest.fixture(scope="module")
def site(live: Dashboard, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("published") / "site"
    view = ["--query", "condition=me_cfs&agent=ivig", "--no-lists"]
    made = live.run("publish", "--out", str(out), *view, room="dashboard", timeout=300)
    assert made.returncode == 0, made.stderr
    return out


@contextmanager
def no_policy_broken(page: Page) -> Iterator[None]:
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: told.append(str(error)))
    yield
    assert told == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_is_drawn_from_the_disk_and_accessible(site: Path, visit: Visit, scheme: str) -> None:
    window = visit(scheme=scheme)
    page = window.page
    trial = next(site.glob("trial-*.html")).stem
    for name in (*NAMES, trial):
        with no_policy_broken(page):
            page.goto((site / f"{name}.html").as_uri())
            expect(page.locator("h1").first).to_be_visible()
            for chart in page.locator(".chart").all():
                if chart.is_visible():
                    expect(chart.locator("svg.main-svg").first).to_be_visible()
            page.wait_for_load_state("networkidle")
        found = Axe().run(page).response["violations"]
        assert [(one["id"], one["nodes"][0]["html"]) for one in found] == [], name
    assert {url.split(":")[0] for url in window.seen.outward} == {"file"}
    window.seen.outward.clear()


def test_on_a_phone_no_page_is_wider_than_the_window(site: Path, visit: Visit) -> None:
    window = visit(width=390, height=844)
    for name in NAMES:
        window.page.goto((site / f"{name}.html").as_uri())
        window.page.wait_for_load_state("networkidle")
        assert window.page.evaluate("document.documentElement.scrollWidth") <= 390, name
    window.seen.outward.clear()


def test_the_pages_are_reached_by_links_and_the_keyboard(site: Path, visit: Visit) -> None:
    window = visit()
    page = window.page
    page.goto((site / "index.html").as_uri())
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.get_by_role("link", name="All trials").click()
    page.get_by_role("link", name="NCT0").first.click()
    expect(page.locator("h1")).to_be_visible()
    assert page.url.startswith(site.as_uri())
    window.seen.outward.clear()
