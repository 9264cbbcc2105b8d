"""The figures show exactly the counts they are given, in words and in order."""

from typing import Any

import pandas as pd
import plotly.graph_objects as go
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from streamlit.elements.lib import streamlit_plotly_theme

from cache.codes import LANE_WORDS, LANES, PHASE_PATH
from dashboard.shared import charts, palette
from dashboard.shared.palette import GROUPS

GROUP_IDS = [group.id for group in GROUPS]
NAMES = {"methotrexate": "Methotrexate", "sizofiran": "Sizofiran", "lymph": "Autologous lymph node cells"}
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


def bars_of(figure: go.Figure) -> list[Any]:
    return [trace for trace in figure.data if trace.type == "bar"]


def texts_of(figure: go.Figure) -> list[Any]:
    return [trace for trace in figure.data if trace.type == "scatter"]


def cells_of(figure: go.Figure) -> dict[tuple[str, str], str]:
    """(row, column) -> what is written in that cell of a heatmap."""
    return {(y, x): text for trace in texts_of(figure) for x, y, text in zip(trace.x, trace.y, trace.text, strict=True)}


@settings(deadline=None)  # a busy machine is no wrong figure
@given(tables)
def test_bars_hold_every_number_once_and_end_with_their_sums(table: pd.DataFrame) -> None:
    figure = charts.phase_by_status(table)
    lanes = charts.used_lanes(table.sum(axis=1))
    shown = {trace.name: list(trace.x) for trace in bars_of(figure)}
    for group in GROUPS:
        assert shown.get(group.word, [0] * len(lanes)) == table.loc[lanes, group.id].tolist()
    (sums,) = texts_of(figure)
    assert list(sums.x) == table.loc[lanes].sum(axis=1).tolist()
    assert sum(sums.x) == int(table.to_numpy().sum())
    assert [text.strip() for text in sums.text] == [f"{n:,}" for n in sums.x]


def test_lanes_stand_in_time_order_and_the_path_of_a_drug_is_always_there() -> None:
    figure = charts.phase_by_status(counts(PHASE3={"finished": 2}, NA={"open": 1}))
    assert list(bars_of(figure)[0].y) == [
        "Early phase 1", "Phase 1", "Phase 1/2", "Phase 2", "Phase 2/3", "Phase 3", "Phase 4", "Not applicable",
    ]  # fmt: skip
    assert figure.layout.yaxis.autorange == "reversed"


@pytest.mark.parametrize("lane", [lane for lane in LANES if lane not in PHASE_PATH])
def test_lanes_beside_the_path_show_when_a_trial_is_in_them(lane: str) -> None:
    table = pd.DataFrame(0, index=list(LANES), columns=GROUP_IDS)
    table.loc[lane, "open"] = 1
    assert palette.AXIS_WORDS[lane] in bars_of(charts.phase_by_status(table))[0].y
    assert charts.used_lanes(table.sum(axis=1)) == [*PHASE_PATH, lane]


def test_every_group_has_its_own_colour_and_hatch() -> None:
    figure = charts.phase_by_status(counts(PHASE2=dict.fromkeys(GROUP_IDS, 1)))
    assert [(bar.name, bar.marker.color, bar.marker.pattern.shape) for bar in bars_of(figure)] == [
        (group.word, group.colour, group.hatch) for group in GROUPS
    ]


def test_an_empty_view_is_still_a_chart() -> None:
    figure = charts.phase_by_status(counts())
    assert bars_of(figure) == []
    assert list(texts_of(figure)[0].x) == [0] * 7


def agents(**rows: dict[str, int]) -> pd.DataFrame:
    table = pd.DataFrame(0, index=list(NAMES), columns=list(LANES))
    for agent, cells in rows.items():
        for lane, number in cells.items():
            table.loc[agent, lane] = number
    return table


def test_the_heatmap_writes_zero_for_asked_agents_and_a_dash_for_the_others() -> None:
    figure = charts.agent_by_phase(agents(methotrexate={"PHASE2": 1200, "PHASE3": 3}), NAMES, ["sizofiran"])
    cells = cells_of(figure)
    assert cells["Methotrexate", "2"] == "1,200"
    assert cells["Methotrexate", "3"] == "<b>3</b>"  # the furthest phase
    assert cells["Methotrexate", "1"] == "0"
    assert {text for (row, _), text in cells.items() if row == "Sizofiran"} == {charts.NOT_ASKED}
    assert {text for (row, _), text in cells.items() if row.startswith("Autologous")} == {"0"}
    assert len(cells) == 3 * 7


