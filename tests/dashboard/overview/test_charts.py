"""The heatmap and the starts show exactly the counts they are given."""

import pandas as pd
import plotly.graph_objects as go
from hypothesis import given, settings
from hypothesis import strategies as st

from cache.codes import LANES
from dashboard.overview import charts as overview_charts
from dashboard.shared import palette

NAMES = {"methotrexate": "Methotrexate", "sizofiran": "Sizofiran", "lymph": "Autologous lymph node cells"}


def cells_of(figure: go.Figure) -> dict[tuple[str, str], str]:
    """(row, column) -> what is written in that cell of a heatmap."""
    return {(y, x): text for trace in figure.data[1:] for x, y, text in zip(trace.x, trace.y, trace.text, strict=True)}


def listed(agent: str, lane: str) -> str:
    return f"trials?agent={agent}&phase={lane}"


def agents(**rows: dict[str, int]) -> pd.DataFrame:
    table = pd.DataFrame(0, index=list(NAMES), columns=list(LANES))
    for agent, cells in rows.items():
        for lane, number in cells.items():
            table.loc[agent, lane] = number
    return table


def test_the_heatmap_writes_zero_for_asked_agents_and_a_dash_for_the_others() -> None:
    figure = overview_charts.agent_by_phase(
        agents(methotrexate={"PHASE2": 1200, "PHASE3": 3}), NAMES, ["sizofiran"], listed
    )
    cells = cells_of(figure)
    assert cells["Methotrexate", "2"] == "1,200"
    assert cells["Methotrexate", "3"] == "<b>3</b>"  # the furthest phase
    assert cells["Methotrexate", "1"] == "0"
    assert {text for (row, _), text in cells.items() if row == "Sizofiran"} == {overview_charts.NOT_ASKED}
    assert {text for (row, _), text in cells.items() if row.startswith("Autologous")} == {"0"}
    assert len(cells) == 3 * 7
    marks = {
        address: words
        for row, said in zip(figure.data[0].customdata, figure.data[0].hovertext, strict=True)
        for address, words in zip(row, said, strict=True)
    }
    assert marks[listed("methotrexate", "PHASE2")] == "Methotrexate, phase 2: 1,200 trials"
    assert set(marks) == {"", listed("methotrexate", "PHASE2"), listed("methotrexate", "PHASE3")}
    assert figure.data[0].hovertext[1][0] == "Sizofiran, early phase 1: not asked yet"
    assert figure.data[0].hovertext[2][0] == "Autologous lymph node cells, early phase 1: 0 trials"


def test_a_sampled_agent_keeps_the_numbers_it_has() -> None:
    cells = cells_of(overview_charts.agent_by_phase(agents(sizofiran={"PHASE1": 1}), NAMES, ["sizofiran"], listed))
    assert cells["Sizofiran", "1"] == "<b>1</b>"
    assert cells["Sizofiran", "2"] == overview_charts.NOT_ASKED


def test_no_phase_is_no_furthest_phase() -> None:
    cells = cells_of(overview_charts.agent_by_phase(agents(methotrexate={"NA": 5, "UNKNOWN": 2}), NAMES, [], listed))
    assert cells["Methotrexate", "Not applicable"] == "5"
    assert not any("<b>" in text for text in cells.values())


def test_long_names_are_broken_not_cut() -> None:
    figure = overview_charts.agent_by_phase(agents(), NAMES, [], listed)
    rows = [row.replace("<br>", " ") for row in figure.data[0].y]
    assert rows == list(NAMES.values())
    assert max(len(part) for row in figure.data[0].y for part in row.split("<br>")) <= 22


def test_axes_of_the_heatmap_are_words_not_numbers() -> None:
    # "1/2" would be read as a date, "2" as a number, and the rows would slip.
    figure = overview_charts.agent_by_phase(agents(), NAMES, [], listed)
    assert figure.layout.xaxis.type == figure.layout.yaxis.type == "category"


@settings(deadline=None)
@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_more_trials_are_never_paler(one: int, other: int) -> None:
    fewer, more = sorted((one, other))
    shades = [
        overview_charts.agent_by_phase(agents(methotrexate={"PHASE1": n}), NAMES, [], listed).data[0].z[0][1]
        for n in (fewer, more)
    ]
    assert 0 <= shades[0] <= shades[1] < len(palette.SEQUENTIAL)


def test_starts_tell_planned_from_started() -> None:
    table = pd.DataFrame({"started": [3, 0, 2], "planned": [0, 0, 1]}, index=[2024, 2025, 2026])
    figure = overview_charts.starts_per_year(table, lambda year: f"trials?year_from={year}&year_to={year}")
    assert [(bar.name, list(bar.x), list(bar.y)) for bar in figure.data] == [
        ("Started", [2024, 2025, 2026], [3, 0, 2]),
        ("Planned to start", [2024, 2025, 2026], [0, 0, 1]),
    ]
    assert list(figure.data[0].customdata) == [
        "trials?year_from=2024&year_to=2024",
        "",
        "trials?year_from=2026&year_to=2026",
    ]
    assert list(figure.data[1].hovertext)[2] == "2026, planned to start: 1 trial"
    assert figure.data[0].marker.pattern.shape != figure.data[1].marker.pattern.shape


def test_texts_take_the_colour_of_the_page_and_nothing_zooms() -> None:
    figure = overview_charts.agent_by_phase(agents(), NAMES, [], listed)
    assert figure.layout.font.color == figure.layout.yaxis.tickfont.color == palette.INK
    assert figure.layout.xaxis.fixedrange
    assert figure.layout.yaxis.fixedrange
