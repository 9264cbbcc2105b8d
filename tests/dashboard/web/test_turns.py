"""Pages run a few at a time, and everyone gets a turn."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from cache.store.engine import POOL
from dashboard.web import door, turns


def test_no_more_run_at_once_and_everyone_gets_a_turn() -> None:
    guard, full = threading.Lock(), threading.Event()
    inside, most = 0, 0

    def run(number: int) -> int:
        nonlocal inside, most
        with turns.one():
            with guard:
                inside += 1
                most = max(most, inside)
                if inside == turns.AT_ONCE:
                    full.set()
            full.wait(60)  # until as many are in as may be
            with guard:
                inside -= 1
        return number

    with ThreadPoolExecutor(5 * turns.AT_ONCE) as pool:
        assert sorted(pool.map(run, range(5 * turns.AT_ONCE))) == list(range(5 * turns.AT_ONCE))
    assert most == turns.AT_ONCE


def test_a_page_that_fails_gives_its_turn_back() -> None:
    for _ in range(2 * turns.AT_ONCE):
        with pytest.raises(ValueError, match="broken"), turns.one():
            raise ValueError("broken")


def test_there_are_connections_for_all_that_hold_one_and_need_another() -> None:
    assert sum(POOL.values()) > turns.AT_ONCE + door.MOST_AT_ONCE
