"""Every mark of every chart opens a list that is as long as the number it tells, on every page."""

import json
import re
from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests.rigs.pages import exported

Open = Callable[..., AppTest]
PAGES = {
    "overview": "all=1", "agents": "agent=methotrexate&all=1", "gaps": "", "map": "all=1"
}  # fmt: skip


def marks(app: AppTest) -> Iterator[tuple[str, str]]:
    """The address and the words of every mark that can be opened."""
    for chart in app.get("plotly_chart"):
        for trace in json.loads(chart.proto.spec)["data"]:
            links, words = trace.get("customdata", []), trace.get("hovertext", [])
            if trace["type"] == "heatmap":
                links, words = chain.from_iterable(links), chain.from_iterable(words)
            links, words = list(links), list(words)
            assert len(links) == len(words)
            yield from ((link, said) for link, said in zip(links, words, strict=True) if link)


@pytest.mark.parametrize("name", PAGES)
def test_every_mark_opens_a_list_as_long_as_its_number(live: str, opened: Open, name: str) -> None:
    seen: dict[str, Any] = {}
    for address, words in marks(opened(live, name, PAGES[name])):
        page, _, query = address.partition("?")
        if page == "trials":
            told = re.search(r": ([\d,]+) trials?", words)
            assert told, words
            assert len(exported(live, query)) == int(told[1].replace(",", "")), f"{words}: {address}"
            seen[address] = words
    assert len(seen) > 3


def test_the_marks_of_a_trial_open_its_page(live: str, opened: Open) -> None:
    found = list(marks(opened(live, "timeline", "all=1")))
    assert found
    for address, words in found:
        assert re.fullmatch(r"trial\?nct=NCT\d{8}", address)
        assert words.startswith(address[-11:])
