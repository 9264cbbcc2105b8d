"""The Overview: its numbers against the JSON export of the same store, counted here the slow and simple way."""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from cache import codes as labels
from cache.codes import LANE_WORDS, STATUS_WORDS
from cache.filters.counts import KeyFigures
from cache.filters.filter import Filter
from cache.filters.select import Selection
from cache.read import trials as queries
from cache.store.store import Store
from dashboard.overview import tables, words
from tests.rigs.pages import WATCHLIST, assert_clean, exported, key_figures, numbers, texts
from tests.rigs.refresh import url_of

NAMES = {agent.id: agent.name for agent in WATCHLIST.agents}
Open = Callable[..., AppTest]


def lane(row: Mapping[str, Any]) -> str:
    return labels.lane(row["phases"], row["study_type"])


@pytest.mark.parametrize("query", ["", "all=1", "all=1&background=1", "all=1&tier=mentioned"])
def test_numbers_of_the_overview_are_those_of_the_export(live: str, opened: Open, query: str) -> None:
    app, rows = opened(live, "overview", query), exported(live, query)
    assert len(rows) > 3
    assert key_figures(app) == {
        "trials": len(rows),
        "recruiting": sum(row["overall_status"] == "RECRUITING" for row in rows),
        "completed": sum(row["overall_status"] == "COMPLETED" for row in rows),
        "with posted results": sum(row["has_results"] is True for row in rows),
    }
    known = sum(row["has_results"] is not None for row in rows)
    assert f"of {known} where known" in [link.proto.help for link in app.get("page_link")]

    by_status = numbers(app, "Status")
    expected = Counter((STATUS_WORDS[row["overall_status"]], LANE_WORDS[lane(row)]) for row in rows)
    found = {
        (status, column): int(by_status.loc[status, column].rpartition("#")[2])
        for status in by_status.index
        for column in by_status.columns.difference(["All", "Trials"])
    }
    assert {cell: number for cell, number in found.items() if number} == expected
    phases = numbers(app, "Phase")
    assert int(phases.loc["All phases", "All"]) == len(rows)
    assert {name: int(n) for name, n in phases["All"].items() if n and name != "All phases"} == Counter(
        LANE_WORDS[lane(row)] for row in rows
    )


def test_heatmap_numbers_are_those_of_the_export_and_every_agent_has_its_row(live: str, opened: Open) -> None:
    app, rows = opened(live, "overview", "all=1"), exported(live, "all=1")
    table = numbers(app, "Agent")
    assert list(table.index) == list(NAMES.values())
    expected = Counter(
        NAMES[agent]
        for row in rows
        for agent, match in row["agents"].items()
        if match["tier"] == "given" and match["role"] != "background"
    )
    assert {name: int(n) for name, n in table["All"].items()} == {name: expected[name] for name in NAMES.values()}


def test_the_two_switches_change_address_and_numbers(live: str, opened: Open) -> None:
    app = opened(live)
    app.segmented_control(key="scope").set_value("all").run()
    assert app.query_params["all"] == "1"
    assert key_figures(app)["trials"] == len(exported(live, "all=1"))
    app.toggle(key="background").set_value(True).run()
    assert app.query_params["background"] == "1"
    assert key_figures(app)["trials"] == len(exported(live, "all=1&background=1"))
    assert any("including as background" in text for text in texts(app))
    app.segmented_control(key="scope").set_value("documents").run()
    assert "all" not in app.query_params
    assert_clean(app)


def test_the_starter_is_a_sample_and_its_gaps_are_not_asked_yet(opened: Open, tmp_path: Path) -> None:
    app = opened(url_of(tmp_path))
    said = " ".join(texts(app))
    assert key_figures(app)["trials in this sample"] == len(exported(url_of(tmp_path), ""))
    assert "This sample holds" in app.title[0].value
    assert "lists no trial" not in said
    assert "Not asked yet:" in said
    assert "None found" not in said
    table = numbers(app, "Agent")
    assert set(table["Registry"]) == {"Not asked yet: a sample"}
    sizofiran = table.loc["Sizofiran"].drop(["Registry", "Trials"])
    assert sizofiran.isna().all()  # an empty cell of an agent nobody has asked for is not zero


def test_none_found_is_said_of_agents_that_were_asked(live: str, opened: Open) -> None:
    rows = exported(live)
    without = {
        agent
        for agent in NAMES
        if not any(
            agent in row["agents"]
            and row["agents"][agent]["tier"] == "given"
            and row["agents"][agent]["role"] != "background"
            and "me_cfs" in row["condition_groups"]
            for row in rows
        )
    }
    app = opened(live)
    assert f"[{len(without)} of the {len(NAMES)}](gaps) recommended agents" in app.title[0].value
    (note,) = (caption.value for caption in app.caption if caption.value.startswith("No trial found:"))
    assert {agent for agent in NAMES if NAMES[agent].split(" (")[0] in note.replace("\\", "")} == without


