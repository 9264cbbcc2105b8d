"""Eligibility texts of many shapes, all invented, cut into what lets in and what keeps out."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetchers.record.eligibility import Criteria, criteria, listed, sections, split

IN, OUT = "adults with fatigue", "pregnant women"


@pytest.mark.parametrize(
    "text",
    [
        f"Inclusion Criteria:\n\n* {IN}\n\nExclusion Criteria:\n\n* {OUT}",
        f"INCLUSION CRITERIA:\n{IN}\nEXCLUSION CRITERIA:\n{OUT}",
        f"Inclusion criteria\n- {IN}\nExclusion criteria\n- {OUT}",
        f"Key Inclusion Criteria :\n\n1. {IN}\n\nKey Exclusion Criteria :\n\n1. {OUT}",
        f"**Inclusion Criteria**\n\n* {IN}\n\n**Exclusion Criteria**\n\n* {OUT}",
        f"## Inclusion\n{IN}\n## Exclusion\n{OUT}",
        f"* INCLUSION CRITERIA:\n\n  {IN}\n\nEXCLUSION CRITERIA:\n\n  {OUT}",
        f"Main inclusion criteria include:\n{IN}\nMain exclusion criteria include:\n{OUT}",
        f"Inclusion Criteria: {IN}\nExclusion Criteria: {OUT}",
        f"Inclusion criteria: {IN}. Exclusion criteria: {OUT}",
        f"INCLUSION: {IN}; EXCLUSION: {OUT}",
        f"Inclusion Criteria Patients: {IN} Exclusion Criteria Patients: {OUT}",
        f"{IN}\nExclusion Criteria:\n{OUT}",
        f"{IN}\n\nExclusions:\n{OUT}",
        f"1. Inclusion criteria\n{IN}\n2. Exclusion criteria\n{OUT}",
        f"Inclusion Criteria:\n{IN}\nNon-inclusion criteria:\n{OUT}",
        f"Inclusion Criteria:\n{IN}\nCriteria for exclusion:\n{OUT}",
        f"Critères d'inclusion :\n{IN}\nCritères de non inclusion :\n{OUT}",
        f"Inclusion Criteria:\n{IN}\nPatients will be excluded if any of the following applies:\n{OUT}",
        f"Inclusion Criteria:\n{IN}\nPatients may not be enrolled with any of these:\n{OUT}",
        f"{IN}\nPatients excluded if {OUT}",
        f"{IN}\n* Exclude patients who are {OUT}",
        f"Inclusion criteria for the cases:\n{IN}\nThe exclusion criteria for the cases are as follows:\n{OUT}",
        f"Radiological Inclusion Criteria\n{IN}\nIntra-surgery (any) Exclusion Criteria\n{OUT}",
        f"Exclusion Criteria:\n{OUT}\nInclusion Criteria:\n{IN}",
        f"Inclusion Criteria:\n* {IN}\n\nNo inclusion / Exclusion Criteria:\n\n* {OUT}",
        f"Inclusion Criteria:\n* {IN}\nNon inclusion/exclusion criteria\n* {OUT}",
        f"Inclusion Criteria:\n* {IN}\nCriteria of non-inclusion and exclusion:\n* {OUT}",
        f"Inclusion Criteria:\n* {IN}\n* Weight < 150 kg Exclusion Criteria\n* {OUT}",
        f"Inclusion Criteria:\n* {IN}\n* BMI below 40 Exclusion Criteria:\n* {OUT}",
        f"Inclusion Criteria:\n* {IN}\n* can read and write Exclusion Criteria\n* {OUT}",
        f"Inclusion Criteria:\n* {IN}\n* Able to walk Exclusion Criteria\n* {OUT}",
        f"Cohort 2 Inclusion Criteria:\n{IN}\nCohort 2 Exclusion Criteria:\n{OUT}",
        f"Inclusion Criteria:\n* {IN}\n* Weight < 150 kg **Exclusion Criteria**\n* {OUT}",
        f"Inclusion Criteria:\n* {IN}.Exclusion Criteria:\n* {OUT}",
        f"- Inclusion criteria - {IN} - Exclusion criteria - {OUT}",
        f"Inclusion: {IN}, exclusion: {OUT}",
        f"{IN} EXCLUSION CRITERIA {OUT}",
        f"Einschlusskriterien:\n* {IN}\nAusschlusskriterien:\n* {OUT}",
        f"Criterios de inclusión:\n* {IN}\nCriterios de exclusión:\n* {OUT}",
        f"Criteri di inclusione:\n* {IN}\nCriteri di esclusione:\n* {OUT}",
        f"Critérios de inclusão:\n* {IN}\nCritérios de exclusão:\n* {OUT}",
        f"Inclusion Criteria:\n* {IN}\nKey Exclusion Criteria\n* {OUT}",
    ],
)
def test_both_lists_are_told_apart(text: str) -> None:
    parts = split(text)

    assert IN in parts.inclusion
    assert IN not in parts.exclusion
    assert OUT in parts.exclusion
    assert OUT not in parts.inclusion


@pytest.mark.parametrize(
    "text",
    [
        "Adults with fatigue\nAble to walk",
        "Inclusion Criteria:\n* adults who meet none of the exclusion criteria\n* able to walk",
        "Inclusion Criteria:\n* Other protocol-defined inclusion criteria may apply\n* able to walk",
        "Inclusion Criteria:\n* Women were free of exclusion criteria.\n* able to walk",
        "Inclusion Criteria:\n* no exclusion based on gender\n* able to walk",
        "Inclusion Criteria:\n* cancer, excluding skin cancer\n* able to walk",
        "Inclusion/Exclusion Criteria may be found in the protocol\nadults",
    ],
)
def test_what_only_speaks_of_the_lists_is_no_heading(text: str) -> None:
    assert split(text).exclusion == ""


def test_an_exclusion_heading_does_not_end_at_a_sentence_about_inclusion() -> None:
    text = (
        "Exclusion Criteria:\n* surgery within 4 weeks prior to inclusion\n* does not meet all inclusion criteria\n* x"
    )

    assert split(text).inclusion == ""


def test_one_sentence_of_exclusion_does_not_swallow_what_follows() -> None:
    parts = split("Inclusion Criteria:\n* adults\n* Patients are excluded if pregnant\n* able to walk")

    assert "pregnant" in parts.exclusion
    assert "able to walk" in parts.inclusion


def test_several_cohorts_take_turns() -> None:
    lines = ["Inclusion criteria: A", "age", "Exclusion criteria: A", "asthma"]
    lines += ["Inclusion criteria: B", "BMI", "Exclusion criteria: B", "gout"]
    text = "\n".join(lines)
    kinds = [section.kind for section in sections(text)]

    assert kinds == ["inclusion", "exclusion", "inclusion", "exclusion"]
    assert split(text) == Criteria(
        "Inclusion criteria: A\nage\nInclusion criteria: B\nBMI\n",
        "Exclusion criteria: A\nasthma\nExclusion criteria: B\ngout",
    )


@pytest.mark.parametrize("text", [None, ""])
def test_no_text_has_no_parts(text: str | None) -> None:
    assert split(text) == Criteria("", "")
    assert sections("") == ()


def test_single_criteria_are_bullets_numbers_and_paragraphs_not_wrapped_lines() -> None:
    text = "Inclusion Criteria:\n\n* adults with a long\n  history\n* able to walk\n1. first\n2. second\n\nA paragraph"

    assert criteria(text) == (
        "Inclusion Criteria:",
        "* adults with a long\n  history",
        "* able to walk",
        "1. first",
        "2. second",
        "A paragraph",
    )


LINES = st.lists(
    st.sampled_from(
        [
            "Inclusion Criteria:",
            "Exclusion Criteria:",
            "EXCLUSION:",
            "Patients excluded if old",
            "* adults",
            "\n",
            " \r\n",
            "1. x",
        ]
    )
    | st.text(max_size=30)
).map("\n".join)


@given(LINES)
def test_splitting_loses_and_adds_nothing(text: str) -> None:
    found = sections(text)

    assert "".join(section.text for section in found) == text
    assert sum(map(len, split(text))) == len(text)
    assert all(section.text for section in found)


@given(LINES)
def test_criteria_lose_nothing_but_space(text: str) -> None:
    assert "".join("".join(criteria(text)).split()) == "".join(text.split())


def test_a_very_long_line_is_cut_in_no_time() -> None:
    text = "exclusion criteria, patients excluded if " * 5000
    started = time.process_time()

    assert sum(map(len, split(text))) == len(text)
    assert time.process_time() - started < 2


@pytest.mark.parametrize(
    "text",
    [
        "* global score of the assessor (GSA; 5-point scale) of 2 or more",
        "* a score (range 0 to 10; \n  7. or more on two days) for a month",
        "* tested with assay [kit A; kit B; \n 2) both] before entry",
        "* stage (see table\n2. of the protocol; revised) III",
        "* at least one type-\n2. lesion",
        "* pain (worst\nVAS) of 4",
    ],
)
def test_brackets_and_hyphens_hold_a_criterion_together(text: str) -> None:
    assert criteria(text) == (text,)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("* one (never closed; two\n* three\n* four", ("* one (never closed;", "two", "* three", "* four")),
        ("* one (closed); two (also); three", ("* one (closed);", "two (also);", "three")),
        ("* (a) one\n* (b) two", ("* (a) one", "* (b) two")),
        ("1) one\n2) two", ("1) one", "2) two")),
        ("* open (here\n\n* and) closed too late", ("* open (here", "* and) closed too late")),
        ("* open (" + "x " * 150 + "\n* far) away", ("* open (" + ("x " * 150).strip(), "* far) away")),
    ],
)
def test_a_bracket_that_is_not_closed_swallows_nothing(text: str, parts: tuple[str, ...]) -> None:
    assert criteria(text) == parts


@given(st.text(alphabet="a(;[)]\n*1. -", max_size=60))
def test_cutting_loses_nothing_but_white_space(text: str) -> None:
    assert "".join("".join(criteria(text)).split()) == "".join(text.split())


@pytest.mark.parametrize(
    "text",
    [
        f"Inclusion Criteria:\n* {IN}\n* body weight up to 150 kg Exclusion Criteria\n* {OUT}",
        f"Inclusion Criteria\n1. {IN}\n2. HbA1c below 8% EXCLUSION CRITERIA\n1. {OUT}",
        f"* {IN}\n* consent signed. Exclusion Criteria\n\n* {OUT}",
        f"Inclusion Criteria:\n- {IN} (any sex) Exclusion Criteria.\n- {OUT}",
    ],
)
def test_a_heading_at_the_end_of_a_bullet_begins_a_section(text: str) -> None:
    parts = split(text)
    assert (IN in parts.inclusion, OUT in parts.exclusion) == (True, True)
    assert OUT not in parts.inclusion


@pytest.mark.parametrize("words", ["meets none of the", "is excluded per", "does not violate"])
def test_a_bullet_that_ends_by_naming_the_list_begins_none(words: str) -> None:
    assert OUT in split(f"Inclusion Criteria:\n* {IN}\n* {words} Exclusion Criteria\n* {OUT}").inclusion


@pytest.mark.parametrize(
    "last",
    [
        "Weight < 150 kg",
        "Able to walk",
        "BMI below 40",
        "aged 18 to 65",
        "can read and write",
        "Weight 45 kg or more (100 lbs)",
    ],
)
def test_what_stands_before_a_heading_inside_a_bullet_still_lets_in(last: str) -> None:
    parts = split(f"Inclusion Criteria:\n* {IN}\n* {last} Exclusion Criteria\n* {OUT}")

    assert last in parts.inclusion
    assert last not in parts.exclusion


@pytest.mark.parametrize(
    ("written", "criterion"),
    [
        ("* Adults", "Adults"),
        ("  - Adults", "Adults"),
        ("1. Adults", "Adults"),
        ("(2) Adults", "Adults"),
        ("a) adults", "adults"),
        ("a. Adults", "Adults"),
        ("* 3. Adults\n  with pain", "Adults with pain"),
        ("E. coli infection", "E. coli infection"),
        ("c. difficile infection", "c. difficile infection"),
        ("-2.5 or less", "-2.5 or less"),
        ("18 years", "18 years"),
        ("1.5 mg", "1.5 mg"),
        ("(severe) pain", "(severe) pain"),
    ],
)
def test_a_criterion_is_listed_without_its_bullet(written: str, criterion: str) -> None:
    assert listed(written) == (("inclusion", criterion),)


def test_each_criterion_is_listed_with_its_list() -> None:
    text = "Inclusion Criteria:\n\n* Adults\n\nExclusion Criteria:\n\n* Asthma\n*\n* Cancer"
    assert listed(text) == (
        ("inclusion", "Inclusion Criteria:"), ("inclusion", "Adults"), ("exclusion", "Exclusion Criteria:"),
        ("exclusion", "Asthma"), ("exclusion", "Cancer"),
    )  # fmt: skip
    assert listed(None) == ()
