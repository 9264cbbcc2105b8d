"""The outline of land on the flat map, from Natural Earth's shapes (``SOURCES.md``)."""

import json
from functools import cache
from pathlib import Path

from insights.geography.projection import project

UNIT = 1000  # steps of the map's grid to the radius of the globe: finer than a pixel, and whole numbers are short
# What of the grid a map shows: all land and every place, without the emptiest sea.
WEST_EAST, SOUTH_NORTH = (-2640, 2720), (-1060, 1340)
Line = tuple[int | None, ...]
Point = tuple[float, float]


def place(latitude: float, longitude: float) -> tuple[int, int]:
    """Where a place in degrees lies on the map's grid."""
    x, y = project(latitude, longitude)
    return round(x * UNIT), round(y * UNIT)


@cache
def rings() -> tuple[tuple[tuple[float, float], ...], ...]:
    """Rings as (latitude, longitude), not closed; what runs backwards is a hole. No ring spans two edges of the map."""
    stored: list[list[int]] = json.loads(Path(__file__).with_name("land.json").read_text(encoding="utf-8"))
    return tuple(
        tuple((north / 10, east / 10) for east, north in zip(ring[::2], ring[1::2], strict=True)) for ring in stored
    )


@cache
def outline(box: tuple[float, float, float, float] | None = None) -> tuple[Line, Line]:
    """All rings as two lines, to the east and to the north, on the map's grid; None between two rings.

    ``box``: west, south, east, north on the grid; what lies outside is cut off.
    """
    east: list[int | None] = []
    north: list[int | None] = []
    for ring in rings():
        points: list[Point] = [place(*point) for point in ring]
        if box:
            points = _cut(points, box)
        if points:
            between = [None] if east else []
            east += [*between, *(round(x) for x, _ in points)]
            north += [*between, *(round(y) for _, y in points)]
    return tuple(east), tuple(north)


def _cut(ring: list[Point], box: tuple[float, float, float, float]) -> list[Point]:
    """What of a ring lies in the box (Sutherland and Hodgman), side by side."""
    for axis, edge, sign in ((0, box[0], 1), (1, box[1], 1), (0, box[2], -1), (1, box[3], -1)):
        kept: list[Point] = []
        for one, other in zip(ring, ring[1:] + ring[:1], strict=True):
            if sign * (one[axis] - edge) >= 0:
                kept.append(one)
            if (sign * (one[axis] - edge) >= 0) != (sign * (other[axis] - edge) >= 0):
                part = (edge - one[axis]) / (other[axis] - one[axis])
                kept.append((one[0] + part * (other[0] - one[0]), one[1] + part * (other[1] - one[1])))
        ring = kept
    return ring
