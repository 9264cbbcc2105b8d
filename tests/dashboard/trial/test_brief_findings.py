"""What was found, in the brief of a trial."""

import json

from cache.read.results import WITHDRAWN, Posted
from dashboard.trial import brief_findings
from tests.rigs import results_sections


def lines(posted: Posted | None, has_results: bool | None = True) -> list[tuple[str, str]]:
    return [(one.label, one.text) for one in brief_findings.lines(posted, has_results)]


def test_the_brief_has_who_finished_the_primary_outcomes_their_analyses_and_the_harms() -> None:
    found = lines(Posted("X", "read", results_sections.results(), None, "2026-10-01", None))
    for line in (
        ("Completed (Weeks 1 to 12)", "Placebo: 38; Azathioprine: 39"),
        ("Primary outcome 1", "Change in *fatigue* (when: 24 weeks)"),
        ("Mean (standard deviation)", "Placebo: -1.5 (4.25); Azathioprine: -3.60 (5.1)"),
        ("Unit", "points"),
        ("Analysis", "Mean Difference (Net) -2.1 points (95 % CI -3.9 to -0.3), p = 0.02, as registered; method ANCOVA "
                     "(p below the level)"),
        ("Week 24 · whole", "Placebo: 4 of 40; Azathioprine: 8 of 43"),
        ("More", "1 more primary outcome in the record […]"),
        ("Serious events", "Placebo: 3 of 41; Azathioprine: 0 of 0: nobody at risk"),
    ):  # fmt: skip
        assert line in found, line


def test_results_that_are_not_here_are_told_and_none_posted_is_left_to_the_section_on_results() -> None:
    assert lines(None) == [("Posted results", "not asked for yet; the record has them")]
    failed = Posted("X", "failed", None, None, None, "It answered 500.")
    assert lines(failed) == [("Posted results", "asked for, and that failed: It answered 500; the record has them")]
    assert lines(failed, has_results=False) == []


def test_every_real_section_has_its_lines() -> None:
    for raw in results_sections.real():
        results = results_sections.results("NCT09990001", raw["resultsSection"])
        labels = [label for label, _ in lines(Posted("X", "read", results, None, None, None))]
        assert labels.count("Primary outcome 1") == labels.count("Serious events") == 1


def test_more_groups_than_fit_are_counted_and_a_note_hides_nobody() -> None:
    section = json.loads(json.dumps(results_sections.SECTION))
    events = section["adverseEventsModule"]["eventGroups"]
    section["adverseEventsModule"]["eventGroups"] = events * 3
    section["participantFlowModule"]["periods"] *= 2
    section["participantFlowModule"]["periods"][0]["milestones"][0]["comment"] = "Everybody who was assigned."
    told = dict(lines(Posted("X", "read", results_sections.results(section=section), None, None, None), True))
    assert "; 2 more" in told["Serious events"]
    assert told["Started (note 1) (Weeks 1 to 12)"] == "Placebo: 41; Azathioprine: 43"
    assert told["More periods"] == "2 in the record […]"


def test_why_results_are_not_the_newest_stands_first() -> None:
    withdrawn = Posted("X", "read", results_sections.results(), None, "2026-10-01", WITHDRAWN)
    assert lines(withdrawn, has_results=False)[0] == ("Posted results", WITHDRAWN)
