"""Names and codes of the watch-list as trials write them: hyphens, other languages, false friends. Invented records."""

import pytest

from fetchers.matching.spelling import spellings
from tests.fetchers.matching.invented import found, study, tiers


@pytest.mark.parametrize(
    ("forms", "agent"),
    [
        (("GP2017", "GP-2017", "GP 2017"), "tnf_inhibitors"),
        (("FKB327", "FKB-327", "FKB 327"), "tnf_inhibitors"),
        (("HLX03", "HLX-03", "HLX 03"), "tnf_inhibitors"),
        (("CT-P13", "CTP13", "CT P13", "CT-P 13"), "tnf_inhibitors"),
        (("BCD-055", "BCD055", "BCD 055"), "tnf_inhibitors"),
        (("SP-102", "SP102", "SP 102"), "corticosteroids"),
        (("GB-0998", "GB0998", "GB 0998"), "ivig"),
        (("IgPro10", "IgPro 10", "IGPRO-10"), "ivig"),
        (("AMP-511", "AMP511"), "rintatolimod"),
    ],
)
def test_a_code_is_found_with_a_hyphen_a_space_or_nothing(forms: tuple[str, ...], agent: str) -> None:
    for form in forms:
        assert tiers(study(interventions=[form])) == {agent: "given"}, form


@pytest.mark.parametrize("name", ["SB 4 weeks", "SB 2 mg", "IBI301", "IBI-301", "HLX09", "MTX228", "IgPro20", "CT-P10"])
def test_what_only_looks_like_a_code_is_nobody(name: str) -> None:
    assert tiers(study(interventions=[name])) == {}


@pytest.mark.parametrize(
    ("names", "agent"),
    [
        (
            "HLX03 BAT1406 BAT2506 IBI303 BCD-055 BCD-057 ZRC-3197 NI-071 YLB113 TuNEX ENIA11 T0001 LBAL"
            " FKB-327 GP-2017 Abrilada"
            " Yusimry Simlandi Amsparity Nepexto ozoralizumab",
            "tnf_inhibitors",
        ),
        ("cortivazol Altim Fortecortin Metypred Alkindi SP-102 Wysolone Dexona Prednol IVMP", "corticosteroids"),
        (
            "Celestene Diprofos Lederspan Predonine Deltacortril Dexasone Betnesol Encorton Bentelan Soldesam",
            "corticosteroids",
        ),
        ("Jylamvo Metex Lantarel Emthexate Maxtrex Ebetrexat Folitrax Bendatrexat", "methotrexate"),
        ("Jayempi Azoran Azamun", "azathioprine"),
        ("NewGam IgPro10 GB-0998 Alyglo Qivigy", "ivig"),
        ("HBO2T mHBOT", "hyperbaric_oxygen"),
    ],
)
def test_codes_and_brands_are_known(names: str, agent: str) -> None:
    for name in names.split():
        assert tiers(study(interventions=[name])) == {agent: "given"}, name


@pytest.mark.parametrize(
    ("name", "agent"),
    [
        ("IV Ig 2 g/kg", "ivig"),
        ("IV gammaglobulin", "ivig"),
        ("i.v. immunoglobulin", "ivig"),
        ("Human immunoglobulin (pH4) for intravenous injection", "ivig"),
        ("Oxygen, hyperbaric", "hyperbaric_oxygen"),
        ("Hyperbaric oxygenotherapy", "hyperbaric_oxygen"),
        ("Immunoglobulin G intravenous", "ivig"),
        ("Intravenous IG", "ivig"),
        ("Remicade™", "tnf_inhibitors"),
        ("Humira® and Enbrel™", "tnf_inhibitors"),
        ("Medrol™", "corticosteroids"),
        ("Privigen℠", "ivig"),
        ("poly(I)poly(C12,U)", "rintatolimod"),
        ("Mismatched double-stranded RNA", "rintatolimod"),
        ("Caudal injection with steroid", "corticosteroids"),
        ("ESI under fluoroscopy, epidural", "corticosteroids"),
        ("Lumbar epidural with steroid", "corticosteroids"),
    ],
)
def test_ways_to_write_an_agent(name: str, agent: str) -> None:
    assert tiers(study(interventions=[name])) == {agent: "given"}


@pytest.mark.parametrize("name", ["ESI triage", "Stage IV IgA nephropathy diet", "Hyperbaric bupivacaine", "Steroid"])
def test_short_names_without_their_company_are_nobody(name: str) -> None:
    assert tiers(study(interventions=[name])) == {}