def test_a_sampled_agent_keeps_the_numbers_it_has() -> None:
    cells = cells_of(charts.agent_by_phase(agents(sizofiran={"PHASE1": 1}), NAMES, ["sizofiran"]))
    assert cells["Sizofiran", "1"] == "<b>1</b>"
    assert cells["Sizofiran", "2"] == charts.NOT_ASKED


def test_no_phase_is_no_furthest_phase() -> None:
    cells = cells_of(charts.agent_by_phase(agents(methotrexate={"NA": 5, "UNKNOWN": 2}), NAMES, []))
    assert cells["Methotrexate", "Not applicable"] == "5"
    assert not any("<b>" in text for text in cells.values())


def test_long_names_are_broken_not_cut() -> None:
    figure = charts.agent_by_phase(agents(), NAMES, [])
    rows = [row.replace("<br>", " ") for row in figure.data[0].y]
    assert rows == list(NAMES.values())
    assert max(len(part) for row in figure.data[0].y for part in row.split("<br>")) <= 22


def test_axes_of_the_heatmap_are_words_not_numbers() -> None:
    # "1/2" would be read as a date, "2" as a number, and the rows would slip.
    figure = charts.agent_by_phase(agents(), NAMES, [])
    assert figure.layout.xaxis.type == figure.layout.yaxis.type == "category"


@settings(deadline=None)
@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_more_trials_are_never_paler(one: int, other: int) -> None:
    fewer, more = sorted((one, other))
    shades = [
        charts.agent_by_phase(agents(methotrexate={"PHASE1": n}), NAMES, []).data[0].z[0][1] for n in (fewer, more)
    ]
    assert 0 <= shades[0] <= shades[1] < len(palette.SEQUENTIAL)


def test_starts_tell_planned_from_started() -> None:
    table = pd.DataFrame({"started": [3, 0, 2], "planned": [0, 0, 1]}, index=[2024, 2025, 2026])
    figure = charts.starts_per_year(table)
    assert [(bar.name, list(bar.x), list(bar.y)) for bar in figure.data] == [
        ("Started", [2024, 2025, 2026], [3, 0, 2]),
        ("Planned to start", [2024, 2025, 2026], [0, 0, 1]),
    ]
    assert figure.data[0].marker.pattern.shape != figure.data[1].marker.pattern.shape


def test_agents_side_by_side_share_scale_and_rows() -> None:
    figure = charts.side_by_side({"One": counts(PHASE2={"open": 50}), "Two": counts(PHASE4={"finished": 3})})
    rows = {tuple(bar.y) for bar in bars_of(figure)}
    assert len(rows) == 1
    assert figure.layout.xaxis.range == figure.layout.xaxis2.range
    assert [title.text for title in figure.layout.annotations] == ["<b>One</b>", "<b>Two</b>"]
    assert sorted(sum(bar.x) for bar in bars_of(figure)) == [3, 50]


def test_bars_keep_order_and_numbers() -> None:
    figure = charts.bars(pd.Series({"Tested": 4, "Background": 0}))
    assert list(figure.data[0].y) == ["Tested", "Background"]
    assert list(figure.data[0].x) == [4, 0]


def test_no_code_of_the_registry_stands_on_an_axis() -> None:
    table = pd.DataFrame(1, index=list(LANES), columns=GROUP_IDS)
    shown = "".join(bars_of(charts.phase_by_status(table))[0].y)
    assert not any(code in shown for code in LANES if code not in LANE_WORDS.values())


def test_texts_take_the_colour_of_the_page() -> None:
    assert palette.INK == streamlit_plotly_theme.GRAY_90
    for figure in (charts.phase_by_status(counts()), charts.agent_by_phase(agents(), NAMES, [])):
        assert figure.layout.font.color == figure.layout.yaxis.tickfont.color == palette.INK


def test_no_tool_bar_and_no_zoom() -> None:
    assert charts.CONFIG["displayModeBar"] is False
    for figure in (charts.phase_by_status(counts()), charts.agent_by_phase(agents(), NAMES, [])):
        assert figure.layout.xaxis.fixedrange
        assert figure.layout.yaxis.fixedrange
