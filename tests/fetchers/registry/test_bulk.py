"""The registry's whole file: read whole, or refused with a sentence; never believed in part."""

import io
import json
import struct
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fetchers.errors import Validation
from fetchers.record.study import read_study
from fetchers.registry import bulk as module
from fetchers.registry.bulk import BulkFile
from fetchers.registry.fields import FIELDS
from tests.fake_registry import agent_studies
from tests.fake_registry.pieces import project, resolve_fields
from tests.fake_registry.studies import make_study
from tests.rigs.bulk_files import bulk_file, contents, name_of, packed
from tests.rigs.records import Records, each_set_at_hand

STUDIES = agent_studies()
IDS = [study["protocolSection"]["identificationModule"]["nctId"] for study in STUDIES]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ctg-studies.json.zip"


def refusal(path: Path) -> str:
    with pytest.raises(Validation) as told:
        contents(path)
    assert str(path) in str(told.value)
    return str(told.value)


# -- a whole file -----------------------------------------------------------------------------------------------------


def test_every_study_of_the_file_is_read(path: Path) -> None:
    bulk_file(path, STUDIES)
    assert contents(path) == (IDS, [])
    with BulkFile(path) as bulk:
        assert (len(bulk), list(bulk.ids()), bulk.others) == (len(IDS), IDS, 0)
        assert bulk.lacks([IDS[0], "NCT99999999"]) == {"NCT99999999"}


@each_set_at_hand
def test_a_record_of_the_file_is_the_one_the_api_would_send(at_hand: Records, path: Path) -> None:
    """Same body, so same hash: asked by the API, a record that the file brought is no change."""
    bulk_file(path, at_hand.raw)
    trie, _ = resolve_fields(FIELDS, ())
    with BulkFile(path) as bulk:
        loaded = {study.nct_id: study.body() for page in bulk.pages() for study in page.studies}
    sent = [read_study(json.dumps(project(study, trie)).encode()) for study in at_hand.raw]
    assert loaded == {study.nct_id: study.body() for study in sent}
    assert len(loaded) == len(at_hand.raw)


def test_the_date_of_the_data_comes_with_the_pages(path: Path) -> None:
    bulk_file(path, [make_study("NCT00000001", version_holder="2026-11-19")])
    with BulkFile(path) as bulk:
        assert [page.version_holder for page in bulk.pages()] == ["2026-11-19"]


def test_a_stored_member_is_read_like_a_packed_one(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(name_of(IDS[0]), json.dumps(STUDIES[0]))
    assert contents(path) == (IDS[:1], [])


def test_other_files_in_it_are_counted_and_passed_over(path: Path) -> None:
    bulk_file(path, STUDIES, {"README.txt": b"hello", "00/": b"", "12/NCT00000034.json": b"{}"})
    with BulkFile(path) as bulk:
        assert bulk.others == 2
    assert contents(path) == (IDS, [])


# -- one bad study costs one study ------------------------------------------------------------------------------------


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b"<html>", b'{"protocolSection": {}}', b"\xff\xfe"])
def test_a_member_that_is_no_study_is_set_aside_under_its_name(body: bytes, path: Path) -> None:
    bulk_file(path, STUDIES, {"01/NCT00000001.json": body})
    studies, aside = contents(path)
    assert studies == IDS
    assert [nct_id for nct_id, _ in aside] == ["NCT00000001"]


def test_a_member_that_holds_another_study_is_set_aside(path: Path) -> None:
    bulk_file(path, [], {"01/NCT00000001.json": json.dumps(STUDIES[0]).encode()})
    assert contents(path) == ([], [("NCT00000001", f"The file of NCT00000001 holds {IDS[0]}.")])


# -- a file that is refused -------------------------------------------------------------------------------------------


def test_no_file(path: Path) -> None:
    assert "cannot be read: No such file" in refusal(path)


def test_a_folder(path: Path) -> None:
    path.mkdir()
    assert "cannot be read" in refusal(path)


