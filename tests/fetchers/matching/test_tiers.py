"""Given, mentioned or excluded, and by which names, case by case. The records are invented."""

from typing import Any

import pytest

from fetchers.errors import Validation
from fetchers.matching.matcher import Match
from fetchers.record.study import Study
from tests.fetchers.matching.invented import MATCHER, found, study, tiers

# --- given: names of interventions ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "agent", "by"),
    [
        ("Prednisone 20 mg tablet", "corticosteroids", "prednisone"),
        ("PREDNISONE", "corticosteroids", "prednisone"),
        ("Prednisolon", "corticosteroids", "prednisolone"),
        ("Solu Medrol", "corticosteroids", "Solu-Medrol"),
        ("methyl-prednisolone", "corticosteroids", "methyl prednisolone"),
        ("Oral Corticosteroids", "corticosteroids", "corticosteroid"),
        ("Lumbar epidural steroid injection", "corticosteroids", "epidural steroid"),
        ("Dexaméthasone", "corticosteroids", "dexamethasone"),
        ("Prednisone taper", "corticosteroids", "prednisone"),
        ("Tapering dose of prednisolone", "corticosteroids", "prednisolone"),
        ("Azathioprine (Imuran)", "azathioprine", "azathioprine"),
        ("MTX", "methotrexate", "MTX"),
        ("Tocilizumab with or without methotrexate", "methotrexate", "methotrexate"),
        ("Methotrexate (double-dummy)", "methotrexate", "methotrexate"),
        ("Methotrexate/placebo", "methotrexate", "methotrexate"),
        ("Placebo + methotrexate", "methotrexate", "methotrexate"),
        ("CTP13", "tnf_inhibitors", "CT-P13"),
        ("CT P13", "tnf_inhibitors", "CT-P13"),
        ("Anti-TNFα agents", "tnf_inhibitors", "anti-TNF alpha"),
        ("Tumour Necrosis Factor Inhibitor", "tnf_inhibitors", "tumor necrosis factor inhibitor"),
        ("rhTNFR:Fc", "tnf_inhibitors", "rhTNFR:Fc"),
        ("Humira®", "tnf_inhibitors", "Humira"),
        ("Autologous lymph node cell infusion", "autologous_lymph_node_cells", "autologous lymph node cells"),
        ("LNC from a lymph node, cultured", "autologous_lymph_node_cells", "LNC"),
        ("Sonifilan®", "sizofiran", "Sonifilan"),
        ("Poly I: Poly C12U", "rintatolimod", "poly(I):poly(C12U)"),
        (r"poly\(I\)•poly\(C12U\)", "rintatolimod", "poly(I):poly(C12U)"),
        ("Immune Globulin Intravenous (Human), 10%", "ivig", "immune globulin intravenous"),
        ("IVIg", "ivig", "IVIG"),
        ("Gamunex-C", "ivig", "Gamunex"),
        ("Hyperbaric Oxygenation at 2.4 ATA", "hyperbaric_oxygen", "hyperbaric oxygenation"),
        ("Anti-TNF antibody", "tnf_inhibitors", "anti-TNF"),
        ("Prednisone associated with azathioprine", "corticosteroids", "prednisone"),
        ("Withdrawal of methotrexate while continuing etanercept", "tnf_inhibitors", "etanercept"),
        ("Dexamethasone prior to surgery", "corticosteroids", "dexamethasone"),
        ("Previously untreated: prednisone", "corticosteroids", "prednisone"),
        ("HBO treatment in a hyperbaric centre", "hyperbaric_oxygen", "HBO treatment"),
    ],
)
def test_a_name_in_an_interventions_name_is_given(name: str, agent: str, by: str) -> None:
    match = MATCHER.match(study(interventions=[name]), agent, asked=True)

    assert match
    assert match[:3] == (agent, "given", "unclear")
    assert match.found_in == "name"
    assert by in match.found_by


def test_other_names_count_like_names() -> None:
    record = study(interventions=[{"name": "Study drug", "otherNames": ["Deltasone"]}])

    assert MATCHER.matches(record) == (Match("corticosteroids", "given", "unclear", ("Deltasone",), "other_name"),)


def test_found_by_is_in_the_watch_lists_order_and_without_repetition() -> None:
    record = study(interventions=["Kenalog", "Prednisone", "prednisone again", {"name": "x", "otherNames": ["Rayos"]}])

    assert found(record, "corticosteroids") == ("prednisone", "Rayos", "Kenalog")


