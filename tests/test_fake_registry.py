"""The stand-in behaves as the notes on the real registry say: one test for each behaviour and each fault."""

from __future__ import annotations

import gzip
import http.client
import json
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from tests.fake_registry import FAULT_NAMES, FakeRegistry, agent_studies, make_study, synthetic_studies
from tests.fake_registry.agents import AGENT_ROLES
from tests.fake_registry.errors import DATA_CHANGED
from tests.rigs.records import Records, each_set_at_hand

ROOT = Path(__file__).parent.parent
_SIZES: tuple[dict[str, Any], ...] = ({}, {"pageSize": 0}, {"pageSize": 5000})
SORT = {"sort": "LastUpdatePostDate:desc"}
TEXT = "text/plain; charset=UTF-8"


class Client:
    """A session on one registry."""

    def __init__(self, reg: FakeRegistry) -> None:
        self.reg = reg
        self.session = requests.Session()

    def get(self, path: str, params: dict[str, Any] | None = None, **more: Any) -> requests.Response:
        return self.session.get(self.reg.url + path, params=params, timeout=10, **more)

    def page(self, **params: Any) -> dict[str, Any]:
        answer = self.get("/studies", {name.replace("__", "."): value for name, value in params.items()})
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def ids(self, **params: Any) -> list[str]:
        return ids(self.page(**{"pageSize": "1000", **SORT, **params}))

    def refused(self, **params: Any) -> str:
        answer = self.get("/studies", {name.replace("__", "."): value for name, value in params.items()})
        assert (answer.status_code, answer.headers["Content-Type"]) == (400, TEXT)
        return answer.text

    def pages(self, **params: Any) -> list[dict[str, Any]]:
        found = [self.page(**params)]
        while token := found[-1].get("nextPageToken"):
            found.append(self.page(**params, pageToken=token))
        return found


Serve = Callable[..., Client]


def ids(page: dict[str, Any]) -> list[str]:
    return [study["protocolSection"]["identificationModule"]["nctId"] for study in page["studies"]]


@pytest.fixture
def served(request: pytest.FixtureRequest) -> Iterator[Serve]:
    """`served(studies, **settings)` -> a client; everything is closed afterwards."""
    clients: list[Client] = []

    def start(studies: Any, **settings: Any) -> Client:
        clients.append(Client(FakeRegistry(studies, **settings).start()))
        return clients[-1]

    yield start
    for client in clients:
        client.session.close()
        client.reg.stop()


@pytest.fixture
def twenty(served: Serve) -> Client:
    """Twenty rintatolimod studies, seven a page."""
    return served([numbered(at) for at in range(20)], page_cap=7)


def numbered(at: int, **facts: Any) -> dict[str, Any]:
    given = {
        "title": f"Study number {at}",
        "interventions": ["DRUG: Rintatolimod"],
        "last_update": f"2026-01-{at + 1:02d}",
    }
    return make_study(f"NCT0100{at:04d}", **{**given, **facts})


@pytest.fixture
def agents(served: Serve) -> Client:
    return served(agent_studies())


# -- paging ---------------------------------------------------------------------------------------------------------


def test_pages_hold_every_study_once_in_the_order_asked(twenty: Client) -> None:
    pages = twenty.pages(**SORT, pageSize=1000, query__intr="rintatolimod")
    assert [len(page["studies"]) for page in pages] == [7, 7, 6]
    assert [nct_id for page in pages for nct_id in ids(page)] == [f"NCT0100{at:04d}" for at in range(19, -1, -1)]


def test_total_stands_on_the_first_page_only_and_only_when_asked(twenty: Client) -> None:
    first, *later = twenty.pages(**SORT, countTotal="true")
    assert first["totalCount"] == 20
    assert all("totalCount" not in page for page in later)
    assert "totalCount" not in twenty.page(**SORT)
    assert twenty.page(query__intr="nothing", countTotal="true") == {"totalCount": 0, "studies": []}


