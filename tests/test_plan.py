"""The figure of the house is drawn from its imports, and the committed one is up to date."""

from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from fetchers.settings import ROOT
from tests.tools import plan
from tests.tools.imports import ROOMS, circles, edges, house
from tests.tools.layers import laid_out

NODES = "abcdefgh"
ARROWS = st.sets(st.tuples(st.sampled_from(NODES), st.sampled_from(NODES)).filter(lambda pair: pair[0] != pair[1]))


def test_the_committed_figure_shows_the_imports_of_today() -> None:
    held = plan.listed_in(plan.FIGURE.read_text(encoding="utf-8"))
    assert held == plan.arrows(edges(house(ROOT))), "run python -m tests.tools.plan"


def test_the_figure_is_well_formed_and_names_every_room() -> None:
    figure = plan.drawn(house(ROOT))
    root = ET.fromstring(figure)  # noqa: S314 - drawn a moment ago by ourselves
    shown = {text.text for text in root.iter("{http://www.w3.org/2000/svg}text")}
    assert {*ROOMS, "store", "registry", "claims"} <= shown
    assert plan.listed_in(figure)
    assert plan.listed_in("<svg/>") == []


@given(ARROWS)
def test_every_arrow_points_down_and_stops_in_every_row_it_crosses(arrows: set[tuple[str, str]]) -> None:
    found = laid_out(NODES, arrows)
    row_of = {name: number for number, row in enumerate(found.rows) for name in row}
    assert sum(map(len, found.rows)) == len(row_of) == len(NODES) + sum(map(len, found.ways.values()))
    assert set(found.ways) | found.back == arrows
    assert bool(found.back) == bool(circles(arrows))
    for (start, end), stops in found.ways.items():
        rows = [row_of[name] for name in (start, *stops, end)]
        assert rows == list(range(row_of[start], row_of[end] + 1))


def test_what_is_joined_stands_below_each_other() -> None:
    found = laid_out("abcd", [("a", "d"), ("b", "c")])
    assert found.rows == [["a", "b"], ["d", "c"]]
