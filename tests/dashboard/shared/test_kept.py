"""What is read of the store is read once, for each state of the store, each question and each day."""

from collections.abc import Callable
from datetime import date

import pytest

from cache.store.store import Store, bump
from dashboard.shared import kept
from dashboard.shared.kept import identity, store


def changed(url: str) -> None:
    """The store as some other process leaves it: its next version."""
    other = Store.open(url)
    with other.writing() as connection:
        bump(connection)
    other.close()


@pytest.fixture(autouse=True)
def made(own_starter: str) -> str:
    """The store on show."""
    return own_starter


@pytest.fixture
def reads() -> list[object]:
    return []


@pytest.fixture
def doubled(reads: list[object]) -> Callable[[int], int]:
    @kept.kept()
    def double(number: int) -> int:
        reads.append(number)
        return 2 * number

    return double


def test_it_is_read_once_for_each_question_until_the_store_changes(
    made: str, reads: list[object], doubled: Callable[[int], int]
) -> None:
    assert [doubled(1), doubled(1), doubled(2), doubled(1)] == [2, 2, 4, 2]
    assert reads == [1, 2]
    changed(made)
    assert doubled(1) == 2
    assert reads == [1, 2, 1]


def test_only_the_newest_answers_are_kept(reads: list[object], doubled: Callable[[int], int]) -> None:
    for number in (1, 2, 3, 3, 2, 1):
        doubled(number)
    assert reads == [1, 2, 3, 1]


def test_what_depends_on_the_day_is_read_again_on_the_next(
    reads: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    @kept.kept(daily=True)
    def today() -> date:
        reads.append(None)
        return kept.today()

    assert today() == today()
    monkeypatch.setattr(kept, "today", lambda: date(2099, 1, 1))
    assert today() == date(2099, 1, 1)
    assert len(reads) == 2


def test_two_functions_never_share_an_answer() -> None:
    @kept.kept()
    def one() -> str:
        return "one"

    @kept.kept()
    def other() -> str:
        return "other"

    assert (one(), other(), one()) == ("one", "other", "one")
    assert (one.__name__, one.__doc__) == ("one", None)


def test_what_is_read_on_the_way_is_read_of_the_same_state(made: str) -> None:
    seen: list[bool] = []

    @kept.kept()
    def outer() -> None:
        before, opened = identity(), store()
        changed(made)
        seen.extend((before == identity(), opened is store()))

    outer()
    assert seen == [True, True]
    assert identity()[1] == store().version()


def test_an_error_is_not_kept(reads: list[object]) -> None:
    @kept.kept()
    def failing() -> str:
        reads.append(None)
        if len(reads) == 1:
            raise ValueError
        return "read"

    with pytest.raises(ValueError, match=r"^$"):
        failing()
    assert failing() == "read"


def test_it_is_asked_for_once_while_things_are_steady(made: str, reads: list[object]) -> None:
    @kept.once_a_run
    def state(part: str) -> int:
        reads.append(part)
        return len(reads)

    with kept.steady():
        assert (state("a"), state("b"), state("a")) == (1, 2, 1)
    with kept.steady():
        assert state("a") == 3
    assert (state("a"), state("a")) == (4, 5)
