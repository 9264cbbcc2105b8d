"""Bars over time show what is actual and what is planned, and nothing of what is not known."""

from datetime import date
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard import timeline_charts
from dashboard.timeline_charts import MOST, bars, timeline
from fetchers.dates import PartialDate

TODAY = date(2026, 11, 20)
PLAIN: dict[str, Any] = {
    "nct_id": "NCT00000001",
    "title": "A trial",
    "overall_status": "COMPLETED",
    "start_date": "2020-03",
    "start_date_type": "ACTUAL",
    "primary_completion_date": "2022-05-10",
    "primary_completion_date_type": "ACTUAL",
    "completion_date": "2023",
    "completion_date_type": "ACTUAL",
    "results_first_posted": None,
}


def bar(**facts: Any) -> dict[str, Any]:
    (row,) = bars(pd.DataFrame([PLAIN | facts]), TODAY).to_dict("records")
    return {str(key): value for key, value in row.items()}


@pytest.mark.parametrize(
    ("facts", "solid_until", "end"),
    [
        ({}, date(2023, 12, 31), date(2023, 12, 31)),
        ({"completion_date_type": "ESTIMATED"}, date(2022, 5, 10), date(2023, 12, 31)),
        ({"completion_date": "2027-02", "completion_date_type": "ESTIMATED"}, date(2022, 5, 10), date(2027, 2, 28)),
        ({"completion_date": "2027", "completion_date_type": "ESTIMATED", "primary_completion_date": None}, TODAY,
         date(2027, 12, 31)),
        # Past a planned end nobody has confirmed: nothing is known to have happened.
        ({"completion_date_type": "ESTIMATED", "primary_completion_date_type": "ESTIMATED"}, date(2020, 3, 1),
         date(2023, 12, 31)),
        ({"completion_date": None}, date(2022, 5, 10), date(2022, 5, 10)),
        ({"completion_date": None, "primary_completion_date": None}, date(2020, 3, 1), None),
        ({"start_date": "2027-01", "start_date_type": "ESTIMATED", "completion_date": "2028",
          "completion_date_type": "ESTIMATED", "primary_completion_date": None}, date(2027, 1, 1), date(2028, 12, 31)),
        ({"start_date_type": None, "overall_status": "NOT_YET_RECRUITING", "completion_date": "2028",
          "completion_date_type": None, "primary_completion_date": None}, date(2020, 3, 1), date(2028, 12, 31)),
        ({"completion_date": "2019"}, date(2020, 3, 1), date(2020, 3, 1)),  # a slip of the pen draws no bar backwards
    ],
)  # fmt: skip
def test_how_far_a_bar_is_solid(facts: dict[str, Any], solid_until: date, end: date | None) -> None:
    found = bar(**facts)
    assert found["start"] == PartialDate((PLAIN | facts)["start_date"]).earliest
    assert (found["solid_until"], found["end"]) == (solid_until, end)


def test_a_date_ahead_that_is_not_marked_is_a_plan() -> None:
    assert bar(completion_date="2027", completion_date_type=None)["end_words"] == "2027 (planned)"
    assert bar(completion_date_type=None)["end_words"] == "2023"
    assert bar()["primary_planned"] is False


def test_newest_start_first_and_none_without_a_start() -> None:
    rows = [PLAIN | {"nct_id": f"NCT0000000{n}", "start_date": start} for n, start in
            enumerate([None, "2001", "2020-01", "2020"])]  # fmt: skip
    assert list(bars(pd.DataFrame(rows), TODAY)["nct_id"]) == ["NCT00000003", "NCT00000002", "NCT00000001"]


