"""Texts from outside stay texts: escaped for Markdown, and torn where something else would find more in them."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.shared.escape import PART, letters, plain, quiet, without_folders
from fetchers.settings import ROOT

# What Streamlit finds in a text when Markdown is done with it: pictures and icons, arrows and signs, addresses.
LATER = re.compile(r":[\w+/\-]+:|->|<-|--|>=|<=|~=|!=|https?://|mailto:\w|www\.|[\w.+\-]+@[\w\-]+\.", re.IGNORECASE)
_PIECES = [
    ":",
    "-",
    ">",
    "<",
    "=",
    "@",
    "www.",
    "http://",
    "x.org",
    ":100:",
    ":material/home:",
    " ",
    "a",
    "1",
    "~",
    "*",
]
PARTS = st.lists(st.sampled_from([*_PIECES, "\\"])).map("".join)


@pytest.mark.parametrize("escape", [plain, quiet])
@given(text=st.text(max_size=80) | PARTS)
def test_nothing_is_lost_and_nothing_is_found_in_it_later(escape: object, text: str) -> None:
    pieces = escape(text).split(PART)  # type: ignore[operator]
    shown = [re.sub(r"\\(.)", r"\1", piece) for piece in pieces]
    assert "".join(shown) == " ".join(text.split())
    assert not any(LATER.search(piece) for piece in shown)
    assert "\u2060" not in escape(text.replace("\u2060", ""))  # type: ignore[operator]


@pytest.mark.parametrize("escape", [plain, quiet])
@given(text=st.text(max_size=80) | PARTS)
def test_what_was_escaped_is_read_as_it_was(escape: Callable[[str], str], text: str) -> None:
    assert letters(escape(text)) == " ".join(text.split())


def test_a_sentence_of_ours_is_read_without_its_markup() -> None:
    said = f"**Of 9** agents, [{plain('a_b [c] (d)')}](trials?agent=a_b&all=1) has none; [3](gaps) have."
    assert letters(said) == "Of 9 agents, a_b [c] (d) has none; 3 have."


@given(st.text(max_size=80))
def test_no_sign_that_markdown_reads_stands_without_its_escape(text: str) -> None:
    bare = re.sub(r"\\.", "", plain(text).replace(PART, ""))
    assert not set(bare) & set("\\`*_{}[]<>()#+-.!|~$:&@")


def test_streamlits_own_markup_is_escaped_too() -> None:
    shown = plain(":red[x] $y$ :material/close: ~~z~~").replace(PART, "")
    assert shown == r"\:red\[x\] \$y\$ \:material/close\: \~\~z\~\~"


def test_ordinary_titles_stay_as_they_are() -> None:
    title = "A Phase 1/2 Study of IVIG (10%) in ME/CFS - Part 2, Arms A+B"
    assert quiet(title) == title


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("The store /srv/trials/trials.sqlite3 is damaged.", "The store trials.sqlite3 is damaged."),
        ("It was copied to “/srv/a/b.damaged-1”.", "It was copied to “b.damaged-1”."),
        (f"{ROOT}/fetchers/watchlist.toml, line 3: no name.", "fetchers/watchlist.toml, line 3: no name."),
        (f"{Path.home()}/my data/trials.sqlite3 is locked.", "my data/trials.sqlite3 is locked."),
        (r"C:\Users\me\trials.sqlite3 is locked.", "trials.sqlite3 is locked."),
        ("It is sqlite:////srv/trials/trials.sqlite3.", "It is trials.sqlite3."),
        (
            "Ask https://clinicaltrials.gov/api/v2/studies again.",
            "Ask https://clinicaltrials.gov/api/v2/studies again.",
        ),
        ("10 mg/kg and/or placebo, 1/2", "10 mg/kg and/or placebo, 1/2"),
    ],
)
def test_a_viewer_is_not_told_where_things_lie(said: str, shown: str) -> None:
    assert without_folders(said) == shown
