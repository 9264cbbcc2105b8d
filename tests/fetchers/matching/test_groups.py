"""Which condition groups a record belongs to, kind by kind. The records are invented."""

import json
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetchers.matching.matcher import Matcher
from fetchers.record.study import Study, decode_study
from fetchers.watchlist import load as watchlists
from fetchers.watchlist.model import Condition

WATCHLIST = watchlists.load()
MATCHER = Matcher(WATCHLIST)
PAIN, POST, ME = "chronic_pain", "long_covid", "me_cfs"


def record(
    conditions: Iterable[str] = (), title: str = "A trial", mesh: Iterable[str] = (), purpose: str | None = None
) -> Study:
    raw = {
        "protocolSection": {
            "identificationModule": {"nctId": "NCT09000001", "briefTitle": title},
            "conditionsModule": {"conditions": list(conditions)},
            "designModule": {"designInfo": {"primaryPurpose": purpose}},
        },
        "derivedSection": {"conditionBrowseModule": {"meshes": [{"term": term} for term in mesh]}},
    }
    return decode_study(json.dumps(raw).encode())


def groups(*conditions: str, title: str = "A trial", mesh: Iterable[str] = (), purpose: str | None = None) -> set[str]:
    return set(MATCHER.condition_groups(record(conditions, title, mesh, purpose)))


@pytest.mark.parametrize(
    "condition",
    [
        "Back Pain Lower Back Chronic",
        "Pain, Neck, Chronic",
        "Elbow Pain Chronic",
        "Chronic Upper Back Pain",
        "Persistent Groin Pain",
        "Intractable Pelvic Pain",
        "Neuropathy, Painful",
        "Polyneuropathy, Painful",
        "Painful Peripheral Neuropathy",
        "Phantom Limb Pain",
        "Phantom Pain",
        "Pain, Phantom",
        "Pain, Neuropathic",
        "Neuropathy, Peripheral, Painful",
        "Meralgia Paresthetica",
        "Stump Pain",
        "Vulvodynia",
        "Provoked Vestibulodynia",
        "Bladder Pain Syndrome",
        "Burning Mouth Syndrome",
        "Post-Stroke Pain",
        "Ischialgia",
        "Trigger Point Pain, Myofascial",
        "Chronic Post-Surgical Pain",
        "Pain, Postoperative, Chronic",
    ],
)
def test_lasting_pain_is_found_however_it_is_spelt(condition: str) -> None:
    assert groups(condition) == {PAIN}


@pytest.mark.parametrize(
    "condition",
    [
        "Cervical Radiculopathy",
        "Lumbar Radiculopathy",
        "Radiculopathy, Lumbosacral Region",
        "Lumbar Disc Herniation With Radiculopathy",
        "Intervertebral Disc Disorders With Radiculopathy",
        "Radiculopathy Due to Disc Prolapse",
        "Thoracic Radiculitis",
    ],
)
def test_radiculopathy_is_one_kind_whatever_the_place_or_the_cause(condition: str) -> None:
    assert groups(condition) == {PAIN}
    assert groups(f"Acute {condition}") == {"other"}


@pytest.mark.parametrize(
    ("title", "condition"),
    [
        ("Ibuprofen for acute low back pain", "Low Back Pain"),
        ("Prednisone in acute lumbar radiculopathy", "Radiculopathy"),
        ("A short course for an acute episode of sciatica", "Sciatica"),
        ("Steroids for acute osteoarthritis pain", "Osteoarthritis"),
        ("Naproxen in the emergency department", "Low Back Pain"),
        ("Lidocaine in the emergency room against renal colic and sciatica", "Sciatica"),
        ("Subacute neuralgia and vitamins", "Neuralgia"),
        ("A salve", "Sciatica, Acute"),
        ("A salve", "Postoperative Neuralgia"),
    ],
)
def test_acute_pain_is_not_chronic(title: str, condition: str) -> None:
    assert groups(condition, title=title, mesh=["Low Back Pain"] if "Back" in condition else []) == {"other"}


@pytest.mark.parametrize(
    ("title", "condition"),
    [
        ("Acute exacerbation of chronic low back pain", "Back Pain"),
        ("Acute and chronic pain at home", "Pain"),
        ("Acute treatment of trigeminal neuralgia", "Trigeminal Neuralgia"),
        ("Chronic neck pain in the emergency department", "Neck Pain"),
        ("Ibuprofen for acute low back pain", "Chronic Low Back Pain"),
        ("Chronic postoperative pain after thoracotomy: a nerve block", "Thoracotomy"),
    ],
)
def test_what_lasts_counts_beside_what_is_acute(title: str, condition: str) -> None:
    assert groups(condition, title=title) == {PAIN}


@pytest.mark.parametrize(
    ("title", "condition", "purpose"),
    [
        ("Fascia iliaca block during hip replacement", "Hip Pain Chronic", None),
        ("Ropivacaine for knee arthroplasty", "Knee Pain Chronic", "TREATMENT"),
        ("Spinal anesthesia in lumbar discectomy", "Lumbar Radiculopathy", None),
        ("Warm blankets in shoulder surgery", "Shoulder Pain Chronic", "SUPPORTIVE_CARE"),
        ("Pain management after total knee arthroplasty", "Osteoarthritis, Knee", None),
    ],
)
def test_a_trial_about_an_operation_is_none_in_the_pain_its_conditions_name(
    title: str, condition: str, purpose: str | None
) -> None:
    assert groups(condition, title=title, purpose=purpose, mesh=["Chronic Pain"]) == {"other"}


