"""Words without case, accents and plurals, and the index's own view of a text against the plain one."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as some

from cache.search.words import aligned, flat, folded, for_index, forms, parts, singular


@pytest.mark.parametrize(
    ("one", "many"),
    [("headache", "headaches"), ("patch", "patches"), ("biopsy", "biopsies"), ("calorie", "calories"),
     ("disease", "diseases"), ("dose", "doses"), ("mass", "masses"), ("box", "boxes"), ("steroid", "steroids")],
)  # fmt: skip
def test_one_and_many_are_one_word(one: str, many: str) -> None:
    assert singular(one) == singular(many)


@pytest.mark.parametrize("word", ["lupus", "sepsis", "abscess", "has", "as", "virus"])
def test_what_is_no_plural_keeps_its_s(word: str) -> None:
    assert singular(word) == word


@pytest.mark.parametrize(
    ("written", "plain"), [("Universität", "universitat"), ("ŁÓDŹ", "lodz"), ("Straße", "strasse"), ("e\u0301", "e")]
)
def test_case_and_accents_do_not_count(written: str, plain: str) -> None:
    assert folded(written) == plain


@given(some.text(some.characters(categories=("Ll", "Nd")), min_size=1, max_size=12))
def test_forms_are_every_word_with_that_singular(word: str) -> None:
    word = singular(folded(word))
    assert all(singular(form) == word for form in forms(word))
    for other in (word, f"{word}s", f"{word}es", f"{word[:-1]}ies", f"{word}e"):
        assert (other in forms(word)) == (singular(other) == word) or other.endswith("ss")


@given(some.text(max_size=60))
def test_the_index_cuts_a_text_into_the_same_words(text: str) -> None:
    cut = re.findall(r"[a-z0-9\x80-\U0010ffff]+", for_index(text).lower())
    if "&" not in text and "\\" not in text:
        assert [singular(word) for word in cut] == list(parts(text))


@given(some.text(max_size=60))
def test_each_letter_knows_where_it_stood(text: str) -> None:
    made, places = aligned(text)
    assert len(made) == len(places)
    assert made == flat(text)
    assert places == sorted(places)
