"""How the work grows with the number of trials: CPU seconds of each kind of refresh, and the size of the store.

``python -m benchmarks.growth [--sizes N ...] [--out FILE.svg]`` draws what it has measured.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.measuring import environment, table
from benchmarks.refresh import Step, measure
from benchmarks.standin import ask_for_records
from cache.export.atomic_write import write_atomically

SIZES = (1_000, 5_000, 25_000)
PICTURE = Path(__file__).with_name("growth.svg")
# The steps of ``benchmarks.refresh.measure`` in order.
STEPS = ("first load", "same data load", "new data load, none changed", "1 % changed", "some gone")
_COLOURS = ("#1b6ca8", "#6a3d9a", "#33802f", "#c2410c", "#555555")
_WIDE, _HIGH, _LEFT, _TOP = 300.0, 240.0, 60.0, 50.0
_BESIDE = 480.0  # from the left edge of one panel to that of the next


def growth(sizes: Sequence[int], *, short: bool = False) -> dict[int, list[Step]]:
    """All steps of a refresh at every size, each with a stand-in and a store of its own."""
    return {size: measure(size, short=short) for size in sizes}


def lines(found: Mapping[int, Sequence[Step]]) -> dict[str, dict[int, float]]:
    """CPU seconds of every step by size."""
    return {name: {size: steps[at].cpu for size, steps in found.items()} for at, name in enumerate(STEPS)}


def megabytes(found: Mapping[int, Sequence[Step]]) -> dict[int, float]:
    """Megabytes of the store after the first load, by size."""
    return {size: steps[0].after.size / 1e6 for size, steps in found.items()}


def report(found: Mapping[int, Sequence[Step]]) -> str:
    """The table: seconds, and times the smallest size."""
    sizes = list(found)
    rows = [[name, *values.values(), _grown(values)] for name, values in lines(found).items()]
    held = megabytes(found)
    rows.append(["store, MB", *held.values(), _grown(held)])
    times = f"times the first, of {sizes[-1] / sizes[0]:g} times the trials"
    return table(["CPU s, by trials", *(f"{size:,}" for size in sizes), times], rows)


def _grown(values: Mapping[int, float]) -> str:
    first, *_, last = [*values.values(), *values.values()]
    return f"{last / first:.1f}" if first else "–"


def picture(found: Mapping[int, Sequence[Step]]) -> str:
    """An SVG of two panels, both axes logarithmic: a line that climbs with the frame's diagonal grows as the trials."""
    panels = [
        _panel(0, "CPU seconds of a refresh", lines(found)),
        _panel(_BESIDE, "Megabytes of the store", {"store": megabytes(found)}),
    ]
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{2 * _BESIDE:g}" height="{_HIGH + 2 * _TOP:g}" '
        'font-family="sans-serif" font-size="11"><rect width="100%" height="100%" fill="#ffffff"/>'
    )
    return "\n".join([head, *(piece for panel in panels for piece in panel), "</svg>", ""])


def _panel(beside: float, title: str, drawn: Mapping[str, Mapping[int, float]]) -> list[str]:
    sizes = sorted({size for values in drawn.values() for size in values})
    heights = [value for values in drawn.values() for value in values.values() if value > 0]
    bottom, top = math.floor(math.log10(min(heights))), math.ceil(math.log10(max(heights)))
    span = math.log10(sizes[-1] / sizes[0]) or 1.0

    def place(size: int, value: float) -> tuple[float, float]:
        across = math.log10(size / sizes[0]) / span
        up = (math.log10(max(value, 10.0**bottom)) - bottom) / max(top - bottom, 1)
        return beside + _LEFT + across * _WIDE, _TOP + (1 - up) * _HIGH

    pieces = [f'<text x="{beside + _LEFT:g}" y="{_TOP - 18:g}" font-size="14">{title}</text>']
    for power in range(bottom, max(top, bottom + 1) + 1):
        x, y = place(sizes[0], 10.0**power)
        pieces.append(f'<path d="M{x:.1f} {y:.1f}h{_WIDE:g}" stroke="#dddddd"/>')
        pieces.append(f'<text x="{x - 6:.1f}" y="{y + 4:.1f}" text-anchor="end">{10.0**power:g}</text>')
    for size in sizes:
        x, _ = place(size, 1)
        pieces.append(f'<text x="{x:.1f}" y="{_TOP + _HIGH + 18:g}" text-anchor="middle">{size:,}</text>')
    pieces.append(
        f'<text x="{beside + _LEFT + _WIDE / 2:g}" y="{_TOP + _HIGH + 36:g}" text-anchor="middle">trials</text>'
    )
    below = _TOP
    for (name, values), colour in sorted(
        zip(drawn.items(), _COLOURS, strict=False), key=lambda one: -list(one[0][1].values())[-1]
    ):
        points = [place(size, value) for size, value in values.items()]
        pieces.append(_line(points, colour))
        below = max(points[-1][1], below + 13)  # names of lines that end at one place stand under each other
        pieces.append(f'<text x="{points[-1][0] + 8:.1f}" y="{below + 4:.1f}" fill="{colour}">{name}</text>')
    return pieces


def _line(points: Sequence[tuple[float, float]], colour: str) -> str:
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    dots = "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in points)
    return f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>{dots}'


def main(argv: list[str] | None = None) -> dict[int, list[Step]]:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.growth", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES), metavar="N", help="numbers of trials")
    parser.add_argument("--out", type=Path, default=PICTURE, metavar="FILE", help="the picture, an SVG")
    ask_for_records(parser)
    given = parser.parse_args(argv)
    found = growth(sorted(given.sizes), short=given.short)
    print(report(found))
    write_atomically(given.out, picture(found).encode(), "picture")
    print(f"\n{environment()}")
    return found


if __name__ == "__main__":
    main()