def test_a_full_page_carries_a_token_even_when_nothing_follows(served: Serve) -> None:
    client = served([numbered(at) for at in range(14)], page_cap=7)
    pages = client.pages(**SORT)
    assert [len(page["studies"]) for page in pages] == [7, 7, 0]
    assert "nextPageToken" not in pages[-1]


def test_page_size_zero_or_missing_is_ten_and_above_thousand_is_thousand(served: Serve) -> None:
    client = served(make_study(f"NCT{at:08d}") for at in range(1, 1006))
    sizes = [len(client.page(**SORT, fields="NCTId", **size)["studies"]) for size in _SIZES]
    assert sizes == [10, 10, 1000]
    assert client.refused(pageSize="-1") == "Parameter `pageSize` has incorrect format"


def test_tokens_are_opaque_base64url(twenty: Client) -> None:
    token = twenty.page(**SORT)["nextPageToken"]
    assert re.fullmatch(r"[A-Za-z0-9_-]{16,}", token)
    assert token != twenty.page(**SORT, pageToken=token)["nextPageToken"]


def test_a_token_with_other_parameters_answers_the_new_query_at_the_old_offset(served: Serve) -> None:
    others = [
        make_study(f"NCT0200{at:04d}", interventions=["Other"], last_update=f"2026-01-{at + 1:02d}") for at in range(9)
    ]
    client = served([*(numbered(at) for at in range(9)), *others], page_cap=7)
    token = client.page(**SORT, query__intr="rintatolimod")["nextPageToken"]
    assert ids(client.page(**SORT, query__intr="other", pageToken=token)) == ["NCT02000001", "NCT02000000"]


def test_a_garbage_token_is_refused(twenty: Client) -> None:
    good = twenty.page(**SORT)["nextPageToken"]
    for token in ("x", "garbage-token-0123456789", good[:-2] + "zz", good + "A", "ä"):
        assert "pageToken" in twenty.refused(**SORT, pageToken=token)


def test_a_reload_kills_tokens_and_moves_time_stamp_etag_and_version_holder(twenty: Client) -> None:
    token = twenty.page(**SORT)["nextPageToken"]
    before = twenty.get("/version")
    twenty.reg.reload(data_timestamp="2026-11-23T09:00:04")
    assert twenty.refused(**SORT, pageToken=token) == DATA_CHANGED
    after = twenty.get("/version")
    assert (before.json()["dataTimestamp"], after.json()["dataTimestamp"]) == (
        "2026-11-20T09:00:05",
        "2026-11-23T09:00:04",
    )
    assert before.headers["ETag"] != after.headers["ETag"]
    misc = {study["derivedSection"]["miscInfoModule"]["versionHolder"] for study in twenty.page()["studies"]}
    assert misc == {"2026-11-23"}


def test_a_reload_without_a_time_stamp_takes_the_next_working_day(twenty: Client) -> None:
    twenty.reg.reload()  # 2026-11-20 is a Friday
    assert twenty.get("/version").json()["dataTimestamp"] == "2026-11-23T09:00:05"


def test_without_sort_the_order_is_shuffled_but_one_run_of_pages_is_whole(twenty: Client) -> None:
    runs = [[nct_id for page in twenty.pages() for nct_id in ids(page)] for _ in range(2)]
    assert sorted(runs[0]) == sorted(runs[1]) == sorted(twenty.reg.studies)
    assert runs[0] != runs[1]


# -- sort -----------------------------------------------------------------------------------------------------------


def test_sort_defaults_dates_down_numbers_up_and_missing_last(served: Serve) -> None:
    facts: list[dict[str, Any]] = [
        {"start": "2020-05", "enrollment": 9},
        {"start": "2021"},
        {"enrollment": 3},
        {"start": "2020-05-02", "enrollment": 3},
    ]
    client = served(numbered(at, **given) for at, given in enumerate(facts))

    def order(sort: str) -> list[int]:
        return [int(nct_id[-1]) for nct_id in client.ids(sort=sort)]

    assert order("StartDate") == [1, 3, 0, 2]
    assert order("StartDate:asc") == [0, 3, 1, 2]
    assert order("EnrollmentCount,LastUpdatePostDate:asc") == [2, 3, 0, 1]
    assert order("EnrollmentCount:desc,LastUpdatePostDate:desc") == [0, 3, 2, 1]


