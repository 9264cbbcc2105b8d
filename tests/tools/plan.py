"""``python -m tests.tools.plan``: draws the plan of the house from its imports into ``docs/architecture.svg``.

One storey a room, the dashboard on top, with what stands side by side in it: packages, and modules that stand alone.
An arrow says who imports whom and in how many places; what is part of a circle is red. The figure holds the list of its
arrows as text, so that a test can tell whether it is up to date.
"""

import re
from collections.abc import Iterator, Mapping
from html import escape
from itertools import pairwise
from pathlib import Path

from fetchers.settings import ROOT
from tests.tools.imports import ROOMS, Edges, House, edges, house, side_by_side
from tests.tools.layers import Layout, laid_out

FIGURE = ROOT / "docs" / "architecture.svg"
WIDTH, EDGE, RIGHT = 1500, 24, 150  # of the figure; what is left free around it, and for the arrows between storeys
ROW, HEIGHT, GAP, STOP, HEAD = 92, 38, 16, 14, 54  # of a row of boxes, a box, between two, a passing arrow, a title
INK, QUIET, LINE, WRONG = "#12171C", "#5B6670", "#7A8794", "#C0392B"
PAPER, STOREY = "#FFFFFF", ("#EEF4F9", "#EEF7F1", "#FBF5E9", "#F6F0F8")
SAYS = {
    "fetchers": "knows the registry",
    "cache": "knows SQL and records",
    "insights": "knows frames and rules",
    "dashboard": "knows the screen",
}
Counts = Mapping[tuple[str, str], int]


def drawn(modules: House) -> str:
    """The figure as SVG."""
    found = edges(modules)
    y, storeys, spans = float(EDGE), [], {}
    for room, colour in zip(reversed(ROOMS), reversed(STOREY), strict=True):
        counts = side_by_side(found, room)
        nodes = _sizes(modules, room)
        layout = laid_out(nodes, counts)
        height = HEAD + ROW * len(layout.rows)
        storeys += [_panel(room, y, height, colour, len([name for name in modules if name.startswith(room)]))]
        storeys += _storey(layout, counts, nodes, room, y + HEAD)
        spans[room] = (y, y + height)
        y += height + EDGE
    body = "\n".join([*storeys, *_between(side_by_side(found), spans)])
    listed = "\n".join(arrows(found))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {y:.0f}" role="img" '
        f'font-family="DejaVu Sans, Verdana, sans-serif" font-size="13">\n<title>Who imports whom</title>\n'
        f'<desc id="arrows">\n{listed}\n</desc>\n<defs>{_head("head", LINE)}{_head("wrong", WRONG)}</defs>\n'
        f'<rect width="{WIDTH}" height="{y:.0f}" fill="{PAPER}"/>\n{body}\n</svg>\n'
    )


def arrows(found: Edges) -> list[str]:
    """Every arrow of the figure as a line of text: importer, imported, number of imports."""
    counted = [side_by_side(found, folder) for folder in ("", *ROOMS)]
    return [f"{start} {end} {number}" for counts in counted for (start, end), number in sorted(counts.items())]


def listed_in(figure: str) -> list[str]:
    """The arrows a figure that was drawn holds."""
    held = re.search(r'<desc id="arrows">\n(.*?)\n</desc>', figure, re.S)
    return held[1].splitlines() if held else []


def _sizes(modules: House, room: str) -> dict[str, int]:
    """What stands side by side in a room, each with the number of its modules; a module alone is 0."""
    sizes: dict[str, int] = {}
    for name, module in modules.items():
        parts = name.split(".")
        if parts[0] == room and len(parts) > 1:
            one = f"{room}.{parts[1]}"
            sizes[one] = sizes.get(one, 0) + (len(parts) > 2 and not module.package)
    return sizes


def _panel(room: str, y: float, height: float, colour: str, number: int) -> str:
    beside = EDGE + 42 + 12.5 * len(room)
    return (
        f'<rect x="{EDGE}" y="{y:.0f}" width="{WIDTH - EDGE - RIGHT}" height="{height:.0f}" rx="10" fill="{colour}"/>\n'
        f'<text x="{EDGE + 18}" y="{y + 30:.0f}" font-size="19" font-weight="bold" fill="{INK}">{room}</text>\n'
        f'<text x="{beside:.0f}" y="{y + 30:.0f}" fill="{QUIET}">{SAYS[room]} · {number} modules</text>'
    )