def test_charts_have_names_and_stand_over_their_numbers(live: str, opened: Open) -> None:
    app = opened(live)
    charts = app.get("plotly_chart")
    assert len(charts) == 4
    assert [expander.label for expander in app.expander].count("Numbers, pictures, citation") == 4
    for chart in charts:
        assert len(chart.proto.alt) > 30
    for table in app.dataframe:
        assert table.proto.alt


def test_every_row_of_numbers_leads_to_its_trials(live: str, opened: Open) -> None:
    app = opened(live, "overview", "all=1")
    seen = 0
    for heading in ("Phase", "Status", "Agent", "Year"):
        table = numbers(app, heading)
        for _, row in table.iterrows():
            page, _, query = row["Trials"].partition("?")
            assert page == "trials"
            total = row["All"] if "All" in row else row["Started"] + row["Planned"]
            assert len(exported(live, query)) == total
            seen += 1
    assert seen > 20


def test_every_cell_of_the_tables_of_numbers_opens_just_its_trials(live: str, opened: Open) -> None:
    app = opened(live, "overview", "all=1&status=recruiting&status=completed&status=terminated")
    store = Store.open(live)
    frames = queries.trials(store), queries.matches(store)
    store.close()
    cells = {
        cell for one in app.dataframe for column in one.value for cell in one.value[column].astype(str) if "#" in cell
    }
    assert len(cells) > 60
    for cell in cells:
        address, _, number = cell.partition("#")
        wanted, ignored = Filter.from_query(address.partition("?")[2], WATCHLIST)
        assert not ignored
        assert len(wanted.apply(*frames, WATCHLIST).trials) == int(number), cell


def test_an_empty_view_says_what_to_do(live: str, opened: Open) -> None:
    app = opened(live, "overview", "q=nosuchwordanywhere")
    assert any("does not mean that none exists" in info.value for info in app.info)
    assert any(button.key == "clear_filters" for button in app.button)
    assert_clean(app)


@pytest.mark.parametrize(
    ("started", "said"),
    [
        ([1, 0, 1, 1, 0], "At most 1 a year; 1 start planned or not confirmed."),
        ([2, 2, 0, 0, 0], "At most 2 a year; 1 start planned or not confirmed."),
        ([3, 1, 3, 0, 0], "Most trials started in 2020 and 2022 (3 each); 1 start planned or not confirmed."),
        ([0, 4, 0, 0, 0], "Most trials started in 2021 (4); 1 start planned or not confirmed."),
        ([2, 2, 2, 2, 1], "At most 2 a year; 1 start planned or not confirmed."),  # too many to name
        ([0, 0, 0, 0, 0], "1 start planned or not confirmed."),
    ],
)
def test_no_year_is_called_the_one_with_the_most_when_all_are_alike(started: list[int], said: str) -> None:
    counts = pd.DataFrame({"started": started, "planned": [0, 0, 0, 0, 1]}, index=range(2020, 2025))
    assert words.starts_say(counts, 0) == said


def test_the_key_figures_count_recorded_statuses() -> None:
    recruiting = words.key_figures(KeyFigures(*[3] * 9), Filter(), sample=False)[1]
    assert recruiting.note == "of 3 with a recorded status"  # an unknown status is recorded, too


def test_a_planned_start_that_has_passed_is_told_and_comes_last() -> None:
    starts = {"NCT1": "2001-01", "NCT2": None, "NCT3": "2026-11", "NCT4": "2026-11-20", "NCT5": "2026-11-19"}
    trials = pd.DataFrame({"nct_id": list(starts), "start_date": list(starts.values())})
    trials["overall_status"] = pd.Categorical(["NOT_YET_RECRUITING"] * len(trials))
    soon = tables.opening_soon(Selection(trials, pd.DataFrame()), date(2026, 11, 20))
    assert soon["nct_id"].tolist() == ["NCT3", "NCT4", "NCT2", "NCT1", "NCT5"]
    assert soon["overdue"].tolist() == [False, False, False, True, True]


@pytest.mark.parametrize(
    ("trials", "overdue", "said"),
    [
        (5, 0, "5 trials are registered and not yet recruiting."),
        (5, 2, "5 trials are registered and not yet recruiting. The planned start of 2 of them has passed; they come "
               "last."),
        (5, 1, "5 trials are registered and not yet recruiting. The planned start of 1 of them has passed; it comes "
               "last."),
        (5, 5, "5 trials are registered and not yet recruiting. The planned start of all of them has passed."),
        (1, 1, "1 trial is registered and not yet recruiting. Its planned start has passed."),
    ],
)  # fmt: skip
def test_what_opens_soon_in_words(trials: int, overdue: int, said: str) -> None:
    assert words.soon_say(trials, overdue, sample=False) == said


def test_agents_with_equally_many_trials_are_all_named() -> None:
    counts = pd.DataFrame({"PHASE2": [3, 1, 0], "PHASE3": [0, 2, 0]}, index=["a", "b", "c"])
    said = words.agents_say(counts, {"a": "Azathioprine", "b": "IVIG", "c": "Sizofiran"}, [])
    assert said == (
        "The agents with the most trials are azathioprine and IVIG (3 each). "
        "The furthest phase of any agent here is phase 3. None found for sizofiran."
    )