def test_relevance_puts_the_named_drug_before_the_passing_mention(served: Serve) -> None:
    mention = make_study("NCT00000001", title="Other", arms=[{"label": "a", "description": "after ampligen"}])
    client = served([mention, make_study("NCT00000002", title="x", interventions=["Ampligen"])])
    assert client.ids(query__intr="ampligen", sort="@relevance") == ["NCT00000002", "NCT00000001"]


@pytest.mark.parametrize(
    ("sort", "text"),
    [
        ("BriefTitle", "Unsupported sort field type: text"),
        ("Phase:asc", "Unsupported sort field type: enum"),
        ("StartDate,EnrollmentCount,LastUpdatePostDate", "Parameter `sort` contains more than 2 items"),
        ("StartDate:down", "Item 1 in parameter `sort` has incorrect format"),
        ("StartDate,Foo", "Item 2 in parameter `sort` has incorrect format"),
    ],
)
def test_sort_refuses(twenty: Client, sort: str, text: str) -> None:
    assert twenty.refused(sort=sort) == text


# -- fields ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def one(served: Serve) -> Client:
    sites = [{"city": "Ghent", "country": "Belgium"}, {"city": "Rome"}, {"country": "Italy"}]
    return served(
        [make_study("NCT00000007", interventions=["DRUG: A"], locations=sites, phases=["PHASE1"], condition_mesh=["M"])]
    )


def test_fields_give_only_the_asked_leaves_and_keep_parents_and_positions(one: Client) -> None:
    (study,) = one.page(fields="LocationCountry,InterventionName")["studies"]
    assert study == {
        "protocolSection": {
            "contactsLocationsModule": {"locations": [{"country": "Belgium"}, {}, {"country": "Italy"}]},
            "armsInterventionsModule": {"interventions": [{"name": "A"}]},
        }
    }


def test_a_missing_leaf_leaves_its_parents(one: Client) -> None:
    (study,) = one.page(fields="EnrollmentCount|OfficialTitle")["studies"]
    assert study == {"protocolSection": {"designModule": {}, "identificationModule": {}}}


def test_has_results_comes_only_on_request(one: Client) -> None:
    assert "hasResults" not in one.page(fields="NCTId")["studies"][0]
    assert one.page(fields="NCTId,HasResults")["studies"][0]["hasResults"] is False
    assert one.page()["studies"][0] == one.reg.studies["NCT00000007"]


def test_fields_take_modules_dotted_paths_areas_and_query(one: Client) -> None:
    whole = one.reg.studies["NCT00000007"]["protocolSection"]
    for name in ("StatusModule", "protocolSection.statusModule"):
        assert one.page(fields=name)["studies"] == [{"protocolSection": {"statusModule": whole["statusModule"]}}]
    both = one.page(fields="OverallStatus,StatusModule,LastUpdatePostDate")["studies"]
    assert both == [{"protocolSection": {"statusModule": whole["statusModule"]}}]
    assert "interventions" in json.dumps(one.page(fields="InterventionSearch"))
    asked = one.page(fields="@query", query__titles="untitled")["studies"]
    assert asked == [{"protocolSection": {"identificationModule": {"briefTitle": "Untitled study"}}}]


@pytest.mark.parametrize("name", ["nctid", "Foo", "", "protocolSection.foo", "NumLocations"])
def test_unknown_or_miscased_fields_are_refused(one: Client, name: str) -> None:
    assert one.refused(fields=f"NCTId,{name}") == f"Parameter 'fields' contains invalid field name: '{name}'"


# -- filters and lookups --------------------------------------------------------------------------------------------


