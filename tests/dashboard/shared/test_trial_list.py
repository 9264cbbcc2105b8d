"""Trials as rows of a table, in words."""

import pytest

from dashboard.shared.trial_list import status_words


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (("RECRUITING", None, "2026-07-06"), "Recruiting"),
        (("UNKNOWN", "RECRUITING", "2018-10-31"), "Unknown status (last known: recruiting)"),
        ((None, "NOT_YET_RECRUITING", "2018-10-31"), "Not known (not yet recruiting on 31 October 2018)"),
        ((None, "RECRUITING", "2025-05"), "Not known (recruiting in May 2025)"),
        ((None, "RECRUITING", None), "Not known (recruiting on an unknown day)"),
        ((None, None, "2018-10-31"), None),
    ],
)
def test_a_status_that_is_too_old_to_hold_comes_with_its_date(
    told: tuple[str | None, str | None, str | None], words: str | None
) -> None:
    assert status_words(*told) == words
