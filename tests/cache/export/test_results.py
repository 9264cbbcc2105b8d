"""Posted results as they leave the house, against the records themselves, by an extraction of its own."""

import csv
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import openpyxl
import pyarrow.parquet as pq
import pytest

from cache.export import outcomes
from cache.export import trials as export
from cache.ingest.keep import keep
from cache.ingest.staging import Staging
from cache.read import results as read
from cache.store.store import Store
from fetchers.errors import Validation
from fetchers.record.study import decode_study
from tests.rigs import databases
from tests.rigs.posted_results import put_results
from tests.rigs.records import MADE, Records, each_set_at_hand
from tests.rigs.refresh import MATCHER, WATCHLIST

pytestmark = pytest.mark.both_databases

Row = dict[str, Any]


def with_results(records: Records) -> list[Row]:
    return [raw for raw in records.raw if raw.get("resultsSection", {}).get("outcomeMeasuresModule")]


def nct_id(raw: Row) -> str:
    return str(raw["protocolSection"]["identificationModule"]["nctId"])


def stored(raws: list[Row]) -> Store:
    """The records, and of their results what an answer to our question holds."""
    store = databases.empty()
    studies = [decode_study(msgspec.json.encode(raw)) for raw in raws]
    with Staging(store, 1, "ivig") as staged:
        staged.add("q", studies)
        keep(staged, "agent", MATCHER, registry_timestamp=None, question="q", full=True, vanished=())
    put_results(store, {nct_id(raw): raw["resultsSection"] for raw in raws})
    return store


@pytest.fixture
def raws(at_hand: Records) -> list[Row]:
    found = with_results(at_hand)
    assert len(found) == (3 if at_hand is MADE else 29)
    return sorted(found, key=nct_id)


@pytest.fixture
def store(raws: list[Row]) -> Iterator[Store]:
    store = stored(raws)
    yield store
    store.close()


def outcome_measures(raw: Row) -> list[Row]:
    return list(raw["resultsSection"]["outcomeMeasuresModule"]["outcomeMeasures"])


def measured(raw: Row) -> Iterator[Row]:
    """Every number of every primary outcome with all that stands around it, straight from the record."""
    for place, outcome in enumerate(outcome_measures(raw), 1):
        if outcome["type"] != "PRIMARY":
            continue
        names = {group["id"]: group["title"] for group in outcome.get("groups", [])}
        for kind in outcome.get("classes", []):
            for category in kind.get("categories", []):
                for one in category.get("measurements", []):
                    own = people(kind, one["groupId"]) or people(outcome, one["groupId"])
                    yield {
                        "nct_id": nct_id(raw), "outcome": str(place), "type": "PRIMARY", "title": outcome["title"],
                        "time_frame": outcome.get("timeFrame"), "reporting_status": outcome.get("reportingStatus"),
                        "param_type": outcome.get("paramType"), "dispersion_type": outcome.get("dispersionType"),
                        "unit": outcome.get("unitOfMeasure"), "group_id": one["groupId"],
                        "group": names.get(one["groupId"]), "class": kind.get("title"),
                        "category": category.get("title"), "value": one.get("value"), "spread": one.get("spread"),
                        "lower": one.get("lowerLimit"), "upper": one.get("upperLimit"),
                        "comment": one.get("comment"), "denominators": own,
                    }  # fmt: skip


def people(where: Row, group: str) -> set[str]:
    return {
        f"{count['value']} {denom['units']}"
        for denom in where.get("denoms", [])
        for count in denom["counts"]
        if count["groupId"] == group
    }


def in_csv(store: Store, raws: list[Row]) -> list[Row]:
    content = outcomes.to_bytes(read.posted(store, map(nct_id, raws)).values(), "csv")
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def bare(text: str) -> str | None:
    """A cell without the apostrophe that keeps it from being a formula."""
    return (text[1:] if text.startswith("'") and text[1:2] in "=+-@" else text) or None


@each_set_at_hand
def test_every_number_of_the_long_csv_equals_the_records(store: Store, raws: list[Row]) -> None:
    expected = [row for raw in raws for row in measured(raw)]
    rows = in_csv(store, raws)
    found = [row for row in rows if not row["note"]]
    assert len(expected) > 5
    for row in found:
        given = {bare(row["denominator"]) and f"{row['denominator']} {row['denominator_units']}"}
        row["denominators"] = (given | set(row["other_denominators"].split(" | "))) - {None, ""}
    names = list(expected[0])
    told = [{name: row[name] if name == "denominators" else bare(row[name]) for name in names} for row in found]
    assert told == [_one_line(row) for row in expected]
    numbers = [row["value"] for row in expected]
    assert [row["value"] for row in found if re.fullmatch(r"'?-?[0-9.]+", row["value"])] == [
        value for value in numbers if value and re.fullmatch(r"-?[0-9.]+", value)
    ]


