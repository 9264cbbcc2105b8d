"""Events between versions: one case for each kind and each weight, and the properties that make a history."""

import itertools
from random import Random
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cache.changes.differences import (
    COMPARED,
    KINDS,
    READ,
    differences,
    facets,
    left_registry,
    new_trial,
    returned,
    told,
)
from cache.changes.weights import moved_days
from fetchers.record.study import Study, decode_study


def study(**modules: Any) -> Study:
    """A record with the given modules (``status={...}``), as the decoder reads it."""
    names = {
        "sponsor": "sponsorCollaboratorsModule",
        "arms": "armsInterventionsModule",
        "sites": "contactsLocationsModule",
    }
    protocol = {
        names.get(key, f"{key}Module"): value for key, value in modules.items() if key not in ("has_results", "title")
    }
    protocol["identificationModule"] = {"nctId": "NCT09990001", "briefTitle": modules.get("title", "A trial")}
    record: dict[str, Any] = {"protocolSection": protocol, "hasResults": modules.get("has_results", False)}
    return decode_study(msgspec.json.encode(record))


def dated(field: str, text: str, kind: str = "ESTIMATED") -> dict[str, Any]:
    return {f"{field}DateStruct": {"date": text, "type": kind}}


def arms(*names: str, label: str = "Arm A") -> dict[str, Any]:
    return {
        "armGroups": [
            {"label": label, "type": "EXPERIMENTAL", "interventionNames": [f"Drug: {name}" for name in names]}
        ],
        "interventions": [{"type": "DRUG", "name": name} for name in names],
    }


def outcome(measure: str, frame: str = "12 weeks") -> dict[str, Any]:
    return {"primaryOutcomes": [{"measure": measure, "timeFrame": frame}]}


def sites(*countries: str) -> dict[str, Any]:
    return {"locations": [{"country": country} for country in countries]}


def lead(name: str) -> dict[str, Any]:
    return {"leadSponsor": {"name": name, "class": "OTHER"}}


