"""The pages' Markdown as HTML: markup of ours becomes tags, letters of the registry never do."""

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as hs
from markupsafe import Markup

from dashboard.publish import markup, tables
from dashboard.shared.words import plain, quiet
from tests.rigs.html_pages import HtmlPage

ATTACKS = (
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "[click](javascript:alert(1))", "</td></table><b>x",
    '"><svg onload=alert(1)>', "`code` **bold** :red[x] :material/home:", "<!-- x", "&lt;b&gt; &amp;", "a\\[b](c)",
)  # fmt: skip
SIGNS = hs.text(hs.one_of(hs.sampled_from("<>&\"'`*_[]():\\|~$ \n"), hs.characters(codec="utf-8")), max_size=60)


def href(address: str) -> str | None:
    return address


def letters(made: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]*>", "", made)).split())


@pytest.mark.parametrize("escape", [plain, quiet])
@pytest.mark.parametrize("attack", ATTACKS)
def test_a_text_of_the_registry_comes_out_letter_by_letter(attack: str, escape: "type[str]") -> None:
    made = markup.inline(f"**{escape(attack)}**", href)
    assert HtmlPage(made).tags == ["strong"]
    assert letters(made) == " ".join(attack.split())


@given(SIGNS)
def test_no_text_becomes_a_tag_or_a_link(text: str) -> None:
    for escape in (plain, quiet):
        made = markup.inline(escape(text), href)
        assert set(HtmlPage(made).tags) <= {"br"}
        assert letters(made) == " ".join(text.split())


@given(SIGNS)
def test_even_unescaped_text_makes_only_harmless_tags(text: str) -> None:
    page = HtmlPage(markup.blocks(text, lambda _: None))
    assert set(page.tags) <= {"p", "ul", "li", "strong", "code", "span", "br"}
    assert page.hrefs == []
    assert page.handlers == []


@given(SIGNS)
def test_a_cell_holds_its_value_and_no_tag(text: str) -> None:
    made = tables.cell(text, {}, "not known", href)
    assert HtmlPage(made).tags == []
    assert html.unescape(made) == text


def test_markup_of_ours_becomes_html() -> None:
    made = markup.blocks("**3** [trials](trials?all=1) :small[x] :blue-badge[Open]  \nnext\n\n- one\n- two", href)
    assert made == Markup(
        '<p><strong>3</strong> <a href="trials?all=1">trials</a> <span class="small">x</span> '
        '<span class="blue-badge">Open</span><br>next</p><ul><li>one\n</li><li>two</li></ul>'
    )


def test_a_link_that_leads_nowhere_is_its_words_and_one_for_the_screen_is_nothing() -> None:
    assert markup.inline("[trials](x)", lambda _: None) == "trials"
    assert markup.inline("a[Save](#save-png-of-x)b", lambda _: "") == "ab"


def test_words_that_ask_for_a_click_are_left_out_where_nothing_opens() -> None:
    how = {"type": "link", "display_text": "Show trials"}
    assert str(tables.cell("trials?agent=ivig", how, "–", lambda _: None)) == ""
    assert (
        str(tables.cell("trials?agent=ivig", how, "–", lambda _: "list.html")) == '<a href="list.html">Show trials</a>'
    )
