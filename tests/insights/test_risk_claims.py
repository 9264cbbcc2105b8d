"""Claims that something can harm, beside what posted results count: each rule by a named case; never a verdict."""

from typing import Any

import pytest

from insights.findings import across
from insights.findings.across import Found, Report
from insights.verdicts import harms
from tests.insights.test_claims import NEAR, claim
from tests.insights.test_effect_claims import FAILED, NEVER, judged, posted
from tests.rigs import results_sections
from tests.rigs.trial_rows import row

RISK = claim("risk")


def report(number: int, serious: tuple[str, ...], harmed: str, died: str = "not_counted") -> Report:
    return Report(f"NCT{number:08}", ("Pain",), (), 1, serious, (), harmed, died)


SOME = report(1, ("Drug: 3 of 41", "Placebo: 0 of 40"), "some", "none")
NONE = report(2, ("Drug: 0 of 9",), "none", "some")
NOT_COUNTED = report(3, (), "not_counted")


def found(*reports: Report, failed: tuple[int, ...] = ()) -> Found:
    return Found({one.nct_id: one for one in reports}, {f"NCT{number:08}": FAILED for number in failed})


CASES = {
    "one counts events": ([posted(1)], found(SOME), "risk_counted", "Serious events in at least one group: 1 of 1"),
    "one counts none": (
        [posted(2)], found(NONE), "risk_counted", "Serious events counted, and none in any group: 1 of 1",
    ),
    "one counts nothing": (
        [posted(3)], found(NOT_COUNTED), "risk_counted",
        "Serious events not counted in every group, and none told: 1 of 1",
    ),
    "three that differ": (
        [posted(1), posted(2), posted(3)], found(SOME, NONE, NOT_COUNTED), "risk_counted",
        "Deaths in at least one group: 1 of 3 (NCT00000002)",
    ),
    "one read, one not asked for": (
        [posted(1), posted(2)], found(SOME), "risk_counted", "1 trial have not been asked for yet",
    ),
    "withdrawn after it was read": (
        [row(1, has_results=False)], found(SOME), "risk_counted", "Drug: 3 of 41; Placebo: 0 of 40",
    ),
    "none read yet": ([posted(1)], found(), "risk", "1 trial have not been asked for yet"),
    "reading failed": ([posted(1)], found(failed=(1,)), "risk", "1 trial were asked for, and that failed"),
    "none posted": ([row(1), row(2)], found(), "risk", "Results posted: 0 of 2"),
    "no trial": ([], found(), "risk", "No trial gives it in ME/CFS"),
    "a trial near only": ([row(1, has_results=True, **NEAR)], found(SOME), "risk", "No trial gives it in ME/CFS"),
}  # fmt: skip


@pytest.mark.parametrize(("rows", "results", "rule", "words"), CASES.values(), ids=CASES)
def test_every_rule_of_risks(rows: list[dict[str, Any]], results: Found, rule: str, words: str) -> None:
    one = judged(rows, results, RISK)
    assert (one.verdict, one.rule) == ("outside", rule)
    assert words in one.because


def test_no_rule_of_risks_is_a_verdict_and_each_has_a_case() -> None:
    assert {one.verdict for one in harms.RULES} == {"outside"}
    assert {one.id for one in harms.RULES} == {rule for *_, rule, _ in CASES.values()}


def test_the_counts_stand_group_by_group_with_the_reason_why_they_are_no_verdict() -> None:
    one = judged([posted(1) | {"enrollment": 20}, posted(2) | {"enrollment": 90}], found(SOME, NONE), RISK)
    assert one.because == (
        "In ME/CFS: 2 trials (NCT00000001 and NCT00000002). Results posted: 2 of 2. "
        "Serious events in at least one group: 1 of 2 (NCT00000001). "
        "Serious events counted, and none in any group: 1 of 2 (NCT00000002). "
        "Deaths in at least one group: 1 of 2 (NCT00000002). "
        "Serious events in NCT00000002: Drug: 0 of 9. "
        "Serious events in NCT00000001: Drug: 3 of 41; Placebo: 0 of 40. "
        "That is no verdict: serious events and deaths happen in every group, whoever gets what, and the counts say "
        "neither what caused them nor which of them were infections."
    )


def test_of_many_trials_the_largest_are_told_and_the_rest_counted() -> None:
    reports = [report(number, ("Drug: 1 of 9",), "some") for number in range(1, 6)]
    said = judged([posted(number) for number in range(1, 6)], found(*reports), RISK).because
    assert said.count("Drug: 1 of 9") == 2
    assert "The page of findings has those of 3 more trials." in said


def test_on_a_sample_the_counts_are_told_as_one() -> None:
    assert judged([posted(1)], found(SOME), RISK, **NEVER).verdict == "outside"


Counts = tuple[tuple[int | None, int | None], ...]
COUNTED: dict[str, tuple[Counts, str]] = {
    "some in one group": (((3, 41), (0, 40)), "some"),
    "some without people at risk": (((3, None),), "some"),
    "none in any": (((0, 41), (0, 40)), "none"),
    "none, but one group says nothing": (((0, 41), (None, 40)), "not_counted"),
    "none, of nobody": (((0, 0),), "not_counted"),
    "none, at risk not told": (((0, None),), "not_counted"),
    "no group": ((), "not_counted"),
}


@pytest.mark.parametrize(("groups", "key"), COUNTED.values(), ids=COUNTED)
def test_what_a_trial_counts(groups: Counts, key: str) -> None:
    events = [
        {"id": f"EG{at}", "title": "A", "seriousNumAffected": affected, "seriousNumAtRisk": at_risk,
         "deathsNumAffected": affected, "deathsNumAtRisk": at_risk}
        for at, (affected, at_risk) in enumerate(groups)
    ]  # fmt: skip
    told = across.report(results_sections.results(section={"adverseEventsModule": {"eventGroups": events}}))
    assert (told.harmed, told.died) == (key, key)
