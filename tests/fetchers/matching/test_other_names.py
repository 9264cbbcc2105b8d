"""Other names that are other medicines, and headings of the registry's index. The records are invented."""

import pytest

from fetchers.matching.medicines import medicines
from tests.fetchers.matching.invented import match_of, study, tiers


@pytest.mark.parametrize(
    ("name", "others", "tier"),
    [
        ("Omalizumab", ["corticosteroids"], "mentioned"),
        ("Tofacitinib", ["Xeljanz", "prednisone"], "mentioned"),
        ("Methotrexate", ["MTX", "prednisolone"], "mentioned"),
        ("Ropivacaine", ["Naropin", "dexamethasone"], "mentioned"),
        ("Bosentan", ["Tracleer", "prednisone"], "mentioned"),
        ("Apremilast", ["Otezla", "prednisone"], "mentioned"),
        ("Vitamin D3", ["prednisolone"], "mentioned"),
        ("Leucovorin", ["dexamethasone"], "mentioned"),
        ("Lidocaine", ["Lidocaine and triamcinolone"], "given"),
        ("Study drug", ["prednisone"], "given"),
        ("Emthezone", ["Dexamethasone"], "given"),
        ("R-CHOP", ["Rituximab, cyclophosphamide, doxorubicin, vincristine and prednisone"], "given"),
        ("Bortezomib", ["rituximab", "cyclophosphamide", "prednisolone"], "given"),
        ("Local mixture", ["Bupivacaine", "methylprednisolone"], "given"),
    ],
)
def test_other_names_count_when_the_name_is_no_known_medicine(name: str, others: list[str], tier: str) -> None:
    assert tiers(study(interventions=[{"name": name, "otherNames": others}]))["corticosteroids"] == tier


def test_an_other_name_that_does_not_count_is_told() -> None:
    match = match_of(
        study(interventions=[{"name": "Omalizumab", "otherNames": ["Corticosteroids"]}]), "corticosteroids"
    )

    assert match
    assert match.quote == "Corticosteroids, among the other names of Omalizumab"


def test_a_medicine_that_the_records_own_index_names_is_known() -> None:
    record = study(interventions=[{"name": "Qwertyne", "otherNames": ["corticosteroid"]}], mesh=["Qwertyne"])

    assert tiers(record) == {"corticosteroids": "mentioned"}


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("omalizumab 300 mg", True),
        ("tofacitinib", True),
        ("bupivacaine hydrochloride", True),
        ("study drug", False),
        ("xlm 22", False),
    ],
)
def test_medicines_are_told_by_their_endings(name: str, known: bool) -> None:
    assert bool(medicines(name)) is known


# --- headings ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "name", "mesh", "agent"),
    [
        ("Prednisolone in myasthenia", "Prednisolut", "Prednisolone", "corticosteroids"),
        ("Methotrexate for alopecia", "Methotrexamin", "Methotrexate", "methotrexate"),
        ("Intravenous immunoglobulin (IVIg) in myopathy", "Gamma Globulin", "Immunoglobulins, Intravenous", "ivig"),
        ("Dexamethasone in sciatica", "Transforaminal epidural block", "Dexamethasone", "corticosteroids"),
        ("Betamethasone for the shoulder", "Intra-articular injection", "Betamethasone", "corticosteroids"),
    ],
)
def test_a_heading_stands_for_an_intervention_like_it_or_that_names_nothing(
    title: str, name: str, mesh: str, agent: str
) -> None:
    match = match_of(study(title, interventions=[name], mesh=[mesh, "gamma-Globulins"]), agent)

    assert match
    assert (match.tier, match.found_in) == ("given", "mesh")


@pytest.mark.parametrize("name", ["Epratuzumab", "Tofacitinib 5 mg", "Ropivacaine"])
def test_a_heading_does_not_stand_for_another_known_medicine(name: str) -> None:
    assert match_of(study(interventions=[name], mesh=["Prednisone"]), "corticosteroids") is None


def test_a_heading_among_others_may_stand_for_a_part() -> None:
    arms = [("EXPERIMENTAL", "All", ["ABCD regimen"])]
    alone = match_of(study(interventions=["ABCD regimen"], arms=arms, mesh=["Prednisone"]), "corticosteroids")
    part = match_of(study(interventions=["ABCD regimen"], arms=arms, mesh=["Prednisone", "Xyline"]), "corticosteroids")

    assert alone
    assert part
    assert (alone.role, part.role) == ("tested", "unclear")


@pytest.mark.parametrize(
    ("title", "name", "mesh", "agent"),
    [
        ("Rituximab after methotrexate", "Rituximab", "Methotrexate", "methotrexate"),
        ("ABC-123 in people on prednisone", "ABC-123", "Prednisone", "corticosteroids"),
        ("A device in people with dexamethasone levels", "Device", "Dexamethasone", "corticosteroids"),
    ],
)
def test_a_heading_that_the_title_explains_does_not(title: str, name: str, mesh: str, agent: str) -> None:
    match = match_of(study(title, interventions=[name], mesh=[mesh]), agent)

    assert match
    assert match.tier == "mentioned"
