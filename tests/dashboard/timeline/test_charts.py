"""Bars over time show what is actual and what is planned, and nothing of what is not known."""

from datetime import date
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cache.codes import STATUS_WORDS
from cache.ingest.study_row import starter_facts
from cache.starter import records
from dashboard.shared.palette import GROUPS
from dashboard.timeline import rows as timeline_rows
from dashboard.timeline.charts import MOST, PLANNED, timeline
from dashboard.timeline.rows import bars
from fetchers.record.dates import PartialDate
from insights.dates.odd import unfit

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
    "enrollment": 60,
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
        ({"overall_status": "RECRUITING", "completion_date": "2027", "completion_date_type": "ESTIMATED",
          "primary_completion_date": None}, TODAY, date(2027, 12, 31)),
        # A trial that goes on has run up to the day of the data, whatever came before.
        ({"overall_status": "ACTIVE_NOT_RECRUITING", "completion_date": "2027", "completion_date_type": None}, TODAY,
         date(2027, 12, 31)),
        # Unknown is not active, and what has ended or says nothing of itself does not run either.
        ({"overall_status": "UNKNOWN", "completion_date": "2027", "completion_date_type": "ESTIMATED"},
         date(2022, 5, 10), date(2027, 12, 31)),
        *(({"overall_status": status, "completion_date": "2027", "completion_date_type": "ESTIMATED",
            "primary_completion_date_type": None}, date(2020, 3, 1), date(2027, 12, 31))
          for status in ("UNKNOWN", None, "SOMETHING_NEW", "WITHHELD", "WITHDRAWN")),
        # An end without a type has come to pass only when the trial has ended.
        ({"overall_status": "RECRUITING", "primary_completion_date": None, "completion_date_type": None},
         date(2020, 3, 1), date(2023, 12, 31)),
        ({"overall_status": "UNKNOWN", "primary_completion_date_type": None, "completion_date_type": None},
         date(2020, 3, 1), date(2023, 12, 31)),
        ({"overall_status": "TERMINATED", "completion_date_type": None}, date(2023, 12, 31), date(2023, 12, 31)),
        ({"completion_date_type": None, "completion_date": "2026"}, TODAY, TODAY),  # the year is not over
        ({"completion_date": "2027"}, date(2022, 5, 10), date(2027, 12, 31)),  # nothing ahead has happened
        # Nobody took part.
        ({"overall_status": "WITHDRAWN"}, date(2020, 3, 1), date(2023, 12, 31)),
        # Past a planned end nobody has confirmed: nothing is known to have happened.
        ({"completion_date_type": "ESTIMATED", "primary_completion_date_type": "ESTIMATED"}, date(2020, 3, 1),
         date(2023, 12, 31)),
        ({"completion_date": None}, date(2022, 5, 10), date(2022, 5, 10)),
        ({"completion_date": None, "primary_completion_date": None}, date(2020, 3, 1), None),
        ({"start_date": "2027-01", "start_date_type": "ESTIMATED", "completion_date": "2028",
          "completion_date_type": "ESTIMATED", "primary_completion_date": None}, date(2027, 1, 1), date(2028, 12, 31)),
        ({"start_date_type": None, "overall_status": "NOT_YET_RECRUITING", "completion_date": "2028",
          "completion_date_type": None, "primary_completion_date": None}, date(2020, 3, 1), date(2028, 12, 31)),
    ],
)  # fmt: skip
def test_how_far_a_bar_is_solid(facts: dict[str, Any], solid_until: date, end: date | None) -> None:
    found = bar(**facts)
    assert found["start"] == PartialDate((PLAIN | facts)["start_date"]).earliest
    assert (found["solid_until"], found["end"]) == (solid_until, end)


@pytest.mark.parametrize("facts", [{"completion_date": "2019"}, {"start_date": "1900-01-01"}, {"start_date": "2099"}])
def test_a_start_that_does_not_fit_draws_no_bar(facts: dict[str, Any]) -> None:
    assert bars(pd.DataFrame([PLAIN | facts]), TODAY).empty


