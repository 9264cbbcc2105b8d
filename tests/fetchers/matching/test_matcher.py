"""Tier, role, names and condition groups, case by case. The records are invented."""

import json
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fetchers.errors import Validation
from fetchers.matching.matcher import Match, Matcher
from fetchers.record.study import Study, decode_study
from fetchers.watchlist.load import load
from fetchers.watchlist.model import Agent, Member
from tests.rigs.records import MADE, Records, each_set_at_hand

WATCHLIST = load()
MATCHER = Matcher(WATCHLIST)


def study(
    title: str = "A trial",
    interventions: Iterable[Any] = (),
    arms: Iterable[Any] = (),
    conditions: Iterable[str] = (),
    keywords: Iterable[str] = (),
    eligibility: str = "",
    summary: str = "",
    official: str = "",
    mesh: Iterable[str] = (),
    condition_mesh: Iterable[str] = (),
) -> Study:
    """An intervention is a name or a dict; an arm is (type, label, names of interventions)."""
    record = {
        "protocolSection": {
            "identificationModule": {"nctId": "NCT09000001", "briefTitle": title, "officialTitle": official},
            "descriptionModule": {"briefSummary": summary},
            "conditionsModule": {"conditions": list(conditions), "keywords": list(keywords)},
            "armsInterventionsModule": {
                "armGroups": [
                    {"type": kind, "label": label, "interventionNames": [f"Drug: {name}" for name in names]}
                    for kind, label, names in arms
                ],
                "interventions": [
                    {"type": "DRUG", "name": item} if isinstance(item, str) else {"type": "DRUG", **item}
                    for item in interventions
                ],
            },
            "eligibilityModule": {"eligibilityCriteria": eligibility},
        },
        "derivedSection": {
            "interventionBrowseModule": {"meshes": [{"id": "D1", "term": term} for term in mesh]},
            "conditionBrowseModule": {"meshes": [{"id": "D1", "term": term} for term in condition_mesh]},
        },
    }
    return decode_study(json.dumps(record).encode())


def tiers(record: Study) -> dict[str, str]:
    return {match.agent: match.tier for match in MATCHER.matches(record)}


def found(record: Study, agent: str) -> tuple[str, ...]:
    match = MATCHER.match(record, agent, asked=False)
    return match.found_by if match else ()


