"""Reading a page the way a person does: waiting until it is still, finding its tables, its sentences, its width."""

import re

from playwright.sync_api import Locator, Page, expect

STILL = '[data-testid="stApp"][data-test-script-state="notRunning"]'


def still(page: Page) -> None:
    """Wait until the page has been drawn and no script runs."""
    page.locator(STILL).wait_for()
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0)
    page.wait_for_load_state("networkidle")


def open_page(page: Page, url: str) -> None:
    page.goto(url)
    page.locator("h1").first.wait_for()
    still(page)


def choose(option: Locator) -> None:
    """Take an option of an open list as a person does: a list that is still opening ignores a click."""
    option.hover()
    option.page.wait_for_timeout(300)
    option.click()


def cut_links(page: Page) -> list[str]:
    """Links of the page's main part whose words do not fit."""
    found: list[str] = page.evaluate(
        "[...document.querySelectorAll('[data-testid=stMain] [data-testid=stPageLink] a *')]"
        ".filter(part => part.scrollWidth > part.clientWidth + 1 && getComputedStyle(part).overflowX !== 'visible')"
        ".map(part => part.textContent)"
    )
    return found


def main(page: Page) -> Locator:
    return page.get_by_test_id("stMain")


def sidebar(page: Page) -> Locator:
    return page.get_by_test_id("stSidebar")


def key_figures(page: Page) -> Locator:
    """The Overview's key figures: links that begin with their number."""
    return (
        main(page)
        .get_by_test_id("stPageLink")
        .get_by_role("link", name=re.compile(r"^[\d,]+ (trials?|recruiting|completed|with posted results)\b"))
    )


def press_refresh(page: Page) -> None:
    sidebar(page).get_by_role("button", name="Refresh trial data").click()


def numbers(page: Page, chart: str, name: str) -> list[dict[str, str]]:
    """The rows, by their headings, of the table ``name`` in the "Numbers" below the chart of that title."""
    block = main(page).get_by_test_id("stVerticalBlock").filter(has=page.get_by_role("heading", name=chart, exact=True))
    expander = block.last.locator("details").filter(has_text="Numbers").first
    if expander.get_attribute("open") is None:
        expander.locator("summary").click()
    return whole(page.get_by_role("region", name=name, exact=True), name)


def whole(table: Locator, name: str) -> list[dict[str, str]]:
    """All rows of the table of that name, by their headings."""
    table.hover()
    # Little has to be scrolled there. Told to the button itself: while its bar fades in, the grid lies above it.
    table.page.get_by_role("button", name=f"Fullscreen: {name}", exact=True).dispatch_event("click")
    rows = grid(table)
    table.page.keyboard.press("Escape")
    return rows


def grid(frame: Locator) -> list[dict[str, str]]:
    """All rows of a grid by their headings, as it tells them to a screen reader: part by part, as it is scrolled."""
    frame.scroll_into_view_if_needed()
    frame.locator("canvas table tbody tr").first.wait_for(state="attached")
    scroller = frame.locator(".dvn-scroller").first
    heads: dict[int, str] = {}
    cells: dict[tuple[int, int], str] = {}
    for step in range(1, 120):
        rows, columns, found_heads, found_cells = frame.evaluate(_CELLS)
        heads.update(found_heads)
        cells.update({(row, column): text for row, column, text in found_cells})
        if len(heads) == columns and len(cells) == rows * columns:
            scroller.evaluate("part => part.scrollTo(0, 0)")
            every_row = sorted({row for row, _ in cells})
            return [{heads[column]: cells[row, column] for column in sorted(heads)} for row in every_row]
        # The grid tells what it has drawn only after a pause; every place is visited until nothing is missing.
        scroller.evaluate(_NEXT_PLACE, step)
        frame.page.wait_for_timeout(300)
    raise AssertionError(f"the grid has {rows} rows of {columns} columns, but tells {len(cells)} cells under {heads}")


def column(frame: Locator, heading: str) -> list[str]:
    """One column of a grid, as far as it is in sight."""
    frame.scroll_into_view_if_needed()
    frame.locator("canvas table tbody tr").first.wait_for(state="attached")
    _, _, heads, cells = frame.evaluate(_CELLS)
    number = {text: number for number, text in heads}[heading]
    return [text for _, at, text in cells if at == number]


_CELLS = """frame => {
    const table = frame.querySelector('canvas table');
    const column = cell => Number(cell.getAttribute('aria-colindex'));
    const row = cell => Number(cell.closest('tr').getAttribute('aria-rowindex'));
    return [
        Number(table.getAttribute('aria-rowcount')) - 1,
        Number(table.getAttribute('aria-colcount')),
        [...table.querySelectorAll('thead th')].map(cell => [column(cell), cell.textContent]),
        [...table.querySelectorAll('tbody td')].map(cell => [row(cell), column(cell), cell.textContent]),
    ];
}"""


# Half a window to the right each time; at the end of the row, half a window down and back to the left.
_NEXT_PLACE = """(part, step) => {
    const across = Math.ceil(part.scrollWidth / (part.clientWidth * 0.5));
    const down = Math.ceil(part.scrollHeight / (part.clientHeight * 0.5));
    part.scrollTo((step % across) * part.clientWidth * 0.5,
                  (Math.floor(step / across) % down) * part.clientHeight * 0.5);
}"""


def scrolls_sideways(page: Page) -> list[str]:
    """The parts of the page that are wider than the window, empty when nothing has to be scrolled sideways."""
    found: list[str] = page.evaluate(
        """() => [document.documentElement, document.body,
                  ...document.querySelectorAll('[data-testid="stMain"], [data-testid="stAppViewContainer"]')]
                .filter(part => part.scrollWidth > part.clientWidth + 1)
                .map(part => `${part.tagName}: ${part.scrollWidth} > ${part.clientWidth}`)"""
    )
    return found
