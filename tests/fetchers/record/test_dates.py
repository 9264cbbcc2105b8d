"""Partial dates: kept as written, bounded, never completed."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetchers.errors import Parsing
from fetchers.record.dates import PartialDate

days = st.dates(date(1, 1, 1), date(9999, 12, 31))
texts = days.flatmap(lambda day: st.sampled_from([day.isoformat(), day.isoformat()[:7], day.isoformat()[:4]]))


@pytest.mark.parametrize(
    ("text", "precision", "earliest", "latest"),
    [
        ("2002", "year", date(2002, 1, 1), date(2002, 12, 31)),
        ("2002-04", "month", date(2002, 4, 1), date(2002, 4, 30)),
        ("2002-04-30", "day", date(2002, 4, 30), date(2002, 4, 30)),
        ("2024-02", "month", date(2024, 2, 1), date(2024, 2, 29)),
        ("1900-02", "month", date(1900, 2, 1), date(1900, 2, 28)),
        ("2099-12", "month", date(2099, 12, 1), date(2099, 12, 31)),
        ("9999", "year", date(9999, 1, 1), date(9999, 12, 31)),
    ],
)
def test_bounds(text: str, precision: str, earliest: date, latest: date) -> None:
    found = PartialDate.parse(text)
    assert (found.text, found.precision, found.earliest, found.latest) == (text, precision, earliest, latest)
    assert found.year == earliest.year


@given(texts)
def test_text_is_kept_and_bounds_hold(text: str) -> None:
    found = PartialDate.parse(text)
    assert found.text == text
    assert found.earliest <= found.latest
    assert found.earliest.isoformat().startswith(text)
    assert found.latest.isoformat().startswith(text)
    assert found.year == found.earliest.year == found.latest.year


@given(texts)
def test_one_day_outside_the_bounds_is_another_date(text: str) -> None:
    found = PartialDate.parse(text)
    for day, step in ((found.earliest, -1), (found.latest, 1)):
        if date.min < day < date.max:
            assert not (day + timedelta(days=step)).isoformat().startswith(text)


@given(days)
def test_fewer_digits_never_narrow_the_bounds(day: date) -> None:
    year, month, full = (PartialDate.parse(day.isoformat()[:length]) for length in (4, 7, 10))
    assert year.earliest <= month.earliest <= full.earliest == day == full.latest <= month.latest <= year.latest


@pytest.mark.parametrize(
    "text",
    [
        "",
        "02",
        "20021",
        "2002-4",
        "2002-13",
        "2002-00",
        "0000",
        "2002-04-31",
        "2023-02-29",
        "2002-04-00",
        "2002/04",
        "2002-04-30T00:00",
        "April 2002",
        " 2002",
        "2002\n",
        "2002-04-30\n",
        "٢٠٠٢",
        "-2002",
        "200204",
    ],
)
def test_nonsense_is_no_date(text: str) -> None:
    with pytest.raises(Parsing, match="is not a date of the form"):
        PartialDate.parse(text)


@given(st.text(max_size=12) | st.from_regex(r"\d{4}-\d{2}(-\d{2})?", fullmatch=True))
def test_whatever_is_accepted_is_a_calendar_date(text: str) -> None:
    whole = text + "-01-01"[len(text) - 4 :] if len(text) in (4, 7, 10) else text
    try:
        day = date.fromisoformat(whole) if whole.isascii() and len(whole) == 10 and whole[4] == "-" else None
    except ValueError:
        day = None
    if day is None:
        with pytest.raises(Parsing):
            PartialDate.parse(text)
    else:
        assert PartialDate.parse(text).earliest == day
