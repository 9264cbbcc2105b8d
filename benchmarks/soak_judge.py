"""What a soak has measured, and whether it holds: memory flat, no handle leaked, no event lost, no page failed."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import NamedTuple

from benchmarks.measuring import median

MOST_RISE = 0.05  # of the private memory, over the second half of the run
MOST_MORE = 4  # descriptors or threads between the second and the last quarter: a few come and go with the viewers
# Streamlit remembers a session that has been left for two minutes, with the descriptors of its event loop.
KEPT_MINUTES, KEPT_FILES = 2, 3
FEWEST = 12  # rounds, below which memory and handles are those of a server that still warms up


class Round(NamedTuple):
    """The figures at the end of a round; megabytes, and counts since the start."""

    minute: float
    resident: float
    private: float
    files: int
    threads: int
    viewers: int  # that are inside
    sessions: int  # that the server says it holds
    came: int
    vanished: int
    actions: int
    page_failures: int
    refreshes: int
    refreshes_failed: int
    events: int
    expected: int
    lost: int
    twice: int
    cpu_seconds: float


class Verdict(NamedTuple):
    """Sentences with the figures behind them; the soak holds when ``against`` is empty."""

    found: list[str]
    against: list[str]


def judged(rounds: Sequence[Round], end: Round, left_over: int) -> Verdict:
    """What the rounds say, and the ``end``, when every event must be there; ``left_over``: sessions that the server
    held after the last viewer had gone."""
    verdict = Verdict([], [])
    if len(rounds) < FEWEST:
        verdict.found.append(f"{len(rounds)} rounds are too few to judge memory and handles (fewest: {FEWEST}).")
    else:
        _memory(verdict, rounds[len(rounds) // 2 :])
        _level(verdict, "files, without those of sessions remembered", _own_files(rounds))
        _level(verdict, "threads", [one.threads for one in rounds])
    _say(verdict, left_over == 0, f"{left_over} sessions held after the last viewer had gone (wanted: 0).")
    _say(
        verdict,
        end.expected > 0 and end.lost == end.twice == 0 and end.events == end.expected,
        f"{end.events} events stored, {end.expected} expected, {end.lost} lost, {end.twice} stored twice.",
    )
    _say(verdict, end.page_failures == 0, f"{end.page_failures} pages failed in {end.actions} actions.")
    return verdict


def slope(points: Sequence[tuple[float, float]]) -> float:
    """The median of the slopes between all pairs of points, which a few odd rounds do not move."""
    return median((y2 - y1) / (x2 - x1) for (x1, y1), (x2, y2) in combinations(points, 2))


def _memory(verdict: Verdict, later: Sequence[Round]) -> None:
    level = median(one.private for one in later)
    minutes = later[-1].minute - later[0].minute
    rise = slope([(one.minute, one.private) for one in later]) * minutes
    _say(
        verdict,
        rise <= MOST_RISE * level,
        f"Private memory, second half: {rise:+.1f} MB in {minutes:.1f} minutes at a level of {level:.0f} MB "
        f"(most: {MOST_RISE * level:.1f} MB).",
    )


def _own_files(rounds: Sequence[Round]) -> list[int]:
    """The descriptors of each round but for those of viewers who came in the last two minutes."""
    found = []
    for one in rounds:
        before = max((each.came for each in rounds if each.minute <= one.minute - KEPT_MINUTES + 0.01), default=0)
        found.append(one.files - KEPT_FILES * (one.came - before))
    return found


def _level(verdict: Verdict, name: str, values: Sequence[int]) -> None:
    quarter = len(values) // 4
    early, late = median(values[quarter : 2 * quarter]), median(values[-quarter:])
    said = f"{name.capitalize()}: {early:g} in the second quarter, {late:g} in the last (most: {MOST_MORE} more)."
    _say(verdict, late <= early + MOST_MORE, said)


def _say(verdict: Verdict, holds: bool, sentence: str) -> None:
    (verdict.found if holds else verdict.against).append(sentence)
