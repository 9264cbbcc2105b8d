"""Makes the data files beside it from Natural Earth's shapes: ``python -m insights.geography.make FOLDER``.

FOLDER is the unpacked npm package world-atlas 2.0.2 (``npm pack world-atlas@2.0.2``). ``land.json`` is written anew;
in ``places.csv`` only the coordinates of the countries that name a shape, all else there is kept by hand.
"""

import csv
import json
import sys
from collections.abc import Iterable, Iterator
from itertools import pairwise
from math import hypot
from pathlib import Path
from typing import Any

from insights.geography.projection import project

Point = tuple[float, float]  # longitude, latitude in degrees
HERE = Path(__file__).parent
SOUTHERNMOST = -60.0  # Antarctica is left out: nobody takes part in a trial there
TOLERANCE = 0.12  # degrees a simplified line may lie beside the true one; a pixel of a wide map is 0.4
SMALLEST = 0.2  # square degrees of the least island that is kept


def rings(topology: dict[str, Any], geometry: dict[str, Any]) -> list[list[list[Point]]]:
    """The polygons of a TopoJSON geometry, each a list of closed rings, the outer one first."""
    (kx, ky), (dx, dy) = topology["transform"]["scale"], topology["transform"]["translate"]

    def arc(number: int) -> list[Point]:
        x = y = 0
        points = []
        for step in topology["arcs"][number if number >= 0 else ~number]:
            x, y = x + step[0], y + step[1]
            points.append((x * kx + dx, y * ky + dy))
        return points if number >= 0 else points[::-1]

    def ring(numbers: list[int]) -> list[Point]:
        joined: list[Point] = []
        for number in numbers:
            joined += arc(number)[1 if joined else 0 :]
        return joined

    if geometry["type"] == "GeometryCollection":
        return [polygon for part in geometry["geometries"] for polygon in rings(topology, part)]
    polygons = geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]
    return [[ring(numbers) for numbers in polygon] for polygon in polygons]


def unrolled(ring: list[Point]) -> list[Point]:
    """The ring without a jump from one edge of the map to the other: longitudes may leave -180 to 180."""
    made = [ring[0]]
    for (before, _), (longitude, latitude) in pairwise(ring):
        turn = round((before - longitude) / 360) * 360
        made.append((made[-1][0] + longitude + turn - before, latitude))
    return made


def halves(ring: list[Point]) -> list[list[Point]]:
    """The parts of a ring this side and beyond the edges of the map, each put where it belongs."""
    found = []
    for turn in (-360, 0, 360):
        part = [(longitude + turn, latitude) for longitude, latitude in unrolled(ring)]
        part = list(_cut(list(_cut(part, -180, 1)), 180, -1))
        if len(part) > 3:
            found.append(part)
    return found


def _cut(ring: list[Point], edge: float, side: int) -> Iterator[Point]:
    """What of a closed ring lies on one side of a meridian; closed again."""
    first = None
    for (x0, y0), (x1, y1) in pairwise(ring):
        within = side * (x0 - edge) >= 0, side * (x1 - edge) >= 0
        points = [(x0, y0)] if within[0] else []
        if within[0] != within[1]:
            points.append((edge, y0 + (y1 - y0) * (edge - x0) / (x1 - x0)))
        for point in points:
            first = first or point
            yield point
    if first:
        yield first


def simplified(line: list[Point]) -> list[Point]:
    """The line with fewer points, nowhere more than ``TOLERANCE`` away (Douglas and Peucker)."""
    (x0, y0), (x1, y1) = line[0], line[-1]
    length = hypot(x1 - x0, y1 - y0)

    def away(point: Point) -> float:
        x, y = point[0] - x0, point[1] - y0
        return abs(x * (y1 - y0) - y * (x1 - x0)) / length if length else hypot(x, y)

    if len(line) < 3:
        return line
    far = max(range(1, len(line) - 1), key=lambda at: away(line[at]))
    if away(line[far]) <= TOLERANCE:
        return [line[0], line[-1]]
    return simplified(line[: far + 1])[:-1] + simplified(line[far:])


def area(ring: Iterable[Point]) -> float:
    """Twice signed, in the square of the ring's unit."""
    return sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in pairwise(ring)) / 2


def land(folder: Path) -> list[list[int]]:
    """Rings of land as longitude, latitude, longitude, ... in tenths of a degree; not closed, holes run backwards."""
    topology = json.loads((folder / "land-110m.json").read_text(encoding="utf-8"))
    made = []
    for ring in (ring for polygon in rings(topology, topology["objects"]["land"]) for ring in polygon):
        for part in halves(ring):
            if max(latitude for _, latitude in part) > SOUTHERNMOST and abs(area(part)) >= SMALLEST:
                # From its two ends, which coincide, a ring would collapse: its first point is one of the two that stay.
                points = [(round(x * 10), round(y * 10)) for x, y in simplified(part)[:-1]]
                made.append([number for point in points for number in point])
    return made


def inside(point: Point, ring: list[Point]) -> bool:
    """Whether a point lies in a closed ring (even-odd)."""
    x, y = point
    return bool(
        sum((y0 > y) != (y1 > y) and x < x0 + (y - y0) / (y1 - y0) * (x1 - x0) for (x0, y0), (x1, y1) in pairwise(ring))
        % 2
    )


def middle(polygons: list[list[list[Point]]]) -> Point:
    """A point in the largest part: its centre of area, or what lies furthest from the coast when that is outside."""
    parts = [unrolled(polygon[0]) for polygon in polygons]
    largest = max(parts, key=lambda ring: abs(area([project(y, x) for x, y in ring])))
    whole = area(largest)
    centre = tuple(
        sum((a[axis] + b[axis]) * (a[0] * b[1] - b[0] * a[1]) for a, b in pairwise(largest)) / (6 * whole)
        for axis in (0, 1)
    )
    if inside((centre[0], centre[1]), largest):
        return centre[0], centre[1]
    xs, ys = zip(*largest, strict=True)
    steps = range(1, 60)
    grid = [
        (min(xs) + (max(xs) - min(xs)) * across / 60, min(ys) + (max(ys) - min(ys)) * up / 60)
        for across in steps
        for up in steps
    ]
    within = [point for point in grid if inside(point, largest)]
    return max(within, key=lambda point: min(hypot(point[0] - x, point[1] - y) for x, y in largest))


def places(folder: Path) -> None:
    """Put the coordinates of the named shapes into ``places.csv``."""
    topology = json.loads((folder / "countries-50m.json").read_text(encoding="utf-8"))
    shapes = {one["properties"]["name"]: one for one in topology["objects"]["countries"]["geometries"]}
    path = HERE / "places.csv"
    with path.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    for row in rows:
        if row["shape"]:
            longitude, latitude = middle(rings(topology, shapes[row["shape"]]))
            row |= {"latitude": f"{latitude:.1f}", "longitude": f"{(longitude + 180) % 360 - 180:.1f}"}
    with path.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def main(folder: Path) -> None:
    """Write both files."""
    lines = ",\n".join(json.dumps(ring, separators=(",", ":")) for ring in land(folder))
    (HERE / "land.json").write_text(f"[\n{lines}\n]\n", encoding="utf-8")
    places(folder)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
