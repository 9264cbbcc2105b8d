"""Claims that something works, held against what posted results report: each rule by a named case."""

from dataclasses import replace
from typing import Any

import pytest

from insights import claims
from insights.claims import Finding
from insights.findings.across import Found, Report
from insights.findings.analysis import Reading
from insights.verdicts import effects
from tests.insights.test_claims import NEAR, TODAY, claim, watched
from tests.rigs.insight_rows import frames
from tests.rigs.trial_rows import Why, row

EFFECT = claim("effect")
NEVER: dict[str, Any] = {"starter": True, "refreshed_at": None, "registry_timestamp": None}
FAILED = "The registry answered 500 four times."


def report(number: int, *kinds: str, bare: int = 0) -> Report:
    """What a trial reports, its primary analyses of these kinds."""
    readings = tuple(("p", Reading(kind, "so")) for kind in kinds)
    return Report(f"NCT{number:08}", ("Pain",), readings, bare, (), ())


def found(*reports: Report, failed: tuple[int, ...] = ()) -> Found:
    return Found({one.nct_id: one for one in reports}, {f"NCT{number:08}": FAILED for number in failed})


def judged(rows: list[dict[str, Any]], results: Found, one: Any = EFFECT, **scope: Any) -> Finding:
    given = {int(each["nct_id"][3:]): [Why("methotrexate")] for each in rows}
    listed = watched(one)
    made = frames(rows, given, {"methotrexate": scope}, listed=listed)
    return claims.ledger(listed, *made[:3], results, today=TODAY)[0]


def posted(number: int) -> dict[str, Any]:
    return row(number, has_results=True)


CASES = {
    "one below": ([posted(1)], found(report(1, "below")), "partly", "effect_reported"),
    "one below, one found nothing": (
        [posted(1), posted(2)], found(report(1, "not_below"), report(2, "below")), "partly", "effect_reported",
    ),
    "below beside not below in one trial": (
        [posted(1)], found(report(1, "not_below", "below")), "partly", "effect_reported",
    ),
    "one below, another not read": ([posted(1), posted(2)], found(report(1, "below")), "partly", "effect_reported"),
    "none read": ([posted(1)], found(), "not_asked", "effect_unread"),
    "reading failed": ([posted(1)], found(failed=(1,)), "not_asked", "effect_unread"),
    "one found nothing, another not read": (
        [posted(1), posted(2)], found(report(1, "not_below")), "not_asked", "effect_unread",
    ),
    "all found nothing": (
        [posted(1), posted(2)], found(report(1, "not_below"), report(2, "not_below")), "not_found",
        "effect_not_reported",
    ),
    "one found nothing, one of another kind": (
        [posted(1), posted(2)], found(report(1, "not_below"), report(2, "other")), "not_found", "effect_not_reported",
    ),
    "only another kind": ([posted(1)], found(report(1, "other")), "not_found", "effect_unjudged"),
    "results without an analysis": ([posted(1)], found(report(1, bare=1)), "not_found", "effect_unjudged"),
    "trials, none posted": ([row(1), row(2)], found(), "not_found", "effect_none_posted"),
    "results withdrawn after they were read": (
        [row(1, has_results=False)], found(report(1, "below")), "partly", "effect_reported",
    ),
    "no trial": ([], found(), "not_found", "none"),
    "a trial near only, with results": (
        [row(1, has_results=True, **NEAR)], found(report(1, "below")), "not_found", "none",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("rows", "results", "verdict", "rule"), CASES.values(), ids=CASES)
def test_every_rule_of_effects(rows: list[dict[str, Any]], results: Found, verdict: str, rule: str) -> None:
    one = judged(rows, results)
    assert (one.verdict, one.rule) == (verdict, rule)
    assert one.because.endswith(".")
    assert "of 0" not in one.because
    assert one.tense is None


def test_every_rule_of_effects_has_a_case() -> None:
    assert {one.id for one in effects.RULES} <= {rule for *_, rule in CASES.values()}


def test_no_rule_says_that_it_works_or_does_not() -> None:
    assert {one.verdict for one in effects.RULES}.isdisjoint(("supported", "contradicted", "outside"))


def test_it_is_said_how_many_posted_what_they_report_and_which_found_nothing() -> None:
    one = judged([posted(1), posted(2), posted(3), row(4)], found(report(1, "below"), report(2, "not_below")))
    assert one.because == (
        "In ME/CFS: 4 trials (NCT00000001, NCT00000002, NCT00000003 and 1 more). "
        "Results posted: 3 of 4 (NCT00000001, NCT00000002 and NCT00000003). "
        "A primary analysis with p below the level: 1 of 4 (NCT00000001). "
        "Primary analyses with p, none below the level: 1 of 4 (NCT00000002). "
        "Posted, not read here: 1 of 4 (NCT00000003). "
        "The posted results of 1 trial have not been asked for yet. "
        "A p value says neither direction nor size, nor that the outcome is the one the claim speaks of: read it "
        "in the trials."
    )


def test_a_claim_on_several_agents_tells_of_each() -> None:
    one = replace(EFFECT, agent=None, agents=("methotrexate", "ivig"))
    rows = [posted(1), posted(2)]
    listed = watched(one)
    agents = {1: [Why("methotrexate")], 2: [Why("ivig")]}
    made = frames(rows, agents, {"methotrexate": {}, "ivig": {}}, listed=listed)
    said = claims.ledger(listed, *made[:3], found(report(1, "below")), today=TODAY)[0].because
    names = {agent.id: agent.name for agent in listed.agents}
    assert f"{names['methotrexate']}: results read of 1 of 1 trial, 1 with p below the level." in said
    assert f"{names['ivig']}: results read of none of 1 trial." in said


def test_a_failure_is_told_apart_from_not_asked() -> None:
    assert "were asked for, and that failed" in judged([posted(1)], found(failed=(1,))).because
    assert "have not been asked for yet" in judged([posted(1)], found()).because


def test_on_a_sample_nothing_found_is_no_verdict() -> None:
    assert judged([posted(1)], found(report(1, "not_below")), **NEVER).verdict == "not_asked"
    assert judged([row(1)], found(), **NEVER).verdict == "not_asked"
    sampled = judged([posted(1)], found(report(1, "below")), **NEVER)
    assert sampled.verdict == "partly"
    assert claims.standing(sampled) == "on the starter sample; not asked yet"


def test_what_was_over_before_registration_stays_outside_its_reach() -> None:
    early = replace(EFFECT, tense="past", until=2001)
    assert judged([], found(), early).verdict == "outside"