# --- not given: placebos, negations, false friends --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "agent"),
    [
        ("Placebo for prednisone", "corticosteroids"),
        ("Prednisone placebo", "corticosteroids"),
        ("matching placebo to methotrexate", "methotrexate"),
        ("Placebo matching azathioprine and methotrexate", "methotrexate"),
        ("Placebo (methotrexate)", "methotrexate"),
        ("Methotrexate dummy", "methotrexate"),
        ("Sham hyperbaric oxygen", "hyperbaric_oxygen"),
        ("HBOT (sham)", "hyperbaric_oxygen"),
        ("Corticosteroid withdrawal", "corticosteroids"),
        ("Corticosteroid-free regimen", "corticosteroids"),
        ("Steroid-sparing agent instead of prednisone", "corticosteroids"),
        ("Glucocorticoid-sparing therapy", "corticosteroids"),
        ("Tapering of prednisolone", "corticosteroids"),
        ("Prednisone tapering", "corticosteroids"),
        ("Discontinuation of TNF inhibitors", "tnf_inhibitors"),
        ("Stop etanercept", "tnf_inhibitors"),
        ("No methotrexate", "methotrexate"),
        ("Tocilizumab without methotrexate", "methotrexate"),
        ("Rituximab after inadequate response to methotrexate", "methotrexate"),
        ("New drug in methotrexate-naive patients", "methotrexate"),
        ("Drug X for anti-TNF failures", "tnf_inhibitors"),
        ("Drug X, intolerant to azathioprine", "azathioprine"),
        ("Anti-infliximab antibodies", "tnf_inhibitors"),
        ("Non-TNF inhibitor biologic", "tnf_inhibitors"),
        ("Tocilizumab monotherapy (no methotrexate)", "methotrexate"),
        ("Infliximab trough level", "tnf_inhibitors"),
        ("Zoledronate for glucocorticoid-induced osteoporosis", "corticosteroids"),
        ("Glucocorticoid receptor modulator", "corticosteroids"),
        ("Dexamethasone suppression test", "corticosteroids"),
    ],
)
def test_a_placebo_or_a_negation_is_a_mention(name: str, agent: str) -> None:
    assert MATCHER.match(study(interventions=[name]), agent, asked=False) is not None
    assert tiers(study(interventions=[name]))[agent] == "mentioned"


@pytest.mark.parametrize("name", ["Placebo", "Placebo tablets", "Sham session", "No prednisone"])
def test_other_names_of_a_placebo_or_of_nothing_do_not_count(name: str) -> None:
    record = study(interventions=[{"name": name, "otherNames": ["Prednisone"]}])

    assert tiers(record) == {"corticosteroids": "mentioned"}


@pytest.mark.parametrize(
    "name",
    [
        "Anabolic steroid",
        "Nonsteroidal anti-inflammatory drug",
        "DEX gel",
        "AZA 75 mg/m2",
        "SPG block",
        "LNC transfusion",
        "Tumor-draining lymph node cells",
        "Axillary lymph node dissection",
        "TNF",
        "Biologic",
        "poly-ICLC",
        "Subcutaneous immunoglobulin",
        "Hyperimmune intravenous immunoglobulin",
        "Anti-D immunoglobulin",
        "Hyperbaric bupivacaine",
        "Hyperbaric air",
        "Budesonide",
        "Inhaled corticosteroids",
        "Topical corticosteroid cream",
        "Prednisolone acetate eye drops",
        "Prednisonex",
        "xMTX",
    ],
)
def test_false_friends_and_members_that_are_off_are_nobody(name: str) -> None:
    assert MATCHER.matches(study(interventions=[name])) == ()


def test_a_generic_other_name_of_a_member_that_is_off_does_not_count() -> None:
    record = study(interventions=[{"name": "Mometasone Furoate", "otherNames": ["Corticosteroid"]}])

    assert tiers(record) == {"corticosteroids": "mentioned"}


def test_a_short_name_counts_in_the_right_company_and_in_capitals() -> None:
    with_company = study(interventions=[{"name": "AZA", "description": "azathioprine 2 mg/kg a day"}])
    small = study(interventions=[{"name": "aza", "description": "azathioprine 2 mg/kg a day"}])

    assert tiers(with_company)["azathioprine"] == "given"
    assert found(with_company, "azathioprine") == ("AZA",)
    assert found(small, "azathioprine") == ("azathioprine",)  # what its description says is given


def test_steroid_is_short_for_the_medicine_its_own_text_names() -> None:
    told = study(interventions=[{"name": "Steroid", "description": "40 mg triamcinolone"}])
    untold = study(interventions=[{"name": "Steroid"}])
    anabolic = study(interventions=[{"name": "Anabolic steroid", "description": "prednisone is not allowed"}])

    assert tiers(told) == {"corticosteroids": "given"}
    assert MATCHER.matches(untold) == ()
    assert tiers(anabolic) == {"corticosteroids": "mentioned"}


# --- given: MeSH ------------------------------------------------------------------------------------------------------


def test_a_heading_with_an_intervention_that_nothing_else_explains_is_given() -> None:
    record = study(interventions=["Quortilan forte"], mesh=["Prednisolone"])

    assert MATCHER.matches(record) == (Match("corticosteroids", "given", "unclear", ("Prednisolone",), "mesh"),)


def test_headings_are_named_in_one_order_by_every_process() -> None:
    headings = ("Betamethasone", "Dexamethasone", "Hydrocortisone", "Prednisolone", "Prednisone")
    for mesh in (headings, headings[::-1]):
        (match,) = MATCHER.matches(study(interventions=["Remedium forte"], mesh=list(mesh)))
        assert match.found_by == headings


