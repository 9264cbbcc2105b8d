"""Trials as rows of a table, in words."""

import pytest

from cache.codes import STATUS_WORDS
from dashboard.shared.palette import BADGES, GROUPS, group_of
from dashboard.shared.trial_list import card, colour, labels, row_height, some, status_words


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


def test_a_status_is_one_label_and_what_was_known_last_another() -> None:
    assert labels("Recruiting") == ["Recruiting"]
    assert labels("Unknown status (last known: recruiting)") == ["Unknown status", "last known: recruiting"]
    assert labels(None) is None
    assert {colour(words) for words in STATUS_WORDS.values()} <= set(BADGES.values())
    assert all(colour(words) == BADGES[group_of(code)] for code, words in STATUS_WORDS.items())
    assert set(BADGES) == {group.id for group in GROUPS}
    assert colour("last known: recruiting") == "gray"


def test_a_row_is_as_high_as_its_longest_title_asks_for() -> None:
    short, middle, long = (row_height(["word " * words, None]) for words in (3, 30, 300))
    assert 64 < short < middle < long  # Streamlit breaks no line in a row of 64 pixels
    assert row_height([]) == short


def test_the_list_names_a_few_countries_and_counts_the_others() -> None:
    assert some(["Norway"]) == "Norway"
    assert some(["Norway", "Chad", "Peru"]) == "Norway, Chad, Peru"
    assert some(["Norway", "Chad", "Peru", "Oman", "Iraq"]) == "Norway, Chad, Peru and 2 more"
    assert some([]) is None
    assert some(None) is None


def test_a_card_reads_nothing_in_the_registrys_letters() -> None:
    row = {"NCT id": "trial?nct=NCT00000001", "Title": "A [trial](x) of *this*", "Status": None, "Phase": "Phase 2",
           "Agents": "IVIG (tested)", "Countries": None}  # fmt: skip
    said = card(row)
    assert said.startswith(r"**[A \[trial\](x) of \*this\*](trial?nct=NCT00000001)**")
    assert said.endswith(":gray-badge[Status not known] Phase 2 · IVIG (tested) · countries not known")
    assert card(row | {"Title": None}).startswith("**[NCT00000001](trial?nct=NCT00000001)**")