def test_filter_ids_folds_drops_unknown_and_follows_aliases(served: Serve) -> None:
    client = served([make_study("NCT00000012", aliases=["NCT00000099"]), make_study("NCT01000001")])
    assert client.ids(filter__ids="nct12,NCT012|NCT1000001,NCT77777777") == ["NCT00000012", "NCT01000001"]
    assert client.ids(filter__ids="NCT00000099") == ["NCT00000012"]
    for bad in ("NCT00000000", "12", "NCT123456789", "NCT01000001;NCT00000012"):
        assert (
            client.refused(filter__ids=f"NCT01000001,{bad}") == "Item 2 in parameter `filter.ids` has incorrect format"
        )


def test_filter_overall_status(agents: Client) -> None:
    found = agents.page(filter__overallStatus="WITHDRAWN|WITHHELD", **SORT)["studies"]
    assert {study["protocolSection"]["statusModule"]["overallStatus"] for study in found} == {"WITHDRAWN", "WITHHELD"}
    assert (
        agents.refused(filter__overallStatus="BADSTATUS") == "Invalid value in parameter `overallStatus`: `BADSTATUS`"
    )


@pytest.mark.parametrize(
    ("expression", "numbers"),
    [
        ("AREA[Phase]PHASE2", {1, 2}),
        ("AREA[Phase](PHASE1 OR PHASE3)", {0, 2}),
        ("NOT AREA[Phase]PHASE2", {0, 3}),
        ("AREA[Phase]PHASE2 AND AREA[Phase]PHASE3", {2}),
        ("AREA[Phase]PHASE1 OR AREA[Phase]PHASE2 AND AREA[Phase]PHASE3", {0, 2}),
        ("(AREA[Phase]PHASE1 OR AREA[Phase]PHASE2) AND AREA[Phase]PHASE3", {2}),
        ("AREA[Phase]MISSING", {3}),
        ("AREA[Phase:size]2", {2}),
        ("AREA[LastUpdatePostDate]RANGE[2026-01-02,MAX]", {1, 2, 3}),
        ("AREA[LastUpdatePostDate]RANGE[MIN,01/02/2026]", {0, 1}),
        ("AREA[StartDate]2024", {1, 2}),
        ("AREA[StartDate]RANGE[2024-02-01,2024-03]", {2}),
        ("AREA[StartDate]RANGE[MIN,MAX]", {0, 1, 2}),
        ("AREA[EnrollmentCount]RANGE[10,20]", {0, 1}),
        ("AREA[BriefTitle]third", {2}),
        ("AREA[ConditionSearch]lupus", {3}),
        ("AREA[NumLocations]2", {0}),
        ("AREA[LeadSponsorName]COVERAGE[FullMatch]Merck", {1}),
        ("AREA[LeadSponsorName]Merck", {0, 1}),
        ("ALL", {0, 1, 2, 3}),
    ],
)
def test_filter_advanced(served: Any, expression: str, numbers: set[int]) -> None:
    facts: list[dict[str, Any]] = [
        {
            "phases": ["PHASE1"],
            "start": "2023-12-31",
            "enrollment": 10,
            "countries": ["A", "B"],
            "sponsor": "Merck KGaA",
        },
        {"phases": ["PHASE2"], "start": "2024-01", "enrollment": 20, "sponsor": "Merck"},
        {"phases": ["PHASE2", "PHASE3"], "start": "2024-03-31", "enrollment": 21, "title": "The third"},
        {"conditions": ["Lupus"]},
    ]
    client = served(numbered(at, **given) for at, given in enumerate(facts))
    assert {int(nct_id[-1]) for nct_id in client.ids(filter__advanced=expression)} == numbers


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ("AREA[Foo]x", "Unknown area name: `Foo`"),
        ("AREA[Phase]PHASE9", "Allowed values for enum field `protocolSection.designModule.phases` are `NA`, "),
        ("AREA[Phase", "mismatched input '['"),
        ("SEARCH[Location](x)", "no viable alternative at input 'Location'"),
        ("AREA[BriefTitle]RANGE[a,b]", "RANGE needs a date or numeric field"),
        ("RANGE[1,2]", "RANGE needs a date or numeric field"),
        ("(a", "no viable alternative at input '<EOF>'\nmissing ')' at '<EOF>'"),
    ],
)
def test_filter_advanced_refuses(twenty: Client, expression: str, text: str) -> None:
    assert twenty.refused(filter__advanced=expression).startswith(f"Error parsing query in advanced filter: {text}")