@pytest.mark.parametrize(
    "record",
    [
        study(interventions=["MM-093"], mesh=["Methotrexate"], title="MM-093 in people on methotrexate"),
        study(interventions=["MM-093"], mesh=["Methotrexate"], keywords=["methotrexate"]),
        study(interventions=["Rituximab"], mesh=["Methotrexate", "Rituximab"], summary="Methotrexate is continued."),
        study(interventions=["Placebo for methotrexate", "MM-093"], mesh=["Methotrexate"]),
    ],
)
def test_a_heading_that_comes_from_elsewhere_is_a_mention(record: Study) -> None:
    assert tiers(record)["methotrexate"] == "mentioned"


@pytest.mark.parametrize(
    "interventions",
    [["Placebo"], [], ["Azathioprine"], [{"name": "Diary", "type": "BEHAVIORAL"}], ["Budesonide"]],
)
def test_a_heading_without_an_intervention_of_its_own_is_nothing(interventions: list[Any]) -> None:
    record = study(interventions=interventions, mesh=["Prednisone"])

    assert MATCHER.match(record, "corticosteroids", asked=False) is None


# --- mentioned and excluded -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "record",
    [
        study(title="Drug X after methotrexate"),
        study(official="Drug X in methotrexate-refractory arthritis"),
        study(keywords=["Methotrexate"]),
        study(arms=[("EXPERIMENTAL", "X in people who failed methotrexate", ())]),
        study(interventions=[{"name": "X", "description": "for people who may stay on methotrexate"}]),
        study(summary="People stay on methotrexate."),
        study(
            eligibility="Inclusion Criteria:\n\n* Inadequate response to methotrexate\n\nExclusion Criteria:\n\n* None"
        ),
        study(eligibility="Inclusion Criteria:\n\n* On stable methotrexate for 12 weeks"),
        study(eligibility="Inclusion Criteria:\n\n* Not responding to methotrexate"),
        study(eligibility="Inclusion Criteria:\n\n* No more than 20 mg of methotrexate a week"),
        study(eligibility="Inclusion Criteria:\n\n* No DMARD other than methotrexate"),
        study(eligibility="Adults on methotrexate"),
        study(eligibility="Exclusion Criteria:\n\n* Methotrexate\n\nInclusion Criteria:\n\n* methotrexate for a year"),
    ],
)
def test_texts_about_the_agent_are_mentions(record: Study) -> None:
    assert tiers(record) == {"methotrexate": "mentioned"}
    assert found(record, "methotrexate") == ("methotrexate",)


@pytest.mark.parametrize(
    "eligibility",
    [
        "Inclusion Criteria:\n\n* Adults\n\nExclusion Criteria:\n\n* Use of azathioprine",
        "Inclusion Criteria:\n\n* No prior azathioprine",
        "Inclusion Criteria:\n\n* No prior cyclosporine, tacrolimus or azathioprine",
        "Inclusion Criteria:\n\n* Have never received azathioprine",
        "Inclusion Criteria:\n\n* Not treated with azathioprine in the past year",
        "Inclusion Criteria:\n\n* Azathioprine-naive",
        "Inclusion Criteria:\n\n* Concomitant azathioprine is not allowed",
        "Inclusion Criteria:\n\n* Adults\n* Patients excluded if on azathioprine",
        "Adults with lupus. Patients will be excluded if they take azathioprine.",
        "EXCLUSION: azathioprine",
        "Key exclusion criteria\n1. azathioprine within 4 weeks",
        "Inclusion Criteria: adults. Exclusion criteria: azathioprine",
    ],
)
def test_what_keeps_people_out_is_excluded(eligibility: str) -> None:
    record = study(eligibility=eligibility)

    assert MATCHER.matches(record) == (Match("azathioprine", "excluded", None, ("azathioprine",)),)


def test_a_mention_anywhere_outweighs_an_exclusion() -> None:
    record = study(title="Life after azathioprine", eligibility="Exclusion Criteria:\n\n* azathioprine")

    assert tiers(record) == {"azathioprine": "mentioned"}


@pytest.mark.parametrize(
    "words",
    ["inadequate response to methotrexate", "corticosteroid-refractory disease", "no prior azathioprine"],
)
@pytest.mark.parametrize("place", ["title", "summary", "eligibility", "name"])
def test_the_issues_three_phrases_are_never_given(words: str, place: str) -> None:
    record = study(interventions=[words]) if place == "name" else study(interventions=["Drug X"], **{place: words})

    assert set(tiers(record).values()) <= {"mentioned", "excluded"}
    assert tiers(record)


def test_what_the_registry_returned_is_never_dropped() -> None:
    record = study(interventions=["Drug X"])

    assert MATCHER.match(record, "ivig", asked=True) == Match("ivig", "mentioned", None, ())
    assert MATCHER.match(record, "ivig", asked=False) is None


def test_an_unknown_agent_is_named_with_the_known_ones() -> None:
    with pytest.raises(Validation, match=r"aspirin.*corticosteroids.*hyperbaric_oxygen"):
        MATCHER.match(study(), "aspirin", asked=True)