def test_an_end_far_from_any_sense_draws_no_bar() -> None:
    assert bar(primary_completion_date=None, completion_date="2099-12")["end"] is None


def test_a_date_ahead_that_is_not_marked_is_a_plan() -> None:
    assert bar(completion_date="2027", completion_date_type=None)["end_words"] == "2027 (planned)"
    assert bar(completion_date_type=None)["end_words"] == "2023"
    assert bar()["primary_planned"] is False


@pytest.mark.parametrize(
    ("status", "kind", "said"),
    [
        ("RECRUITING", None, "2023 (not confirmed)"),
        ("UNKNOWN", None, "2023 (not confirmed)"),
        (None, None, "2023 (not confirmed)"),
        ("TERMINATED", None, "2023"),
        ("RECRUITING", "ACTUAL", "2023"),
        ("COMPLETED", "ESTIMATED", "2023 (planned)"),
    ],
)
def test_a_past_end_without_a_type_is_confirmed_only_by_the_end_of_the_trial(
    status: str | None, kind: str | None, said: str
) -> None:
    found = bar(overall_status=status, completion_date_type=kind, primary_completion_date_type=kind)
    assert found["end_words"] == said
    assert found["primary_planned"] is ("(" in said)
    assert found["solid_until"] == (date(2020, 3, 1) if "(" in said else date(2023, 12, 31))


def test_the_starter_draws_nothing_as_actual_that_no_record_confirms() -> None:
    facts = [starter_facts(one.study, as_of=one.as_of, source=one.source, note=one.note) for one in records()]
    found = bars(pd.DataFrame(facts).reindex(columns=list(PLAIN)), date(2026, 9, 1)).set_index("nct_id")
    recruiting = found.loc["NCT06118138"]
    assert recruiting["solid_until"] == recruiting["start"] < recruiting["end"]
    withdrawn = found[found["status"] == "Withdrawn"]
    assert (withdrawn["solid_until"] == withdrawn["start"]).all()


def test_only_what_goes_on_runs_past_the_day_of_the_data() -> None:
    ahead = {"completion_date": "2027", "completion_date_type": "ESTIMATED",
             "primary_completion_date": str(TODAY)}  # fmt: skip
    assert bar(**ahead, overall_status="ACTIVE_NOT_RECRUITING")["now"] == "running"
    assert bar(**ahead)["now"] is None
    assert bar(**ahead, overall_status="UNKNOWN")["now"] is None


def test_newest_start_first_and_none_without_a_start() -> None:
    rows = [PLAIN | {"nct_id": f"NCT0000000{n}", "start_date": start} for n, start in
            enumerate([None, "2001", "2020-01", "2020"])]  # fmt: skip
    assert list(bars(pd.DataFrame(rows), TODAY)["nct_id"]) == ["NCT00000003", "NCT00000002", "NCT00000001"]


def titles(figure: Any) -> list[str]:
    """The labels of the rows, top down."""
    return [one.text for one in figure.layout.annotations if one.text.startswith("NCT")]