def test_the_figure_shows_each_stretch_and_each_diamond() -> None:
    rows = [
        PLAIN | {"title": "<b>Bold</b> & more", "results_first_posted": "2024-06-01"},
        PLAIN | {"nct_id": "NCT00000002", "completion_date": "2028", "completion_date_type": "ESTIMATED",
                 "primary_completion_date": "2027-01-05", "primary_completion_date_type": "ESTIMATED"},
        PLAIN | {"nct_id": "NCT00000003", "completion_date": None, "primary_completion_date": None},
    ]  # fmt: skip
    figure = timeline(bars(pd.DataFrame(rows), TODAY), TODAY)
    traces = {trace.name: trace for trace in figure.data}
    assert set(traces) == {
        "Actual", "Planned", "Started, end not known", "Primary completion", "Primary completion, planned",
        "Results posted",
    }  # fmt: skip
    assert len(traces["Actual"].y) == 2
    (planned,) = traces["Planned"].x
    assert planned == (date(2028, 12, 31) - TODAY).days * 86_400_000
    assert list(traces["Planned"].base) == ["2026-11-20"]
    assert traces["Planned"].marker.pattern.shape
    assert not traces["Actual"].marker.pattern.shape
    assert list(traces["Results posted"].x) == ["2024-06-01"]
    assert list(traces["Primary completion, planned"].x) == ["2027-01-05"]
    assert "&lt;b&gt;Bold&lt;/b&gt;" in " ".join(figure.layout.yaxis.categoryarray)
    assert [shape.x0 for shape in figure.layout.shapes] == ["2026-11-20"]


def test_no_more_than_most() -> None:
    rows = [PLAIN | {"nct_id": f"NCT{n:08d}"} for n in range(MOST + 5)]
    figure = timeline(bars(pd.DataFrame(rows), TODAY), TODAY)
    assert len(figure.layout.yaxis.categoryarray) == MOST


def test_the_sentence_and_the_table_tell_the_same() -> None:
    rows = [
        PLAIN,
        PLAIN | {"nct_id": "NCT00000002", "completion_date_type": "ESTIMATED"},
        PLAIN | {"nct_id": "NCT00000003", "completion_date": "2028", "completion_date_type": "ESTIMATED"},
    ]
    found = bars(pd.DataFrame(rows), TODAY)
    said = timeline_charts.say(found, TODAY, 1)
    assert said == (
        "3 trials from 2020 on; 1 runs past the day of the data, 1 is past an end that is still marked as planned; "
        "1 without a known start is not drawn."
    )
    table = timeline_charts.table(found)
    assert list(table["NCT id"]) == [f"trial?nct=NCT0000000{n}" for n in (3, 2, 1)]
    assert list(table["Completion"]) == ["2028 (planned)", "2023 (planned)", "2023"]
    empty = bars(pd.DataFrame([PLAIN | {"start_date": None}]), TODAY)
    assert timeline_charts.say(empty, TODAY, 1) == "No trial with a known start is in this view."


partial = st.none() | st.builds(
    lambda day, size: day.isoformat()[:size], st.dates(date(1990, 1, 1), date(2035, 1, 1)), st.sampled_from([4, 7, 10])
)
kinds = st.sampled_from([None, "ACTUAL", "ESTIMATED"])


@given(partial, partial, partial, kinds, kinds, kinds)
def test_a_bar_runs_forward_and_is_solid_only_in_the_past(
    start: str | None, primary: str | None, end: str | None, one: Any, two: Any, three: Any
) -> None:
    facts = {"start_date": start, "primary_completion_date": primary, "completion_date": end, "start_date_type": one,
             "primary_completion_date_type": two, "completion_date_type": three}  # fmt: skip
    found = bars(pd.DataFrame([PLAIN | facts]), TODAY)
    assert len(found) == (start is not None)
    for row in found.to_dict("records"):
        assert row["start"] <= row["solid_until"]
        if row["end"] is not None:
            assert row["solid_until"] <= row["end"]


def test_an_actual_month_that_is_not_over_ends_on_the_day_of_the_data() -> None:
    found = bar(completion_date="2026-11", completion_date_type="ACTUAL")
    assert (found["solid_until"], found["end"], found["end_words"]) == (TODAY, TODAY, "2026-11")
