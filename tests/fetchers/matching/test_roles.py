"""Which part an agent plays, read from the arms, case by case. The records are invented."""

from typing import Any

import pytest

from fetchers.matching.matcher import Match
from tests.fetchers.matching.invented import MATCHER, A, E, N, O, P, S, match_of, study

# --- roles ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arms", "role"),
    [
        pytest.param([(E, "a", ["MTX"]), (P, "b", ["Placebo"])], "tested", id="against placebo"),
        pytest.param([(E, "a", ["MTX"]), (N, "b", [])], "tested", id="against nothing"),
        pytest.param([(E, "a", ["MTX"])], "tested", id="alone in a single arm"),
        pytest.param([(E, "a", ["MTX", "X"])], "unclear", id="combined in a single arm"),
        pytest.param([(E, "a", ["X"]), (A, "b", ["MTX"])], "comparator", id="only in the comparator arm"),
        pytest.param(
            [(E, "a", ["X"]), (A, "b", ["MTX"]), (P, "c", ["MTX", "Placebo"])], "comparator", id="two of them"
        ),
        pytest.param([(E, "a", ["MTX", "X"]), (A, "b", ["MTX"])], "background", id="add-on"),
        pytest.param([(E, "a", ["MTX", "X"]), (P, "b", ["MTX", "Placebo"])], "background", id="add-on with placebo"),
        pytest.param([(A, "a", ["MTX", "X"]), (A, "b", ["MTX", "Y"])], "background", id="two add-ons"),
        pytest.param([(E, "a", ["MTX 10 mg"]), (A, "b", ["MTX 25 mg"])], "tested", id="doses compared"),
        pytest.param([(E, "a", ["MTX 10 mg", "X"]), (A, "b", ["MTX 25 mg", "X"])], "tested", id="doses beside X"),
        pytest.param([(E, "a", ["MTX"]), (E, "b", ["MTX"])], "tested", id="two populations"),
        pytest.param([(E, "a", ["MTX"]), (E, "b", ["X"])], "tested", id="one of two experimental arms"),
        pytest.param([(E, "a", ["X"]), (A, "b", ["Y"])], "unclear", id="no arm names it"),
        pytest.param([], "unclear", id="no arms"),
        pytest.param([(O, "a", ["MTX"]), (O, "b", ["X"])], "tested", id="arms of type other"),
        pytest.param([(None, "a", ["MTX"])], "tested", id="a single arm without type"),
        pytest.param([(O, "a", ["MTX"]), (A, "b", ["MTX"]), (E, "c", ["X"])], "unclear", id="other and comparator"),
        pytest.param([(E, "a", ["MTX and X"]), (A, "b", ["MTX"])], "background", id="combination in one intervention"),
        pytest.param([(E, "a", ["MTX plus X"])], "unclear", id="single combination in one intervention"),
    ],
)
def test_the_role_follows_from_the_arms(arms: list[Any], role: str) -> None:
    spelt = {"X": "Xolumab", "Y": "Ypsitinib", "MTX and X": "MTX and Xolumab", "MTX plus X": "MTX plus Xolumab"}
    arms = [(kind, label, [spelt.get(name, name) for name in names]) for kind, label, names in arms]
    names = sorted({name for _, _, names in arms for name in names} | {"MTX"})
    match = MATCHER.match(study(interventions=names, arms=arms), "methotrexate", asked=False)

    assert match
    assert (match.tier, match.role) == ("given", role)


def test_members_of_a_class_compared_with_each_other_are_tested() -> None:
    arms = [(A, "a", ["Triamcinolone", "Lidocaine"]), (A, "b", ["Dexamethasone", "Lidocaine"])]
    record = study(interventions=["Triamcinolone", "Dexamethasone", "Lidocaine"], arms=arms)

    assert MATCHER.matches(record)[0].role == "tested"


def test_a_combination_told_by_other_names_is_a_combination() -> None:
    triple = {"name": "Triple therapy", "otherNames": ["Xolumab + Prednisolone"]}
    record = study(interventions=[triple], arms=[(E, "a", ["Triple therapy"])])

    assert MATCHER.matches(record) == (Match("corticosteroids", "given", "unclear", ("prednisolone",), "other_name"),)


def test_arms_are_linked_from_either_side_whatever_case_and_spacing() -> None:
    by_label = study(
        interventions=[{"name": "Prednisone", "armGroupLabels": ["active  ARM"]}, "Placebo"],
        arms=[(E, "Active arm", []), (P, "Control", ["placebo"])],
    )
    by_name = study(
        interventions=["Prednisone  20 mg", "Placebo"],
        arms=[(E, "Active arm", ["PREDNISONE 20 mg"]), (P, "Control", ["placebo"])],
    )

    assert [match.role for record in (by_label, by_name) for match in MATCHER.matches(record)] == ["tested", "tested"]


