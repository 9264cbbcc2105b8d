"""Pages in which one record stops every parser: it costs that record, and the page is read on."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetchers.errors import Parsing
from fetchers.record.study import read_study
from fetchers.registry import pages
from fetchers.registry.pages import decode_page, moment
from tests.fake_registry import make_study

GOOD, BAD, LAST = "NCT00000001", "NCT00000002", "NCT00000003"


def record(nct_id: str, **facts: Any) -> bytes:
    return json.dumps(make_study(nct_id, **facts)).encode()


def page(*records: bytes, sep: bytes = b",\n", following: str = "t") -> bytes:
    head = b'{"totalCount":%d,"studies":[\n' % len(records)
    return head + sep.join(records) + b'\n],"nextPageToken":"%s"}' % following.encode()


def ids(body: bytes) -> list[str]:
    found, token = decode_page(body)
    assert token == "t"
    assert found.total == len(found.studies) + len(found.set_aside)
    return [study.nct_id for study in found.studies]


SUMMARY = record(BAD, summary="??")
STAYS = {
    "deep": SUMMARY.replace(b'"??"', b"[" * 100_000 + b"]" * 100_000),
    "deep objects": SUMMARY.replace(b'"??"', b'{"x":' * 100_000 + b"1" + b"}" * 100_000),
    "lone surrogate": SUMMARY.replace(b"??", rb"a \ud800 b"),
    "lone low surrogate in a key": SUMMARY.replace(b'"briefSummary"', rb'"\udc00"'),
    "control character": SUMMARY.replace(b"??", b"a\x01b"),
    "bytes that are no text": SUMMARY.replace(b"??", b"\xff"),
    "not a number": SUMMARY.replace(b'"??"', b"NaN"),
}
LOST = {
    "a comma too many": SUMMARY[:-1] + b",}",
    "a word that is none": SUMMARY[:-1] + b',"x":tru}',
    "a bracket that never closes": SUMMARY[:-1],
    "a quote that never closes": SUMMARY[:-1] + b',"x":"y}',
    "no value": SUMMARY[:-1] + b',"x":}',
}


@pytest.mark.parametrize("name", STAYS)
def test_a_record_with_a_leaf_no_parser_takes_stays(name: str) -> None:
    assert ids(page(record(GOOD), STAYS[name], record(LAST))) == [GOOD, BAD, LAST]


@pytest.mark.parametrize("name", LOST)
def test_a_record_that_is_no_json_costs_itself(name: str) -> None:
    body = page(record(GOOD), LOST[name], record(LAST))
    assert ids(body) == [GOOD, LAST]
    ((aside),) = decode_page(body)[0].set_aside
    assert aside.nct_id == BAD, "its id can still be seen"
    assert "cannot be read" in aside.reason


@pytest.mark.parametrize("name", [*STAYS, "no value"])
def test_pages_need_not_be_written_line_by_line(name: str) -> None:
    assert ids(page(record(GOOD), (STAYS | LOST)[name], record(LAST), sep=b" , "))[::2] in ([GOOD, LAST], [GOOD])


@pytest.mark.parametrize("text", [b"null", b"7", b'"text"', b"[[]]", b"{}", b'{"protocolSection":[]}'])
def test_what_is_no_record_has_no_name_but_a_mark(text: bytes) -> None:
    first, again = (decode_page(page(record(GOOD), text))[0].set_aside for _ in range(2))
    assert first == again
    ((aside),) = first
    assert aside.nct_id is None
    assert aside.reason.endswith(")")
    other = decode_page(page(record(GOOD), text.replace(b"7", b"8") + b" "))[0].set_aside[0]
    assert (other.reason == aside.reason) is (text != b"7")


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 100_000,
        b'{"studies":' + b"[" * 100_000 + b"]" * 100_000,
        page(record(GOOD))[:-30],
        page(record(GOOD), following="\\ud800"),
        b'{"studies":[],"x":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"studies":[],"totalCount":' + b"9" * 5_000 + b"}",
        b"\xff\xfe",
    ],
)
def test_what_is_no_page_is_one_answers_fault(body: bytes) -> None:
    with pytest.raises(Parsing, match="the answer"):
        decode_page(body)


@given(st.binary(max_size=200), st.integers(0, 400))
def test_no_bytes_end_in_anything_but_a_parsing_fault(noise: bytes, at: int) -> None:
    body = page(record(GOOD), record(BAD))
    try:
        found, _ = decode_page(body[:at] + noise + body[at:])
    except Parsing as error:
        str(error).encode()
    else:
        assert all(study.body() for study in found.studies)


@pytest.mark.parametrize("text", ["2026-11-20T09:00:05", "2026-11-20", "2026-11-20T09:00:05Z"])
def test_a_moment_of_a_data_load(text: str) -> None:
    assert moment(text) == text


@pytest.mark.parametrize(
    "value", [None, 7, "", "soon", "2026-13-01", "2026-11-20T09:00:05" + "0" * 40, "\ud800", "٢٠٢٦-11-20"]
)
def test_what_is_no_moment_is_none(value: object) -> None:
    assert moment(value) is None


ODD = [
    *STAYS.values(), *LOST.values(), record(BAD, start="2020-13"), SUMMARY.replace(b"??", b"a \\u0000 b"),
    SUMMARY.replace(BAD.encode(), b"no id"), SUMMARY[:-1] + b',"unreadable":[{"path":"x","reason":"y"}]}',
    SUMMARY[:-1] + b',"hasResults":"perhaps"}',
]  # fmt: skip


@given(st.lists(st.sampled_from([record(GOOD), record(LAST, summary="Two."), *ODD]), max_size=4))
def test_a_page_read_in_one_go_is_the_page_read_record_by_record(records: list[bytes]) -> None:
    body = page(*records)
    found = decode_page(body)[0]
    studies, set_aside = pages._each(pages._opened(body)[1], read_study)
    assert (found.studies, found.set_aside) == (studies, set_aside)
