"""Where the nodes of a graph stand when every arrow points downwards: layers, order within a layer, ways of arrows."""

from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import NamedTuple

from tests.tools.imports import circles

SWEEPS = 24
Pair = tuple[str, str]


class Layout(NamedTuple):
    """``rows``: from the top, each with its nodes and stops from left to right. ``ways``: the stops of an arrow
    between its ends, one in each row it crosses. ``back``: arrows that are part of a circle."""

    rows: list[list[str]]
    ways: dict[Pair, list[str]]
    back: frozenset[Pair]


def laid_out(nodes: Iterable[str], arrows: Iterable[Pair]) -> Layout:
    """The layout of a graph; nodes of one circle stand on rows of their own accord, its arrows are told apart."""
    arrows = sorted(arrows)
    round_ = [set(group) for group in circles(arrows)]
    back = frozenset(pair for pair in arrows if any(set(pair) <= group for group in round_))
    down = [pair for pair in arrows if pair not in back]
    height = _heights(sorted(nodes), down)
    top = max(height.values(), default=0)
    rows: list[list[str]] = [[] for _ in range(top + 1)]
    for node, level in sorted(height.items()):
        rows[top - level].append(node)
    ways: dict[Pair, list[str]] = {}
    for start, end in down:
        ways[start, end] = []
        for level in range(height[start] - 1, height[end], -1):
            stop = f"{start}>{end}@{level}"
            rows[top - level].append(stop)
            ways[start, end].append(stop)
    _sort(rows, ways)
    return Layout(rows, ways, back)


def _heights(nodes: Iterable[str], down: Iterable[Pair]) -> dict[str, int]:
    """0 for a node that points to none, else one more than the highest it points to."""
    onward: dict[str, list[str]] = {node: [] for node in nodes}
    for start, end in down:
        onward[start].append(end)
    found: dict[str, int] = {}

    def height(node: str) -> int:
        if node not in found:
            found[node] = 1 + max((height(other) for other in onward[node]), default=-1)
        return found[node]

    return {node: height(node) for node in onward}


def _sort(rows: list[list[str]], ways: Mapping[Pair, list[str]]) -> None:
    """Bring what is joined below each other, sweeping up and down, so that few arrows cross."""
    joined: dict[str, list[str]] = {}
    for (start, end), stops in ways.items():
        chain = [start, *stops, end]
        for one, other in pairwise(chain):
            joined.setdefault(one, []).append(other)
            joined.setdefault(other, []).append(one)
    for sweep in range(SWEEPS):
        order = range(1, len(rows)) if sweep % 2 == 0 else range(len(rows) - 2, -1, -1)
        for at in order:
            before = rows[at - 1] if sweep % 2 == 0 else rows[at + 1]
            place = {node: (number + 0.5) / len(before) for number, node in enumerate(before)}
            mine = {node: (number + 0.5) / len(rows[at]) for number, node in enumerate(rows[at])}
            rows[at].sort(key=lambda node: (_middle(node, joined, place, mine[node]), node))


def _middle(node: str, joined: Mapping[str, list[str]], place: Mapping[str, float], otherwise: float) -> float:
    found = [place[other] for other in joined.get(node, ()) if other in place]
    return sum(found) / len(found) if found else otherwise