CASES = [
    ("status", "high", {"status": {"overallStatus": "RECRUITING"}}, {"status": {"overallStatus": "TERMINATED"}}),
    (
        "status",
        "high",
        {"status": {"overallStatus": "NOT_YET_RECRUITING"}},
        {"status": {"overallStatus": "RECRUITING"}},
    ),
    ("status", "high", {"status": {"overallStatus": "SUSPENDED"}}, {"status": {"overallStatus": "COMPLETED"}}),
    ("status", "medium", {"status": {"overallStatus": "RECRUITING"}}, {"status": {"overallStatus": "UNKNOWN"}}),
    ("status", "medium", {"status": {"overallStatus": "RECRUITING"}}, {"status": {"overallStatus": "COMPLETED"}}),
    ("status", "low", {"status": {"overallStatus": "RECRUITING"}}, {"status": {"overallStatus": "NOT_YET_RECRUITING"}}),
    ("phase", "high", {"design": {"phases": ["PHASE2"]}}, {"design": {"phases": ["PHASE2", "PHASE3"]}}),
    ("start_date", "low", {"status": dated("start", "2025-01-01")}, {"status": dated("start", "2025-02-01")}),
    ("start_date", "noise", {"status": dated("start", "2025-01-01")}, {"status": dated("start", "2025-01-14")}),
    ("start_date", "low", {"status": {}}, {"status": dated("start", "2025-01-14")}),
    (
        "completion_date",
        "noise",
        {"status": dated("completion", "2025-01")},
        {"status": dated("completion", "2025-01-31")},
    ),
    (
        "completion_date",
        "low",
        {"status": dated("completion", "2025-01")},
        {"status": dated("completion", "2025-01-31", "ACTUAL")},
    ),
    (
        "completion_date",
        "medium",
        {"status": dated("completion", "2025-01")},
        {"status": dated("completion", "2025-05")},
    ),
    (
        "primary_completion_date",
        "high",
        {"status": dated("primaryCompletion", "2022-12-30")},
        {"status": dated("primaryCompletion", "2026-12-15")},
    ),
    (
        "enrollment",
        "high",
        {"design": {"enrollmentInfo": {"count": 300, "type": "ESTIMATED"}}},
        {"design": {"enrollmentInfo": {"count": 100, "type": "ACTUAL"}}},
    ),
    (
        "enrollment",
        "medium",
        {"design": {"enrollmentInfo": {"count": 60, "type": "ESTIMATED"}}},
        {"design": {"enrollmentInfo": {"count": 45, "type": "ACTUAL"}}},
    ),
    (
        "enrollment",
        "low",
        {"design": {"enrollmentInfo": {"count": 60, "type": "ESTIMATED"}}},
        {"design": {"enrollmentInfo": {"count": 60, "type": "ACTUAL"}}},
    ),
    (
        "enrollment",
        "low",
        {"design": {"enrollmentInfo": {"count": 99999999, "type": "ESTIMATED"}}},
        {"design": {"enrollmentInfo": {"count": 60, "type": "ESTIMATED"}}},
    ),
    ("results_posted", "high", {"has_results": False}, {"has_results": True}),
    ("title", "low", {"title": "A trial"}, {"title": "Another trial"}),
    ("title", "noise", {"title": "A trial"}, {"title": "A Trial."}),
    ("why_stopped", "medium", {"status": {}}, {"status": {"whyStopped": "Slow recruitment"}}),
    (
        "why_stopped",
        "noise",
        {"status": {"whyStopped": "slow recruitment"}},
        {"status": {"whyStopped": "Slow  recruitment."}},
    ),
    ("sponsor", "medium", {"sponsor": lead("A University")}, {"sponsor": lead("B Pharma")}),
    ("arms", "high", {"arms": arms("Prednisone")}, {"arms": arms("Prednisone", "Placebo")}),
    ("arms", "medium", {"arms": arms("Prednisone")}, {"arms": arms("Prednisone", label="Low dose")}),
    ("arms", "noise", {"arms": arms("Prednisone")}, {"arms": arms("prednisone", label="arm a")}),
    ("outcomes", "high", {"outcomes": outcome("Fatigue")}, {"outcomes": outcome("Pain")}),
    ("outcomes", "medium", {"outcomes": outcome("Fatigue")}, {"outcomes": outcome("Fatigue", "24 weeks")}),
    ("outcomes", "noise", {"outcomes": outcome("Fatigue score")}, {"outcomes": outcome("fatigue-score")}),
    (
        "eligibility",
        "medium",
        {"eligibility": {"eligibilityCriteria": "Score < 5"}},
        {"eligibility": {"eligibilityCriteria": "Score > 5"}},
    ),
    (
        "eligibility",
        "medium",
        {"eligibility": {"eligibilityCriteria": "T-score < -2.5"}},
        {"eligibility": {"eligibilityCriteria": "T-score < 2.5"}},
    ),
    (
        "eligibility",
        "noise",
        {"eligibility": {"eligibilityCriteria": "T-score of -2.5 for 5-10 years"}},
        {"eligibility": {"eligibilityCriteria": "T score of −2.5 for 5 – 10 years"}},
    ),
    (
        "eligibility",
        "noise",
        {"eligibility": {"eligibilityCriteria": "Score \\< 5"}},
        {"eligibility": {"eligibilityCriteria": "score < 5"}},
    ),
    (
        "eligibility",
        "noise",
        {"eligibility": {"eligibilityCriteria": "Inclusion:\n\n* Adults\n* Fatigue\n\nExclusion:\n\n* Asthma"}},
        {"eligibility": {"eligibilityCriteria": "Inclusion:\n\n1. Fatigue\n2. adults\n\nExclusion:\n\n- Asthma"}},
    ),
    (
        "eligibility",
        "medium",
        {"eligibility": {"eligibilityCriteria": "Inclusion:\n\n* Adults\n* Asthma\n\nExclusion:\n\n* Cancer"}},
        {"eligibility": {"eligibilityCriteria": "Inclusion:\n\n* Adults\n\nExclusion:\n\n* Cancer\n* Asthma"}},
    ),
    ("eligibility", "medium", {"eligibility": {"minimumAge": "18 Years"}}, {"eligibility": {"minimumAge": "16 Years"}}),
    ("countries", "low", {"sites": sites("Norway")}, {"sites": sites("Norway", "Sweden")}),
    ("countries", "medium", {"sites": sites("Norway", "Sweden")}, {"sites": sites("Sweden")}),
]