def test_a_query_of_only_ids_ignores_filters_and_other_queries(twenty: Client) -> None:
    found = twenty.ids(
        query__term="NCT01000003, nct01000004", query__cond="asthma (", filter__overallStatus="RECRUITING"
    )
    assert found == ["NCT01000004", "NCT01000003"]


def test_several_queries_and_filters_are_joined_by_and(agents: Client) -> None:
    both = set(agents.ids(query__intr="rintatolimod")) & set(agents.ids(query__cond="long covid"))
    assert set(agents.ids(query__intr="rintatolimod", query__cond="long covid")) == both == {"NCT09070003"}
    assert agents.ids(query__intr="rintatolimod", postFilter__overallStatus="AVAILABLE") == ["NCT09070002"]


def test_filter_geo_and_agg_filters(served: Serve) -> None:
    site = {"country": "Germany", "geoPoint": {"lat": 52.52, "lon": 13.41}}
    client = served([numbered(0, locations=[site]), numbered(1, countries=["France"], phases=["NA"])])
    assert client.ids(filter__geo="distance(52.4,13.1,50km)") == ["NCT01000000"]
    assert client.ids(filter__geo="distance(52.4,13.1,50)") == []
    assert "filter.geo" in client.refused(filter__geo="distance(95,13.1,50km)")
    assert client.ids(aggFilters="phase:NA,status:com") == ["NCT01000001"]
    assert client.ids(aggFilters="phase:na") == []
    assert "foo" in client.refused(aggFilters="foo:x")


def test_lookup_accepts_any_spelling_of_an_id(twenty: Client) -> None:
    for given in ("NCT01000003", "nct1000003", "NCT0001000003"):
        answer = twenty.get(f"/studies/{given}")
        assert (answer.status_code, answer.json()) == (200, twenty.reg.studies["NCT01000003"])
    slim = twenty.get("/studies/NCT01000003", {"fields": "NCTId"}).json()
    assert slim == {"protocolSection": {"identificationModule": {"nctId": "NCT01000003"}}}


def test_lookup_of_an_unknown_or_malformed_id(twenty: Client) -> None:
    missing, bad = twenty.get("/studies/NCT99999999"), twenty.get("/studies/NCT00000000")
    assert (missing.status_code, missing.text) == (404, "NCT number NCT99999999 not found")
    assert (bad.status_code, bad.text) == (400, "Parameter `nctId` has incorrect format")
    assert missing.headers["Content-Type"] == TEXT


def test_an_alias_redirects_and_loses_the_query_string(served: Serve) -> None:
    client = served([make_study("NCT00000012", aliases=["NCT00000099"])])
    moved = client.get("/studies/NCT00000099", {"fields": "NCTId"}, allow_redirects=False)
    assert (moved.status_code, moved.headers["Location"]) == (301, "/api/v2/studies/NCT00000012")
    followed = client.get("/studies/NCT00000099", {"fields": "NCTId"})
    assert followed.json() == client.reg.studies["NCT00000012"]


# -- searching ------------------------------------------------------------------------------------------------------


