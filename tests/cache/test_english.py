"""Quotes are the registry's words, cut between words; a day is told as far as it is known; Babel counts and lists."""

import subprocess
import sys
from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cache.english import agreeing, around, count, day, listed, moment, number, on_day

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


MONTHS = [
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
]  # fmt: skip
DAYS = st.dates(date(1000, 1, 1), date(9999, 12, 31))


@given(DAYS)
def test_a_date_is_told_in_the_british_order_as_far_as_it_is_known(at: date) -> None:
    month = f"{MONTHS[at.month - 1]} {at.year}"
    assert day(at.isoformat()) == f"{at.day} {month}"
    assert day(at.isoformat()[:7]) == month
    assert day(at.isoformat()[:4]) == str(at.year)


@given(DAYS, st.times())
def test_a_moment_is_told_with_its_minute(on: date, at: time) -> None:
    told = f"{on.day} {MONTHS[on.month - 1]} {on.year}, {at.hour:02}:{at.minute:02} UTC"
    assert moment(f"{on.isoformat()}T{at:%H:%M:%S}Z") == told


@pytest.mark.parametrize("text", ["2002-02-31", "0000-01-01", "soon"])
def test_what_no_calendar_has_stays_as_it_is_written(text: str) -> None:
    assert day(text) == text


@given(st.lists(st.text(max_size=5)), st.sampled_from(["and", "or"]))
def test_a_list_has_commas_and_one_word_before_its_last(words: list[str], last: str) -> None:
    told = listed(words, "or" if last == "or" else "and")
    assert told == f" {last} ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


@given(st.integers(0, 10**12))
def test_a_count_has_grouped_digits_and_the_word_that_goes_with_it(value: int) -> None:
    assert count(value, "study", "studies") == f"{value:,} {'study' if value == 1 else 'studies'}"
    assert agreeing(value, "trial") == ("trial" if value == 1 else "trials")
    assert value <= 12 or number(value) == f"{value:,}"


def test_a_command_starts_without_loading_the_language() -> None:
    loaded = "import sys, cache.cli.terminal; sys.exit('babel' in sys.modules)"
    subprocess.run([sys.executable, "-c", loaded], check=True)
