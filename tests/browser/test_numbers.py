"""Every number opens the list of its trials: on each page, table by table and figure by figure, the links are followed
and the list that opens is counted: by the API where it is a list of trials, and of each page's lists one in the window
as well."""

import json
import re
from collections.abc import Iterator
from typing import NamedTuple
from urllib.request import urlopen

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.chromium import Visitor
from tests.browser.conftest import Visit
from tests.browser.reading import key_figures, main, open_page, still, whole
from tests.browser.serving import Dashboard

pytestmark = pytest.mark.browser

# Pages with numbers of trials -> how many different lists are opened at least.
PAGES = {
    "?all=1": 6,
    "agents?agent=methotrexate&all=1&show=counting": 5,
    "agents?agent=methotrexate&all=1&show=results": 3,
    "agents?compare=methotrexate&compare=ivig&all=1": 1,
    "claims": 1,
    "gaps?agent=methotrexate": 2,
    "mecfs": 4,
    "map?all=1": 1,
    "results?all=1": 4,
}
_LIST = re.compile(
    r"([\d,]+) trials? found|No trial found|of ([\d,]+) (?:trial|row)s?\. An NCT id|No trial of this view"
)
_TOLD_IN = {"Open ones": ["Open"]}  # which column has the number of a link that is not about the whole row
_IN_LINK = re.compile(r"^(?:trials|results|mecfs|gaps|map)\?[^#]*(?:#([\d,]+))?$")


class Number(NamedTuple):
    """A number as the page shows it, and where it leads."""

    where: str
    number: int
    address: str


def whole_number(text: str) -> int:
    return int(text.replace(",", ""))


def in_row(table: str, row: dict[str, str]) -> Iterator[Number]:
    """The numbers of a row that lead somewhere: those written in their link, or the row's own sum."""
    for heading, cell in row.items():
        found = _IN_LINK.match(cell)
        if not found:
            continue
        if found[1]:
            yield Number(f"{table}, {heading}", whole_number(found[1]), cell.partition("#")[0])
        else:
            told = _TOLD_IN.get(heading) or [name for name in ("All", "Number", "Started", "Planned") if name in row]
            yield Number(f"{table}, {heading}", sum(whole_number(row[name]) for name in told), cell)


def in_tables(page: Page) -> Iterator[Number]:
    """What the tables of numbers say, opened one by one: of each its largest number, and a cell of its inside."""
    for expander in main(page).locator("details:visible").filter(has=page.locator("summary", has_text="Numbers")).all():
        if expander.get_attribute("open") is None:
            expander.locator("summary").first.click()
        expect(expander.get_by_test_id("stCode").first).to_be_visible()  # the line to cite: the server has answered
    still(page)
    for drawn in main(page).locator("[data-testid=stDataFrame]:visible").all():
        expect(drawn.locator("canvas table")).to_be_attached()
    for name in [region.get_attribute("aria-label") or "" for region in tables(page).all()]:
        table = main(page).get_by_role("region", name=name, exact=True)
        found = sorted({one for row in whole(table, name) for one in in_row(name, row)}, key=lambda one: one.number)
        cells = [one for one in found if one.number and "phase=" in one.address and "status=" in one.address]
        yield from {*found[-1:], *cells[:1]}


def tables(page: Page) -> Locator:
    return main(page).locator("[role=region]:visible").filter(has=page.locator("canvas table"))


def in_figures(page: Page) -> Iterator[Number]:
    """The single figures in their frames, each with the link below it."""
    for figure in main(page).locator("[data-testid=stMetric]:visible").all():
        value = figure.get_by_test_id("stMetricValue").inner_text()
        if not re.fullmatch(r"[\d,]+", value):  # "Not known"
            continue
        frame = figure.locator("xpath=ancestor::*[@data-testid='stVerticalBlock'][1]")
        link = frame.locator("a[href]").first
        expect(link).to_be_visible()
        yield Number(figure.inner_text().splitlines()[0], whole_number(value), link.get_attribute("href") or "")
    for link in key_figures(page).all():
        number, _, word = link.inner_text().partition(" ")
        yield Number(word, whole_number(number), link.get_attribute("href") or "")


def listed(window: Visitor, url: str) -> int:
    """How many trials the list at an address holds, by its own words."""
    open_page(window.page, url)
    found = _LIST.search(main(window.page).inner_text())
    assert found is not None, f"{url} is no list of trials"
    return whole_number(found[1] or found[2] or "0")


def counted(up: Dashboard, address: str) -> int:
    """How many trials the API knows of the list at an address."""
    with urlopen(f"{up.url}/api/v1/{address}&limit=1") as answer:
        return int(json.load(answer)["total"])


@pytest.mark.parametrize("path", PAGES)
def test_every_number_opens_its_list(live: Dashboard, visit: Visit, path: str) -> None:
    window, other = visit(), visit()
    open_page(window.page, f"{live.url}/{path}")
    found = [*in_figures(window.page), *in_tables(window.page)]
    lists = {one.address: one for one in found}
    assert len(lists) >= PAGES[path], f"only {len(lists)}: {sorted(lists)}"
    opened: set[str] = set()
    for one in lists.values():
        address = one.address.removeprefix(live.url).lstrip("/")
        page = address.partition("?")[0]
        if page == "trials":
            assert counted(live, address) == one.number, one
        if page != "trials" or page not in opened:
            assert listed(other, f"{live.url}/{address}") == one.number, one
        opened.add(page)
    assert window.seen.console == other.seen.console == []