def _storey(layout: Layout, counts: Counts, nodes: Mapping[str, int], room: str, y: float) -> Iterator[str]:
    at = dict(_places(layout, room, y))
    for pair, number in sorted(counts.items()):
        if all(end in at for end in pair):
            yield _arrow(
                [at[stop] for stop in (pair[0], *layout.ways.get(pair, ()), pair[1])], number, pair in layout.back
            )
    for name, size in nodes.items():
        x, middle = at[name]
        width = _width(name)
        yield (
            f'<rect x="{x - width / 2:.0f}" y="{middle - HEIGHT / 2:.0f}" width="{width:.0f}" height="{HEIGHT}" rx="6" '
            f'fill="{PAPER}" stroke="{LINE}" stroke-dasharray="{"none" if size else "4 3"}"/>'
            f'<text x="{x:.0f}" y="{middle + (0 if size else 5):.0f}" text-anchor="middle" fill="{INK}">'
            f"{escape(name.rpartition('.')[2])}</text>"
        )
        if size:
            yield (
                f'<text x="{x:.0f}" y="{middle + 14:.0f}" text-anchor="middle" font-size="10" fill="{QUIET}">'
                f"{size} module{'s' if size > 1 else ''}</text>"
            )


def _places(layout: Layout, room: str, y: float) -> Iterator[tuple[str, tuple[float, float]]]:
    """The middle of every box and stop: each row is spread over the storey's width."""
    for number, row in enumerate(layout.rows):
        widths = [STOP if ">" in name else _width(name) for name in row]
        free = (WIDTH - EDGE - RIGHT - 2 * GAP - sum(widths)) / (len(row) + 1)
        x = EDGE + GAP + free
        for name, width in zip(row, widths, strict=True):
            yield name, (x + width / 2, y + ROW * number + HEIGHT / 2 + 6)
            x += width + free


def _width(name: str) -> float:
    return max(64.0, 7.9 * len(name.rpartition(".")[2]) + 22)


def _arrow(stops: list[tuple[float, float]], number: int, wrong: bool) -> str:
    """A smooth line through its stops from the foot of a box to the head of another, with its number."""
    colour = WRONG if wrong else LINE
    (x, y), (end_x, end_y) = stops[0], stops[-1]
    down = end_y >= y
    chain = [(x, y + (HEIGHT / 2 if down else -HEIGHT / 2)), *stops[1:-1]]
    chain.append((end_x, end_y - (HEIGHT / 2 + 5 if down else -HEIGHT / 2 - 5)))
    path = f"M{chain[0][0]:.0f} {chain[0][1]:.0f}"
    for (x, y), (to_x, to_y) in pairwise(chain):
        half = (to_y - y) / 2 or 18
        path += f" C{x:.0f} {y + half:.0f} {to_x:.0f} {to_y - half:.0f} {to_x:.0f} {to_y:.0f}"
    (x, y), (to_x, to_y) = chain[-2:]
    return (
        f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="{min(1 + number / 8, 4):.1f}" '
        f'stroke-opacity="0.75" marker-end="url(#{"wrong" if wrong else "head"})"/>'
        + _number(x + (to_x - x) * 0.7, y + (to_y - y) * 0.66, number, colour)
    )


def _number(x: float, y: float, number: int, colour: str) -> str:
    return (
        f'<text x="{x:.0f}" y="{y + 4:.0f}" text-anchor="middle" font-size="10.5" stroke="{PAPER}" stroke-width="3" '
        f'fill="{INK if colour == LINE else colour}" paint-order="stroke">{number}</text>'
    )


def _between(counts: Counts, spans: Mapping[str, tuple[float, float]]) -> Iterator[str]:
    """The arrows between the storeys, on their right side, the long ones further out."""
    left = WIDTH - RIGHT
    for (start, end), number in sorted(counts.items()):
        far = abs(ROOMS.index(start) - ROOMS.index(end))
        wrong = ROOMS.index(start) < ROOMS.index(end)
        y, to = (sum(spans[start]) / 2 + 16 * far, sum(spans[end]) / 2 - 16 * far)
        out = left + 20 + 44 * far
        colour = WRONG if wrong else LINE
        yield (
            f'<path d="M{left} {y:.0f} C{out} {y:.0f} {out} {to:.0f} {left + 6} {to:.0f}" fill="none" '
            f'stroke="{colour}" stroke-width="{min(1 + number / 40, 5):.1f}" '
            f'marker-end="url(#{"wrong" if wrong else "head"})"/>'
            + _number(left + (out - left) * 0.75, (y + to) / 2, number, colour)
        )


def _head(name: str, colour: str) -> str:
    return (
        f'<marker id="{name}" viewBox="0 0 8 8" refX="6" refY="4" markerWidth="8" markerHeight="8" '
        f'markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0 8 4 0 8z" fill="{colour}"/></marker>'
    )


def main(path: Path = FIGURE) -> None:
    """Draw the house as it is."""
    path.write_text(drawn(house(ROOT)), encoding="utf-8")


if __name__ == "__main__":
    main()
