"""The one place of order, colour, hatch and word of everything a chart shows.

The words and their order come from ``cache.codes``; here stands what only a screen needs. Colour never stands
alone: every group of statuses has a hatch of its own as well. With the hatch and without it the colours keep 3:1
against both backgrounds of ``dashboard/.streamlit/config.toml``; a test computes it.
"""

from typing import Any, NamedTuple

import pandas as pd

from cache.codes import LANE_WORDS, LANES, NOT_RECORDED, PHASE_PATH


class StatusGroup(NamedTuple):
    """Statuses that mean the same to a reader, in the order of the registry's list."""

    id: str
    word: str
    colour: str
    hatch: str  # a Plotly pattern shape; "" is a plain fill
    statuses: tuple[str, ...]


GROUPS = (
    StatusGroup("open", "Open", "#0072B2", "", ("NOT_YET_RECRUITING", "RECRUITING", "ENROLLING_BY_INVITATION")),
    StatusGroup("running", "Running, closed to new", "#009E73", "/", ("ACTIVE_NOT_RECRUITING",)),
    StatusGroup("finished", "Finished", "#767676", ".", ("COMPLETED",)),
    StatusGroup("stopped", "Stopped or paused", "#D55E00", "x", ("SUSPENDED", "TERMINATED", "WITHDRAWN")),
    StatusGroup("unverified", "Not verified or not known", "#CC79A7", "\\", ("UNKNOWN", "WITHHELD", NOT_RECORDED)),
    StatusGroup(
        "expanded",
        "Expanded access",
        "#8E4585",
        "-",
        ("AVAILABLE", "TEMPORARILY_NOT_AVAILABLE", "NO_LONGER_AVAILABLE", "APPROVED_FOR_MARKETING"),
    ),
)
# The same groups as words in colour: the names of Streamlit's colours, which know light and dark.
BADGES: dict[str, Any] = {
    "open": "blue", "running": "green", "finished": "gray",
    "stopped": "orange", "unverified": "gray", "expanded": "violet",
}  # fmt: skip
GROUP_OF = {status: group.id for group in GROUPS for status in group.statuses}

# No trial to many, for the cells of a heatmap: one blue, more and more of it, so that few recede towards the page and
# many stand out from it, on a light page and on a dark one.
SEQUENTIAL = tuple(f"rgba(31, 92, 138, {share})" for share in (0, 0.1, 0.18, 0.3, 0.42, 0.55, 0.88, 1))
CELL_LIGHT = "#FFFFFF"  # ink on the full end
LIGHT_FROM = 6  # the first step of SEQUENTIAL that takes light ink; on the others stands the page's own

BAR = "#1A7DC0"  # as far from a light page as from a dark one, for thin rings as well
LINE = "#8A8F98"  # between two marks of one row
PLANNED_HATCH = "/"
# Streamlit's theme puts the colour of the page's text, light or dark, in the place of this one. Its own choice for
# axes is a grey that is too pale to read. (``GRAY_90`` of its Plotly theme; a test holds the two together.)
INK = "#000037"
# A hatch is drawn in the page's ink: darker than its bar on a light page, lighter on a dark one, so that it never
# brings a bar nearer to the page.
HATCH_INK = INK
HATCH_SHARE, HATCH_OPACITY = 0.22, 0.5  # how much of a bar the hatch covers, and how densely

# Words short enough for an axis on a phone.
AXIS_WORDS = {**LANE_WORDS, "NA": "Not applicable", "EXPANDED_ACCESS": "Expanded access", "UNKNOWN": "Not known"}


def group_of(status: str | None) -> str:
    """The group a status belongs to; a missing one, or one the registry invented since, is not known."""
    return GROUP_OF.get(status or NOT_RECORDED, "unverified")


def shade(number: int) -> int:
    """The step of ``SEQUENTIAL`` for 0, 1, 2-3, 4-9, 10-29, 30-99, 100-299, more: classes and single agents share one
    scale."""
    return sum(number >= least for least in (1, 2, 4, 10, 30, 100, 300))


def used_lanes(totals: "pd.Series[int]") -> list[str]:
    """The lanes to show, in reading order: the path of a drug always, the others when a trial is in them."""
    return [lane for lane in LANES if lane in PHASE_PATH or totals.get(lane, 0) > 0]
