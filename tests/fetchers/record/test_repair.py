"""What a bad leaf costs: itself. And what makes a record unusable all the same."""

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from fetchers.errors import Parsing
from fetchers.record.modules import Unreadable
from fetchers.record.study import Study, decode_study, read_study
from tests.fake_registry import make_study

ID = "NCT00000001"
STATUS = "protocolSection.statusModule"
COUNT = "protocolSection.designModule.enrollmentInfo.count"


def spoiled(path: str, value: Any) -> bytes:
    facts: dict[str, Any] = {"title": "A trial", "status": "COMPLETED", "start": "2024-05", "enrollment": 30}
    return json.dumps(make_study(ID, **facts, path={path: value})).encode()


@pytest.mark.parametrize(
    ("path", "value", "reason"),
    [
        (f"{STATUS}.startDateStruct.date", "2027-02-30", "'2027-02-30' is not a date of the form"),
        (f"{STATUS}.completionDateStruct.date", "soon", "'soon' is not a date of the form"),
        (f"{STATUS}.studyFirstSubmitDate", 20240501, "20240501 where a text belongs"),
        (f"{STATUS}.startDateStruct", "2024-05", '"2024-05" where an object belongs'),
        (f"{STATUS}.whyStopped", ["no money"], "a list where a text belongs"),
        (f"{STATUS}.overallStatus", True, "true where a text belongs"),
        ("protocolSection.conditionsModule.conditions", None, "null where a list belongs"),
        ("protocolSection.conditionsModule.keywords", "fatigue", '"fatigue" where a list belongs'),
        ("protocolSection.designModule.phases", "PHASE2", '"PHASE2" where a list belongs'),
        (COUNT, "30", '"30" where a count belongs'),
        (COUNT, -1, "-1 where a count belongs"),
        (COUNT, 2**31, "2147483648 where a count belongs"),
        (COUNT, 1.5, "1.5 where a count belongs"),
        (COUNT, True, "true where a count belongs"),
        ("hasResults", "maybe", '"maybe" where true or false belongs'),
        ("protocolSection.descriptionModule.briefSummary", "a\ud800b", "characters that are no text"),
        ("protocolSection.descriptionModule.briefSummary", "a\x00b", "characters that are no text"),
        ("protocolSection.designModule", None, "null where an object belongs"),
    ],
)
def test_a_bad_leaf_costs_that_leaf(path: str, value: Any, reason: str) -> None:
    found = read_study(spoiled(path, value))
    (lost,) = found.unreadable
    assert lost.path == path
    assert reason in lost.reason
    assert found.lacks(path)
    assert not found.lacks("protocolSection.identificationModule.briefTitle")
    assert found.identification.brief_title == "A trial"


@pytest.mark.parametrize(
    ("sites", "countries"),
    [
        ([None, {"country": "Norway"}], ("Norway",)),
        ([{"country": "Norway"}, "Oslo", 7], ("Norway",)),
        ([{"country": ["Norway"]}, {"country": "Chile"}], ("Chile",)),
        ([None], ()),
    ],
)
def test_a_bad_item_costs_that_item(sites: list[Any], countries: tuple[str, ...]) -> None:
    found = read_study(spoiled("protocolSection.contactsLocationsModule.locations", sites))
    assert found.countries == countries
    (lost,) = found.unreadable
    assert lost.path.startswith("protocolSection.contactsLocationsModule.locations")
    assert found.lacks("protocolSection.contactsLocationsModule.locations")


def test_the_places_of_a_list_are_told_once_with_their_number() -> None:
    found = read_study(spoiled("protocolSection.contactsLocationsModule.locations", [None] * 3))
    path = "protocolSection.contactsLocationsModule.locations"
    assert found.unreadable == (Unreadable(path, "null where an object belongs (and 2 more)"),)