def test_the_figure_shows_each_stretch_and_each_diamond() -> None:
    rows = [
        PLAIN | {"title": "<b>Bold</b> & more", "results_first_posted": "2024-06-01"},
        PLAIN | {"nct_id": "NCT00000002", "completion_date": "2028", "completion_date_type": "ESTIMATED",
                 "primary_completion_date": "2027-01-05", "primary_completion_date_type": "ESTIMATED",
                 "overall_status": "RECRUITING"},
        PLAIN | {"nct_id": "NCT00000003", "completion_date": None, "primary_completion_date": None},
    ]  # fmt: skip
    figure = timeline(bars(pd.DataFrame(rows), TODAY), TODAY)
    named = [(trace.name, bool(trace.showlegend)) for trace in figure.data if trace.legendgroup]
    # The bars of a status have its colour and hatch, filled for what is actual and outlined for what is planned.
    assert named == [("Open", True), ("Open", False), ("Finished", True), ("Finished", False)]
    running, planned, finished, endless = figure.data[:4]
    assert endless.marker.color == finished.marker.color
    looks = {group.id: group for group in GROUPS}
    assert (running.marker.color, running.marker.pattern.shape) == (looks["open"].colour, looks["open"].hatch)
    assert (finished.marker.color, finished.marker.pattern.shape) == (looks["finished"].colour, looks["finished"].hatch)
    assert planned.marker.color == "rgba(0, 0, 0, 0)"
    assert planned.marker.line.color == looks["open"].colour
    assert list(planned.base) == ["2026-11-20"]
    assert list(planned.x) == [(date(2028, 12, 31) - TODAY).days * 86_400_000]
    traces = {trace.name: trace for trace in figure.data if not trace.legendgroup}
    assert set(traces) == {
        PLANNED, "Start, end not known", "Primary completion", "Primary completion, planned", "Results posted",
    }  # fmt: skip
    assert list(traces["Results posted"].x) == ["2024-06-01"]
    assert list(traces["Primary completion, planned"].x) == ["2027-01-05"]
    assert "&lt;b&gt;Bold&lt;/b&gt;" in " ".join(titles(figure))
    assert [shape.x0 for shape in figure.layout.shapes] == ["2026-11-20"]


def test_a_title_stands_whole_in_a_row_as_high_as_it_asks_for() -> None:
    title = "A randomised trial of one thing against another thing in people who have had neither " * 2
    rows = [PLAIN | {"title": title}, PLAIN | {"nct_id": "NCT00000002", "title": "Short"}]
    figure = timeline(bars(pd.DataFrame(rows), TODAY), TODAY)
    (short, long), (first, second) = titles(figure), figure.data[0].y
    assert short == "NCT00000002<br>Short"
    assert long.replace("<br>", " ") == f"NCT00000001 {title.strip()}"
    # A row has room for its lines and its bar, and the last one ends where the picture does.
    assert first > 16 * (short.count("<br>") + 1)
    assert second - first > 16 * (long.count("<br>") + 1)
    assert figure.layout.yaxis.range[0] > second


def test_the_rows_can_be_ordered_and_what_is_not_known_comes_last() -> None:
    facts: list[dict[str, Any]] = [
        {"start_date": "2020", "completion_date": "2021", "enrollment": 5, "overall_status": "COMPLETED"},
        {"start_date": "2019", "completion_date": "2025", "enrollment": 500, "overall_status": "RECRUITING"},
        {"start_date": "2018", "completion_date": None, "primary_completion_date": None, "enrollment": None,
         "overall_status": None},
        {"start_date": "2017", "completion_date": "2022", "enrollment": 50, "overall_status": "TERMINATED"},
    ]  # fmt: skip
    rows = [PLAIN | {"primary_completion_date": None} | one | {"nct_id": f"{n}"} for n, one in enumerate(facts)]
    found = bars(pd.DataFrame(rows), TODAY)
    orders = {by: "".join(timeline_rows.ordered(found, by)["nct_id"]) for by in timeline_rows.ORDERS}
    assert orders == {"start": "0123", "end": "1302", "size": "1302", "status": "1032"}


def test_no_more_than_most() -> None:
    rows = [PLAIN | {"nct_id": f"NCT{n:08d}"} for n in range(MOST + 5)]
    figure = timeline(bars(pd.DataFrame(rows), TODAY), TODAY)
    assert len(titles(figure)) == MOST