def _one_line(row: Row) -> Row:
    """Empty texts are nothing; a cell holds no control characters."""
    return {name: value or (value if name == "denominators" else None) for name, value in row.items()}


@each_set_at_hand
def test_no_outcome_is_dropped(store: Store, raws: list[Row]) -> None:
    rows = in_csv(store, raws)
    told = {(row["nct_id"], int(row["outcome"]), row["type"], bare(row["title"])) for row in rows}
    assert told == {
        (nct_id(raw), place, one["type"], one["title"])
        for raw in raws
        for place, one in enumerate(outcome_measures(raw), 1)
    }
    for row in rows:
        if row["note"]:
            assert (row["note"] == outcomes.NONE_GIVEN) == (row["type"] == "PRIMARY")
            assert not row["value"]


@each_set_at_hand
def test_the_json_export_holds_what_the_records_hold(store: Store, raws: list[Row], tmp_path: Path) -> None:
    export.write(store, WATCHLIST, "json", tmp_path / "all.json", None)
    found = {one["nct_id"]: one["results"] for one in json.loads((tmp_path / "all.json").read_text("utf-8"))}
    assert found.keys() == {nct_id(raw) for raw in raws}
    for raw in raws:
        mine, section = found[nct_id(raw)], raw["resultsSection"]
        assert mine["read_at"]
        _check_outcomes(mine["outcomes"], outcome_measures(raw))
        flow, harms = section.get("participantFlowModule", {}), section.get("adverseEventsModule", {})
        _check_flow(mine["flow"], flow)
        assert mine["adverse_events"]["time_frame"] == harms.get("timeFrame")
        assert [list(one.values()) for one in mine["adverse_events"]["groups"]] == [
            [one["id"], one.get("title"), *(one.get(f"{kind}Num{what}") for kind in ("deaths", "serious", "other")
            for what in ("Affected", "AtRisk"))]
            for one in harms.get("eventGroups", [])
        ]  # fmt: skip


def _check_outcomes(mine: list[Row], theirs: list[Row]) -> None:
    assert [one["title"] for one in mine] == [one["title"] for one in theirs]
    for one, other in zip(mine, theirs, strict=True):
        assert [group["id"] for group in one["groups"]] == [group["id"] for group in other.get("groups", [])]
        analyses = other.get("analyses", [])
        assert [
            (each["groups"], each["p_value"], each["method"], each["estimate_type"], each["estimate"],
             each["ci_percent"], each["ci_sides"], each["ci_lower"], each["ci_upper"], each["non_inferiority_type"],
             each["comment"], each["other"])
            for each in one["analyses"]
        ] == [
            (each.get("groupIds", []), each.get("pValue"), each.get("statisticalMethod"), each.get("paramType"),
             each.get("paramValue"), each.get("ciPctValue"), each.get("ciNumSides"), each.get("ciLowerLimit"),
             each.get("ciUpperLimit"), each.get("nonInferiorityType"), each.get("estimateComment"),
             each.get("otherAnalysisDescription"))
            for each in analyses
        ]  # fmt: skip
        kept = other["type"] == "PRIMARY"
        numbers = [
            (kind.get("title"), category.get("title"), each.get("groupId"), each.get("value"), each.get("spread"),
             each.get("lowerLimit"), each.get("upperLimit"), each.get("comment"))
            for kind in other.get("classes", []) for category in kind.get("categories", [])
            for each in category.get("measurements", [])
        ]  # fmt: skip
        assert [tuple(each.values()) for each in one["measurements"]] == (numbers if kept else [])
        counts = sum(
            len(denom["counts"]) for where in (other, *other.get("classes", [])) for denom in where.get("denoms", [])
        )
        assert len(one["denominators"]) == (counts if kept else 0)