@pytest.mark.parametrize(
    ("title", "condition"),
    [
        ("Genicular nerve block for chronic knee pain", "Knee Osteoarthritis"),
        ("Early surgery or physiotherapy for sciatica", "Disc Herniation"),
        ("Disc replacement", "Cervical Radiculopathy"),
        ("Pain education before knee replacement", "Chronic Pain"),
        ("Nerve block of the shoulder", "Chronic Shoulder Pain"),
    ],
)
def test_an_operation_or_a_block_that_treats_the_pain_is_one(title: str, condition: str) -> None:
    assert PAIN in groups(condition, title=title, purpose="TREATMENT")


@pytest.mark.parametrize(
    ("conditions", "title"),
    [
        (["Osteoarthritis, Hip"], "Radiofrequency for hip pain"),
        (["Pain", "Knee Osteoarthritis"], "Two injections"),
        (["Osteoarthritis"], "Pain of osteoarthritis of the hand"),
    ],
)
def test_pain_and_osteoarthritis_together_are_its_pain(conditions: list[str], title: str) -> None:
    assert groups(*conditions, title=title) == {PAIN}
    assert groups(*conditions, title=f"{title} after surgery") == {"other"}


@pytest.mark.parametrize(
    "condition",
    [
        "Post-COVID Infection",
        "Post COVID-19 Infection",
        "Post-COVID Symptoms",
        "Post COVID-19 Patients",
        "Post-Covid19 Lung Fibrosis",
        "Postcovid Syndrome",
        "Post Coronavirus Disease",
        "COVID-19, Long Haul",
        "COVID-19, Long",
        "Prolonged COVID",
        "Ongoing Symptomatic COVID-19",
        "Persistent Symptoms Following COVID-19",
        "SARS-CoV-2 Sequelae",
        "Persistent COVID-19",
    ],
)
def test_what_comes_after_covid_is_long_covid(condition: str) -> None:
    assert groups(condition) == {POST}


@pytest.mark.parametrize(
    "text", ["Men’s health in the post-COVID-19 era", "Post-COVID Vaccination Myocarditis", "Acute COVID-19 Pneumonia"]
)
def test_a_time_a_vaccine_and_the_infection_itself_are_not(text: str) -> None:
    assert groups(text, title=text) == {"other"}


@pytest.mark.parametrize(
    ("conditions", "title", "expected"),
    [
        (["COVID-19", "Fatigue"], "Fatigue in survivors", {"other"}),
        (["Long COVID", "Fatigue"], "Pacing", {POST}),
        (["Fatigue"], "Tiredness after SARS-CoV-2", {"other"}),
        (["Post-COVID-19 Syndrome", "Fatigue Syndrome, Chronic"], "A drink", {POST, ME}),
        (["Long COVID", "Chronic Fatigue Syndrome"], "A drink", {POST, ME}),
        (["Long COVID"], "ME/CFS and its neighbours", {POST, ME}),
        (["Fatigue"], "Tiredness after work", {ME}),
        (["Fatigue Syndrome, Chronic"], "Pacing", {ME}),
    ],
)
def test_a_covid_record_is_not_me_cfs_by_its_heading_alone(
    conditions: list[str], title: str, expected: set[str]
) -> None:
    assert groups(*conditions, title=title, mesh=["Fatigue Syndrome, Chronic"]) == expected


@pytest.mark.parametrize(
    ("title", "conditions", "expected"),
    [
        ("Adalimumab in juvenile rheumatoid arthritis", ["Rheumatoid Arthritis"], {"other"}),
        ("Etanercept", ["Juvenile Arthritis, Rheumatoid"], {"other"}),
        ("Juvenile or adult: rheumatoid arthritis at work", ["Rheumatoid Arthritis"], {"rheumatoid_arthritis"}),
        ("Lupus anticoagulant", ["Systemic Lupus Erythematosus"], {"lupus"}),
        ("Rheumatoid factor", ["Rheumatoid Arthritis"], {"rheumatoid_arthritis"}),
    ],
)
def test_a_title_that_narrows_the_disease_outweighs_the_condition(
    title: str, conditions: list[str], expected: set[str]
) -> None:
    assert groups(*conditions, title=title) == expected


@given(st.sampled_from([one for one in WATCHLIST.conditions if one.terms]), st.data())
def test_a_term_as_a_condition_is_always_in_its_group(condition: Condition, data: st.DataObject) -> None:
    term = data.draw(st.sampled_from((*condition.terms, *condition.local_terms)))
    case = data.draw(st.sampled_from([str.lower, str.upper, str.title]))

    assert condition.id in groups(case(term))


@given(st.lists(st.sampled_from([term for one in WATCHLIST.conditions for term in one.terms]), max_size=4))
def test_another_condition_takes_no_group_away(conditions: list[str]) -> None:
    together = groups(*conditions, "Sleep")

    assert together == (set().union(*(groups(one) for one in conditions)) or {"other"})