@pytest.mark.parametrize(("kind", "weight", "before", "after"), CASES)
def test_each_kind_is_told_with_its_weight(
    kind: str, weight: str, before: dict[str, Any], after: dict[str, Any]
) -> None:
    old, new = study(**before), study(**after)
    assert [(event.kind, event.weight) for event in differences(old, new)] == [(kind, weight)]
    event = differences(old, new)[0]
    assert (event.before, event.after) == (facets(old)[kind], facets(new)[kind])


def test_every_kind_has_a_case() -> None:
    assert {case[0] for case in CASES} == set(COMPARED)
    assert {case[0] for case in READINGS} == set(READ)
    assert set(KINDS) == set(COMPARED) | set(READ) | {"new_trial", "left_registry", "returned", "verdict"}


def people(count: int, kind: str | None = "ESTIMATED") -> dict[str, Any]:
    return {"design": {"enrollmentInfo": {"count": count, "type": kind}}}


def criteria(inside: str | None, outside: str = "Asthma") -> dict[str, Any]:
    text = f"Inclusion Criteria:\n\n* Adults\n* {inside}\n\nExclusion Criteria:\n\n* {outside}"
    return {"eligibility": {} if inside is None else {"eligibilityCriteria": text}}


# What is told beside the change it is read out of: kind, weight, versions, before and after.
READINGS = [
    ("planned_size", "medium", people(100), people(75), (100, 75)),
    ("planned_size", "medium", people(100), people(149), (100, 149)),
    ("planned_size", "high", people(100), people(150), (100, 150)),
    ("planned_size", "high", people(0), people(10), (0, 10)),
    ("case_definition", "high", criteria("Fukuda criteria"), criteria("Canadian criteria or Fukuda criteria"),
     (["fukuda"], ["ccc", "fukuda"])),
    ("case_definition", "high", criteria("Oxford criteria"), criteria("Fatigue"), (["oxford"], [])),
    ("case_definition", "high", criteria(None), criteria("Fukuda criteria"), (None, ["fukuda"])),
    ("post_exertional_malaise", "high", criteria("Fatigue"), criteria("PEM"), ("none", "required")),
    ("post_exertional_malaise", "high", criteria("PEM"), criteria("PEM is not required"), ("required", "mentioned")),
    ("post_exertional_malaise", "medium", criteria("PEM"), criteria("IOM criteria"), ("required", "implied")),
    ("post_exertional_malaise", "medium", criteria("Fatigue"), criteria("Fatigue", "PEM"), ("none", "excluded")),
    ("post_exertional_malaise", "high", criteria("PEM"), criteria(None), ("required", "unknown")),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "weight", "before", "after", "moved"), READINGS)
def test_what_is_read_out_of_a_change_is_an_event_of_its_own(
    kind: str, weight: str, before: dict[str, Any], after: dict[str, Any], moved: tuple[Any, Any]
) -> None:
    events = differences(study(**before), study(**after), in_focus=True)
    (event,) = (one for one in events if one.kind == kind)
    assert (event.weight, event.before, event.after) == (weight, *moved)
    assert events[0].kind == ("enrollment" if kind == "planned_size" else "eligibility")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (people(100), people(76)),
        (people(100), people(50, "ACTUAL")),
        (people(100, "ACTUAL"), people(50, "ACTUAL")),
        (people(100, None), people(50)),
        (people(99999999), people(50)),
        (criteria("Fukuda criteria"), criteria("The Fukuda criteria of 1994")),
        (criteria("Fukuda criteria, Canadian criteria"), criteria("Canadian criteria, Fukuda criteria")),
        (criteria("Fatigue"), criteria("Fatigue", "Fukuda criteria")),
        (criteria("PEM"), criteria("Post-exertional malaise")),
        (criteria("Fatigue"), criteria("Pain")),
        (criteria(None), criteria("Pain")),
        (criteria("Pain"), criteria(None)),
    ],
)
def test_other_changes_read_nothing(before: dict[str, Any], after: dict[str, Any]) -> None:
    events = differences(study(**before), study(**after), in_focus=True)
    assert [one.kind for one in events if one.kind in READ] == []


def test_outside_the_focus_no_case_definition_is_read() -> None:
    old, new = study(**criteria("Pain")), study(**criteria("CDC criteria 1994, PEM"))
    assert [one.kind for one in differences(old, new)] == ["eligibility", "post_exertional_malaise"]


