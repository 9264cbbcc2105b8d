"""Parameters, errors and headers; the endpoints beside the studies."""

import http.client
import json
import time
from urllib.parse import urlsplit

import pytest
import requests

from tests.fake_registry.tests.client import SORT, Client, Serve

# -- parameters, errors, headers ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["filter.phase", "query.recrs", "foo", "pagesize"])
def test_unknown_parameters_are_refused(twenty: Client, name: str) -> None:
    assert twenty.refused(**{name: "1"}) == f"`{name}` is unknown parameter"


def test_csv_is_not_served(twenty: Client) -> None:
    assert "format=json" in twenty.refused(format="csv")


def test_every_study_stands_on_its_own_line(twenty: Client) -> None:
    text = twenty.get("/studies", {"pageSize": 3, "countTotal": "true", **SORT}).text
    lines = text.split("\n")
    assert lines[0] == '{"totalCount":20,"studies":['
    assert [json.loads(line.rstrip(",")) for line in lines[1:4]] == twenty.page(pageSize=3, **SORT)["studies"]
    assert lines[4].startswith('],"nextPageToken":"')
    assert twenty.get("/studies", {"query.intr": "none"}).text == '{"studies":[  ]}'


def test_one_etag_for_all_paths_holds_the_load_time_and_gives_304(twenty: Client) -> None:
    tags = {
        twenty.get(path).headers["ETag"] for path in ("/version", "/studies/enums", "/studies", "/studies/NCT01000001")
    }
    (tag,) = tags
    milliseconds = int(tag.strip('"').rpartition("/")[2], 36)
    assert time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(milliseconds / 1000)) == "2026-11-20T09:00:05"
    same = twenty.get("/version", headers={"If-None-Match": tag})
    assert (same.status_code, same.content) == (304, b"")
    twenty.reg.reload()
    assert twenty.get("/version", headers={"If-None-Match": tag}).status_code == 200


def test_an_error_is_never_304(twenty: Client) -> None:
    tag = twenty.get("/version").headers["ETag"]
    assert twenty.get("/studies", {"foo": "1"}, headers={"If-None-Match": tag}).status_code == 400


def test_headers_of_an_answer(twenty: Client) -> None:
    answer = twenty.get("/studies")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Content-Encoding"] == "gzip"
    assert not {"Cache-Control", "Last-Modified"} & answer.headers.keys()
    plain = twenty.get("/studies", SORT, headers={"Accept-Encoding": "identity"})
    assert "Content-Encoding" not in plain.headers
    assert plain.json() == twenty.page(**SORT)


def test_preflight_and_other_methods_are_refused(twenty: Client) -> None:
    assert requests.options(twenty.reg.url + "/studies", timeout=5).status_code == 403
    assert requests.post(twenty.reg.url + "/studies", data="x", timeout=5).status_code == 405


def test_the_connection_is_kept_alive_and_quick(twenty: Client) -> None:
    parts = urlsplit(twenty.reg.url)
    connection = http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=5)
    begun = time.perf_counter()
    sockets = set()
    for _ in range(20):
        connection.request("GET", parts.path + "/version")
        sockets.add(id(connection.sock))
        connection.getresponse().read()
    connection.close()
    assert len(sockets) == 1
    assert time.perf_counter() - begun < 0.6  # Nagle with delayed ACK would take 20 x 40 ms


def test_paths_that_are_not_served(twenty: Client) -> None:
    for path in ("/studies/NCT01000001/history", "/nothing"):
        answer = twenty.get(path)
        assert (answer.status_code, answer.headers["Content-Type"]) == (404, "text/html")
    assert requests.get(twenty.reg.url.replace("v2", "query"), timeout=5).status_code == 404


# -- the other endpoints -----------------------------------------------------------------------------------------------


def test_version(twenty: Client, served: Serve) -> None:
    assert twenty.get("/version").json() == {"apiVersion": "2.0.5", "dataTimestamp": "2026-11-20T09:00:05"}
    assert served([], data_timestamp=None).get("/version").json() == {"apiVersion": "2.0.5"}


def test_stats_count_what_is_held(agents: Client) -> None:
    (phases,) = agents.get("/stats/field/values", {"fields": "Phase"}).json()
    held = [study["protocolSection"].get("designModule", {}).get("phases") for study in agents.reg.studies.values()]
    assert (phases["type"], phases["field"]) == ("ENUM", "protocolSection.designModule.phases")
    assert phases["missingStudiesCount"] == held.count(None)
    counts = {entry["value"]: entry["studiesCount"] for entry in phases["topValues"]}
    assert counts["PHASE2"] == sum("PHASE2" in (listed or []) for listed in held)
    (sizes,) = agents.get("/stats/field/sizes", {"fields": "Phase"}).json()
    assert sizes["maxSize"] == 2
    assert agents.get("/stats/size").json()["totalStudies"] == len(held)
    types = {entry["type"] for entry in agents.get("/stats/field/values", {"types": "DATE,BOOLEAN"}).json()}
    assert types == {"DATE", "BOOLEAN"}


def test_stats_refuse_queries_and_unknown_fields(twenty: Client) -> None:
    refused = twenty.get("/stats/size", {"query.cond": "x"})
    assert (refused.status_code, refused.text) == (400, "Invalid prefix in parameter name: query.cond")
    unknown = twenty.get("/stats/field/values", {"fields": "Foo,Bar"})
    assert (unknown.status_code, unknown.text) == (404, "Unknown piece name of field path: Foo")


def test_enums_areas_and_metadata(twenty: Client) -> None:
    enums = {enum["type"]: enum for enum in twenty.get("/studies/enums").json()}
    assert len(enums) == 41
    assert enums["Status"]["pieces"] == ["OverallStatus", "LastKnownStatus"]
    (document,) = twenty.get("/studies/search-areas").json()
    sizes = {area["name"]: len(area["parts"]) for area in document["areas"]}
    assert (len(sizes), sizes["BasicSearch"], sizes["InterventionSearch"], sizes["ConditionSearch"]) == (19, 57, 12, 7)
    tree = twenty.get("/studies/metadata").json()
    assert [node["name"] for node in tree[:2]] == ["protocolSection", "resultsSection"]
    assert "indexedOnly" not in json.dumps(tree)
    assert "indexedOnly" in twenty.get("/studies/metadata", {"includeIndexedOnly": "true"}).text
