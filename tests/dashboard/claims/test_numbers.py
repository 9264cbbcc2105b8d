"""Numbers that are said twice, read from the pages: a claim's sentence, its buttons, the ledger, the lists behind them;
the gap map and the agents' pages beside it."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from streamlit.testing.v1 import AppTest

from cache.filters.filter import Filter
from cache.read import trials as queries
from cache.store.store import Store
from fetchers.watchlist import load as watchlists
from tests.rigs.pages import page, table, tables

LISTED = watchlists.load()
NUMBER = re.compile(r"([\d,]+) trials?$")
SAID = re.compile(r"([^.:]*: [\d,]+ trials?)\b")
PART = re.compile(r"([^.:]*): ([\d,]+) of ([\d,]+)\b")


@pytest.fixture(params=["starter", "live", "unanswered"])
def url(request: pytest.FixtureRequest) -> str:
    """The starter, a filled store, and one for which the registry did not answer about one agent."""
    found: str = request.getfixturevalue(request.param)
    return found


def in_order(block: Any) -> Iterator[tuple[str, Any]]:
    """Every element below a block as it stands on the page: its kind, and itself."""
    for child in block.children.values():
        if hasattr(child, "children"):
            yield from in_order(child)
        else:
            yield child.type, child


def claims_on(at: AppTest) -> dict[str, tuple[list[str], list[tuple[str, str]]]]:
    """By claim: its texts, and its links with label and query."""
    found: dict[str, tuple[list[str], list[tuple[str, str]]]] = {}
    now = None
    for kind, element in in_order(at.main):
        if kind == "markdown" and (
            start := re.match(r":small\[\[?(C\d+)(?:\]\(claims\?claim=\1\))? · ", element.value)
        ):
            now = found.setdefault(start[1], ([], []))
        elif now is not None and kind == "text":
            now[0].append(element.value)
        elif now is not None and kind == "page_link" and NUMBER.search(element.proto.label):
            now[1].append((element.proto.label.replace("\\", ""), element.proto.query_string))
    return found


class Lists:
    """How many trials an address lists."""

    def __init__(self, url: str) -> None:
        store = Store.open(url)
        self.trials, self.matches = queries.trials(store), queries.matches(store)
        store.close()

    def length(self, query: str) -> int:
        wanted, ignored = Filter.from_query(query, LISTED)
        assert not ignored
        return len(wanted.apply(self.trials, self.matches, LISTED).trials)


def number(text: str) -> int:
    return int(text.replace(",", ""))


def check(texts: list[str], links: list[tuple[str, str]], lists: Lists) -> int:
    labels = {label for label, _ in links}
    for label, query in links:
        found = NUMBER.search(label)
        assert found is not None, label
        assert lists.length(query) == number(found[1]), label
    because = texts[0]
    said = [one.strip() for one in SAID.findall(because)]
    assert set(said) <= labels, (because, labels)
    for what, some, whole in PART.findall(because):
        assert 0 <= number(some) <= number(whole) == number(NUMBER.search(said[0])[1])  # type: ignore[index]
        if number(some):
            assert any(label.startswith(f"{what.strip()}: {some} trial") for label in labels), (because, labels)
    return len(said)


def test_sentence_buttons_and_ledger_of_every_claim_say_the_same(url: str) -> None:
    at = page("claims")
    found, lists = claims_on(at), Lists(url)
    ledger = table(at, "Claim", "Verdict").set_index("Claim")["Trials"].rename(lambda link: link.partition("=")[2])
    assert set(found) == {claim.id for claim in LISTED.claims} == set(ledger.index)
    said = 0
    for id, (texts, links) in found.items():
        said += check(texts, links, lists)
        address, _, shown = ledger[id].rpartition("#")
        if address.startswith("trials"):
            assert lists.length(urlsplit(address).query) == number(shown)
    assert said > 20


def test_an_agents_page_says_of_its_claims_what_the_claims_page_says(url: str) -> None:
    every = claims_on(page("claims"))
    for agent in ("azathioprine", "methotrexate", "rintatolimod"):
        mine = claims_on(page("agents", agent=agent, show="claims"))
        assert mine
        for id, (texts, links) in mine.items():
            assert (texts[0], links) == (every[id][0][0], every[id][1])


def test_every_number_of_the_gap_map_is_the_length_of_its_list(url: str) -> None:
    shown, checked = tables(page("gaps")), 0
    lists = Lists(url)
    for frame in shown:
        for column in frame.select_dtypes(include=["object", "string"]):
            for cell in frame[column].dropna():
                match = re.fullmatch(r"trials\?(.+)#([\d,]+)", str(cell))
                if match and "show" not in parse_qs(match[1]):
                    assert lists.length(match[1]) == number(match[2]), (column, cell)
                    checked += 1
    assert checked > 20