def outcomes(*measures: str, frame: str = "12 weeks") -> dict[str, Any]:
    return {"primaryOutcomes": [{"measure": measure, "timeFrame": frame} for measure in measures]}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"outcomes": outcomes("Fatigue", "Pain")}, {"outcomes": outcomes("Pain", "Fatigue")}),
        ({"arms": arms("Prednisone", "Placebo")}, {"arms": arms("Placebo", "Prednisone")}),
        ({"sites": sites("Norway", "Sweden")}, {"sites": sites("Sweden", "Norway")}),
        ({"design": {"phases": ["PHASE1", "PHASE2"]}}, {"design": {"phases": ["PHASE2", "PHASE1"]}}),
        ({"outcomes": outcome("Fatigue score")}, {"outcomes": outcome(" Fatigue\u00a0\nscore ")}),
        ({"outcomes": outcome("Fatigue (score)")}, {"outcomes": outcome("Fatigue ( score )")}),
        ({"status": {"whyStopped": "Slow accrual"}}, {"status": {"whyStopped": "Slow\taccrual\u200b"}}),
        ({"sponsor": lead("A University")}, {"sponsor": lead("A  University")}),
        ({"sites": sites("United States", "United States")}, {"sites": sites("United States", "United  States")}),
        (
            {"sites": sites("Hong Kong", "Norway")},
            {"sites": sites("Norway ", "Hong\u00a0Kong", "Hong Kong", "\nNorway")},
        ),
        ({"sites": sites("South Korea")}, {"sites": sites(" South\tKorea", "South Korea")}),
        (
            {"eligibility": {"eligibilityCriteria": "Inclusion:\n\n* adults\n* score<5"}},
            {"eligibility": {"eligibilityCriteria": "Inclusion: * adults\r\n * score < 5 "}},
        ),
    ],
)
def test_neither_order_nor_white_space_makes_an_event(before: dict[str, Any], after: dict[str, Any]) -> None:
    assert differences(study(**before), study(**after)) == ()


@pytest.mark.parametrize(
    ("before", "after", "weight"),
    [
        # The order has changed, too, and does not make the change any heavier.
        (outcomes("Fatigue", "Pain"), outcomes("Pain", "Fatigue", frame="24 weeks"), "medium"),
        (outcomes("Fatigue", "Pain"), outcomes("pain.", "FATIGUE"), "noise"),
        (outcomes("Fatigue", "Pain"), outcomes("Pain", "Sleep"), "high"),
        (outcomes("Fatigue", "Pain"), outcomes("Pain"), "high"),
        (outcomes("Fatigue at 12weeks"), outcomes("Fatigue at 12 weeks"), "noise"),
        (outcomes("Dose of 5 10"), outcomes("Dose of 510"), "high"),
    ],
)
def test_order_adds_no_weight_to_a_change(before: dict[str, Any], after: dict[str, Any], weight: str) -> None:
    assert [event.weight for event in differences(study(outcomes=before), study(outcomes=after))] == [weight]


def test_a_space_between_two_numbers_is_a_difference() -> None:
    old, new = (study(eligibility={"eligibilityCriteria": text}) for text in ("Doses of 5 10 mg", "Doses of 510 mg"))
    assert [event.weight for event in differences(old, new)] == ["medium"]


def test_load_date_is_no_difference() -> None:
    record = msgspec.json.decode(msgspec.json.encode(study(status={"overallStatus": "COMPLETED"})))
    later = record | {"derivedSection": {"miscInfoModule": {"versionHolder": "2026-11-21"}}}
    old, new = (decode_study(msgspec.json.encode(one)) for one in (record, later))
    assert differences(old, new) == ()


def test_a_trial_as_a_whole() -> None:
    assert new_trial("A trial", "RECRUITING").after == {"title": "A trial", "status": "RECRUITING"}
    assert (left_registry("2026-11-22").weight, left_registry("2026-11-22").after) == ("high", "2026-11-22")
    assert returned("2026-11-22", "2026-11-24").before == "2026-11-22"


@pytest.mark.parametrize(
    ("before", "after", "days"),
    [
        ("2024-12", "2024-12-09", 0),
        ("2024", "2024-12", 0),
        ("2024-12", "2025-01", 31),
        ("2025-01-31", "2024-12-31", -31),
        ("2022-12-30", "2026-12-15", 1446),
    ],
)
def test_moves_are_counted_in_days(before: str, after: str, days: int) -> None:
    assert moved_days(before, after) == days


