"""Word differences are exact for programs and short for people."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cache.changes.words import Piece, applied, difference, said, shortened

words = st.sampled_from(["a", "fatigue", "18", " ", "\n", "\n\n", "* ", ",", "(", "<", "≥", "é", "'s"])
texts = st.lists(words, max_size=40).map("".join) | st.text(max_size=60)


@given(texts, texts)
def test_a_difference_leads_from_one_text_to_the_other(before: str, after: str) -> None:
    pieces = difference(before, after)
    assert applied(before, pieces) == after
    assert all(one.text for one in pieces)
    assert (not any(one.op != "same" for one in pieces)) == (before == after)


@given(texts, st.lists(texts, max_size=6))
def test_what_stays_is_found_again(text: str, more: list[str]) -> None:
    # A text that only grew at its end loses nothing.
    pieces = difference(f"{text}.", f"{text}. {' '.join(more)}")
    assert [one.op for one in pieces if one.op == "out"] == []


def test_a_difference_of_another_text_is_refused() -> None:
    with pytest.raises(ValueError, match="another text"):
        applied("Adults", difference("Children", "Adults"))


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("Slow accrual", "Lack of funding", "[taken out: Slow accrual] [put in: Lack of funding]"),
        ("Over 18 years, with pain", "Over 16 years, with pain", "Over [taken out: 18] [put in: 16] years, with pain"),
        ("Severe asthma", "Asthma", "[taken out: Severe asthma] [put in: Asthma]"),
        ("No asthma", "No severe asthma", "No [put in: severe] asthma"),
        ("18 or 65", "16 or 60", "[taken out: 18 or 65] [put in: 16 or 60]"),
        ("", "Funding", "[put in: Funding]"),
        ("Funding", "", "[taken out: Funding]"),
        ("Score [1][2]", "Score [1][2] {now}", "Score [1][2] [put in: {now}]"),
        ("a b", "a\nb", "a b"),
        ("same", "same", "same"),
    ],
)
def test_differences_are_said_in_words(before: str, after: str, words: str) -> None:
    assert said(difference(before, after)) == words


def test_people_see_of_what_stayed_only_the_words_near_a_change() -> None:
    before = " ".join(f"w{number}" for number in range(60))
    pieces = difference(before, before.replace("w30", "new"))
    assert said(pieces) == (
        "… w22 w23 w24 w25 w26 w27 w28 w29 [taken out: w30] [put in: new] w31 w32 w33 w34 w35 w36 w37 w38 …"
    )
    far = difference(before, before.replace("w10 ", "new ").replace("w45", "new"))
    assert said(far).count("…") == 3
    assert applied(before, pieces) == before.replace("w30", "new")  # nothing of it is left out for programs


@given(texts, texts)
def test_what_changed_is_never_left_out_for_people(before: str, after: str) -> None:
    pieces = difference(before, after)
    short = shortened(pieces)
    assert [(one.op, " ".join(one.text.split())) for one in short if one.op != "same"] == [
        (one.op, " ".join(one.text.split())) for one in pieces if one.op != "same"
    ]
    assert [one.op for one in short] == [one.op for one in pieces]
    assert all("\n" not in one.text for one in short)


def test_a_text_of_the_registrys_greatest_length_is_compared() -> None:
    before = "a b " * 10_000
    assert applied(before, difference(before, "b a " * 10_001)) == "b a " * 10_001
    assert Piece("same", before) in difference(before, before + "c")