def _check_flow(mine: Row, theirs: Row) -> None:
    assert [one["id"] for one in mine["groups"]] == [one["id"] for one in theirs.get("groups", [])]
    for one, other in zip(mine["periods"], theirs.get("periods", []), strict=True):
        assert one["title"] == other.get("title")
        assert [(each["type"], each["group"], each["people"], each["units"]) for each in one["milestones"]] == [
            (milestone.get("type"), each.get("groupId"), each.get("numSubjects"), each.get("numUnits"))
            for milestone in other.get("milestones", [])
            for each in milestone.get("achievements", [])
        ]
        assert [(each["type"], each["group"], each["people"]) for each in one["dropouts"]] == [
            (reason.get("type"), each.get("groupId"), each.get("numSubjects"))
            for reason in other.get("dropWithdraws", [])
            for each in reason.get("reasons", [])
        ]


def test_no_text_of_the_long_csv_is_a_formula(tmp_path: Path) -> None:
    store = stored([raw for raw in MADE.raw if nct_id(raw) in ("NCT90000031", "NCT90000033")])
    assert outcomes.write(store, WATCHLIST, "csv", tmp_path / "long.csv", None) == 11
    content = (tmp_path / "long.csv").read_bytes().decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(content, newline="")))
    formula = next(row for row in rows if row["nct_id"] == "NCT90000033")
    assert [formula[name] for name in ("title", "group", "category", "comment")] == [
        "'=Relapse at a year", "'+Methotrexate", "'@Relapse", "'-not all were seen",
    ]  # fmt: skip
    assert [row["value"] for row in rows[:4]] == ["-2.1", "-0.4", "-3", "NA"]
    assert [row["denominator"] for row in rows[:4]] == ["17", "20", "18", "21"]
    store.close()


def test_the_json_of_outcomes_has_the_same_rows(tmp_path: Path) -> None:
    store = stored([raw for raw in MADE.raw if nct_id(raw) == "NCT90000032"])
    assert outcomes.write(store, WATCHLIST, "json", tmp_path / "long.json", None) == 8
    rows = json.loads((tmp_path / "long.json").read_text("utf-8"))
    assert all(list(row) == list(outcomes.KEYS) for row in rows)
    first = rows[0]
    assert (first["value"], first["denominator"], first["denominator_units"]) == ("15", "20", "Eyes")
    assert first["other_denominators"] == ["10 Participants"]
    assert [row["note"] for row in rows[-2:]] == [outcomes.NONE_GIVEN, outcomes.NOT_KEPT]
    store.close()


def test_what_was_not_read_is_null_and_has_no_rows(tmp_path: Path) -> None:
    store = databases.empty()
    with Staging(store, 1, "ivig") as staged:
        staged.add("q", MADE.studies[:3])
        keep(staged, "agent", MATCHER, registry_timestamp=None, question="q", full=True, vanished=())
    export.write(store, WATCHLIST, "json", tmp_path / "all.json", None)
    assert [one["results"] for one in json.loads((tmp_path / "all.json").read_text("utf-8"))] == [None, None, None]
    assert outcomes.write(store, WATCHLIST, "json", tmp_path / "long.json", None) == 0
    with pytest.raises(Validation, match="csv, xlsx, json or parquet, not as ods"):
        outcomes.write(store, WATCHLIST, "ods", tmp_path / "long.ods", None)
    store.close()


def test_the_workbook_and_the_parquet_of_outcomes_have_the_same_rows(tmp_path: Path) -> None:
    store = stored([raw for raw in MADE.raw if raw.get("resultsSection")])
    rows = list(outcomes.rows(read.posted(store, map(nct_id, MADE.raw)).values()))
    for fmt in ("xlsx", "parquet"):
        assert outcomes.write(store, WATCHLIST, fmt, tmp_path / f"long.{fmt}", None) == len(rows) > 10
    store.close()
    table = pq.read_table(tmp_path / "long.parquet")
    assert table.to_pylist() == rows
    assert b"Posted results of ClinicalTrials.gov" in table.schema.metadata[b"Modified"]
    book = openpyxl.load_workbook(tmp_path / "long.xlsx")
    head, *lines = book[outcomes.SHEET].iter_rows(values_only=True)
    assert list(head) == list(outcomes.KEYS)
    shown = [dict(zip(head, line, strict=True)) for line in lines]
    for name in ("nct_id", "outcome", "value", "spread", "denominator"):
        assert [one[name] for one in shown] == [row[name] for row in rows], name
    assert "'+Methotrexate" in {one["group"] for one in shown}
    assert {cell.data_type for line in book[outcomes.SHEET].iter_rows() for cell in line} <= {"s", "n"}
    assert "Registry data of" in [line[0] for line in book["About"].iter_rows(values_only=True)]