@pytest.fixture
def texts(served: Serve) -> Client:
    """One word each in one field of interest; the number of the study tells which."""
    facts: list[dict[str, Any]] = [
        {"interventions": [{"name": "Zeta blue"}]},
        {"interventions": [{"name": "x", "otherNames": ["ZETA"]}], "sponsor": "Sanofi"},
        {"title": "Blue sky and zeta", "conditions": ["Head pain"], "keywords": ["neck"]},
        {"arms": [{"label": "a", "description": "pre-zeta (zeta) 5%"}], "org_study_id": "ABC123"},
        {"mesh": ["Zeta"], "conditions": ["Neck pain"], "collaborators": ["Sanofi-Aventis"]},
        {"summary": "only zeta in the summary", "acronym": "ZIP", "countries": ["France"]},
        {"eligibility": "Exclusion: zeta", "primary_outcomes": ["pain score"], "official_title": "Crème brûlée"},
        {"interventions": [{"name": "zetalin"}], "condition_mesh": ["Cancer"], "aliases": ["NCT09999999"]},
    ]
    return served(make_study(f"NCT0000001{at}", **{"title": f"t{at}", **given}) for at, given in enumerate(facts))


@pytest.mark.parametrize(
    ("param", "query", "numbers"),
    [
        ("intr", "zeta", {0, 1, 2, 3, 4}),
        ("intr", "ZETA", {0, 1, 2, 3, 4}),
        ("term", "zeta", {0, 1, 2, 3, 4, 5}),
        ("titles", "zeta", {2}),
        ("titles", "zip", {5}),
        ("cond", "zeta", {2}),
        ("cond", "pain", {2, 4}),
        ("cond", "head pain", {2}),
        ("cond", "pain head", {2}),
        ("cond", '"pain head"', set()),
        ("cond", '"head pain"', {2}),
        ("cond", '"pain neck"', set()),
        ("cond", "(head OR neck) AND pain NOT sky", {4}),
        ("cond", "(head or neck) and pain", set()),
        ("cond", "cancer OR head AND neck", {2, 7}),
        ("cond", "NOT pain", {0, 1, 3, 5, 6, 7}),
        ("cond", r"cancer \OR head", set()),
        ("cond", "head-pain", {2}),
        ("intr", "zeta-blue", {0, 2}),
        ("intr", '"zeta blue"', {0}),
        ("intr", '"zeta" "blue"', {0, 2}),
        ("intr", r"\(zeta\)", {0, 1, 2, 3, 4}),
        ("intr", "AREA[InterventionName]zeta", {0}),
        ("intr", "AREA[InterventionNameSearch]zeta", {0, 1}),
        ("titles", "creme brulee", {6}),
        ("outc", "pain", {6}),
        ("locn", "france", {5}),
        ("spons", "sanofi", {1, 4}),
        ("spons", "Sanofi-Aventis", {4}),
        ("lead", "sanofi", {1}),
        ("id", "abc123", {3}),
        ("id", "NCT09999999", {7}),
        ("patient", "zeta", {0, 1, 2, 3, 4, 5}),
    ],
)
def test_query(texts: Client, param: str, query: str, numbers: set[int]) -> None:
    assert {int(nct_id[-1]) for nct_id in texts.ids(**{f"query__{param}": query})} == numbers


@pytest.mark.parametrize(
    "names", [("Ampligen", "rintatolimod", '"poly(I):poly(C12U)"'), ("Humira", "adalimumab", "D2E7")]
)
def test_brand_generic_and_code_names_are_one_concept(served: Any, names: tuple[str, ...]) -> None:
    client = served(numbered(at, interventions=[f"DRUG: {name.strip(chr(34))} 5 mg"]) for at, name in enumerate(names))
    assert [len(client.ids(query__intr=name)) for name in names] == [3, 3, 3]


def test_a_word_is_found_in_either_number(served: Serve) -> None:
    client = served([numbered(0, keywords=["corticosteroids"]), numbered(1, keywords=["corticosteroid"])])
    assert len(client.ids(query__intr="corticosteroid")) == len(client.ids(query__intr="corticosteroids")) == 2


def test_a_phrase_never_spans_two_values(served: Serve) -> None:
    client = served([numbered(0, conditions=["Head", "Pain"])])
    assert (client.ids(query__cond='"head pain"'), len(client.ids(query__cond="head pain"))) == ([], 1)


