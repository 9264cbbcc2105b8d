"""The newest state of many records at once, and the facts that are read out of them."""

from functools import partial
from typing import Any

import msgspec
import pandas as pd
import pytest

from cache.read import records
from cache.store.batches import batches
from cache.store.errors import Damaged
from cache.store.store import Store
from fetchers.record.study import decode_study
from tests.fake_registry.studies import make_study
from tests.rigs import databases, trial_rows

pytestmark = pytest.mark.both_databases


def body(nct_id: str, **facts: Any) -> bytes:
    return decode_study(msgspec.json.encode(make_study(nct_id, **facts))).body()


@pytest.fixture
def store() -> Store:
    return databases.empty()


def put(store: Store, number: int, *states: dict[str, Any], **facts: Any) -> str:
    row = trial_rows.row(number, **facts)
    trial_rows.put(store, [row])
    for state in states:
        trial_rows.body(store, row["nct_id"], body(row["nct_id"], **state))
    return str(row["nct_id"])


FULL = {
    "study_type": "INTERVENTIONAL", "phases": ["PHASE2", "PHASE3"], "status": "UNKNOWN", "verified": "2019-05",
    "last_known_status": "RECRUITING", "start": "2018-02", "start_type": "ACTUAL", "primary_completion": "2020-01-31",
    "primary_completion_type": "ESTIMATED", "completion": "2021", "primary_purpose": "TREATMENT",
    "first_submit": "2018-01-05", "first_post": "2018-01-09", "results_first_submit": "2022-03-01",
    "results_first_post": "2022-04-01", "has_results": True, "is_fda_regulated_drug": True,
    "countries": ["Norway", "France", "Norway"],
    "references": [{"pmid": "12", "type": "RESULT", "citation": "See NCT00000077."}, {"type": "BACKGROUND"}],
    "description": "After NCT00000088, NCT00000088, and NCT00000001 itself; not NCT000000991.",
    "path": {
        "protocolSection.oversightModule.isFdaRegulatedDevice": False,
        "protocolSection.oversightModule.isUsExport": True,
        "protocolSection.oversightModule.isUnapprovedDevice": True,
        "protocolSection.statusModule.dispFirstSubmitDate": "2021-01-01",
        "protocolSection.statusModule.resultsWaived": False,
    },
}  # fmt: skip


def test_facts_are_those_of_the_record(store: Store) -> None:
    put(store, 1, FULL)
    frame = records.facts(store)
    assert list(frame.columns) == list(records.FACT_COLUMNS)
    (row,) = frame.to_dict("records")
    assert row | {"references": None} == {
        "nct_id": "NCT00000001", "origin": "live", "study_type": "INTERVENTIONAL", "overall_status": "UNKNOWN",
        "last_known_status": "RECRUITING", "status_verified": "2019-05", "why_stopped": row["why_stopped"],
        "phases": ["PHASE2", "PHASE3"], "primary_purpose": "TREATMENT", "start_date": "2018-02",
        "start_date_type": "ACTUAL", "primary_completion_date": "2020-01-31",
        "primary_completion_date_type": "ESTIMATED", "completion_date": "2021",
        "completion_date_type": row["completion_date_type"], "first_submitted": "2018-01-05",
        "first_posted": "2018-01-09", "certificate": "2021-01-01", "results_submitted": "2022-03-01",
        "results_posted": "2022-04-01", "has_results": True, "waived": False, "fda_drug": True, "fda_device": False,
        "unapproved_device": True, "us_export": True, "countries": ["Norway", "France"], "references": None,
        "cited": ["NCT00000077", "NCT00000088"],
    }  # fmt: skip
    assert row["references"] == [["RESULT", "12", "See NCT00000077."], ["BACKGROUND", None, None]]
    assert pd.isna(row["why_stopped"])


def test_what_a_record_does_not_say_is_missing(store: Store) -> None:
    put(store, 1, {"status": None, "has_results": None})
    (row,) = records.facts(store).to_dict("records")
    for name in set(records.FACT_COLUMNS) - {"nct_id", "origin", "references", "cited"}:
        assert row[name] is None or pd.isna(row[name]), name
    assert (row["references"], row["cited"]) == ([], [])


def test_the_newest_state_counts_and_records_without_one_are_left_out(store: Store) -> None:
    first = put(store, 1, {"status": "RECRUITING"}, {"status": "COMPLETED"})
    second = put(store, 2)
    third = put(store, 3, {"status": "TERMINATED"})
    facts = records.facts(store)
    assert dict(zip(facts["nct_id"], facts["overall_status"], strict=True)) == {first: "COMPLETED", third: "TERMINATED"}
    assert [one.status.overall_status for one in records.studies(store)] == ["COMPLETED", "TERMINATED"]
    assert list(records.facts(store, [third, second, "NCT99999999"])["nct_id"]) == [third]
    assert [one.nct_id for one in records.studies(store, [first])] == [first]


def test_pages_lose_and_repeat_nothing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = [put(store, number, {}) for number in range(1, 8)]
    monkeypatch.setattr(records, "batches", partial(batches, size=3))
    assert list(records.facts(store)["nct_id"]) == ids
    assert [one.nct_id for one in records.studies(store, ids[:4])] == ids[:4]


def test_an_empty_store(store: Store) -> None:
    assert records.facts(store).empty
    assert list(records.facts(store).columns) == list(records.FACT_COLUMNS)
    assert list(records.studies(store)) == []


def test_a_damaged_record_is_said(store: Store) -> None:
    nct_id = put(store, 1)
    trial_rows.body(store, nct_id, b'{"protocolSection": 5}')
    with pytest.raises(Damaged, match=nct_id):
        records.facts(store)
    with pytest.raises(Damaged, match=nct_id):
        list(records.studies(store))