# --- given: names of interventions ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "agent", "by"),
    [
        ("Prednisone 20 mg tablet", "corticosteroids", "prednisone"),
        ("PREDNISONE", "corticosteroids", "prednisone"),
        ("Prednisolon", "corticosteroids", "prednisolon"),
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

    assert match == Match(agent, "given", "unclear", match.found_by if match else ())
    assert match
    assert by in match.found_by


def test_other_names_count_like_names() -> None:
    record = study(interventions=[{"name": "Study drug", "otherNames": ["Deltasone"]}])

    assert MATCHER.matches(record) == (Match("corticosteroids", "given", "unclear", ("Deltasone",)),)


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
    assert tiers(small)["azathioprine"] == "mentioned"


def test_steroid_is_short_for_the_medicine_its_own_text_names() -> None:
    told = study(interventions=[{"name": "Steroid", "description": "40 mg triamcinolone"}])
    untold = study(interventions=[{"name": "Steroid"}])
    anabolic = study(interventions=[{"name": "Anabolic steroid", "description": "prednisone is not allowed"}])

    assert tiers(told) == {"corticosteroids": "given"}
    assert MATCHER.matches(untold) == ()
    assert tiers(anabolic) == {"corticosteroids": "mentioned"}


# --- given: MeSH ------------------------------------------------------------------------------------------------------


def test_a_heading_with_an_intervention_that_nothing_else_explains_is_given() -> None:
    record = study(interventions=["Deltacortril forte"], mesh=["Prednisolone"])

    assert MATCHER.matches(record) == (Match("corticosteroids", "given", "unclear", ("Prednisolone",)),)


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
        study(arms=[("EXPERIMENTAL", "X and methotrexate", ())]),
        study(interventions=[{"name": "X", "description": "taken with methotrexate"}]),
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


# --- roles ------------------------------------------------------------------------------------------------------------

E, A, P, S, N, O = (  # noqa: E741
    "EXPERIMENTAL",
    "ACTIVE_COMPARATOR",
    "PLACEBO_COMPARATOR",
    "SHAM_COMPARATOR",
    "NO_INTERVENTION",
    "OTHER",
)


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
        pytest.param([(E, "a", ["X"])], "unclear", id="no arm names it"),
        pytest.param([], "unclear", id="no arms"),
        pytest.param([(O, "a", ["MTX"]), (O, "b", ["X"])], "unclear", id="arms of type other"),
        pytest.param([(None, "a", ["MTX"])], "unclear", id="arms without type"),
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

    assert MATCHER.matches(record) == (Match("corticosteroids", "given", "unclear", ("prednisolone",)),)


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


# --- condition groups -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("conditions", "groups"),
    [
        (["Chronic Fatigue Syndrome"], ("me_cfs",)),
        (["Fatigue Syndrome, Chronic"], ("me_cfs",)),
        (["ME/CFS"], ("me_cfs",)),
        (["Myalgic Encephalomyelitis/Chronic Fatigue Syndrome (ME/CFS)"], ("me_cfs",)),
        (["CFIDS"], ("me_cfs",)),
        (["CFS"], ("other",)),
        (["Chronic fatigue"], ("other",)),
        (["Cystic Fibrosis (CFS)"], ("other",)),
        (["Long COVID", "ME/CFS"], ("me_cfs", "long_covid")),
        (["Post-COVID-19 Syndrome"], ("long_covid",)),
        (["Post-Acute Sequelae of SARS-CoV-2 Infection"], ("long_covid",)),
        (["COVID-19"], ("other",)),
        (["Fibromyalgia Syndrome"], ("fibromyalgia",)),
        (["Chronic Low-back Pain"], ("chronic_pain",)),
        (["Pain, Postoperative"], ("other",)),
        (["Acute Pain"], ("other",)),
        (["Acute low back pain"], ("other",)),
        (["Post-herpetic Neuralgia"], ("chronic_pain",)),
        (["Arthritis, Rheumatoid"], ("rheumatoid_arthritis",)),
        (["Juvenile Rheumatoid Arthritis"], ("other",)),
        (["Rheumatoid Arthritis, Juvenile"], ("other",)),
        (["Arthritis, Juvenile Rheumatoid"], ("other",)),
        (["Juvenile Rheumatoid Arthritis", "Rheumatoid Arthritis"], ("rheumatoid_arthritis",)),
        (["Lupus Erythematosus, Systemic"], ("lupus",)),
        (["SLE"], ("lupus",)),
        (["Lupus Pernio"], ("other",)),
        (["Multiple Sclerosis, Relapsing-Remitting"], ("multiple_sclerosis",)),
        (["RRMS"], ("multiple_sclerosis",)),
        (["Amyotrophic Lateral Sclerosis"], ("other",)),
        ([], ("other",)),
    ],
)
def test_conditions_fall_into_groups(conditions: list[str], groups: tuple[str, ...]) -> None:
    assert MATCHER.condition_groups(study(conditions=conditions)) == groups


def test_titles_and_headings_count_but_keywords_and_descriptions_do_not() -> None:
    assert MATCHER.condition_groups(study(title="Exercise in myalgic encephalomyelitis")) == ("me_cfs",)
    assert MATCHER.condition_groups(study(official="Exercise in multiple sclerosis")) == ("multiple_sclerosis",)
    assert MATCHER.condition_groups(study(condition_mesh=["Arthritis, Rheumatoid"])) == ("rheumatoid_arthritis",)
    assert MATCHER.condition_groups(study(keywords=["Fibromyalgia"], summary="Fibromyalgia")) == ("other",)


def test_a_heading_does_not_make_juvenile_arthritis_rheumatoid() -> None:
    record = study(conditions=["Juvenile Rheumatoid Arthritis"], condition_mesh=["Arthritis, Rheumatoid"])

    assert MATCHER.condition_groups(record) == ("other",)


# --- properties -------------------------------------------------------------------------------------------------------

WORDS = st.lists(
    st.sampled_from(["aspirin", "yoga", "daily", "arm A", "20 mg", ";", ",", "(", ")", "*", "\n", "tumour"])
)
NAMES = st.sampled_from([name for agent in WATCHLIST.agents for member in agent.members for name in member.names])


@given(WORDS, WORDS)
def test_unrelated_words_never_make_a_match(name: list[str], label: list[str]) -> None:
    record = study(interventions=[" ".join(name)], arms=[(E, " ".join(label), [" ".join(name)])])

    assert MATCHER.matches(record) == ()


@given(NAMES, WORDS, WORDS)
def test_an_unrelated_intervention_changes_no_tier(name: str, words: list[str], more: list[str]) -> None:
    alone = study(interventions=[name])
    beside = study(interventions=[name, " ".join(words)], summary=" ".join(more))

    assert tiers(beside) == tiers(alone)


