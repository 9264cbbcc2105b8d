"""The line on how old the data is: it begins with what it is, and names what is older or could not be read."""

from datetime import UTC, datetime

import pytest

from cache.read.trials import Freshness
from dashboard.shared import words

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
FRESH = Freshness("2026-11-20T09:00:05", "2026-11-21T08:00:00Z", False, True, None, (), 3)
NAMES = {"sizofiran": "Sizofiran", "ivig": "IVIG", "me_cfs": "ME/CFS"}
LINE = "Registry data of 20 November 2026, 2 days old"


def test_data_of_one_age() -> None:
    assert words.freshness_line(FRESH, NOW, NAMES) == LINE
    assert words.as_of(FRESH) == "20 November 2026"


@pytest.mark.parametrize(
    ("older", "said", "as_of"),
    [
        ([("sizofiran", "2026-11-13T09:00:05")], "older: Sizofiran (from 13 November 2026)", "13 November 2026"),
        (
            [("ivig", "2026-11-12T09:00:05"), ("me_cfs", "2026-11-13")],
            "older: IVIG (from 12 November 2026) and ME/CFS (from 13 November 2026)",
            "12 November 2026 to 13 November 2026",
        ),
        (
            [(f"agent{number}", f"2026-11-1{number}") for number in range(8)],
            "8 parts older (from 10 November 2026 to 17 November 2026)",
            "10 November 2026 to 17 November 2026",
        ),
    ],
)
def test_parts_that_are_older_are_named(older: list[tuple[str, str]], said: str, as_of: str) -> None:
    fresh = FRESH._replace(older=tuple(older))
    assert words.freshness_line(fresh, NOW, NAMES) == f"{LINE} · {said}"
    assert words.as_of(fresh) == f"20 November 2026 (parts from {as_of})"
    assert as_of in words.attribution(fresh), "no part is dated later than it is"


@pytest.mark.parametrize(
    ("unread", "said"), [(1, "1 record not read, or not fully"), (25, "25 records not read, or not fully")]
)
def test_what_could_not_be_read_is_counted(unread: int, said: str) -> None:
    assert words.freshness_line(FRESH._replace(unread=unread), NOW) == f"{LINE} · {said}"


def test_the_starter_says_what_it_is() -> None:
    starter = Freshness(None, None, True, False, "2026-07-06", (), 1)
    assert words.freshness_line(starter, NOW, NAMES).startswith("Starter snapshot of 6 July 2026")