def test_only_given_has_a_role() -> None:
    for record in (study(title="methotrexate"), study(eligibility="Exclusion Criteria: methotrexate")):
        assert [match.role for match in MATCHER.matches(record)] == [None]


# --- no experimental arm means no comparator --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arms", "role"),
    [
        pytest.param([(A, "Steroid", ["Dexamethasone"]), (P, "Saline", ["Normal saline"])], "tested", id="saline"),
        pytest.param(
            [(A, "Block with it", ["Bupivacaine+Dexamethasone"]), (A, "Block", ["Bupivacaine"])], "tested", id="added"
        ),
        pytest.param(
            [(A, "a", ["Dexamethasone"]), (A, "b", ["Ketorolac"]), (A, "c", ["Ozone"])], "tested", id="three rivals"
        ),
        pytest.param([(A, "a", ["Dexamethasone"]), (N, "b", [])], "tested", id="nothing"),
        pytest.param([(A, "a", ["Dexamethasone", "Ketorolac"]), (A, "b", ["Dexamethasone"])], "background", id="both"),
        pytest.param([(O, "a", ["Dexamethasone"]), (O, "b", ["Ketorolac"])], "tested", id="other arms"),
        pytest.param(
            [(E, "Saline", ["Normal saline"]), (A, "Steroid", ["Dexamethasone"])], "tested", id="saline as experiment"
        ),
        pytest.param(
            [(E, "No steroid", ["Dexamethasone"]), (A, "Steroid", ["Dexamethasone"])], "tested", id="none of it"
        ),
        pytest.param(
            [(E, "New", ["Ketorolac"]), (A, "Steroid", ["Dexamethasone"])], "comparator", id="a real experiment"
        ),
        pytest.param([(P, "1", ["Dexamethasone"]), (P, "2", ["Placebo"])], "tested", id="mistyped"),
    ],
)
def test_without_an_experimental_arm_what_differs_is_tested(arms: list[Any], role: str) -> None:
    names = sorted({name for _, _, listed in arms for name in listed})
    match = match_of(study(interventions=names, arms=arms), "corticosteroids")

    assert match
    assert match.role == role


@pytest.mark.parametrize("kind", [E, A, O, N, None])
@pytest.mark.parametrize(
    ("name", "agent"),
    [
        ("Lumbar transforaminal injection with triamcinolone", "corticosteroids"),
        ("Adalimumab 40 mg", "tnf_inhibitors"),
        ("Hyperbaric oxygen session", "hyperbaric_oxygen"),
    ],
)
def test_the_only_intervention_of_a_single_arm_is_tested(kind: str | None, name: str, agent: str) -> None:
    match = match_of(study(interventions=[name], arms=[(kind, "Everybody", [name])]), agent)

    assert match
    assert match.role == "tested"


@pytest.mark.parametrize(
    ("interventions", "kind", "role"),
    [
        (["Etanercept"], "INTERVENTIONAL", "tested"),
        (["Etanercept", "Placebo"], "INTERVENTIONAL", "tested"),
        (["Etanercept", "Blood sample"], "INTERVENTIONAL", "tested"),
        (["Etanercept", "Placebo"], None, "tested"),
        (["Etanercept"], "OBSERVATIONAL", "unclear"),
        (["Etanercept"], None, "unclear"),
        (["Etanercept", "Sulfasalazine"], "INTERVENTIONAL", "unclear"),
        (["Etanercept plus sulfasalazine"], "INTERVENTIONAL", "unclear"),
    ],
)
def test_without_arms_the_design_decides(interventions: list[str], kind: str | None, role: str) -> None:
    match = match_of(study(interventions=interventions, kind=kind), "tnf_inhibitors")

    assert match
    assert match.role == role


