"""Each fault does what its name says, and only where it is meant to."""

import socket
import time
import warnings
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests

from tests.fake_registry import FAULT_NAMES
from tests.fake_registry.errors import DATA_CHANGED
from tests.fake_registry.tests.client import SORT, Client, Serve, ids

WAITS = {"429-retry-after": "1", "429-hour": "3600", "503-odd-date": "Fri, 20 Nov 2026 09:00:00 +99999999999999999999"}


@pytest.mark.parametrize("name", ["429", "429-retry-after", "429-hour", "403", "500", "503", "503-odd-date"])
def test_status_faults(twenty: Client, name: str) -> None:
    twenty.reg.fault(name, times=1)
    answer = twenty.get("/version")
    assert answer.status_code == int(name[:3])
    assert answer.headers.get("Retry-After") == WAITS.get(name)
    assert ("<html>" in answer.text) == (name == "403")
    assert twenty.reg.requests[-1].status == int(name[:3])
    assert twenty.get("/version").status_code == 200


def test_html_with_status_200(twenty: Client) -> None:
    twenty.reg.fault("html-200")
    answer = twenty.get("/studies")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/html")
    assert answer.text.startswith("<!DOCTYPE html>")


@pytest.mark.parametrize("encoding", ["gzip", "identity"])
def test_cut_body(twenty: Client, encoding: str) -> None:
    twenty.reg.fault("cut-body", times=1)
    with pytest.raises(requests.exceptions.ChunkedEncodingError, match="IncompleteRead"):
        twenty.get("/studies", headers={"Accept-Encoding": encoding})
    assert twenty.get("/studies").status_code == 200


@pytest.mark.parametrize("encoding", ["gzip", "identity"])
def test_cut_json(twenty: Client, encoding: str) -> None:
    twenty.reg.fault("cut-json", times=1)
    answer = twenty.get("/studies", headers={"Accept-Encoding": encoding})
    assert answer.status_code == 200
    with pytest.raises(ValueError, match=r"(?i)expecting|unterminated|invalid"):
        answer.json()


def test_stall_gives_no_answer_and_does_not_hold_the_server_up(served: Serve) -> None:
    client = served([])
    client.reg.fault("stall")
    with pytest.raises(requests.exceptions.ReadTimeout):
        client.session.get(client.reg.url + "/version", timeout=0.3)
    assert client.reg.requests[-1].status == 0
    parts = urlsplit(client.reg.url)
    with socket.create_connection((parts.hostname, parts.port), timeout=5) as waiting:
        waiting.sendall(b"GET /api/v2/version HTTP/1.1\r\nHost: x\r\n\r\n")
        time.sleep(0.1)
        begun = time.perf_counter()
        client.reg.stop()
        assert time.perf_counter() - begun < 1
        assert waiting.recv(10) == b""


def test_slow_body_drips(twenty: Client) -> None:
    twenty.reg.fault("slow-body")
    answer = twenty.get("/version", stream=True)
    begun = time.perf_counter()
    first = answer.raw.read(4)
    assert len(first) == 4
    assert 0.4 < time.perf_counter() - begun < 2
    answer.close()


def test_reset(twenty: Client) -> None:
    twenty.reg.fault("reset", times=1)
    with pytest.raises(requests.exceptions.ConnectionError) as caught:
        twenty.get("/version")
    assert "ConnectionResetError" in repr(caught.value)
    assert twenty.get("/version").status_code == 200


def test_reload_in_mid_paging(twenty: Client) -> None:
    twenty.reg.fault("reload-mid-paging", times=1)
    token = twenty.page(**SORT)["nextPageToken"]
    assert twenty.refused(**SORT, pageToken=token) == DATA_CHANGED
    assert twenty.get("/version").json()["dataTimestamp"] == "2026-11-23T09:00:05"
    assert len(twenty.pages(**SORT)) == 3


