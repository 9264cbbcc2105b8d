"""A record as a row: what is missing stays missing, live and starter each in their own way."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cache.ingest.study_row import live_facts, starter_facts
from cache.store.schema import study as table
from fetchers.record.study import UNKNOWN_ENROLLMENT, Study, decode_study
from tests.rigs.answering import record
from tests.rigs.records import Records, each_set_at_hand

FULL = {
    "protocolSection": {
        "identificationModule": {
            "nctId": "NCT01234567",
            "nctIdAliases": ["NCT00000099"],
            "briefTitle": "Brief",
            "officialTitle": "Official",
            "acronym": "ABC",
        },
        "statusModule": {
            "overallStatus": "UNKNOWN",
            "lastKnownStatus": "RECRUITING",
            "statusVerifiedDate": "2020-01",
            "whyStopped": "Funding \\<50 % of plan",
            "startDateStruct": {"date": "2019", "type": "ACTUAL"},
            "primaryCompletionDateStruct": {"date": "2020-06", "type": "ESTIMATED"},
            "completionDateStruct": {"date": "2020-12-31", "type": "ESTIMATED"},
            "studyFirstPostDateStruct": {"date": "2018-05-04", "type": "ACTUAL"},
            "lastUpdatePostDateStruct": {"date": "2020-02-03", "type": "ACTUAL"},
            "resultsFirstPostDateStruct": {"date": "2021-01-01", "type": "ACTUAL"},
        },
        "sponsorCollaboratorsModule": {"leadSponsor": {"name": "A hospital", "class": "OTHER"}},
        "conditionsModule": {"conditions": ["ME/CFS", "Pain"]},
        "designModule": {
            "studyType": "INTERVENTIONAL",
            "phases": ["PHASE1", "PHASE2"],
            "enrollmentInfo": {"count": 40, "type": "ESTIMATED"},
        },
        "armsInterventionsModule": {
            "interventions": [{"type": "DRUG", "name": "Azathioprine"}, {"name": "Rest"}, {"type": "OTHER"}]
        },
        "contactsLocationsModule": {
            "locations": [
                {"country": "Norway"},
                {"country": "Norway", "status": "RECRUITING", "geoPoint": {"lat": 60.39, "lon": 5.32}},
                {"city": "Nowhere", "status": "COMPLETED", "geoPoint": {"lat": 95, "lon": 5.32}},
                {"country": "Kosovo", "geoPoint": {"lat": 0, "lon": 0.0}},
            ]
        },
    },
    "hasResults": True,
}


def decoded(value: Any) -> Study:
    return decode_study(msgspec.json.encode(value))


def starter(study: Study) -> dict[str, Any]:
    return starter_facts(study, as_of="2025-05", source="a table", note="Only the first phase is known.")


def test_every_fact_of_a_full_record_has_its_column() -> None:
    assert live_facts(decoded(FULL)) == {
        "nct_id": "NCT01234567",
        "origin": "live",
        "title": "Brief",
        "official_title": "Official",
        "acronym": "ABC",
        "overall_status": "UNKNOWN",
        "last_known_status": "RECRUITING",
        "status_verified": "2020-01",
        "study_type": "INTERVENTIONAL",
        "phases": ["PHASE1", "PHASE2"],
        "start_date": "2019",
        "start_date_type": "ACTUAL",
        "primary_completion_date": "2020-06",
        "primary_completion_date_type": "ESTIMATED",
        "completion_date": "2020-12-31",
        "completion_date_type": "ESTIMATED",
        "enrollment": 40,
        "enrollment_type": "ESTIMATED",
        "lead_sponsor": "A hospital",
        "sponsor_class": "OTHER",
        "conditions": ["ME/CFS", "Pain"],
        "interventions": ["DRUG: Azathioprine", "Rest"],
        "countries": ["Norway", "Kosovo"],
        "sites": 4,
        "points": [None, None, None, 0, 60.39, 5.32, 2, 0, None, None, 0, None, None, None, None, 1],
        "has_results": True,
        "why_stopped": "Funding <50 % of plan",
        "first_posted": "2018-05-04",
        "last_update_posted": "2020-02-03",
        "results_first_posted": "2021-01-01",
        "aliases": ["NCT00000099"],
        "as_of": None,
        "source": None,
        "note": None,
    }


def test_the_columns_are_those_of_the_table_but_for_what_the_store_adds() -> None:
    added = {"condition_groups", "body_hash", "first_seen", "fetched_at", "left_registry", "digest"}
    for facts in (live_facts(record(1)), starter(record(1))):
        assert set(facts) == {column.name for column in table.columns} - added


def test_a_live_record_without_phases_has_none_and_a_starter_record_does_not_say() -> None:
    bare = record(1)
    live, sample = live_facts(bare), starter(bare)
    assert [live[name] for name in ("phases", "conditions", "interventions", "countries", "sites")] == [
        [],
        [],
        [],
        [],
        0,
    ]
    unknown = ("phases", "conditions", "interventions", "countries", "sites", "enrollment", "overall_status")
    assert [sample[name] for name in unknown] == [None] * len(unknown)


def test_what_the_starter_knows_it_tells_with_its_source() -> None:
    sample = starter(decoded(FULL))
    assert (sample["origin"], sample["as_of"], sample["source"]) == ("starter", "2025-05", "a table")
    assert sample["note"] == "Only the first phase is known."
    assert (sample["phases"], sample["countries"]) == (["PHASE1", "PHASE2"], ["Norway", "Kosovo"])
    assert sample["sites"] is None


@pytest.mark.parametrize(("given", "kept"), [(True, True), (False, False), (None, None)])
def test_results_are_posted_or_not_or_not_known(given: bool | None, kept: bool | None) -> None:
    value = FULL if given is None else FULL | {"hasResults": given}
    study = decoded({key: one for key, one in value.items() if key != "hasResults" or given is not None})
    assert starter(study)["has_results"] is kept
    assert live_facts(study)["has_results"] is kept


@given(st.one_of(st.none(), st.just(UNKNOWN_ENROLLMENT), st.integers(0, 10**6)))
def test_the_enrolment_is_a_count_or_unknown_and_zero_is_a_count(count: int | None) -> None:
    study = record(1, design={"enrollmentInfo": {} if count is None else {"count": count}})
    assert live_facts(study)["enrollment"] == (None if count == UNKNOWN_ENROLLMENT else count)


@each_set_at_hand
def test_whole_records_come_through_field_by_field(at_hand: Records) -> None:
    for raw, study in zip(at_hand.raw, at_hand.studies, strict=True):
        facts = live_facts(study)
        protocol = raw["protocolSection"]
        status, design = protocol["statusModule"], protocol.get("designModule", {})
        count = design.get("enrollmentInfo", {}).get("count")
        sites = protocol.get("contactsLocationsModule", {}).get("locations", [])
        assert facts["overall_status"] == status["overallStatus"]
        assert facts["phases"] == design.get("phases", [])
        assert facts["enrollment"] == (None if count == UNKNOWN_ENROLLMENT else count)
        assert facts["sites"] == len(sites)
        assert facts["countries"] == list(dict.fromkeys(site["country"] for site in sites if "country" in site))
        for name, key in (
            ("start", "start"),
            ("primary_completion", "primaryCompletion"),
            ("completion", "completion"),
        ):
            struct = status.get(f"{key}DateStruct", {})
            assert (facts[f"{name}_date"], facts[f"{name}_date_type"]) == (struct.get("date"), struct.get("type"))
