"""The chart of dots and intervals: the record's numbers, and its texts as texts."""

from dashboard.findings import charts
from insights.findings.outcome import Dots, Point

SHOWN = Dots(
    (Point("Placebo", -1.5, -5.75, 2.75, "-1.5 (4.25)"), Point("<b>Drug</b>", 2.0, None, 3.0, "2 (not given to 3)")),
    "standard deviation",
    (),
)


def test_every_dot_has_its_number_its_interval_and_its_words() -> None:
    (mark,) = charts.dots(SHOWN, "points <i>x</i>").to_dict()["data"]
    assert list(mark["x"]) == [-1.5, 2.0]
    assert list(mark["error_x"]["array"]) == [4.25, 1.0]
    assert list(mark["error_x"]["arrayminus"]) == [4.25, 0.0]
    assert list(mark["hovertext"]) == ["Placebo: -1.5 (4.25)", "&lt;b&gt;Drug&lt;/b&gt;: 2 (not given to 3)"]
    assert list(mark["y"]) == ["Placebo", "&lt;b&gt;Drug&lt;/b&gt;"]


def test_two_groups_that_begin_alike_keep_a_row_each() -> None:
    name = "A group with a very long name " * 5
    points = tuple(Point(f"{name}{number}", 1.0, 0.0, 2.0, "1 (0 to 2)") for number in range(3))
    (mark,) = charts.dots(Dots(points, "interval", ()), "").to_dict()["data"]
    assert len(set(mark["y"])) == 3
