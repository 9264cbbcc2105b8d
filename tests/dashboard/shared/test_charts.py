"""The figures show exactly the counts they are given, in words and in order."""

from typing import Any

import pandas as pd
import plotly.graph_objects as go
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from streamlit.elements.lib import streamlit_plotly_theme

from cache.codes import LANE_WORDS, LANES, PHASE_PATH
from cache.english import count
from dashboard.shared import charts, palette
from dashboard.shared.palette import GROUPS

GROUP_IDS = [group.id for group in GROUPS]
numbers = st.integers(0, 5000)
tables = st.lists(st.lists(numbers, min_size=6, max_size=6), min_size=len(LANES), max_size=len(LANES)).map(
    lambda rows: pd.DataFrame(rows, index=list(LANES), columns=GROUP_IDS)
)


def counts(**cells: dict[str, int]) -> pd.DataFrame:
    """A table of lanes by groups: zero but for the cells given as lane={group: number}."""
    table = pd.DataFrame(0, index=list(LANES), columns=GROUP_IDS)
    for lane, row in cells.items():
        for group, number in row.items():
            table.loc[lane.replace("_or_", "|"), group] = number
    return table


def somewhere(lane: str, group: str) -> str:
    """An address that names what it is for."""
    return f"trials?phase={lane}&status={group}"


def bars_of(figure: go.Figure) -> list[Any]:
    return [trace for trace in figure.data if trace.type == "bar"]


def texts_of(figure: go.Figure) -> list[Any]:
    return [trace for trace in figure.data if trace.type == "scatter"]


@settings(deadline=None)  # a busy machine is no wrong figure
@given(tables)
def test_bars_hold_every_number_once_and_end_with_their_sums(table: pd.DataFrame) -> None:
    figure = charts.phase_by_status(table, somewhere)
    lanes = palette.used_lanes(table.sum(axis=1))
    shown = {trace.name: list(trace.x) for trace in bars_of(figure)}
    for group in GROUPS:
        assert shown.get(group.word, [0] * len(lanes)) == table.loc[lanes, group.id].tolist()
    (sums,) = texts_of(figure)
    assert list(sums.x) == table.loc[lanes].sum(axis=1).tolist()
    assert sum(sums.x) == int(table.to_numpy().sum())
    assert [text.strip() for text in sums.text] == [f"{n:,}" for n in sums.x]


def test_lanes_stand_in_time_order_and_the_path_of_a_drug_is_always_there() -> None:
    figure = charts.phase_by_status(counts(PHASE3={"finished": 2}, NA={"open": 1}), somewhere)
    assert list(bars_of(figure)[0].y) == [
        "Early phase 1", "Phase 1", "Phase 1/2", "Phase 2", "Phase 2/3", "Phase 3", "Phase 4", "Not applicable",
    ]  # fmt: skip
    assert figure.layout.yaxis.autorange == "reversed"


@pytest.mark.parametrize("lane", [lane for lane in LANES if lane not in PHASE_PATH])
def test_lanes_beside_the_path_show_when_a_trial_is_in_them(lane: str) -> None:
    table = pd.DataFrame(0, index=list(LANES), columns=GROUP_IDS)
    table.loc[lane, "open"] = 1
    assert palette.AXIS_WORDS[lane] in bars_of(charts.phase_by_status(table, somewhere))[0].y
    assert palette.used_lanes(table.sum(axis=1)) == [*PHASE_PATH, lane]


def test_every_group_has_its_own_colour_and_hatch() -> None:
    figure = charts.phase_by_status(counts(PHASE2=dict.fromkeys(GROUP_IDS, 1)), somewhere)
    assert [(bar.name, bar.marker.color, bar.marker.pattern.shape) for bar in bars_of(figure)] == [
        (group.word, group.colour, group.hatch) for group in GROUPS
    ]


def test_an_empty_view_is_still_a_chart() -> None:
    figure = charts.phase_by_status(counts(), somewhere)
    assert bars_of(figure) == []
    assert list(texts_of(figure)[0].x) == [0] * 7


def test_bars_keep_order_and_numbers() -> None:
    figure = charts.bars(pd.Series({"Tested": 4, "Background": 0}), ["trials?role=tested", ""])
    assert list(figure.data[0].y) == ["Tested", "Background"]
    assert list(figure.data[0].x) == [4, 0]
    assert list(figure.data[0].customdata) == ["trials?role=tested", ""]
    assert list(figure.data[0].hovertext) == ["Tested: 4 trials", "Background: 0 trials"]


@settings(deadline=None)
@given(tables)
def test_every_mark_that_counts_something_opens_its_list_and_says_what_it_is(table: pd.DataFrame) -> None:
    for bar, group in zip(
        bars_of(charts.phase_by_status(table, somewhere)),
        [group for group in GROUPS if table[group.id].sum()],
        strict=True,
    ):
        lanes = palette.used_lanes(table.sum(axis=1))
        for lane, number, address, words in zip(lanes, bar.x, bar.customdata, bar.hovertext, strict=True):
            assert address == (somewhere(lane, group.id) if number else "")
            assert words == f"{palette.AXIS_WORDS[lane]}, {group.word.lower()}: {count(number, 'trial')}"


def test_no_code_of_the_registry_stands_on_an_axis() -> None:
    table = pd.DataFrame(1, index=list(LANES), columns=GROUP_IDS)
    shown = "".join(bars_of(charts.phase_by_status(table, somewhere))[0].y)
    assert not any(code in shown for code in LANES if code not in LANE_WORDS.values())


def test_texts_take_the_colour_of_the_page() -> None:
    assert palette.INK == streamlit_plotly_theme.GRAY_90
    for figure in (charts.phase_by_status(counts(), somewhere), charts.bars(pd.Series({"Tested": 4}), ["trials"])):
        assert figure.layout.font.color == figure.layout.yaxis.tickfont.color == palette.INK


def test_no_tool_bar_and_no_zoom() -> None:
    assert charts.CONFIG["displayModeBar"] is False
    for figure in (charts.phase_by_status(counts(), somewhere), charts.bars(pd.Series({"Tested": 4}), ["trials"])):
        assert figure.layout.xaxis.fixedrange
        assert figure.layout.yaxis.fixedrange


@pytest.mark.parametrize("totals", [(0, 1), (0, 0), (500, 0)])
def test_a_zero_has_no_ground_and_keeps_its_number_and_its_hover(totals: tuple[int, int]) -> None:
    cells = [
        charts.Cell(f"c{at}", "row", palette.shade(number), str(number), f"{number} trials", "trials" if number else "")
        for at, number in enumerate(totals)
    ]
    ground, *texts = charts.heatmap(cells)
    assert ground["colorscale"][0][1].endswith(", 0)")  # nothing of it covers the page
    assert ground["hovertext"] == [[f"{number} trials" for number in totals]]
    assert ground["customdata"] == [["trials" if number else "" for number in totals]]
    for at, number in enumerate(totals):
        assert (ground["z"][0][at] == 0) == (number == 0)  # a value, so that it can be hovered over
        ink = next(one["textfont"]["color"] for one in texts if f"c{at}" in one["x"])
        assert (ink == palette.INK) == (number < 300)
