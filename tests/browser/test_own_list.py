"""A list of one's own: kept in the browser and in the address, compared, printed, exported and opened again."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, WebSocket, expect

from tests.browser.conftest import Visit
from tests.browser.reading import main, open_page, sidebar, still
from tests.browser.serving import Dashboard

pytestmark = pytest.mark.browser
NOTE = "Ask about the second visit, zxqvj"


def some(dashboard: Dashboard, folder: Path) -> list[str]:
    """Three stored trials."""
    out = folder / "all.json"
    assert dashboard.run("export", "--format", "json", "--out", str(out)).returncode == 0
    return sorted(row["nct_id"] for row in json.loads(out.read_text()))[4:7]


def keep(page: Page, dashboard: Dashboard, nct_id: str) -> None:
    open_page(page, f"{dashboard.url}/trial?nct={nct_id}")
    main(page).get_by_role("link", name="Keep", exact=True).click()
    expect(main(page).get_by_role("link", name="Remove from my list")).to_be_visible()


def my_list(page: Page) -> None:
    sidebar(page).get_by_role("link", name=re.compile("My list")).click()
    expect(page.get_by_role("heading", name="My list")).to_be_visible()
    still(page)


def test_trials_are_kept_compared_printed_exported_and_opened_again(
    live: Dashboard, visit: Visit, tmp_path: Path
) -> None:
    ids = some(live, tmp_path)
    window = visit(accept_downloads=True)
    page = window.page
    for nct_id in ids:
        keep(page, live, nct_id)
    expect(sidebar(page).locator('a[href*="my-list"]')).to_have_attribute("data-count", " (3)")
    my_list(page)
    expect(main(page).get_by_text("3 trials on this list")).to_be_visible()
    link = page.url
    assert f"ids={','.join(ids)}" in link

    # printed: the cards instead of the table, which paper would cut, and no sidebar
    page.emulate_media(media="print")
    expect(main(page).locator(".st-key-narrow_window")).to_be_visible()
    expect(page.get_by_test_id("stSidebar")).to_be_hidden()
    expect(main(page).get_by_test_id("stDataFrame")).to_be_hidden()
    assert page.pdf().startswith(b"%PDF")
    page.emulate_media(media="screen")

    with page.expect_download() as waiting:
        main(page).get_by_role("button", name="JSON", exact=True).click()
    assert sorted(row["nct_id"] for row in json.loads(Path(waiting.value.path()).read_text())) == ids

    main(page).get_by_role("link", name=re.compile("Compare side by side")).click()
    expect(page.get_by_role("heading", name="Trials side by side")).to_be_visible()
    still(page)
    heads = main(page).locator("table").first.locator("th").all_inner_texts()
    assert [head.strip() for head in heads if head.strip()][-3:] == ids

    other = visit().page
    open_page(other, link)
    expect(main(other).get_by_text("3 trials on this list")).to_be_visible()


def test_the_list_returns_after_the_window_is_closed_and_a_trial_can_be_taken_off(
    live: Dashboard, visit: Visit, tmp_path: Path
) -> None:
    ids = some(live, tmp_path)
    window = visit()
    keep(window.page, live, ids[0])
    keep(window.page, live, ids[1])
    window.page.close()
    page = window.context.new_page()
    open_page(page, f"{live.url}/claims")
    my_list(page)
    expect(main(page).get_by_text("2 trials on this list")).to_be_visible()
    main(page).get_by_role("link", name=f"Remove {ids[0]} from my list").click()
    expect(main(page).get_by_text("1 trial on this list")).to_be_visible()
    assert f"ids={ids[1]}" in page.url
    page.go_back()
    expect(main(page).get_by_text("2 trials on this list")).to_be_visible()


def test_notes_stay_in_the_browser_and_nothing_of_them_is_sent(live: Dashboard, visit: Visit, tmp_path: Path) -> None:
    (nct_id, *_) = some(live, tmp_path)
    window = visit(changed=True)
    page = window.page
    sent: list[Any] = []

    def listen(socket: WebSocket) -> None:
        socket.on("framesent", lambda frame: sent.append(frame))

    page.on("websocket", listen)
    page.on("request", lambda request: sent.append(request.url + (request.post_data or "")))
    keep(page, live, nct_id)
    my_list(page)
    page.get_by_label(f"Note on {nct_id}").fill(NOTE)
    main(page).get_by_text("Choose several").click()
    still(page)
    page.reload()
    still(page)
    expect(page.get_by_label(f"Note on {nct_id}")).to_have_value(NOTE)
    assert sent
    assert not [one for one in sent if "zxqvj" in (one if isinstance(one, str) else one.decode("utf-8", "replace"))]
    assert "zxqvj" not in page.url


def test_a_browser_that_keeps_nothing_has_the_list_in_the_address(
    live: Dashboard, visit: Visit, tmp_path: Path
) -> None:
    (nct_id, *_) = some(live, tmp_path)
    window = visit(changed=True)
    window.context.add_init_script(
        "Object.defineProperty(window, 'localStorage', {get() { throw new DOMException('no', 'SecurityError'); }})"
    )
    keep(window.page, live, nct_id)
    my_list(window.page)
    assert f"ids={nct_id}" in window.page.url
    expect(main(window.page).get_by_text("This browser keeps nothing for this site")).to_be_visible()
    window.seen.console.clear()


def test_trials_are_ticked_in_the_table(live: Dashboard, visit: Visit) -> None:
    page = visit(width=1366, height=900).page
    open_page(page, f"{live.url}/trials?all=1")
    main(page).get_by_text("Choose several").click()
    still(page)
    grid = main(page).get_by_test_id("stDataFrame")
    expect(main(page).get_by_text("Tick the trials in the first column.")).to_be_visible()
    expect(grid.locator("canvas").first).to_be_visible()
    still(page)
    box = grid.bounding_box()
    assert box is not None
    for row in (70, 140):
        page.mouse.click(box["x"] + 18, box["y"] + row)
    keeping = main(page).get_by_role("link", name="Keep 2 trials")
    expect(keeping).to_be_visible()
    keeping.click()
    expect(sidebar(page).locator('a[href*="my-list"]')).to_have_attribute("data-count", " (2)")
    expect(main(page).get_by_role("link", name=re.compile("Compare side by side"))).to_be_visible()


def test_an_address_without_trials_opens_the_list_of_this_browser(
    live: Dashboard, visit: Visit, tmp_path: Path
) -> None:
    (nct_id, *_) = some(live, tmp_path)
    window = visit()
    keep(window.page, live, nct_id)
    open_page(window.page, f"{live.url}/trials?mine=1")
    expect(window.page).to_have_url(re.compile(f"ids={nct_id}"))
    expect(main(window.page).get_by_text("1 trial on this list")).to_be_visible()
    assert window.seen.console == []
