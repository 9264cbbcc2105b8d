"""Events of a text, passage by passage: which criterion, arm or outcome, and which words."""

import itertools
from collections import Counter
from collections.abc import Iterable
from random import Random
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cache.changes.differences import differences, facets
from cache.changes.passages import PART_WORDS, TEXTS, Passage, exact, passages
from cache.changes.weights import tells
from cache.changes.words import applied
from fetchers.record.eligibility import listed
from fetchers.record.study import Study, decode_study
from tests.cache.changes.test_differences import study
from tests.rigs.records import Records, each_set_at_hand

BEFORE = {
    "criteria": "Inclusion Criteria:\n\n* Adults over 18 years\n* Fukuda criteria\n\nExclusion Criteria:\n\n"
    "* Pregnant\n* Severe asthma in the last year",
    "minimum_age": "18 Years",
    "sex": "ALL",
    "healthy_volunteers": False,
}
AFTER = {
    "criteria": "Inclusion Criteria:\n\n1. Canadian consensus\n2. Adults over 16 years\n\nExclusion Criteria:\n\n"
    "* Severe asthma in the last 2 years\n* pregnant.\n* Cancer",
    "minimum_age": "16 Years",
    "sex": "FEMALE",
    "healthy_volunteers": True,
}
CASES = [
    ("why_stopped", None, "No funds", ["Reason for stopping added: No funds"]),
    ("title", "A trial of X", "A trial of Y", ["Title changed: A trial of [taken out: X] [put in: Y]"]),
    ("sponsor", "A University", None, ["Lead sponsor removed: A University"]),
    (
        "eligibility",
        BEFORE,
        AFTER,
        [
            "Inclusion criterion changed: Adults over [taken out: 18] [put in: 16] years",
            "Inclusion criterion removed: Fukuda criteria",
            "Inclusion criterion added: Canadian consensus",
            "Exclusion criterion changed: Severe asthma in the last [taken out: year] [put in: 2 years]",
            "Exclusion criterion added: Cancer",
            "Minimum age changed: [taken out: 18] [put in: 16] Years",
            "Sex changed: [taken out: all] [put in: women only]",
            "Healthy volunteers changed: [taken out: not] accepted",
        ],
    ),
    (
        "eligibility",
        {"criteria": "Inclusion:\n\n* Asthma"},
        {"criteria": "Exclusion:\n\n* Asthma"},
        [
            "Inclusion criterion removed: Inclusion:",
            "Inclusion criterion removed: Asthma",
            "Exclusion criterion added: Exclusion:",
            "Exclusion criterion added: Asthma",
        ],
    ),
    ("eligibility", {"criteria": "* Adults\n* Pain"}, {"criteria": "1. pain\n2. Adults."}, []),
    (
        "outcomes",
        [{"measure": "Fatigue", "time_frame": "12 weeks"}],
        [{"measure": "Pain", "time_frame": None}, {"measure": "Fatigue", "time_frame": "24 weeks"}],
        [
            "Primary outcome changed: Fatigue (time frame: [taken out: 12] [put in: 24] weeks)",
            "Primary outcome added: Pain",
        ],
    ),
    (
        "arms",
        {"arms": [{"label": "A", "type": "EXPERIMENTAL", "interventions": ["Drug: X"]}], "interventions": []},
        {
            "arms": [{"label": "A", "type": "PLACEBO_COMPARATOR", "interventions": ["Drug: X"]}],
            "interventions": [{"type": "DRUG", "name": "X"}],
        },
        [
            "Arm changed: A ([taken out: experimental] [put in: placebo comparator]): Drug: X",
            "Intervention added: X (drug)",
        ],
    ),
    ("status", "RECRUITING", "COMPLETED", []),
    ("results_posted", [{"measure": "Fatigue"}], [], []),
]


@pytest.mark.parametrize(("kind", "before", "after", "sentences"), CASES)
def test_each_passage_is_told(kind: str, before: Any, after: Any, sentences: list[str]) -> None:
    assert [one.sentence for one in passages(kind, before, after)] == sentences


def test_every_kind_of_text_and_every_part_has_a_case() -> None:
    assert {case[0] for case in CASES} >= set(TEXTS)
    told = {one.part for kind, before, after, _ in CASES for one in exact(kind, before, after)}
    assert told == set(PART_WORDS) - {"maximum_age"}


def test_programs_get_the_words_as_pairs_and_the_criteria_letter_for_letter() -> None:
    found = [one.as_json() for one in exact("eligibility", BEFORE, AFTER)]
    assert found[0]["part"] == "criteria"
    assert "".join(text for op, text in found[0]["words"] if op != "in") == BEFORE["criteria"]
    assert "".join(text for op, text in found[0]["words"] if op != "out") == AFTER["criteria"]
    assert found[1] == {
        "part": "inclusion",
        "change": "changed",
        "words": [["same", "Adults over "], ["out", "18"], ["in", "16"], ["same", " years"]],
    }


LISTS = {"eligibility": ("inclusion", "exclusion"), "outcomes": ("outcome",), "arms": ("arm", "intervention")}


def sides(found: Iterable[Passage], part: str) -> tuple[list[str], list[str]]:
    """What passages of a part say stood in one version only, and in the other."""
    mine = [one.words for one in found if one.part == part]
    old = ["".join(piece.text for piece in one if piece.op != "in") for one in mine]
    new = ["".join(piece.text for piece in one if piece.op != "out") for one in mine]
    return [text for text in old if text], [text for text in new if text]


