"""The hand-made records are whole, invented, described one by one, and show what real ones are odd in."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from fetchers.record.study import Study, decode_study
from tests.fake_registry.pieces import ENUM_BY_PIECE
from tests.rigs.records import MADE

README = (MADE.path / "README.md").read_text(encoding="utf-8")


def test_each_record_is_a_file_of_its_name_and_a_row_of_the_table() -> None:
    ids = [study.nct_id for study in MADE.studies]
    assert [f"{one}.json" for one in ids] == sorted(file.name for file in MADE.path.glob("*.json"))
    told = re.findall(r"^\| (NCT\d{8}) \| .{20,} \|$", README, re.M)
    assert told == ids, "the table in tests/records/README.md has a row for each file"
    assert len(ids) >= 30


def test_no_id_in_them_is_one_the_registry_gives_out() -> None:
    for body in MADE.bodies:
        found = re.findall(rb"NCT\d+", body)
        assert all(re.fullmatch(rb"NCT9000\d{4}", one) for one in found), found


def test_they_show_every_status_study_type_and_phase() -> None:
    shown: dict[str, set[str | None]] = {
        "OverallStatus": {study.status.overall_status for study in MADE.studies},
        "StudyType": {study.design.study_type for study in MADE.studies},
        "Phase": {phase for study in MADE.studies for phase in study.design.phases or ()},
    }
    for name, codes in shown.items():
        assert codes - {None} == set(ENUM_BY_PIECE[name])


def text_of(study: Study) -> str:
    return study.eligibility.eligibility_criteria or ""


ODDITIES: dict[str, Callable[[Study], Any]] = {
    "two phases": lambda one: len(one.design.phases or ()) == 2,
    "phases that do not apply": lambda one: one.design.phases == ("NA",),
    "no phases": lambda one: one.design.phases is None,
    "an empty list of phases": lambda one: one.design.phases == (),
    "an unknown status and the one before": lambda one: (
        one.status.overall_status == "UNKNOWN" and one.status.last_known_status
    ),
    "a year alone": lambda one: re.fullmatch(r"\d{4}", one.status.start_date_struct.date or ""),
    "a month alone": lambda one: re.fullmatch(r"\d{4}-\d\d", one.status.start_date_struct.date or ""),
    "a date without a type": lambda one: one.status.start_date_struct.date and not one.status.start_date_struct.type,
    "the placeholder for an unknown enrolment": lambda one: (
        one.enrollment is None and one.design.enrollment_info.count is not None
    ),
    "an enrolment of nobody": lambda one: one.enrollment == 0,
    "no arms": lambda one: one.interventions and not one.arms,
    "an arm without a type": lambda one: any(arm.type is None for arm in one.arms),
    "a placebo arm that lists a drug": lambda one: any(
        arm.type == "PLACEBO_COMPARATOR" and any("lacebo" not in name for name in arm.intervention_names)
        for arm in one.arms
    ),
    "many countries": lambda one: len(one.countries) > 60,
    "two spellings of one country": lambda one: {"South Korea", "Korea, Republic of"} <= set(one.countries),
    "a site without a country": lambda one: any(site.country is None for site in one.locations),
    "escaped signs": lambda one: "\\<" in (one.identification.brief_title or "") and "\\^" in text_of(one),
    "an escaped entity": lambda one: "\\&#39;" in (one.identification.official_title or ""),
    "criteria in one line": lambda one: "Exclusion Criteria" in text_of(one) and "\n" not in text_of(one),
    "bulleted criteria": lambda one: "\n* " in text_of(one),
    "numbered criteria": lambda one: "\n1. " in text_of(one),
    "criteria without headings": lambda one: text_of(one) and "clu" not in text_of(one),
    "no criteria": lambda one: one.eligibility.eligibility_criteria is None,
    "ids of other registries": lambda one: len(one.identification.secondary_id_infos) > 5,
    "a former id": lambda one: one.identification.nct_id_aliases,
    "a reason why it stopped": lambda one: one.status.why_stopped,
    "posted results": lambda one: one.has_results,
    "a long text": lambda one: len(text_of(one)) > 7000,
    "letters of another script": lambda one: any(ord(sign) > 0x3000 for sign in one.sponsors.lead_sponsor.name or ""),
    "limits of sex and age": lambda one: one.eligibility.sex == "MALE" and one.eligibility.maximum_age == "17 Years",
    "empty lists": lambda one: text_of(one) == "" and one.conditions == () and one.design.phases == (),
    "references of every type": lambda one: {"RESULT", "BACKGROUND", "DERIVED"} <= {
        reference.type for reference in one.protocol_section.references_module.references
    },
}  # fmt: skip


@pytest.mark.parametrize("oddity", ODDITIES)
def test_some_record_shows(oddity: str) -> None:
    assert any(ODDITIES[oddity](study) for study in MADE.studies)


def test_each_reads_back_as_it_is() -> None:
    for study in MADE.studies:
        assert decode_study(study.body()).body() == study.body()