def test_garbage_record_keeps_its_id(twenty: Client) -> None:
    twenty.reg.fault("garbage-record", times=1)
    first, second = twenty.page(pageSize=2, fields="OverallStatus", **SORT)["studies"]
    assert first["protocolSection"]["statusModule"] == "garbage"
    assert first["protocolSection"]["identificationModule"]["nctId"] == "NCT01000019"
    assert second["protocolSection"]["statusModule"] == {"overallStatus": "COMPLETED"}
    assert "garbage" not in twenty.get("/studies").text


def test_garbage_record_without_id(twenty: Client) -> None:
    twenty.reg.fault("garbage-record-no-id")
    *_, last = twenty.page(pageSize=2, **SORT)["studies"]
    assert not isinstance(last["protocolSection"]["identificationModule"], dict)


def test_unreadable_leaf(twenty: Client) -> None:
    twenty.reg.fault("unreadable-leaf", times=1)
    first, _ = twenty.page(pageSize=2, fields="OverallStatus", **SORT)["studies"]
    assert first["protocolSection"]["statusModule"]["startDateStruct"] == {"date": "2027-02-30"}
    assert twenty.page(pageSize=1, **SORT)["studies"] != [first]


@pytest.mark.parametrize(
    ("name", "words"), [("deep-record", b'"briefSummary":' + b"[" * 1000), ("lone-surrogate", rb"half a \ud800 char")]
)
def test_records_no_json_library_would_write(twenty: Client, name: str, words: bytes) -> None:
    twenty.reg.fault(name, times=1)
    assert words in twenty.get("/studies").content
    assert words not in twenty.get("/studies").content


def test_odd_headers(twenty: Client) -> None:
    twenty.reg.fault("odd-headers", times=1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # the standard library calls them a bug of its own
        answer = twenty.get("/version", headers={}, allow_redirects=False)
    assert answer.json()["apiVersion"]
    assert answer.headers["Retry-After"] == "9" * 5000


def test_endless(twenty: Client) -> None:
    twenty.reg.fault("endless")
    page = twenty.page(countTotal="true", pageSize=20, **SORT)
    assert page["totalCount"] == 10**12
    assert page["nextPageToken"]
    assert twenty.page(pageToken=page["nextPageToken"], pageSize=20, **SORT)["studies"]


def test_empty(twenty: Client) -> None:
    twenty.reg.fault("empty", times=1)
    assert twenty.page(countTotal="true") == {"totalCount": 0, "studies": []}
    assert twenty.page(countTotal="true")["totalCount"] == 20


def test_short_total_promises_more_than_the_pages_hold(twenty: Client) -> None:
    twenty.reg.fault("short-total")
    pages = twenty.pages(countTotal="true", **SORT)
    assert pages[0]["totalCount"] > sum(len(page["studies"]) for page in pages) == 20


def test_duplicate_page(twenty: Client) -> None:
    twenty.reg.fault("duplicate-page", times=1)
    first, second, third = twenty.pages(**SORT)
    assert ids(first) == ids(second) != ids(third)


def test_no_total(twenty: Client) -> None:
    twenty.reg.fault("no-total", times=1)
    assert "totalCount" not in twenty.page(countTotal="true")


def test_no_timestamp(twenty: Client) -> None:
    twenty.reg.fault("no-timestamp", times=1)
    assert [twenty.get("/version").json().keys() for _ in range(2)] == [{"apiVersion"}, {"apiVersion", "dataTimestamp"}]


def test_a_fault_hits_only_what_it_is_meant_for(twenty: Client) -> None:
    twenty.reg.fault("503", times=2, after=1, path="/studies", when=lambda request: "pageToken" not in request.params)
    statuses = [twenty.get(path).status_code for path in ["/studies", "/version", "/studies", "/studies", "/studies"]]
    assert statuses == [200, 200, 503, 503, 200]
    twenty.reg.fault("500")
    twenty.reg.clear_faults()
    assert twenty.get("/version").status_code == 200
    with pytest.raises(ValueError, match="unknown fault"):
        twenty.reg.fault("tea-break")


def test_every_fault_has_a_test() -> None:
    source = Path(__file__).read_text(encoding="utf-8")
    assert [name for name in FAULT_NAMES if f'"{name}"' not in source] == []
