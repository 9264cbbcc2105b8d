"""What a claim rests on: all its conditions, all its agents, interventions the watch-list does not follow, and numbers
that say the same wherever they stand."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fetchers.watchlist.model import Claim, Watchlist
from insights import claims
from insights.claims import Finding
from tests.rigs.insight_rows import Made, frames, stores
from tests.rigs.trial_rows import Why, row, watchlist

TODAY = date(2026, 11, 22)
NEVER = {"refreshed_at": None, "registry_timestamp": None}
PLAIN = {"id": "X1", "document": "d1", "place": "first line", "words": "It is so.", "tense": "present"}
TRIALS = re.compile(r"([^.:]*): ([\d,]+) trials?\b")
PART = re.compile(r"([^.:]*): ([\d,]+) of ([\d,]+)\b")


def claim(kind: str = "hint", **facts: Any) -> Claim:
    return Claim(**PLAIN | {"kind": kind} | facts)


def watched(*given: Claim) -> Watchlist:
    conditions = tuple(
        replace(one, near=("fibromyalgia",)) if one.id == "me_cfs" else one for one in watchlist().conditions
    )
    return replace(watchlist(), conditions=conditions, claims=given)


def judged(
    one: Claim,
    rows: list[dict[str, Any]],
    why: dict[int, list[Why]] | None = None,
    states: dict[str, Any] | None = None,
) -> Finding:
    listed = watched(one)
    found = frames(rows, why or {}, states or {name: {} for name in ("methotrexate", "ivig", "me_cfs")}, listed=listed)
    return claims.ledger(listed, *found[:3], today=TODAY)[0]


# --- conditions and agents --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("group", ["me_cfs", "lupus", "fibromyalgia"])
def test_a_claim_counts_in_each_of_its_conditions(group: str) -> None:
    one = claim("use", agent="methotrexate", conditions=("me_cfs", "lupus", "fibromyalgia"))
    found = judged(one, [row(1, condition_groups=[group])], {1: [Why("methotrexate")]})
    assert found.verdict == "partly"
    assert found.because.startswith("In ME/CFS, lupus or fibromyalgia, also as background: 1 trial (NCT00000001).")
    assert found.numbers["here"].wanted is not None
    assert found.numbers["here"].wanted.conditions == ("fibromyalgia", "lupus", "me_cfs")
    assert claims.near_of(one, watched(one)) == ()


def test_a_trial_of_two_conditions_counts_once() -> None:
    one = claim(agent="methotrexate", conditions=("me_cfs", "lupus"))
    found = judged(one, [row(1, condition_groups=["me_cfs", "lupus"])], {1: [Why("methotrexate")]})
    assert found.counts["here"] == 1


@pytest.mark.parametrize("agent", ["methotrexate", "ivig"])
def test_a_claim_speaks_of_each_agent_it_names_and_of_no_other(agent: str) -> None:
    one = claim(agents=("methotrexate", "ivig"), condition="me_cfs")
    found = judged(one, [row(1), row(2)], {1: [Why(agent)], 2: [Why("tnf_inhibitors")]})
    assert found.agents == ("methotrexate", "ivig")
    assert list(found.evidence["nct_id"]) == ["NCT00000001"]
    assert claims.about([found], agent) == [found]
    assert claims.about([found], "tnf_inhibitors") == []


# --- interventions the watch-list does not follow ---------------------------------------------------------------------

THERAPY = claim("use", condition="me_cfs", interventions=("graded exercise", "cognitive therapy", "Rituximab"))


@pytest.mark.parametrize(
    "intervention",
    ["BEHAVIORAL: Graded Exercise Therapy", "OTHER: cognitive-therapy", "Rituximab 500 mg", "BIOLOGICAL: rituximab"],
)
def test_interventions_are_looked_for_in_trials_of_a_swept_condition(intervention: str) -> None:
    found = judged(THERAPY, [row(1, interventions=["DRUG: Sugar", intervention])])
    assert (found.verdict, found.counts["here"]) == ("partly", 1)
    assert found.evidence["agent"].iloc[0] == re.sub("^[A-Z]+: ", "", intervention)
    assert found.agents == ()
    assert [query.scope for query in found.queries] == ["me_cfs"]
    assert list(found.asked) == ["me_cfs"]


@pytest.mark.parametrize(
    "facts",
    [
        {"interventions": ["DRUG: Placebo for rituximab"]},
        {"interventions": ["DIAGNOSTIC_TEST: Graded exercise test"]},
        {"interventions": ["BEHAVIORAL: Reading"]},
        {"interventions": []},
        {"interventions": None},
        {"interventions": ["DRUG: Rituximab"], "condition_groups": ["lupus"]},
        {"interventions": ["DRUG: Rituximab"], "left_registry": "2026-01-01"},
    ],
)
def test_a_placebo_a_test_another_condition_or_a_trial_that_left_is_no_evidence(facts: dict[str, Any]) -> None:
    found = judged(THERAPY, [row(1, **facts)])
    assert (found.verdict, found.counts["here"], found.numbers["here"].wanted) == ("not_found", 0, None)


def test_a_condition_nobody_sweeps_is_not_looked_through() -> None:
    one = replace(THERAPY, condition=None, conditions=("me_cfs", "lupus"))
    found = judged(one, [row(1, condition_groups=["lupus"], interventions=["Rituximab"])])
    assert found.counts["here"] == 0


def test_agents_and_interventions_together_count_each_trial_once() -> None:
    one = replace(THERAPY, agents=("methotrexate",))
    rows = [row(1, interventions=["Methotrexate", "Rituximab"]), row(2, interventions=["Rituximab"]), row(3)]
    found = judged(one, rows, {1: [Why("methotrexate")], 3: [Why("methotrexate")]})
    assert found.numbers["here"].ids == ("NCT00000001", "NCT00000002", "NCT00000003")
    assert sorted(found.evidence["agent"]) == ["Rituximab", "methotrexate", "methotrexate"]
    assert list(found.asked) == ["methotrexate", "me_cfs"]


def test_while_the_condition_was_not_asked_nothing_is_not_found() -> None:
    found = judged(THERAPY, [], states={"me_cfs": NEVER})
    assert found.verdict == "not_asked"
    assert "The registry has not been asked yet about ME/CFS" in found.because
    assert judged(THERAPY, [], states={"me_cfs": {}}).verdict == "not_found"


def test_what_is_not_checkable_shows_its_trials_and_says_why_it_is_not() -> None:
    one = replace(THERAPY, kind="effect", checkable=False, unchecked_because="Nobody writes it down.")
    found = judged(one, [row(1, interventions=["Rituximab"])])
    assert (found.verdict, found.because) == (
        "not_checkable", "Nobody writes it down. In ME/CFS: 1 trial (NCT00000001).",
    )  # fmt: skip


# --- one source for every number --------------------------------------------------------------------------------------

KINDS = st.sampled_from(["trial", "hint", "use", "effect", "risk", "need"])
SOME = st.lists(st.sampled_from(["methotrexate", "ivig", "tnf_inhibitors"]), unique=True)
GROUPS = st.lists(st.sampled_from(["me_cfs", "fibromyalgia", "lupus"]), min_size=1, unique=True)


@st.composite
def any_claim(draw: Any) -> Claim:
    words = draw(st.sampled_from([(), ("Methotrexate",), ("nothing",)]))
    return claim(
        draw(KINDS), agents=tuple(draw(SOME)), conditions=tuple(draw(GROUPS)), interventions=words,
        status=draw(st.sampled_from(["ongoing", "completed"])), phase=draw(st.sampled_from([None, "PHASE2"])),
        checkable=draw(st.booleans()), tense=draw(st.sampled_from(["past", "present"])),
    )  # fmt: skip


def check_numbers(found: Finding) -> None:
    """Each number of the sentence is that of a button or of a part of the first, word for word."""
    numbers = {number.words: number for number in found.numbers.values()}
    for label, count in TRIALS.findall(found.because):
        said = f"{label.strip()}: {count} {'trial' if count == '1' else 'trials'}"
        assert said in numbers, (said, numbers)
    parts: Sequence[tuple[str, str, str]] = PART.findall(found.because)
    for label, some, whole in parts:
        assert int(whole.replace(",", "")) == len(found.numbers["here"].ids)
        assert int(some.replace(",", "")) == len(found.numbers[label.strip()].ids)
        assert set(found.numbers[label.strip()].ids) <= set(found.numbers["here"].ids)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(stores(), any_claim())
def test_every_number_of_a_sentence_has_its_list_and_the_list_has_just_that_many(made: Made, one: Claim) -> None:
    listed = watched(one)
    found = frames(made.rows, made.why, made.states, made.held, listed=listed)
    finding = claims.ledger(listed, *found[:3], today=TODAY)[0]
    check_numbers(finding)
    for number in finding.numbers.values():
        if number.wanted is None:
            assert not number.ids
        else:
            shown = number.wanted.apply(found.trials, found.matches, listed).trials
            assert tuple(sorted(shown["nct_id"])) == number.ids, number.label
