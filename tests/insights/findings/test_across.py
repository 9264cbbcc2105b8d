"""What the results of many trials report, each by itself, and why there is nothing to show."""

import json
from typing import Any

import pytest

from cache.read.results import Posted
from insights.findings import across
from tests.rigs import results_sections

READ = results_sections.results()


def posted(state: Any, results: Any = None) -> Posted:
    error = "The registry did not answer." if state == "failed" else None
    return Posted("NCT09990001", state, results, None, None, error)


def with_p(*values: str | None) -> across.Report:
    """A trial whose primary outcomes have these p values; None: an outcome without an analysis."""
    section = json.loads(json.dumps(results_sections.SECTION))
    first = section["outcomeMeasuresModule"]["outcomeMeasures"][0]
    section["outcomeMeasuresModule"]["outcomeMeasures"] = [
        {**first, "analyses": [] if value is None else [{"groupIds": [], "pValue": value}]} for value in values
    ]
    return across.report(results_sections.results(section=section))


def test_a_trial_reports_every_kind_and_every_outcome_without_an_analysis() -> None:
    found = across.report(READ)
    assert found.primary == ("Change in *fatigue*", "Remission", "Cells in blood")
    assert found.kinds == {"below": 1, "not_below": 1, "other": 1, "none": 1}
    assert across.says(found) == (
        "1 of 3 analyses: p below the level; 1 of 3 analyses: p not below the level; "
        "1 of 3 analyses: another kind of analysis; 1 of 3 primary outcomes: no analysis registered"
    )
    assert "p = 0.02 is below 0.05" in across.rests_on(found)
    assert "a test of non-inferiority, which is not judged by p alone (“Margin of 10 points.”)" in across.rests_on(
        found
    )
    assert found.serious == ("Placebo: 3 of 41", "Azathioprine: 0 of 0: nobody at risk")


KEYS = {
    ("0.01", "0.6"): "below",
    ("0.6", "0.7"): "not_below",
    ("0.6", "NA"): "not_below",
    ("NA",): "other",
    ("0.6", None): "not_below",
    (None,): "none",
}  # fmt: skip


@pytest.mark.parametrize(("values", "key"), KEYS.items(), ids=str)
def test_a_trial_goes_by_the_first_kind_there_is(values: tuple[str | None, ...], key: str) -> None:
    assert with_p(*values).key == key


def test_the_analysis_of_a_secondary_outcome_counts_for_nothing() -> None:
    assert len(across.report(READ).readings) == 3


STATES = {
    "read": (True, posted("read", READ), "read"),
    "withdrawn since, the last that were read": (False, posted("read", READ), "read"),
    "posted, not asked": (True, posted("not_asked"), "not_asked"),
    "posted, failed": (True, posted("failed"), "failed"),
    "none posted": (False, posted("not_asked"), "none_posted"),
    "not known": (None, posted("not_asked"), "not_known"),
    "an answer without a section": (False, posted("read", type(READ)(READ.protocol_section)), "none_posted"),
}


@pytest.mark.parametrize(("has_results", "one", "key"), STATES.values(), ids=STATES)
def test_the_state_of_a_trials_results(has_results: bool | None, one: Posted, key: str) -> None:
    assert across.found([one]).state(one.nct_id, has_results) == key


def test_posted_results_of_a_trial_that_is_not_stored_were_not_asked_for() -> None:
    assert across.Found().state("NCT09990009", True) == "not_asked"


EMPTY = {
    "no trial": ({}, "No trial is in this view, so there are no results to show."),
    "none posted": ({"none_posted": 2}, "No posted results to show here: 2 trials have no results posted."),
    "not asked": (
        {"not_asked": 1, "none_posted": 1},
        "No posted results to show here: 1 trial has no results posted and 1 trial has results posted that have not "
        "been asked for yet.",
    ),
    "failed": (
        {"failed": 3},
        "No posted results to show here: 3 trials have results posted that were asked for without success.",
    ),
    "not known": (
        {"not_known": 1}, "No posted results to show here. Whether 1 trial posted results is not known.",
    ),
    "some not known": (
        {"none_posted": 2, "not_known": 3},
        "No posted results to show here: 2 trials have no results posted. "
        "Whether 3 trials posted results is not known.",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("states", "said"), EMPTY.values(), ids=EMPTY)
def test_why_there_is_nothing_to_show(states: dict[str, int], said: str) -> None:
    assert across.empty(states) == said
