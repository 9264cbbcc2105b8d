"""What a page holds of which records: fields, filters, look-ups."""

import json
from typing import Any

import pytest

from tests.fake_registry import make_study
from tests.fake_registry.tests.client import SORT, TEXT, Client, Serve, numbered

# -- fields ------------------------------------------------------------------------------------------------------------


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


# -- filters and lookups -----------------------------------------------------------------------------------------------


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
