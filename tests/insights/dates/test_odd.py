"""Dates that cannot all be right, case by case."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from insights.dates.odd import DATES, ODD, Odd, odd, unfit
from insights.dates.spans import span

SOUND = {"start_date": "2020-05-04", "primary_completion_date": "2022-01", "completion_date": "2023"}
START, PRIMARY, END = "start_date", "primary_completion_date", "completion_date"


@pytest.mark.parametrize(
    ("facts", "found"),
    [
        (SOUND, []),
        ({}, []),
        (dict.fromkeys(DATES), []),
        # The primary completion after the completion
        (SOUND | {PRIMARY: "2024-01"}, [("primary_after_completion", (PRIMARY, END))]),
        (SOUND | {PRIMARY: "2023-06-02", END: "2023-06-01"}, [("primary_after_completion", (PRIMARY, END))]),
        (SOUND | {PRIMARY: "2023-06-30", END: "2023-06"}, []),  # may be the same day
        (SOUND | {PRIMARY: "2023", END: "2023-01-01"}, []),
        # Ended before it started
        ({START: "2020-05", END: "2020-04"}, [("before_start", (START, END))]),
        ({START: "2020-05", END: "2020"}, []),
        ({START: "2020-05-04", PRIMARY: "2020-05-03"}, [("before_start", (START, PRIMARY))]),
        (
            SOUND | {PRIMARY: "2019", END: "2019-12"},
            [("before_start", (START, PRIMARY)), ("before_start", (START, END))],
        ),
        # Far from any sense: told as such, and not compared with the others
        (SOUND | {START: "1900-01-01"}, [("far", (START,))]),
        (SOUND | {END: "2099-12"}, [("far", (END,))]),
        (SOUND | {PRIMARY: "1902"}, [("far", (PRIMARY,))]),
        (SOUND | {"status_verified": "2100-01"}, [("far", ("status_verified",))]),
        (SOUND | {START: "1948-03", END: "2060"}, []),  # old cohorts and long follow-ups are none
        # Marked as actual, but still to come
        (SOUND | {"judged_on": "2022-06-01", "completion_date_type": "ACTUAL"}, [("still_to_come", (END,))]),
        (SOUND | {"judged_on": "2022-06-01", "completion_date_type": "ESTIMATED"}, []),
        (SOUND | {"judged_on": "2023-01-01", "completion_date_type": "ACTUAL"}, []),
        (SOUND | {"judged_on": "2019-12", "start_date_type": "ACTUAL"}, [("still_to_come", (START,))]),
        (SOUND | {"judged_on": "2020-05", "start_date_type": "ACTUAL"}, []),
        (SOUND | {"judged_on": None, "start_date_type": "ACTUAL"}, []),
    ],
)
def test_what_is_odd(facts: dict[str, Any], found: list[tuple[str, tuple[str, ...]]]) -> None:
    assert odd(facts) == [Odd(*one) for one in found]
    assert unfit(facts) == {name for _, dates in found for name in dates}


def test_odd_dates_are_told_as_they_are_written() -> None:
    (found,) = odd({START: "2020-05", END: "2019"})
    assert found.told({START: "2020-05", END: "2019"}) == "start 2020-05, completion 2019"


days = st.dates().map(lambda day: day.isoformat())
written = st.builds(lambda day, size: day[:size], days, st.sampled_from([4, 7, 10]))


@given(st.fixed_dictionaries({name: st.none() | written for name in DATES}), st.none() | written)
def test_every_oddity_is_known_and_a_coarser_date_is_never_odder(row: dict[str, Any], judged: str | None) -> None:
    full = row | {"judged_on": judged, "start_date_type": "ACTUAL"}
    found = odd(full)
    assert [one.kind for one in found] == sorted((one.kind for one in found), key=list(ODD).index)
    coarse = full | {name: row[name] and row[name][:4] for name in DATES}
    assert set(odd(coarse)) <= set(found)


@given(written)
def test_a_span_holds_what_is_written(text: str) -> None:
    first, last = span(text)
    assert first <= last
    assert first.isoformat().startswith(text)
    assert last.isoformat().startswith(text)
