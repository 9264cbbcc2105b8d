"""The page on results and delays: its groups, and its sentences."""

from typing import Any

import pandas as pd
import pytest

from cache.read.records import FACT_COLUMNS
from dashboard.results import groups as results_groups
from dashboard.results import tables as results_tables
from dashboard.results.groups import Material
from dashboard.shared.number_tables import LINK
from insights import results_due, stale
from insights.findings import papers
from insights.results_due import STATES
from tests.rigs.pages import frames, page, shown
from tests.rigs.recorded_studies import PART, PLATFORM


def test_states_of_results_add_up_to_the_trials_of_the_view(recorded_or_starter: str) -> None:
    states = frames(page("results", "all=1"))[0]
    assert states["All"].iloc[:-1].sum() == states["All"].iloc[-1]
    inner = states[["Covered", "Probably covered", "Not covered", "Not known"]]
    assert (inner.map(lambda cell: int(cell.rpartition("#")[2])).sum(axis=1) == states["All"]).all()


def test_results_page_tells_what_is_overdue_stale_and_stopped(recorded: str) -> None:
    (overdue,) = frames(page("results", "all=1&show=state.overdue"))
    assert list(overdue["NCT id"]) == [f"trial?nct={PLATFORM}"]
    assert list(overdue["Due"]) == ["2022-03-31"]
    (paper,) = frames(page("results", "all=1&show=papers.paper_alone"))
    assert list(paper["Papers"]) == ["https://pubmed.ncbi.nlm.nih.gov/?term=12345"]
    (past,) = frames(page("results", "all=1&show=stale.past_completion"))
    assert f"trial?nct={PART}" in list(past["NCT id"])
    (unverified,) = frames(page("results", "all=1&show=stale.unverified"))
    assert list(unverified["NCT id"]) == [f"trial?nct={PART}"]
    (last,) = frames(page("results", "all=1&show=last.RECRUITING"))
    assert "trial?nct=NCT08000005" in list(last["NCT id"])
    assert "This page has no list" in shown(page("results", "all=1&show=last.WITHDRAWN"))
    (few,) = frames(page("results", "all=1&show=why.people"))
    assert "Slow *accrual*" in list(few["Why stopped, in the registry’s words"])
    (late,) = frames(page("results", "all=1&show=registered.retrospective"))
    assert list(late["NCT id"]) == [f"trial?nct={PLATFORM}"]


def test_a_view_without_unknown_statuses_has_no_list_of_them(recorded: str) -> None:
    assert "This page has no list" in shown(page("results", "all=1&status=completed&show=last.RECRUITING"))


def test_papers_are_called_unknown_and_not_results() -> None:
    unknown = pd.Series(["unknown"] * 4)
    assert results_tables.papers_say(unknown) == (
        "No record in this view tells both whether results are posted and which papers it names."
    )
    some = pd.Series(["unknown", "neither", "found_alone", "posted_alone"])
    assert results_tables.papers_say(some) == (
        "Of 3 trials with both known, 1 has no results in the registry but a paper beside the record; 1 has neither."
    )


@pytest.mark.parametrize(
    ("statuses", "verified", "said"),
    [
        (["RECRUITING", "COMPLETED"], [None, None],
         "0 of 1 trial going on are past their completion date and still open; none of them says when "
         "it was last verified; 0 of 2 have an unknown status."),
        (["RECRUITING", "COMPLETED"], ["2026-01", None],
         "0 of 1 trial going on are past their completion date and still open; 0 of 1 with a known date of "
         "verification were not verified for two years; 0 of 2 have an unknown status."),
        (["COMPLETED"], ["2026-01"], "No trial in this view is going on; 0 of 1 have an unknown status."),
    ],
)  # fmt: skip
def test_what_is_known_of_no_trial_is_not_zero_of_zero(
    statuses: list[str], verified: list[str | None], said: str
) -> None:
    facts = pd.DataFrame({"overall_status": statuses, "status_verified": verified})
    assert results_tables.stale_say(pd.DataFrame({"nct_id": [], "flag": []}, dtype="str"), facts) == said


def test_an_unknown_status_is_a_recorded_one() -> None:
    facts = pd.DataFrame({"overall_status": ["UNKNOWN", "TERMINATED", None]})
    stopped = pd.DataFrame({"classes": [["none_given"]]})
    assert results_tables.stopped_say(stopped, facts) == (
        "1 trial of 2 with a recorded status stopped or paused; the reason is unknown for 1."
    )