def check(before: Study, after: Study) -> None:
    """The passages, applied to the texts before, give the texts after."""
    old, new = facets(before), facets(after)
    for event in differences(before, after):
        for one in passages(event.kind, event.before, event.after):
            text = "".join(piece.text for piece in one.words if piece.op != "in")
            assert applied(text, one.words) != text
    criteria = [(one["eligibility"] or {}).get("criteria") for one in (old, new)]
    whole = [one for one in exact("eligibility", old["eligibility"], new["eligibility"]) if one.part == "criteria"]
    if whole:
        assert applied(criteria[0] or "", whole[0].words) == (criteria[1] or "")
    else:
        assert (criteria[0] or "") == (criteria[1] or "")
    for kind, parts in LISTS.items():
        found = passages(kind, old[kind], new[kind])
        for part in parts:
            was, now = (Counter(map(tells, sides(passages(kind, None, one[kind]), part)[1])) for one in (old, new))
            gone, come = (Counter(map(tells, side)) for side in sides(found, part))
            assert was - gone == now - come
            assert was + come == now + gone


lines = st.sampled_from(
    ["* Adults", "* adults over 18", "* Adults over 16", "1. Fukuda criteria", "Inclusion Criteria:",
     "Exclusion Criteria:", "* Pregnant", "- pregnant", "Cancer", ""]
)  # fmt: skip
criteria_texts = st.none() | st.lists(lines, max_size=9).map("\n".join)


def test_a_list_that_is_added_is_told_whole() -> None:
    found = passages("eligibility", None, BEFORE)
    assert sides(found, "inclusion") == ([], ["Inclusion Criteria:", "Adults over 18 years", "Fukuda criteria"])
    assert sides(found, "exclusion")[1] == ["Exclusion Criteria:", "Pregnant", "Severe asthma in the last year"]


@given(criteria_texts, criteria_texts)
def test_passages_lead_from_one_list_to_the_other(before: str | None, after: str | None) -> None:
    old, new = ({} if text is None else {"eligibilityCriteria": text} for text in (before, after))
    check(study(eligibility=old), study(eligibility=new))


def edited(text: str, random: Random) -> str:
    """A text as somebody might edit it: a line dropped, doubled, moved, a word changed."""
    parts = text.split("\n")
    for _ in range(random.randint(0, 4)):
        at, to = random.randrange(len(parts)), random.randrange(len(parts))
        words = parts[at].split(" ")
        words[random.randrange(len(words))] = random.choice(["", "not", "65", "(severe)", "\\>", "é"])
        parts[at] = random.choice([" ".join(words), parts[at], parts[to]])
        parts.insert(to, parts[at])
        del parts[random.randrange(len(parts))]
    return "\n".join(parts)


def mutated(value: Any, random: Random) -> Any:
    """A record with some texts edited, and some lists in another order or without an item."""
    if isinstance(value, dict):
        return {key: one if key == "nctId" else mutated(one, random) for key, one in value.items()}
    if isinstance(value, list):
        items = [mutated(one, random) for one in value]
        return random.sample(items, random.choice([len(items), max(len(items) - 1, 0)]))
    return edited(value, random) if isinstance(value, str) and " " in value and random.random() < 0.5 else value


@each_set_at_hand
@settings(max_examples=60, deadline=None)
@given(st.randoms(use_true_random=False))
def test_edits_of_real_records_are_told_exactly(at_hand: Records, random: Random) -> None:
    record = random.choice(at_hand.raw)
    kept = ("identificationModule", "statusModule", "armsInterventionsModule", "outcomesModule", "eligibilityModule")
    record = {"protocolSection": {key: record["protocolSection"].get(key, {}) for key in kept}}
    check(*(decode_study(msgspec.json.encode(one)) for one in (record, mutated(record, random))))


@each_set_at_hand
@settings(max_examples=40, deadline=None)
@given(st.randoms(use_true_random=False))
def test_a_list_in_another_order_with_other_bullets_is_noise(at_hand: Records, random: Random) -> None:
    text = random.choice(at_hand.studies).eligibility.eligibility_criteria or ""
    of: dict[str, list[str]] = {"inclusion": [], "exclusion": []}
    for kind, one in listed(text):
        of[kind].append(one)
    head = {"inclusion": "Inclusion Criteria:", "exclusion": "Exclusion Criteria:"}
    plain = [[one for one in found if len(one) > 40 and "clu" not in one] for found in of.values()]

    def written(bullet: str, lists: list[list[str]]) -> Study:
        pairs = zip(head.values(), lists, strict=True)
        said = "\n\n".join("\n".join([first, "", *(f"{bullet} {one}" for one in rest)]) for first, rest in pairs)
        return study(eligibility={"eligibilityCriteria": said})

    shuffled = [random.sample(one, len(one)) for one in plain]
    old, new = written("*", plain), written("-", shuffled)
    for event in differences(old, new):
        assert event.weight == "noise"
        assert passages(event.kind, event.before, event.after) == ()


@each_set_at_hand
def test_two_records_of_different_trials_are_compared_exactly(at_hand: Records) -> None:
    for before, after in itertools.pairwise(at_hand.studies):
        check(before, after)
