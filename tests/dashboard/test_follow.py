"""“Follow this view” at the end of each page: its links and its command follow just what the page shows."""

import re
import shlex
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from streamlit.testing.v1 import AppTest

from cache.__main__ import parser
from cache.follow import view
from dashboard.follow.parts import command
from tests.rigs.pages import WATCHLIST

Open = Callable[..., AppTest]
FEED = "feed.xml"


@pytest.mark.parametrize(
    ("page", "query", "followed"),
    [
        ("overview", "", "tier=given"),
        ("agents", "agent=ivig", "tier=given&agent=ivig"),
        ("agents", "compare=ivig&compare=methotrexate&all=1", "tier=given&agent=ivig&agent=methotrexate&all=1"),
        ("trials", "status=recruiting&q=a b&page=2", "tier=given&status=recruiting&q=a+b"),
        ("changes", "kind=status&weight=high&since=7", "tier=given&kind=status&weight=high"),
        ("timeline", "agent=ivig", "tier=given&agent=ivig"),
        ("mecfs", "", "tier=given&tier=mentioned&tier=excluded&background=1&condition=me_cfs&frame=1"),
    ],
)
def test_a_page_says_how_to_follow_what_it_shows(live: str, opened: Open, page: str, query: str, followed: str) -> None:
    app = opened(live, page, query)
    assert not app.exception
    assert [one.label for one in app.expander if one.label == "Follow this view"] == ["Follow this view"]
    links = [one.proto.url for one in app.get("link_button") if one.proto.url.startswith((FEED, "calendar.ics"))]
    (code,) = [one.value for one in app.code if one.value.startswith("python -m cache digest")]
    asked = parser().parse_args(shlex.split(code)[3:]).query
    expected = {key: sorted(values) for key, values in parse_qs(followed).items()}
    for one in (*(urlsplit(link).query for link in links), asked):
        assert {key: sorted(values) for key, values in parse_qs(one).items()} == expected
        view.read(parse_qs(one), WATCHLIST)
    assert len(links) == 2


def test_a_trial_is_followed_by_its_id(live: str, opened: Open) -> None:
    nct_id = re.findall(r"nct=(NCT\d{8})", str(opened(live, "trials").dataframe[0].value.to_dict()))[0]
    app = opened(live, "trial", f"nct={nct_id}&status=recruiting")
    links = [one.proto.url for one in app.get("link_button") if one.proto.url.startswith(FEED)]
    assert links == [f"{FEED}?nct={nct_id}"]


@pytest.mark.parametrize("asked", ["", "tier=given&q=a+b%27%22%24%28x%29", "country=C%C3%B4te+d%27Ivoire"])
def test_the_command_is_read_by_a_shell_as_it_is_meant(asked: str) -> None:
    words = shlex.split(command(asked, "https://t.example/base/trials?x=1"))
    options = parser().parse_args(words[3:])
    assert (options.since, options.query or "", options.base_url) == ("last", asked, "https://t.example/base")
    assert "--base-url" not in command(asked, None)