def _optional(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


def _clean(value: Any) -> Any:
    """Without the keys that hold None: the registry never writes null."""
    if isinstance(value, dict):
        return {key: _clean(one) for key, one in value.items() if one is not None}
    return [_clean(one) for one in value] if isinstance(value, list) else value


dates = _optional(st.fixed_dictionaries({"date": st.sampled_from(["2020", "2024-12", "2024-12-09", "2026-01-31"])}))
words = _optional(st.sampled_from(["alpha", "Alpha.", "beta < 5", "beta > 5", ""]))
modules = st.fixed_dictionaries(
    {
        "status": st.fixed_dictionaries(
            {
                "overallStatus": _optional(st.sampled_from(["RECRUITING", "UNKNOWN", "TERMINATED", "A_NEW_CODE"])),
                "whyStopped": words,
                "startDateStruct": dates,
                "primaryCompletionDateStruct": dates,
                "completionDateStruct": dates,
            }
        ),
        "design": st.fixed_dictionaries(
            {
                "phases": _optional(st.lists(st.sampled_from(["PHASE1", "PHASE2", "NA"]), max_size=2)),
                "enrollmentInfo": _optional(st.fixed_dictionaries({"count": _optional(st.integers(0, 500))})),
            }
        ),
        "arms": st.lists(st.sampled_from(["a", "b", "c"]), max_size=3).map(lambda names: arms(*names)),
        "outcomes": st.lists(st.sampled_from(["x", "y", "z < 5"]), max_size=3).map(lambda names: outcomes(*names)),
        "eligibility": st.fixed_dictionaries({"eligibilityCriteria": words, "minimumAge": words}),
        "sites": st.lists(st.sampled_from(["Norway", "Sweden"]), max_size=2).map(lambda names: sites(*names)),
        "has_results": st.booleans(),
    }
).map(_clean)


@given(st.lists(modules, min_size=1, max_size=6))
def test_events_of_all_versions_lead_to_the_last(history: list[dict[str, Any]]) -> None:
    versions = [study(**one) for one in history]
    state = facets(versions[0])
    for old, new in itertools.pairwise(versions):
        state |= {event.kind: event.after for event in differences(old, new) if event.kind in COMPARED}
    assert told(state) == told(facets(versions[-1]))


@given(modules, modules)
def test_no_event_without_a_difference_and_none_is_hidden(before: dict[str, Any], after: dict[str, Any]) -> None:
    old, new = study(**before), study(**after)
    events = differences(old, new)
    assert all(event.before != event.after for event in events)
    assert [event.kind for event in events if event.kind in COMPARED] == [
        kind for kind in COMPARED if told(facets(old)[kind]) != told(facets(new)[kind])
    ]


def _restated(value: Any, random: Random) -> Any:
    """The same record with every array in another order and other white space in every text."""
    if isinstance(value, dict):
        return {key: _restated(one, random) for key, one in value.items()}
    if isinstance(value, list):
        return random.sample([_restated(one, random) for one in value], len(value))
    if isinstance(value, str):
        return "".join(random.choice([" ", "  ", "\n", "\t", "\u00a0", "\r\n"]) if c.isspace() else c for c in value)
    return value


@given(modules, st.randoms(use_true_random=False))
def test_a_record_told_in_another_order_and_spacing_has_no_events(record: dict[str, Any], random: Random) -> None:
    texts = {
        "status": record["status"] | {"whyStopped": "Slow accrual at 2 sites"},
        "eligibility": record["eligibility"] | {"eligibilityCriteria": "Inclusion:\n* 18 years\n* score < 5"},
        "sponsor": lead("A University of B"),
        "design": record["design"] | {"phases": ["PHASE2", "PHASE3"]},
        "outcomes": outcomes("Fatigue after a walk", "Pain < 5", "Sleep"),
        "arms": arms("Drug a", "Drug b", "Sham c"),
        "sites": sites("Norway", "Sweden", "South Korea"),
    }
    drawn, full = record, record | texts
    for one in (drawn, full):
        assert differences(study(**one), study(**_restated(one, random))) == ()
