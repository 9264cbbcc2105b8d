"""Order, colours and hatches of the charts, computed rather than judged by eye."""

import itertools
import re
import tomllib
from typing import Any

import pytest

from cache.codes import LANES, PHASE_PATH, STATUSES
from dashboard.shared import palette
from dashboard.shared.charts import pattern
from fetchers.settings import ROOT

CONFIG: dict[str, Any] = tomllib.loads((ROOT / "dashboard" / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
THEME = CONFIG["theme"]


def luminance(colour: str) -> float:
    """Relative luminance as WCAG defines it."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_computed_as_wcag_does() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#767676", "#FFFFFF") == pytest.approx(4.54, abs=0.01)


def test_every_status_of_the_registry_is_in_exactly_one_group() -> None:
    grouped = [status for group in palette.GROUPS for status in group.statuses]
    assert sorted(grouped) == sorted(STATUSES)
    assert len(palette.GROUPS) == 6


@pytest.mark.parametrize(
    ("status", "group"),
    [
        ("NOT_YET_RECRUITING", "open"),
        ("ACTIVE_NOT_RECRUITING", "running"),
        ("SUSPENDED", "stopped"),
        ("UNKNOWN", "unverified"),
        ("APPROVED_FOR_MARKETING", "expanded"),
        (None, "unverified"),
        ("A_STATUS_OF_TOMORROW", "unverified"),
    ],
)
def test_a_status_that_is_not_known_is_never_active(status: str | None, group: str) -> None:
    assert palette.group_of(status) == group


def test_colour_never_stands_alone() -> None:
    assert len({group.hatch for group in palette.GROUPS}) == 6
    assert len({group.colour for group in palette.GROUPS}) == 6


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_marks_and_texts_can_be_told_from_their_ground(mode: str) -> None:
    theme = THEME[mode]
    for ground in (theme["backgroundColor"], theme["secondaryBackgroundColor"], theme["sidebar"]["backgroundColor"]):
        assert contrast(theme["textColor"], ground) >= 4.5
        assert contrast(theme["linkColor"], ground) >= 4.5
    for colour in [group.colour for group in palette.GROUPS] + [palette.BAR]:
        assert contrast(colour, theme["backgroundColor"]) >= 3
    # Streamlit writes a chosen segment in this colour on a tint of it. White on it, in the tags of chosen filters,
    # cannot reach 4.5 : 1 as well in dark mode; no button is of the primary kind, whose label is white, too.
    assert contrast(theme["primaryColor"], tint(theme["primaryColor"], theme["backgroundColor"], 0.1)) >= 4.5
    assert contrast("#FFFFFF", theme["primaryColor"]) >= 3


def over(colour: str, ground: str) -> str:
    """A colour that lets its ground through, on that ground: "rgba(31, 92, 138, 0.1)" on "#FFFFFF"."""
    *parts, share = (float(part) for part in re.findall(r"[\d.]+", colour))
    below = [int(ground[i : i + 2], 16) for i in (1, 3, 5)]
    return "#" + "".join(f"{round(b + (a - b) * share):02X}" for a, b in zip(parts, below, strict=True))


def tint(colour: str, ground: str, share: float) -> str:
    """So much of a colour on a ground."""
    return over(f"rgba({', '.join(str(int(colour[i : i + 2], 16)) for i in (1, 3, 5))}, {share})", ground)


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("group", palette.GROUPS, ids=lambda group: group.id)
def test_a_hatched_bar_stands_out_from_the_page_and_its_hatch_from_the_bar(
    group: palette.StatusGroup, mode: str
) -> None:
    page, ink = THEME[mode]["backgroundColor"], THEME[mode]["textColor"]  # which Streamlit puts in the place of INK
    drawn = pattern(group.hatch)
    assert drawn["fgcolor"] == palette.INK
    hatch = tint(ink, group.colour, drawn["fgopacity"])
    seen = tint(hatch, group.colour, drawn["solidity"])  # from afar, hatch and colour mix
    assert min(contrast(group.colour, page), contrast(hatch, page), contrast(seen, page)) >= 3
    assert contrast(hatch, group.colour) >= 1.5


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("step", range(len(palette.SEQUENTIAL)))
def test_numbers_can_be_read_on_every_cell(step: int, mode: str) -> None:
    ink = palette.CELL_LIGHT if step >= palette.LIGHT_FROM else THEME[mode]["textColor"]
    assert contrast(ink, over(palette.SEQUENTIAL[step], THEME[mode]["backgroundColor"])) >= 4.5


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_cells_stand_out_more_with_every_step_and_zero_not_at_all(mode: str) -> None:
    page = THEME[mode]["backgroundColor"]
    apart = [contrast(over(colour, page), page) for colour in palette.SEQUENTIAL]
    assert apart[0] == 1
    assert all(less < more for less, more in itertools.pairwise(apart))


def test_the_config_draws_charts_in_the_same_colours() -> None:
    assert THEME["chartCategoricalColors"] == [group.colour for group in palette.GROUPS]


def test_nothing_may_leave_the_machine() -> None:
    assert CONFIG["browser"] == {"gatherUsageStats": False, "serverAddress": "localhost"}
    assert CONFIG["client"]["disableDataExport"] is True
    assert CONFIG["client"]["showErrorDetails"] == "none"
    assert CONFIG["client"]["toolbarMode"] == "minimal"
    assert CONFIG["server"]["headless"] is True
    assert "http" not in str(THEME)


def test_axis_words_cover_all_lanes_in_time_order() -> None:
    assert list(palette.AXIS_WORDS) == list(LANES)
    assert PHASE_PATH == (
        "EARLY_PHASE1",
        "PHASE1",
        "PHASE1|PHASE2",
        "PHASE2",
        "PHASE2|PHASE3",
        "PHASE3",
        "PHASE4",
    )
