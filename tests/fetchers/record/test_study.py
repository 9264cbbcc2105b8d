"""One record: what is read, what stays unknown, what is refused."""

import json
import re
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetchers.errors import Parsing
from fetchers.record.study import UNKNOWN_ENROLLMENT, Study, decode_study
from fetchers.record.texts import plain
from fetchers.registry.fields import PIECES
from tests.fake_registry import make_study
from tests.rigs.records import Records, each_set_at_hand

ID = "NCT00000001"


def study(**facts: Any) -> Study:
    return decode_study(json.dumps(make_study(ID, **facts)).encode())


def bare(**modules: Any) -> bytes:
    return json.dumps({"protocolSection": {"identificationModule": {"nctId": ID}, **modules}}).encode()


def test_a_record_may_lack_everything_but_its_id() -> None:
    found = decode_study(bare())
    assert found.nct_id == ID
    assert found.has_results is None
    assert found.design.phases is None
    assert found.enrollment is None
    assert found.status.overall_status is None
    assert found.last_update_posted is None
    assert (found.conditions, found.keywords, found.arms, found.interventions, found.locations) == ((),) * 5
    assert found.countries == ()


def test_facts_are_where_they_are_looked_for() -> None:
    found = study(
        title="A trial",
        status="UNKNOWN",
        last_known_status="RECRUITING",
        phases=["PHASE1", "PHASE2"],
        conditions=["ME/CFS"],
        keywords=["fatigue"],
        interventions=["DRUG: Rintatolimod"],
        arms=[{"label": "Arm A", "type": "EXPERIMENTAL", "interventionNames": ["Drug: Rintatolimod"]}],
        sponsor="Somebody",
        sponsor_class="INDUSTRY",
        enrollment=120,
        enrollment_type="ESTIMATED",
        eligibility="Inclusion Criteria:",
        start="2024-05",
        last_update="2026-11-19",
        has_results=True,
    )
    assert found.identification.brief_title == "A trial"
    assert (found.status.overall_status, found.status.last_known_status) == ("UNKNOWN", "RECRUITING")
    assert found.status.start_date_struct.date == "2024-05"
    assert found.design.phases == ("PHASE1", "PHASE2")
    assert (found.conditions, found.keywords) == (("ME/CFS",), ("fatigue",))
    assert [(item.type, item.name) for item in found.interventions] == [("DRUG", "Rintatolimod")]
    assert [(arm.label, arm.type, arm.intervention_names) for arm in found.arms] == [
        ("Arm A", "EXPERIMENTAL", ("Drug: Rintatolimod",))
    ]
    assert (found.sponsors.lead_sponsor.name, found.sponsors.lead_sponsor.class_) == ("Somebody", "INDUSTRY")
    assert (found.enrollment, found.design.enrollment_info.type) == (120, "ESTIMATED")
    assert found.eligibility.eligibility_criteria == "Inclusion Criteria:"
    assert found.last_update_posted == "2026-11-19"
    assert found.has_results is True


def test_no_phases_an_empty_list_and_not_applicable_are_three_things() -> None:
    found = [study(phases=phases).design.phases for phases in (None, [], ["NA"])]
    assert found == [None, (), ("NA",)]
    bodies = [study(phases=phases).body() for phases in (None, [], ["NA"])]
    assert len(set(bodies)) == 3
    assert [decode_study(body).design.phases for body in bodies] == found


@pytest.mark.parametrize(("count", "people"), [(0, 0), (1, 1), (188_814_085, 188_814_085), (UNKNOWN_ENROLLMENT, None)])
def test_enrollment_is_zero_only_when_the_record_says_zero(count: int, people: int | None) -> None:
    found = study(enrollment=count)
    assert found.enrollment == people
    assert found.design.enrollment_info.count == count, "the placeholder stays in the record"


def test_every_country_once_in_the_order_of_the_sites() -> None:
    found = study(countries=["Norway", "Turkey (Türkiye)", "Norway"], locations=[{"facility": "Nowhere"}])
    assert len(found.locations) == 4
    assert found.countries == ("Norway", "Turkey (Türkiye)")


def test_codes_we_do_not_know_are_kept() -> None:
    found = study(status="SLEEPING", phases=["PHASE5"], study_type="DREAM", sponsor_class="ALIEN")
    assert (found.status.overall_status, found.design.phases) == ("SLEEPING", ("PHASE5",))
    assert (found.design.study_type, found.sponsors.lead_sponsor.class_) == ("DREAM", "ALIEN")


def test_fields_we_do_not_know_are_passed_over() -> None:
    raw = make_study(ID, path={"protocolSection.newModule": {"a": [1]}, "protocolSection.statusModule.mood": 7})
    assert decode_study(json.dumps(raw).encode()) == study()