@pytest.mark.parametrize(
    ("names", "agent"),
    [
        (
            "prednisona prednisolona metilprednisolona triamcinolona hidrocortisona dexametasona betametasona"
            " corticoides"
            " corticosteroides prednison Prednisolon Methylprednisolon Hydrocortison Dexamethason"
            " Glukokortikoide Kortikosteroide"
            " prédnisone bétaméthasone corticoïdes desametasone idrocortisone metilprednisolone corticosteroidi"
            " prednizolon"
            " metilprednizolon deksametazon hidrokortizon kortikosteroid prednizon metyloprednizolon"
            " hydrokortyzon kortykosteroidy"
            " glikokortykosteroidy",
            "corticosteroids",
        ),
        ("metotrexato metotrexate Methotrexat méthotrexate metotreksat metotreksatu", "methotrexate"),
        ("azatioprina Azathioprin azatiyoprin azatiopryna", "azathioprine"),
        ("infliximabe adalimumabe etanercepte golimumabe infliksimab Etanersept", "tnf_inhibitors"),
    ],
)
def test_generic_names_are_found_in_other_languages(names: str, agent: str) -> None:
    for name in names.split():
        assert tiers(study(interventions=[f"{name} 10 mg"])) == {agent: "given"}, name


@pytest.mark.parametrize(
    ("name", "agent"),
    [
        ("Inmunoglobulina intravenosa", "ivig"),
        ("Inmunoglobulina humana intravenosa", "ivig"),
        ("Imunoglobulina humana endovenosa", "ivig"),
        ("Immunglobulin i.v.", "ivig"),
        ("Immunglobuline intravenös", "ivig"),
        ("Immunoglobulina endovena", "ivig"),
        ("Imunoglobulina endovenosa humana", "ivig"),
        ("Immunoglobulines intraveineuses", "ivig"),
        ("Intravenöse Immunglobuline", "ivig"),
        ("İntravenöz immünoglobulin", "ivig"),
        ("Dożylne immunoglobuliny", "ivig"),
        ("Oxigenoterapia hiperbárica", "hyperbaric_oxygen"),
        ("Oxygénothérapie hyperbare", "hyperbaric_oxygen"),
        ("Hyperbare Sauerstofftherapie", "hyperbaric_oxygen"),
        ("Ossigenoterapia iperbarica", "hyperbaric_oxygen"),
        ("Hiperbarik oksijen", "hyperbaric_oxygen"),
        ("Tlen hiperbaryczny", "hyperbaric_oxygen"),
    ],
)
def test_phrases_are_found_in_other_languages(name: str, agent: str) -> None:
    assert tiers(study(interventions=[name])) == {agent: "given"}


def test_a_foreign_spelling_is_told_by_the_watch_lists_own_name() -> None:
    assert found(study(interventions=["Desametasone fosfato"]), "corticosteroids") == ("dexamethasone",)


@pytest.mark.parametrize("word", ["Medrol", "CT-P13", "steroid injection", "mtx", "Humira"])
def test_brands_codes_phrases_and_short_words_have_no_other_spelling(word: str) -> None:
    assert spellings(word) == frozenset()


@pytest.mark.parametrize(
    "name", ["Fluticasona", "Pemetrexed", "Dexmedetomidina", "Testosterone", "Progesterona", "Metoprolol"]
)
def test_a_neighbour_of_a_spelling_is_nobody(name: str) -> None:
    assert tiers(study(interventions=[name])) == {}


@pytest.mark.parametrize(
    "interventions",
    [
        ["Etanercept", "Steroid", "Saline"],
        ["Steroids", "Azathioprine"],
        ["Steroid", "Lidocaine"],
        ["Steroid", "Cyclophosphamide"],
        ["Steroid", "Tocilizumab"],
        ["Steroids", "Ruxolitinib"],
        ["Steroid", "Platelet-rich plasma"],
        ["Steroid", "Hyaluronic acid"],
        ["Steroid", "Botulinum toxin"],
    ],
)
def test_steroid_beside_a_named_rival_is_a_corticosteroid(interventions: list[str]) -> None:
    assert tiers(study(interventions=interventions))["corticosteroids"] == "given"


@pytest.mark.parametrize(
    "name", ["Anabolic steroid", "Neurosteroid", "Non-steroidal drug", "Sex steroids", "Steroid-sparing agent"]
)
def test_another_steroid_beside_a_named_rival_is_none(name: str) -> None:
    assert "corticosteroids" not in tiers(study(interventions=[name, "Etanercept"]))


@pytest.mark.parametrize("code", ["SB-5", "SB 5"])
def test_a_code_of_one_figure_written_apart_needs_its_company(code: str) -> None:
    assert tiers(study(interventions=[code], title="A biosimilar of Humira"))["tnf_inhibitors"] == "given"
    assert tiers(study(interventions=[f"{code} mg"])) == {}