def test_results_are_counted_among_those_they_are_known_of() -> None:
    verdicts = pd.DataFrame({"coverage": ["unknown"] * 2, "state": ["unknown"] * 2})
    said = results_tables.results_say(verdicts, pd.DataFrame({"has_results": [None, None]}))
    assert said.startswith("No trial here says whether results are posted; 0 are not covered;")
    said = results_tables.results_say(verdicts, pd.DataFrame({"has_results": [False, None]}))
    assert said.startswith("Results are posted for 0 of 1 trial that says so;")


def test_no_bars_are_drawn_of_what_is_only_unknown(starter: str) -> None:
    at = page("results", "all=1")
    keys = {chart.proto.id.rpartition("-")[2] for chart in at.get("plotly_chart")}
    assert "results_states" in keys
    assert "results_stopped" not in keys
    assert "the reason is unknown" in shown(at)
    reasons = next(one for one in frames(at) if "Why stopped" in one)
    assert reasons["All"].sum() > 0, "the list of the stopped trials stays one click away"


DAYS = dict.fromkeys(FACT_COLUMNS) | {
    "nct_id": "NCT00000001", "origin": "live", "study_type": "INTERVENTIONAL", "overall_status": "COMPLETED",
    "phases": ["PHASE3"], "start_date": "2020-05", "primary_completion_date": "2023-03-31",
    "primary_completion_date_type": "ACTUAL", "completion_date": "2024", "has_results": False, "fda_drug": True,
    "references": [], "cited": [], "judged_on": "2026-11-20",
}  # fmt: skip


@pytest.mark.parametrize(
    ("facts", "state", "fact"),
    [
        ({"primary_completion_date_type": "ESTIMATED"}, "planned", "actual_completion"),
        ({"unapproved_device": True}, "uncleared", "clearance"),
        ({"primary_completion_date": "2025-11", "completion_date": "2026"}, "imprecise", "exact_completion"),
        ({"completion_date": "2019"}, "odd", "sound_dates"),
        ({"has_results": None}, "unknown", "results"),
    ],
)
def test_what_cannot_be_told_is_counted_by_its_reason(facts: dict[str, Any], state: str, fact: str) -> None:
    if state == "odd":
        facts = facts | {"primary_completion_date": None}
    known = pd.DataFrame([DAYS | facts])
    verdicts = results_due.judge(known)
    numbers = results_tables.state_numbers(verdicts, lambda group: group).set_index("Results")["All"]
    assert {words: number for words, number in numbers.items() if number} == {STATES[state]: 1, "All trials": 1}
    missing = results_tables.missing_numbers(verdicts, lambda group: group)
    assert list(missing[LINK][missing["All"] > 0]) == [f"missing.{fact}"]
    material = Material(
        known, verdicts, stale.stale(known), stale.stopped(known), stale.registration(known),
        papers.paper_groups(known),
    )  # fmt: skip
    for name in (f"state.{state}", f"missing.{fact}"):
        found = results_groups.find(name, material)
        assert found is not None
        assert list(found.rows["nct_id"]) == ["NCT00000001"]


@pytest.mark.parametrize(
    ("facts", "kind", "dates"),
    [
        ({"completion_date": "2019", "primary_completion_date": None}, "before_start",
         "start 2020-05, completion 2019"),
        ({"completion_date": "2022-12"}, "primary_after_completion",
         "primary completion 2023-03-31, completion 2022-12"),
        ({"start_date": "1900-01-01"}, "far", "start 1900-01-01"),
    ],
)  # fmt: skip
def test_odd_dates_have_a_row_and_a_list_beside_overtaken_records(facts: dict[str, Any], kind: str, dates: str) -> None:
    known = pd.DataFrame([DAYS | facts])
    overtaken = stale.stale(known)
    numbers = results_tables.stale_numbers(overtaken, lambda group: group)
    assert list(numbers[LINK][numbers["All"] > 0]) == [f"stale.{kind}"]
    assert "1 has dates that do not fit" in results_tables.stale_say(overtaken, known)
    material = Material(known, results_due.judge(known), overtaken, stale.stopped(known), stale.registration(known),
                        papers.paper_groups(known))  # fmt: skip
    found = results_groups.find(f"stale.{kind}", material)
    assert found is not None
    assert found.rows.to_dict("records") == [{"nct_id": "NCT00000001", "Dates": dates, "Judged on": "2026-11-20"}]