@pytest.mark.parametrize("content", [b"", b"PK", b"{}", b"<html></html>" * 100])
def test_no_archive(content: bytes, path: Path) -> None:
    path.write_bytes(content)
    assert "cut off or no zip archive" in refusal(path)


@given(st.data())
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_file_that_is_cut_anywhere_is_refused(path: Path, data: st.DataObject) -> None:
    whole = bulk_file(path, STUDIES[:5]).read_bytes()
    path.write_bytes(whole[: data.draw(st.integers(0, len(whole) - 1))])
    assert "is not the registry's whole file" in refusal(path)


@given(st.data())
@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_flipped_byte_is_noticed_or_does_no_harm(path: Path, data: st.DataObject) -> None:
    whole = bytearray(bulk_file(path, STUDIES[:5]).read_bytes())
    before = contents(path)
    whole[data.draw(st.integers(0, len(whole) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    path.write_bytes(whole)
    try:
        studies, aside = contents(path)
    except Validation:
        return
    # A member may have got another name; what is read of the others is what they say.
    assert set(studies) <= set(before[0])
    assert len(aside) <= 1


def test_a_damaged_study_makes_the_file_one_that_cannot_be_believed(path: Path) -> None:
    whole = bytearray(bulk_file(path, STUDIES).read_bytes())
    with zipfile.ZipFile(io.BytesIO(bytes(whole))) as archive:
        at = archive.infolist()[3].header_offset
    whole[at + 30 + len(name_of(IDS[3])) + 40] ^= 0xFF
    path.write_bytes(whole)
    assert f"{IDS[3]} in it is damaged" in refusal(path)


def test_a_study_twice(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(name_of(IDS[0]), json.dumps(STUDIES[0]))
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr(name_of(IDS[0]), json.dumps(STUDIES[0]))
    assert "it holds a study twice" in refusal(path)


def test_an_archive_of_something_else(path: Path) -> None:
    packed(path, {"data.csv": b"a,b", "NCT00000001.json": b"{}"})
    assert "it holds no studies" in refusal(path)


def test_a_folder_that_is_missing_in_a_large_file(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ENOUGH_FOR_ALL", len(IDS))
    bulk_file(path, STUDIES)
    assert "of the registry's 100 folders" in refusal(path)


def test_a_packing_the_registry_does_not_use(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr(name_of(IDS[0]), json.dumps(STUDIES[0]))
    assert "packed in a way the registry does not use" in refusal(path)


# -- a bomb -----------------------------------------------------------------------------------------------------------


def test_a_member_that_says_it_is_huge(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LARGEST", 1_000_000)
    packed(path, {"01/NCT00000001.json": b" " * 1_000_001})
    assert "would unpack to 1,000,001 bytes" in refusal(path)


def test_a_member_that_is_larger_than_it_says_is_unpacked_no_further(path: Path) -> None:
    whole = bytearray(packed(path, {"01/NCT00000001.json": b" " * 5_000_000}).read_bytes())
    directory = whole.rindex(b"PK\1\2")
    struct.pack_into("<I", whole, directory + 24, 1000)
    path.write_bytes(whole)
    assert "NCT00000001 in it is damaged" in refusal(path)


def test_a_file_that_would_unpack_to_more_than_the_registry_has(path: Path) -> None:
    bulk_file(path, STUDIES)
    with pytest.raises(Validation, match=r"would unpack to [\d,]+ bytes, more than the registry has"):
        BulkFile(path, largest_in_all=1000)


def test_members_that_share_their_bytes(path: Path) -> None:
    """Many names for the same packed bytes: the trick of bombs that look small."""
    body = json.dumps(STUDIES[0]).encode() * 50
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("01/NCT00000001.json", body)
        first = archive.infolist()[0]
        for number in range(2, 9):
            again = zipfile.ZipInfo(f"0{number}/NCT0000000{number}.json")
            again.file_size = again.compress_size = len(body)
            again.CRC, again.header_offset = first.CRC, first.header_offset
            archive.filelist.append(again)
    assert "would unpack to" in refusal(path)