@pytest.mark.parametrize(
    ("param", "query", "text"),
    [
        ("cond", "(onset", "Conditions or disease: no viable alternative at input '<EOF>'\nmissing ')' at '<EOF>'"),
        ("cond", "onset)", "Conditions or disease: extraneous input ')' expecting <EOF>"),
        ("term", "a [b]", "Other terms: mismatched input '['"),
        ("intr", '"open', "Intervention / treatment: token recognition error"),
        ("titles", "a OR", "Title / acronym: no viable alternative at input '<EOF>'"),
        ("intr", "()", "Intervention / treatment: no viable alternative at input ')'"),
        ("spons", "EXPANSION[None]x", "Sponsor / collaborator: no viable alternative"),
    ],
)
def test_query_syntax_errors(twenty: Client, param: str, query: str, text: str) -> None:
    assert twenty.refused(**{f"query__{param}": query}).startswith(f"Error parsing query in {text}")


def test_more_than_twelve_words_are_too_complicated(twenty: Client) -> None:
    twelve = " OR ".join(f'"w{at} x-{at}"' for at in range(4))  # each is three words; operators do not count
    assert twenty.ids(query__intr=twelve) == []
    text = "Error parsing query in Intervention / treatment: Too complicated query"
    assert twenty.refused(query__intr=f"{twelve} OR one") == text


def test_the_word_limit_is_a_setting(served: Serve) -> None:
    client = served([], word_limit=2)
    assert client.ids(query__cond="a b") == []
    assert "Too complicated" in client.refused(query__cond="a-b c")


# -- parameters, errors, headers ------------------------------------------------------------------------------------


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


# -- the other endpoints --------------------------------------------------------------------------------------------


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


# -- the test's own handles -----------------------------------------------------------------------------------------


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


# -- faults ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["429", "429-retry-after", "403", "500", "503"])
def test_status_faults(twenty: Client, name: str) -> None:
    twenty.reg.fault(name, times=1)
    answer = twenty.get("/version")
    assert answer.status_code == int(name[:3])
    assert answer.headers.get("Retry-After") == ("1" if name == "429-retry-after" else None)
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


# -- records --------------------------------------------------------------------------------------------------------


def test_make_study_holds_only_what_is_given() -> None:
    assert make_study("NCT00000001") == {
        "protocolSection": {
            "identificationModule": {"nctId": "NCT00000001", "briefTitle": "Untitled study"},
            "statusModule": {"overallStatus": "COMPLETED", "lastUpdatePostDateStruct": {"date": "2026-01-15"}},
        },
        "derivedSection": {"miscInfoModule": {"versionHolder": "2026-11-20"}},
        "hasResults": False,
    }
    with pytest.raises(TypeError, match="no fact 'phase'"):
        make_study("NCT00000001", phase=["PHASE1"])


def test_make_study_puts_facts_where_the_registry_has_them() -> None:
    facts = {"start": "2020-01", "start_type": "ACTUAL", "enrollment": 0, "countries": ["France", "France"]}
    study = make_study("NCT00000001", interventions=["BIOLOGICAL: IVIG", "Aspirin: low dose"], mesh=["X"], **facts)
    protocol = study["protocolSection"]
    assert protocol["statusModule"]["startDateStruct"] == {"date": "2020-01", "type": "ACTUAL"}
    assert protocol["designModule"] == {"enrollmentInfo": {"count": 0}}
    assert protocol["contactsLocationsModule"]["locations"] == [{"country": "France"}, {"country": "France"}]
    interventions = protocol["armsInterventionsModule"]["interventions"]
    assert [(entry["type"], entry["name"]) for entry in interventions] == [
        ("BIOLOGICAL", "IVIG"),
        ("DRUG", "Aspirin: low dose"),
    ]
    assert study["derivedSection"]["interventionBrowseModule"]["meshes"][0]["term"] == "X"