@pytest.mark.parametrize(
    "text",
    [
        b"[" * 200_000 + b"]" * 200_000,
        b'{"a":' * 200_000 + b"1" + b"}" * 200_000,
        b'[{"a":' * 5_000 + b"1" + b"}]" * 5_000,
    ],
)
def test_a_leaf_of_any_depth_costs_that_leaf(text: bytes) -> None:
    found = read_study(spoiled("protocolSection.descriptionModule.briefSummary", "DEEP").replace(b'"DEEP"', text))
    assert [one.path for one in found.unreadable] == ["protocolSection.descriptionModule.briefSummary"]
    unknown = spoiled("protocolSection.somethingNew", "DEEP").replace(b'"DEEP"', text)
    assert read_study(unknown).unreadable == (), "what nobody reads costs nothing"


@pytest.mark.parametrize("number", [b"9" * 10_000, b"NaN", b"Infinity", b"1e999"])
def test_numbers_that_are_none_cost_that_leaf(number: bytes) -> None:
    found = read_study(spoiled(COUNT, 424_242).replace(b"424242", number))
    assert [one.path for one in found.unreadable] == [COUNT]
    assert found.enrollment is None


@pytest.mark.parametrize("raw", [b"\xff\xfe", b"\xed\xa0\x80", b"caf\xe9"])
def test_bytes_that_are_no_text_cost_that_leaf(raw: bytes) -> None:
    path = "protocolSection.descriptionModule.detailedDescription"
    found = read_study(spoiled(path, "??").replace(b"??", raw))
    assert [one.path for one in found.unreadable] == [path]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (spoiled("protocolSection.identificationModule.nctId", "NCT1"), "`$.protocolSection.identificationModule"),
        (spoiled("protocolSection.identificationModule.nctId", None), "identificationModule.nctId"),
        (spoiled("protocolSection.statusModule", "garbage"), "`$.protocolSection.statusModule`"),
        (spoiled("protocolSection", ["garbage"]), "`$.protocolSection`"),
        (spoiled("derivedSection.miscInfoModule", 7), "`$.derivedSection.miscInfoModule`"),
        (b"", "cannot be read"),
        (b"null", "null where an object belongs"),
        (spoiled("x", 1)[:-1], "cannot be read"),
    ],
)
def test_what_makes_a_record_unusable(body: bytes, words: str) -> None:
    with pytest.raises(Parsing) as caught:
        read_study(body)
    assert words in str(caught.value)


def test_a_good_record_is_read_as_the_store_reads_it() -> None:
    body = spoiled("protocolSection.somethingNew", {"a": 1})
    assert read_study(body) == decode_study(body)
    assert b"unreadable" not in read_study(body).body()


def test_what_is_lost_is_kept_with_the_record() -> None:
    found = read_study(spoiled(COUNT, "30"))
    again = decode_study(found.body())
    assert again.body() == found.body()
    assert again.unreadable == (Unreadable(COUNT, '"30" where a count belongs'),)


@pytest.mark.parametrize("word", [[{"path": "x", "reason": "y"}], "yes", [7]])
def test_the_other_side_cannot_say_what_we_could_not_read(word: Any) -> None:
    assert read_study(spoiled("unreadable", word)).unreadable == ()


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()) | st.just("\ud800"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)
PATHS = st.sampled_from(sorted({
    "protocolSection.identificationModule.briefTitle", f"{STATUS}.overallStatus", f"{STATUS}.startDateStruct", COUNT,
    f"{STATUS}.lastUpdatePostDateStruct.date", "protocolSection.designModule.phases", "hasResults",
    "protocolSection.armsInterventionsModule.interventions", "derivedSection.conditionBrowseModule.meshes",
}))  # fmt: skip


@given(PATHS, VALUES)
@example(COUNT, float("inf"))
def test_whatever_a_leaf_holds_the_rest_is_read_and_can_be_stored(path: str, value: Any) -> None:
    found = read_study(spoiled(path, value))
    assert found.nct_id == ID
    assert decode_study(found.body()).body() == found.body()
    reference = read_study(spoiled(path, None))
    status = Study.status.fget  # type: ignore[attr-defined]
    assert found.eligibility == reference.eligibility
    assert path.startswith(STATUS) or status(found) == status(reference)