@given(NAMES, WORDS, st.sampled_from(["Exclusion Criteria:\n\n* ", "EXCLUSION:\n", "Key exclusion criteria\n- "]))
def test_exclusion_text_never_gives(name: str, words: list[str], heading: str) -> None:
    record = study(interventions=["Drug X"], eligibility=f"Inclusion Criteria:\n\n* Adults\n\n{heading}{name} {words}")

    assert set(tiers(record).values()) <= {"excluded"}


@given(NAMES, st.sampled_from(["Placebo for {}", "{} placebo", "Placebo to match {}", "Sham {}", "{} (placebo)"]))
def test_a_placebo_of_anything_never_gives(name: str, form: str) -> None:
    assert "given" not in tiers(study(interventions=[form.format(name)])).values()


@pytest.mark.parametrize("form", [str, str.upper, str.lower, lambda name: name.replace("-", " ")])
@pytest.mark.parametrize(
    ("agent", "member"), [(agent, member) for agent in WATCHLIST.agents for member in agent.members]
)
def test_every_name_of_a_member_that_is_on_is_found_again(
    agent: Agent, member: Member, form: Callable[[str], str]
) -> None:
    for name in (*member.names, *member.local_names):
        assert (agent.id in tiers(study(interventions=[form(name)]))) is member.on, name


@settings(max_examples=50)
@given(st.text(max_size=200), st.text(max_size=400))
def test_any_text_is_survived_and_the_answer_does_not_depend_on_what_came_before(name: str, eligibility: str) -> None:
    record = study(interventions=[name], eligibility=eligibility, title=eligibility)
    first = MATCHER.matches(record), MATCHER.condition_groups(record)
    MATCHER.matches(study(interventions=["Prednisone"]))

    assert (MATCHER.matches(record), MATCHER.condition_groups(record)) == first
    assert first[1]


# --- real records, where they are at hand -----------------------------------------------------------------------------


# Trial -> what a reader finds: tier, and role where the agent is given. "corticosteroid-refractory" gives nothing.
READ = {
    "NCT90000001": {
        "corticosteroids excluded", "azathioprine excluded", "methotrexate excluded", "rintatolimod given tested"
    },
    "NCT90000003": set(),
    "NCT90000004": {"rintatolimod given unclear"},
    "NCT90000010": {"azathioprine given tested"},
    "NCT90000011": {"methotrexate given background", "tnf_inhibitors given comparator"},
    "NCT90000015": {"corticosteroids given background", "azathioprine given comparator"},
    "NCT90000020": set(),
    "NCT90000021": set(),
    "NCT90000023": {
        "corticosteroids mentioned", "methotrexate mentioned", "tnf_inhibitors excluded", "ivig mentioned"
    },
    "NCT90000024": {"azathioprine excluded", "rintatolimod excluded"},
    "NCT90000025": {"autologous_lymph_node_cells given unclear"},
    "NCT90000026": {"sizofiran given unclear"},
    "NCT90000027": {"corticosteroids given comparator"},
    "NCT90000028": {"ivig given unclear"},
    "NCT90000029": set(),
    "NCT02883595": {"azathioprine excluded"},
    "NCT05931744": {"corticosteroids given comparator"},
    "NCT06478017": {"corticosteroids given background", "ivig excluded"},
    "NCT07343310": {"corticosteroids mentioned", "ivig mentioned"},
}  # fmt: skip


@each_set_at_hand
def test_whole_records_are_matched_as_a_reader_would(at_hand: Records) -> None:
    known = [one for one in at_hand.studies if one.nct_id in READ]
    assert known
    for one in known:
        found = {" ".join(filter(None, (match.agent, match.tier, match.role))) for match in MATCHER.matches(one)}
        assert found == READ[one.nct_id], one.nct_id


def test_hand_made_records_show_every_agent_condition_group_tier_and_role() -> None:
    matches = [match for one in MADE.studies for match in MATCHER.matches(one)]
    assert {match.agent for match in matches if match.tier == "given"} == {agent.id for agent in WATCHLIST.agents}
    assert {match.tier for match in matches} == {"given", "mentioned", "excluded"}
    assert {match.role for match in matches if match.tier == "given"} == {
        "tested", "comparator", "background", "unclear",
    }  # fmt: skip
    groups = {group for one in MADE.studies for group in MATCHER.condition_groups(one)}
    assert groups == {condition.id for condition in WATCHLIST.conditions}