# --- placebo arms that list what they stand against -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arms", "role"),
    [
        pytest.param([(E, "IVIG", ["IVIG"]), (P, "Placebo", ["IVIG"])], "tested", id="the very intervention"),
        pytest.param(
            [(E, "Real", ["IVIG and Rituximab"]), (P, "Placebo", ["IVIG and Rituximab"])],
            "tested",
            id="of two medicines",
        ),
        pytest.param(
            [(A, "Real", ["IVIG and Rituximab"]), (P, "Control", ["IVIG and Rituximab", "Normal saline"])],
            "tested",
            id="of two medicines, with its salt water",
        ),
        pytest.param([(E, "Real", ["IVIG"]), (P, "Control", ["IVIG", "0.9% NaCl"])], "tested", id="with salt water"),
        pytest.param(
            [(A, "Real", ["IVIG + Rituximab"]), (S, "Sham", ["IVIG + Rituximab"])], "tested", id="a sham of two"
        ),
        pytest.param(
            [(E, "IVIG with rituximab", ["IVIG", "Rituximab"]), (P, "Placebo with rituximab", ["IVIG", "Rituximab"])],
            "tested",
            id="its label tells which",
        ),
        pytest.param(
            [(E, "Rituximab with IVIG", ["IVIG", "Rituximab"]), (P, "Placebo, with IVIG", ["IVIG", "Rituximab"])],
            "background",
            id="the other is left out",
        ),
        pytest.param([(E, "a", ["IVIG", "Rituximab"]), (P, "b", ["IVIG", "Rituximab"])], "unclear", id="nothing tells"),
        pytest.param(
            [(E, "a", ["IVIG", "Rituximab"]), (P, "b", ["IVIG", "Placebo"])], "background", id="a real background"
        ),
        pytest.param([(E, "a", ["Rituximab"]), (P, "b", ["IVIG"])], "comparator", id="another treatment"),
    ],
)
def test_a_placebo_arm_that_lists_the_treatment_does_not_give_it(arms: list[Any], role: str) -> None:
    names = sorted({name for _, _, listed in arms for name in listed})
    match = match_of(study(interventions=names, arms=arms), "ivig")

    assert match
    assert match.role == role


# --- copies under unknown names ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "new", "role"),
    [
        ("XYZ-77, a proposed biosimilar, in psoriasis", "XYZ-77", "unclear"),
        ("Comparability of QL9911 and the reference product", "QL9911", "unclear"),
        ("A study comparing GZ402 and Humira in healthy men", "GZ402", "unclear"),
        ("A study comparing upadacitinib and Humira", "Upadacitinib", "comparator"),
        ("GZ402, a new pill, in psoriasis", "GZ402", "comparator"),
        ("LBAL and Humira compared", "LBAL", "tested"),
        ("HLX-03 and Humira, biosimilarity", "HLX-03", "tested"),
        ("BAT 1406 and Humira, equivalence", "BAT 1406", "tested"),
    ],
)
def test_beside_an_unknown_copy_the_original_is_no_comparator(title: str, new: str, role: str) -> None:
    record = study(title, interventions=[new, "Humira"], arms=[(E, "New", [new]), (A, "Old", ["Humira"])])
    match = match_of(record, "tnf_inhibitors")

    assert match
    assert match.role == role


@pytest.mark.parametrize(
    "words", ["a proposed biosimilar of adalimumab", "adalimumab biosimilar candidate", "biosimilar to Humira"]
)
def test_a_copy_that_says_so_in_its_description_is_the_agent(words: str) -> None:
    new = {"name": "QL0101", "description": words}
    match = match_of(
        study(interventions=[new, "Humira"], arms=[(E, "a", ["QL0101"]), (A, "b", ["Humira"])]), "tnf_inhibitors"
    )

    assert match
    assert (match.found_in, match.role) == ("name", "tested")


def test_a_single_arm_that_links_nothing_gets_everything() -> None:
    match = match_of(study(interventions=["Adalimumab"], arms=[(E, "All", [])]), "tnf_inhibitors")

    assert match
    assert match.role == "tested"


def test_a_new_pill_against_placebo_and_an_original_is_no_copy() -> None:
    arms = [(E, "New", ["GZ402"]), (A, "Old", ["Humira"]), (P, "Placebo", ["Placebo"])]
    match = match_of(
        study("A study comparing GZ402 and Humira", ["GZ402", "Humira", "Placebo"], arms), "tnf_inhibitors"
    )

    assert match
    assert match.role == "comparator"


@pytest.mark.parametrize(
    ("name", "agent"),
    [
        ("Oxygen, hyperbaric", "hyperbaric_oxygen"),
        ("Immunoglobulins, intravenous (human)", "ivig"),
        ("Poly(I)poly(C12,U)", "rintatolimod"),
    ],
)
def test_a_comma_inside_a_name_puts_nothing_beside_it(name: str, agent: str) -> None:
    match = match_of(study(interventions=[name], arms=[(E, "a", [name])]), agent)

    assert match
    assert (match.tier, match.role) == ("given", "tested")
