"""The Overview's numbers: all rows and columns named, and each the length of a list one could write down."""

import pandas as pd
import pytest

from cache.codes import LANES, NOT_RECORDED, STATUSES
from cache.filters import counts
from cache.filters.filter import Filter
from cache.filters.select import Selection
from cache.read import trials as queries
from tests.rigs import databases
from tests.rigs.trial_rows import Why, asked, put, row, watchlist

pytestmark = pytest.mark.both_databases

WATCHLIST = watchlist()
ROWS = [
    row(1, overall_status="RECRUITING", start_date="2010-05", has_results=None),
    row(2, phases=["PHASE1", "PHASE2"], start_date="2013", has_results=True),
    row(3, overall_status=None, phases=None, has_results=None),
    row(4, overall_status="NOT_YET_RECRUITING", phases=[], start_date="2010"),
    row(5, overall_status="PAUSED", phases=["PHASE2"], condition_groups=["lupus"]),
    row(6, left_registry="2026-01-01"),
]
WHY = {
    1: [Why("methotrexate"), Why("ivig")],
    2: [Why("ivig")],
    3: [Why("methotrexate", "given", "unclear")],
    4: [Why("methotrexate"), Why("tnf_inhibitors", "given", "background")],
    5: [Why("tnf_inhibitors")],
    6: [Why("tnf_inhibitors")],
}


@pytest.fixture(scope="module")
def frames() -> tuple[pd.DataFrame, pd.DataFrame]:
    store = databases.empty()
    put(store, ROWS, WHY)
    read = queries.trials(store), queries.matches(store)
    store.close()
    return read


@pytest.fixture
def selection(frames: tuple[pd.DataFrame, pd.DataFrame]) -> Selection:
    return Filter().apply(*frames, WATCHLIST)


def test_key_figures_have_their_denominators(selection: Selection) -> None:
    assert counts.key_figures(selection) == counts.KeyFigures(
        trials=5, status_known=4, recruiting=1, completed=1, results_known=3, with_results=1,
        completed_results_known=1, completed_with_results=1, start_known=3,
    )  # fmt: skip


def test_status_by_phase_names_every_lane_and_status(selection: Selection) -> None:
    table = counts.status_by_phase(selection)
    assert list(table.index) == list(LANES)
    assert list(table.columns) == [*STATUSES[:-1], "PAUSED", NOT_RECORDED]
    assert int(table.to_numpy().sum()) == 5
    assert table.loc["PHASE1|PHASE2", "COMPLETED"] == 1
    assert table.loc["UNKNOWN", NOT_RECORDED] == 1
    assert table.loc["NONE", "NOT_YET_RECRUITING"] == 1
    assert table.loc["PHASE2", "PAUSED"] == 1
    assert table.loc["PHASE2", "COMPLETED"] == 0


def test_agents_keep_their_row_when_nothing_is_found(frames: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    selection = Filter(conditions=("me_cfs",)).apply(*frames, WATCHLIST)
    table = counts.agent_by_phase(selection, WATCHLIST)
    assert list(table.index) == ["methotrexate", "ivig", "tnf_inhibitors"]
    assert list(table.columns) == list(LANES)
    assert table.loc["methotrexate"].to_dict() == dict.fromkeys(LANES, 0) | {"PHASE2": 1, "UNKNOWN": 1, "NONE": 1}
    assert table.loc["ivig"].sum() == 2
    assert table.loc["tnf_inhibitors"].sum() == 0


def test_starts_per_year_leaves_no_year_out(selection: Selection) -> None:
    years = counts.starts_per_year(selection)
    assert years.to_dict() == {2010: 2, 2011: 0, 2012: 0, 2013: 1}


def test_counts_of_nothing(frames: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    nothing = Filter(text="no trial has these words").apply(*frames, WATCHLIST, lambda _: ())
    assert set(counts.key_figures(nothing)) == {0}
    assert counts.starts_per_year(nothing).empty
    assert counts.status_by_phase(nothing).to_numpy().sum() == 0
    assert list(counts.agent_by_phase(nothing, WATCHLIST).index) == ["methotrexate", "ivig", "tnf_inhibitors"]


def test_none_found_is_not_the_same_as_not_asked(frames: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    store = databases.empty()
    asked(store, "tnf_inhibitors", starter=True, refreshed_at=None)
    scopes = queries.scopes(store, WATCHLIST)
    assert counts.agent_cover(*frames, scopes, WATCHLIST, conditions=("me_cfs",)) == (
        ("methotrexate", "ivig"),
        (),
        ("tnf_inhibitors",),
    )
    assert counts.agent_cover(*frames, scopes, WATCHLIST, conditions=("me_cfs",), background=True).not_asked == ()
    asked(store, "ivig")
    scopes = queries.scopes(store, WATCHLIST)
    store.close()
    cover = counts.agent_cover(*frames, scopes, WATCHLIST, conditions=("lupus",))
    assert cover == (("tnf_inhibitors",), ("ivig",), ("methotrexate",))