def test_the_sentence_and_the_table_tell_the_same() -> None:
    rows = [
        PLAIN,
        PLAIN | {"nct_id": "NCT00000002", "completion_date_type": "ESTIMATED"},
        PLAIN | {"nct_id": "NCT00000003", "completion_date": "2028", "completion_date_type": "ESTIMATED",
                 "overall_status": "RECRUITING"},
        PLAIN | {"nct_id": "NCT00000004", "overall_status": "WITHDRAWN", "start_date_type": "ESTIMATED"},
        PLAIN | {"nct_id": "NCT00000005", "completion_date": "2028", "completion_date_type": None,
                 "overall_status": "UNKNOWN", "start_date": "2020"},
        PLAIN | {"nct_id": "NCT00000006", "completion_date_type": None, "overall_status": "RECRUITING"},
        PLAIN | {"nct_id": "NCT00000007", "start_date": "2027", "start_date_type": None, "completion_date": "2028-02",
                 "completion_date_type": None, "primary_completion_date": None,
                 "overall_status": "NOT_YET_RECRUITING"},
    ]  # fmt: skip
    found = bars(pd.DataFrame(rows), TODAY)
    said = timeline_rows.say(found, 1)
    assert said == (
        "7 trials from 2020 on: 1 is still running, 1 has not started and 2 are past an end that is planned or not "
        "confirmed. 1 is not drawn: no start date, or one that does not fit."
    )
    table = timeline_rows.table(found).fillna("–")
    assert list(table["NCT id"]) == [f"trial?nct=NCT0000000{n}" for n in (7, 6, 4, 3, 2, 1, 5)]
    # Every date as the registry wrote it; the day of the data is no date of the registry's.
    assert list(table["Start"]) == [
        "2027 (planned)", "2020-03", "2020-03 (planned)", "2020-03", "2020-03", "2020-03", "2020",
    ]  # fmt: skip
    assert list(table["Actual until"]) == [
        "–", "2022-05-10", "–", "2026-11-20", "2022-05-10", "2023", "2022-05-10",
    ]  # fmt: skip
    assert list(table["Primary completion"]) == ["–", *["2022-05-10"] * 6]
    assert list(table["Completion"]) == [
        "2028-02 (planned)", "2023 (not confirmed)", "2023", "2028 (planned)", "2023 (planned)", "2023",
        "2028 (planned)",
    ]  # fmt: skip
    empty = bars(pd.DataFrame([PLAIN | {"start_date": None}]), TODAY)
    assert timeline_rows.say(empty, 1) == "No trial with a known start is in this view."


partial = st.none() | st.builds(
    lambda day, size: day.isoformat()[:size], st.dates(date(1990, 1, 1), date(2035, 1, 1)), st.sampled_from([4, 7, 10])
)
kinds = st.sampled_from([None, "ACTUAL", "ESTIMATED"])
statuses = st.sampled_from([None, *STATUS_WORDS])


@given(partial, partial, partial, kinds, kinds, kinds, statuses)
def test_a_bar_runs_forward_and_is_solid_only_in_the_past(
    start: str | None, primary: str | None, end: str | None, one: Any, two: Any, three: Any, status: str | None
) -> None:
    facts = {"start_date": start, "primary_completion_date": primary, "completion_date": end, "start_date_type": one,
             "primary_completion_date_type": two, "completion_date_type": three, "overall_status": status}  # fmt: skip
    found = bars(pd.DataFrame([PLAIN | facts]), TODAY)
    assert len(found) == (start is not None and "start_date" not in unfit(facts))
    for row in found.to_dict("records"):
        assert row["start"] <= row["solid_until"] <= max(TODAY, row["start"])
        if status == "WITHDRAWN":
            assert row["solid_until"] == row["start"]
        if row["end"] is not None:
            assert row["solid_until"] <= row["end"]


def test_an_actual_month_that_is_not_over_ends_on_the_day_of_the_data() -> None:
    found = bar(completion_date="2026-11", completion_date_type="ACTUAL")
    assert (found["solid_until"], found["end"], found["end_words"]) == (TODAY, TODAY, "2026-11")
