"""Quotes are the registry's words, cut between words; a day is told as far as it is known."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cache.english import around, on_day

WORDS = st.lists(st.text("abcdefgh", min_size=1, max_size=12), min_size=1, max_size=60)


@given(WORDS, st.data(), st.integers(1, 120))
def test_a_quote_holds_the_find_whole_and_only_whole_words_beside_it(
    words: list[str], data: st.DataObject, most: int
) -> None:
    text = " ".join(words)
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    quote = around(text, start, end, most)
    inner = quote.removeprefix("… ").removesuffix(" …")
    assert inner in text
    assert text[start:end] in inner
    assert len(inner) <= max(most, end - start)
    assert (quote == text) == (len(inner) == len(text))
    # Nothing is cut in the middle of a word but what the find itself cuts.
    for word in inner.replace(text[start:end], " ", 1).split():
        assert any(word in one for one in words)


def test_marks_stand_where_something_is_left_out() -> None:
    text = "one two three four five six seven"
    assert around(text, 8, 13, 100) == text
    assert around(text, 8, 13, 18) == "… two three four …"
    assert around(text, 0, 3, 16) == "one two …"
    assert around(text, 28, 33, 16) == "… six seven"
    assert around("x" * 50, 20, 25, 10) == "… xxxxx …"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("2002-04-30", "on 30 April 2002"),
        ("2002-04", "in April 2002"),
        ("2002", "in 2002"),
        (None, "on an unknown day"),
    ],
)
def test_when_it_was_goes_into_a_sentence(text: str | None, words: str) -> None:
    assert on_day(text) == words