def test_agent_studies_cover_every_agent_role_and_oddity(agents: Client) -> None:
    counts: dict[str, int] = {}
    for agent, _ in AGENT_ROLES.values():
        counts[agent] = counts.get(agent, 0) + 1
    assert len(counts) == 9
    assert min(counts.values()) >= 4
    roles = {role for _, role in AGENT_ROLES.values()}
    assert roles == {"tested", "comparator", "background", "unclear", "mentioned", "excluded", "none"}
    assert AGENT_ROLES.keys() == agents.reg.studies.keys()
    text = json.dumps(list(agents.reg.studies.values()))
    odd = [
        '"WITHHELD"',
        '"UNKNOWN"',
        "99999999",
        '"count": 0',
        '"EXPANDED_ACCESS"',
        "nctIdAliases",
        "\\\\>=",
        '"1996-04"',
    ]
    assert [word for word in odd if word not in text] == []
    assert agents.ids(filter__advanced="AREA[NumLocations]RANGE[401,MAX]")
    assert agents.ids(filter__advanced="AREA[Phase:size]2")


@pytest.mark.parametrize(
    ("query", "agent"),
    [
        ("Ampligen", "rintatolimod"),
        ("adalimumab OR infliximab OR etanercept", "tnf_inhibitors"),
        ("HBOT OR hyperbaric", "hyperbaric_oxygen"),
    ],
)
def test_agent_studies_are_found_by_their_agents_names(agents: Client, query: str, agent: str) -> None:
    found = {AGENT_ROLES[nct_id] for nct_id in agents.ids(query__intr=query)}
    assert (agent, "tested") in found
    assert (agent, "excluded") not in found  # exclusion criteria are not searched


def test_synthetic_studies_are_the_same_for_the_same_seed_and_of_real_size() -> None:
    some = list(synthetic_studies(200))
    assert some[:50] == list(synthetic_studies(50))
    assert some[:5] != list(synthetic_studies(5, seed=1))
    assert some[0]["protocolSection"]["identificationModule"]["nctId"] == "NCT10000000"
    mean = sum(len(json.dumps(study)) for study in some) / len(some)
    assert 9_000 < mean < 18_000
    assert all(study["protocolSection"]["armsInterventionsModule"]["interventions"] for study in some)


# -- as a process ---------------------------------------------------------------------------------------------------


def test_the_command_prints_its_url_and_serves_records_and_faults(tmp_path: Path) -> None:
    records = tmp_path / "some.jsonl.gz"
    records.write_bytes(gzip.compress("\n".join(json.dumps(numbered(at)) for at in range(5)).encode()))
    command = [sys.executable, "-m", "tests.fake_registry", "--records", str(records), "--synthetic", "3"]
    command += ["--page-cap", "2", "--fault", "503:1:1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        try:
            url = process.stdout.readline().strip()
            assert re.fullmatch(r"http://127\.0\.0\.1:\d+/api/v2", url)
            answers = [requests.get(url + "/studies", {"countTotal": "true"}, timeout=10) for _ in range(3)]
        finally:
            process.terminate()
    assert [answer.status_code for answer in answers] == [200, 503, 200]
    assert (answers[0].json()["totalCount"], len(answers[0].json()["studies"])) == (8, 2)
    assert process.returncode == 0


@each_set_at_hand
def test_whole_records_page_through(served: Serve, at_hand: Records) -> None:
    client = served(map(json.loads, at_hand.bodies), page_cap=len(at_hand.bodies) // 4)
    pages = client.pages(**SORT, pageSize=1000, countTotal="true")
    found = [nct_id for page in pages for nct_id in ids(page)]
    assert len(found) == len(set(found)) == pages[0]["totalCount"] == len(at_hand.bodies)
    shown = {
        study["protocolSection"]["identificationModule"]["nctId"]: study for page in pages for study in page["studies"]
    }
    assert shown == client.reg.studies
    assert client.page(query__intr="methotrexate", countTotal="true")["totalCount"] > 0
