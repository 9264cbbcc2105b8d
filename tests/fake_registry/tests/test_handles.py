"""What a test does to a stand-in: edits, reloads, recorded requests."""

import time

from tests.fake_registry import make_study
from tests.fake_registry.tests.client import SORT, Client, Serve, numbered


def test_requests_are_recorded_and_can_be_cleared(twenty: Client) -> None:
    answer = twenty.get("/studies", {"query.intr": "a b", **SORT}, headers={"Accept-Encoding": "identity"})
    (request,) = twenty.reg.requests
    assert (request.method, request.path, request.status) == ("GET", "/studies", 200)
    assert request.params == {"query.intr": "a b", **SORT}
    assert request.headers["user-agent"].startswith("python-requests/")
    assert request.bytes_sent == len(answer.content)
    twenty.reg.clear_requests()
    assert twenty.reg.requests == []


def test_put_remove_and_edit_show_at_once_without_a_new_load(twenty: Client) -> None:
    original = numbered(50)
    tag = twenty.get("/version").headers["ETag"]
    twenty.reg.put(original)
    twenty.reg.remove("NCT01000000")
    twenty.reg.edit("NCT01000050", **{"protocolSection.statusModule.overallStatus": "TERMINATED", "hasResults": True})
    twenty.reg.edit("NCT01000001", **{"protocolSection.statusModule": None})
    assert twenty.ids(filter__overallStatus="TERMINATED", query__intr="ampligen") == ["NCT01000050"]
    assert twenty.get("/studies/NCT01000000").status_code == 404
    assert "statusModule" not in twenty.get("/studies/NCT01000001").json()["protocolSection"]
    assert twenty.get("/version").headers["ETag"] == tag
    assert original == numbered(50)  # the caller's own record is left alone


def test_a_small_registry_may_be_edited_in_place(twenty: Client) -> None:
    twenty.ids(query__titles="changed")
    twenty.reg.studies["NCT01000004"]["protocolSection"]["identificationModule"]["briefTitle"] = "Changed"
    assert twenty.ids(query__titles="changed") == ["NCT01000004"]


def test_a_large_registry_answers_from_its_cache_until_the_data_change(served: Serve) -> None:
    client = served(make_study(f"NCT{at:08d}", title=f"Old title {at}") for at in range(1, 1201))
    query = {"query.titles": "old", "countTotal": "true", "pageSize": "1", **SORT}
    assert [client.get("/studies", query).json()["totalCount"] for _ in range(2)] == [1200, 1200]
    client.reg.edit("NCT00000007", **{"protocolSection.identificationModule.briefTitle": "New title"})
    client.reg.remove("NCT00000008")
    client.reg.put(make_study("NCT00005000", title="old too"))
    assert client.get("/studies", query).json()["totalCount"] == 1199
    assert client.ids(query__titles="new") == ["NCT00000007"]


def test_the_bucket_refuses_the_eleventh_request_and_refills(served: Serve) -> None:
    client = served([], bucket=True)
    answers = [client.get("/version") for _ in range(12)]
    assert [answer.status_code for answer in answers] == [200] * 10 + [429] * 2
    assert "Retry-After" not in answers[-1].headers
    time.sleep(1.05)
    assert client.get("/version").status_code == 200
