"""A bounded soak, and its judge on made-up figures; the long one is ``python -m benchmarks.soak --minutes 60``."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import delete, insert, select

from benchmarks import soak
from benchmarks.soak_judge import FEWEST, Round, judged, slope
from benchmarks.soak_source import FAULTS, Source
from benchmarks.standin import StandIn
from cache.store.schema import event
from cache.store.store import Store
from tests.fake_registry import FAULT_NAMES

GOOD = Round(
    minute=0, resident=300, private=250, files=60, threads=9, viewers=4, sessions=4, came=10, vanished=4, actions=99,
    page_failures=0, refreshes=12, refreshes_failed=1, events=60, expected=60, lost=0, twice=0, cpu_seconds=1,
)  # fmt: skip


def rounds(count: int, changed: Callable[[int], dict[str, int]] = lambda at: {}) -> list[Round]:
    return [GOOD._replace(minute=at, **changed(at)) for at in range(count)]


@pytest.mark.slow
def test_a_soak_tells_every_round_and_loses_no_event(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "soak.jsonl"
    given = ["--studies", "30", "--minutes", "0.05", "--every", "1", "--pause", "0.1", "--viewers", "2", "--edits", "2"]
    code = soak.main([*given, "--out", str(out)])
    told = [Round(**json.loads(line)) for line in out.read_text().splitlines()]
    said = capsys.readouterr().out
    assert code == 0, said
    assert len(told) >= 3
    assert [one.actions for one in told] == sorted(one.actions for one in told)
    assert (told[-1].came, told[-1].viewers, told[-1].sessions) == (told[-1].came, 0, 0)
    assert told[-1].came >= 2
    assert told[-1].events == told[-1].expected >= 4
    assert all(one.files > 10 and one.threads > 1 and 0 < one.private <= one.resident * 1.1 for one in told)
    assert soak.HEADS in said
    assert "too few to judge memory" in said


def test_events_are_expected_once_a_good_refresh_has_run_and_missed_when_lost(tmp_path: Path) -> None:
    with StandIn(30, short=True) as standin:
        source = Source(standin, tmp_path / "store.sqlite3", edits=2)
        source.first_load()
        assert source.kept() == (0, 0, 0, 0)
        source.begin(("403", 1, 0))
        source.settle()
        assert (source.done, source.failed, source.troubles) == (2, 1, {"403: exit 3": 1})
        assert source.kept().expected == 0
        source.last_round()
        assert source.kept() == (4, 4, 0, 0)
    store = Store.open(f"sqlite:///{tmp_path / 'store.sqlite3'}")
    with store.writing() as connection:
        one, other, *_ = connection.execute(select(event).where(event.c.kind == "enrollment")).mappings()
        connection.execute(delete(event).where(event.c.id == one["id"]))
        connection.execute(insert(event).values({**other, "id": None}))
    store.close()
    assert source.kept() == (3, 4, 1, 1)


def test_every_fault_of_a_soak_is_one_of_the_stand_in() -> None:
    assert {fault[0] for fault in FAULTS if fault} <= set(FAULT_NAMES)


def test_a_server_that_stays_as_it_is_holds() -> None:
    verdict = judged(rounds(FEWEST, lambda at: {"private": 250 + at % 3, "files": 60 + at % 4}), GOOD, left_over=0)
    assert verdict.against == []
    assert any(one.startswith("Private memory, second half") for one in verdict.found)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (lambda at: {"private": 250 + 3 * at}, "Private memory"),
        (lambda at: {"files": 60 + at}, "Files"),
        (lambda at: {"threads": 9 + at}, "Threads"),
    ],
)
def test_what_rises_through_the_run_is_a_leak(changed: Callable[[int], dict[str, int]], said: str) -> None:
    (against,) = judged(rounds(24, changed), GOOD, left_over=0).against
    assert against.startswith(said)


def test_more_viewers_at_the_end_are_no_leak_of_files() -> None:
    came = [5 * at + (3 * (at - 12) if at > 12 else 0) for at in range(24)]
    kept = [3 * (one - came[max(0, at - 2)]) for at, one in enumerate(came)]
    busier = rounds(24, lambda at: {"came": came[at], "files": 40 + kept[at]})
    assert judged(busier, GOOD, left_over=0).against == []


def test_what_rises_at_the_start_only_is_no_leak() -> None:
    warmed = rounds(24, lambda at: {"private": min(250, 150 + 20 * at), "files": min(60, 30 + 10 * at)})
    assert judged(warmed, GOOD, left_over=0).against == []


@pytest.mark.parametrize(
    ("end", "left_over"),
    [({"lost": 1}, 0), ({"twice": 1}, 0), ({"events": 59}, 0), ({"page_failures": 1}, 0), ({}, 1),
     ({"events": 0, "expected": 0}, 0)],
)  # fmt: skip
def test_what_is_lost_or_left_over_counts_in_a_short_run_too(end: dict[str, int], left_over: int) -> None:
    assert len(judged(rounds(3), GOOD._replace(**end), left_over).against) == 1


def test_an_odd_round_does_not_move_the_slope() -> None:
    assert slope([(at, 100.0 + (50 if at == 7 else 0)) for at in range(12)]) == 0