@pytest.mark.parametrize(
    ("modules", "path"),
    [
        ({"designModule": {"phases": "PHASE2"}}, "designModule.phases"),
        ({"designModule": {"phases": [2]}}, "designModule.phases[0]"),
        ({"designModule": {"enrollmentInfo": {"count": "many"}}}, "designModule.enrollmentInfo.count"),
        ({"designModule": {"enrollmentInfo": {"count": -1}}}, "designModule.enrollmentInfo.count"),
        ({"designModule": {"enrollmentInfo": {"count": 1.5}}}, "designModule.enrollmentInfo.count"),
        ({"designModule": {"enrollmentInfo": {"count": 10**30}}}, "designModule.enrollmentInfo.count"),
        ({"statusModule": "gone"}, "statusModule"),
        ({"statusModule": {"whyStopped": 7}}, "statusModule.whyStopped"),
        ({"statusModule": {"startDateStruct": {"date": "2024-13"}}}, "statusModule.startDateStruct.date"),
        ({"statusModule": {"completionDateStruct": {"date": "soon"}}}, "statusModule.completionDateStruct.date"),
        ({"statusModule": {"lastUpdatePostDateStruct": {"date": ""}}}, "statusModule.lastUpdatePostDateStruct.date"),
        ({"statusModule": {"studyFirstSubmitDate": "1.4.2024"}}, "statusModule.studyFirstSubmitDate"),
        ({"identificationModule": {"nctId": "NCT1"}}, "identificationModule.nctId"),
        ({"identificationModule": {"nctId": ID + "\n"}}, "identificationModule.nctId"),
        ({"identificationModule": {"nctId": "NCT0000000١"}}, "identificationModule.nctId"),
        ({"identificationModule": {}}, "identificationModule"),
    ],
)
def test_a_wrong_type_is_named_with_its_path(modules: dict[str, Any], path: str) -> None:
    with pytest.raises(Parsing) as caught:
        decode_study(bare(**modules))
    assert f"`$.protocolSection.{path}`" in str(caught.value)


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b'{"protocolSection":null}', bare().replace(ID.encode(), b"\xff")]
)
def test_what_is_no_record_at_all(body: bytes) -> None:
    with pytest.raises(Parsing, match="The record cannot be read"):
        decode_study(body)


def test_raw_bytes_that_are_no_text_inside_a_page_are_one_records_trouble() -> None:
    with pytest.raises(Parsing, match="The record cannot be read"):
        decode_study(msgspec.Raw(bare(descriptionModule={"briefSummary": "??"}).replace(b"??", b"\xff\xfe")))


def test_the_body_reads_back_as_the_same_record() -> None:
    found = study(phases=[], countries=["Norway"], enrollment=0, start="2024-05", summary="5 \\<= x", has_results=False)
    again = decode_study(found.body())
    assert again.body() == found.body()
    misc = msgspec.structs.replace(found.derived_section.misc_info_module, version_holder=None)
    derived = msgspec.structs.replace(found.derived_section, misc_info_module=misc)
    assert again == msgspec.structs.replace(found, derived_section=derived)


def test_the_date_of_the_data_load_does_not_change_the_body() -> None:
    bodies = {study(version_holder=day, start="2024-05").body() for day in ("2026-11-19", "2026-11-20", None)}
    assert len(bodies) == 1
    assert b"versionHolder" not in bodies.pop()


@pytest.mark.parametrize(
    "fact",
    [
        {"status": "TERMINATED"},
        {"enrollment": 0},
        {"has_results": True},
        {"phases": []},
        {"removed_countries": ["Norway"]},
    ],
)
def test_any_other_change_changes_the_body(fact: dict[str, Any]) -> None:
    assert study(**fact).body() != study().body()


def test_contacts_of_people_never_reach_the_body() -> None:
    person = {"name": "Jane Roe", "phone": "555-0100", "email": "jane@example.org"}
    found = study(
        contacts=[person],
        officials=[{"name": "Jane Roe", "affiliation": "Clinic", "role": "STUDY_CHAIR"}],
        locations=[{"facility": "Clinic", "country": "Norway", "contacts": [person]}],
        path={
            "protocolSection.sponsorCollaboratorsModule.responsibleParty": {"investigatorFullName": "Jane Roe"},
            "resultsSection.moreInfoModule.pointOfContact": {"title": "Jane Roe", **person},
        },
    )
    assert b"Jane" not in found.body()
    assert b"555" not in found.body()
    assert b"Clinic" in found.body(), "the site itself is kept"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (r"AE \<= Grade 1", "AE <= Grade 1"),
        (r"100mg/m\^2", "100mg/m^2"),
        (r"\[Phase 1\] \* a \_b\_", "[Phase 1] * a _b_"),
        (r"a \\ b", r"a \ b"),
        (r"C:\new", r"C:\new"),
        ("no escapes", "no escapes"),
        ("", ""),
    ],
)
def test_plain(text: str, shown: str) -> None:
    assert plain(text) == shown


@given(st.text(alphabet=st.characters(exclude_characters="\\", exclude_categories=["Cs"])))
def test_plain_leaves_text_without_escapes_alone(text: str) -> None:
    assert plain(text) == text


# -- whole records ---------------------------------------------------------------------------------------------------


def leaves(value: Any, path: str = "") -> list[tuple[str, Any]]:
    """Every value of a record by path; places in lists are part of it, empty lists have none."""
    if isinstance(value, dict):
        return [leaf for key, item in value.items() for leaf in leaves(item, f"{path}.{key}" if path else key)]
    if isinstance(value, list | tuple):
        return [leaf for at, item in enumerate(value) for leaf in leaves(item, f"{path}[{at}]")]
    return [(path, value)]


def known(path: str) -> bool:
    """Whether a leaf is asked for; a point is one piece and two leaves."""
    piece = re.sub(r"\[\d+\]", "", path)
    return piece in PIECES or (piece.rpartition(".")[0] in PIECES and ".geoPoint." in piece)


@each_set_at_hand
def test_every_leaf_of_every_record_is_read_as_it_stands(at_hand: Records) -> None:
    values = 0
    for raw, found in zip(at_hand.raw, at_hand.studies, strict=True):
        expected = {path: value for path, value in leaves(raw) if known(path)}
        assert dict(leaves(msgspec.to_builtins(found))) == expected, found.nct_id
        assert ("phases" in raw["protocolSection"].get("designModule", {})) == (found.design.phases is not None)
        assert decode_study(found.body()).body() == found.body()
        values += len(expected)
    assert values > 50 * len(at_hand.studies)
