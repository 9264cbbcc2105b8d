"""A corticosteroid that is put on or breathed in is not what the documents speak of. The records are invented."""

import pytest

from tests.fetchers.matching.invented import A, E, P, match_of, study, tiers


@pytest.mark.parametrize(
    "name",
    [
        "Triamcinolone acetonide 1 % cream",
        "Triamcinolone 0.1% ointment",
        "Triamcinolone acetonide in Orabase paste",
        "Triamcinolone acetonide oral paste",
        "Betamethasone foam",
        "Hydrocortisone lotion 2.5%",
        "Prednisolone eye drops",
        "Nasal dexamethasone",
        "Nebulized dexamethasone",
        "Inhaled hydrocortisone",
        "Dexamethasone mouthwash",
        "Betamethasone shampoo",
        "Triamcinolone nasal spray",
        "Dexamethasone intravitreal",
        "Corticosteroid (topical)",
        "Hydrocortisone enema",
        "Triamcinolone acetonide 0.1 %",
        "Dexamethasone iontophoresis",
        "Transdermal hydrocortisone",
        "Betamethasone mousse",
        "Triamcinolone varnish",
        "Dexamethasone patch",
        "Hydrocortisone mucoadhesive tablets",
        "Dexamethasone nebulization",
        "Crema de hidrocortisona",
        "Colirio de dexametasona",
        "Corticosteroides inhalados",
        "Corticoides tópicos",
    ],
)
def test_a_form_or_route_in_the_name_is_topical(name: str) -> None:
    assert tiers(study(interventions=[name])).get("corticosteroids") != "given"


@pytest.mark.parametrize(
    "name",
    [
        "Prednisone tablets",
        "Dexamethasone injectable gel, epidural injection",
        "Oral prednisolone drops",
        "Intra-articular triamcinolone 40 mg",
        "Intralesional triamcinolone",
        "Bupivacaine 0.5% with dexamethasone 4 mg perineural",
        "Prednisolone cream or oral prednisone",
        "Oral prednisone for nasal polyps",
        "Dexamethasone after a nasal surgery",
        "Methylprednisolone acetate",
    ],
)
def test_what_is_swallowed_or_injected_is_given(name: str) -> None:
    assert tiers(study(interventions=[name]))["corticosteroids"] == "given"


@pytest.mark.parametrize(
    ("named", "tier"),
    [
        ({"description": "Apply a thin layer to the affected skin twice a day"}, "mentioned"),
        ({"description": "500 µg by dry powder inhaler or its equivalent"}, "mentioned"),
        ({"description": "one drop; ophthalmic suspension"}, "mentioned"),
        ({"otherNames": ["Kenalog cream"]}, "mentioned"),
        ({"otherNames": ["Azmacort"]}, "mentioned"),
        ({"description": "20 mg a day by mouth; skin care with an ointment is allowed"}, "given"),
        ({"description": "the skin is cleaned with an alcohol gel, then 40 mg are injected into the joint"}, "given"),
        ({"description": "given once"}, "given"),
        ({"otherNames": ["Kenalog-40 injection"], "description": "a gel is used for the ultrasound"}, "given"),
    ],
)
@pytest.mark.parametrize("name", ["Triamcinolone", "Corticosteroids", "Dexamethasone"])
def test_other_names_and_the_description_tell_the_form(name: str, named: dict[str, object], tier: str) -> None:
    assert tiers(study(interventions=[{"name": name, **named}]))["corticosteroids"] == tier


@pytest.mark.parametrize(
    ("arm", "tier"),
    [
        ((E, "Cream", ["Triamcinolone"], "twice a day"), "mentioned"),
        ((E, "Active", ["Triamcinolone"], "a mouthwash after meals"), "mentioned"),
        ((A, "Steroid", ["Triamcinolone"], "inhaled in the evening"), "mentioned"),
        ((A, "Steroid", ["Triamcinolone"], "injected into the shoulder"), "given"),
    ],
)
def test_the_arm_tells_the_form(arm: tuple[object, ...], tier: str) -> None:
    record = study(interventions=["Triamcinolone", "Placebo"], arms=[arm, (P, "Placebo", ["Placebo"])])

    assert tiers(record)["corticosteroids"] == tier


@pytest.mark.parametrize(
    ("words", "tier"),
    [
        ("Use of topical hydrocortisone", None),
        ("Inhaled corticosteroids within 4 weeks", None),
        ("Hydrocortisone 1% cream on the face", None),
        ("Oral, inhaled or topical corticosteroids", "excluded"),
        ("Systemic or topical corticosteroids within 4 weeks", "excluded"),
        ("Intravenous, intramuscular, and potent topical corticosteroids", "excluded"),
    ],
)
def test_a_topical_medicine_is_no_mention_but_a_list_with_a_systemic_one_is(words: str, tier: str | None) -> None:
    record = study(eligibility=f"Inclusion Criteria:\n\n* Adults\n\nExclusion Criteria:\n\n* {words}")

    assert tiers(record).get("corticosteroids") == tier


def test_only_corticosteroids_have_topical_forms() -> None:
    match = match_of(study(interventions=["Methotrexate gel"]), "methotrexate")

    assert match
    assert match.tier == "given"
