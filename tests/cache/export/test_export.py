"""Exports: nothing runs as a formula, nothing is lost or invented, and the file says where its data come from."""

import csv
import io
import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import openpyxl
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from cache.export import formats
from cache.export import trials as export
from cache.export.cells import CUT, LONGEST, cell, neutral
from cache.ingest.load_starter import load_starter
from cache.read import trials as queries
from cache.starter import records
from cache.store.schema import study
from cache.store.store import Store
from fetchers.errors import LocalTrouble, Validation
from fetchers.matching.matcher import Matcher
from fetchers.record.texts import shown_line
from fetchers.watchlist.load import load
from tests.rigs import databases
from tests.rigs.trial_rows import SEEN, Why, asked, body, put, row, watchlist

pytestmark = pytest.mark.both_databases

WATCHLIST = watchlist()
NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
SIGNS = "=+-@\t\r\n＝＋－＠"


@pytest.fixture
def store() -> Iterator[Store]:
    opened = databases.empty()
    yield opened
    opened.close()


def written(store: Store, fmt: str, folder: Path, query: str | None = None, **options: Any) -> bytes:
    out = folder / f"out.{fmt}"
    export.write(store, WATCHLIST, fmt, out, query, **options)
    assert [path.name for path in folder.iterdir()] == [out.name]
    return out.read_bytes()


def objects(store: Store, folder: Path, query: str | None = None, **options: Any) -> list[dict[str, Any]]:
    return msgspec.json.decode(written(store, "json", folder, query, **options), type=list[dict[str, Any]])


def csv_rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


# --- what an object of the JSON export is ---------------------------------------------------------------------------

CONTRACT = {
    "nct_id", "title", "overall_status", "last_known_status", "study_type", "phases", "start_date",
    "primary_completion_date", "completion_date", "enrollment", "enrollment_type", "lead_sponsor", "sponsor_class",
    "conditions", "interventions", "countries", "has_results", "why_stopped", "last_update_posted", "agents",
    "condition_groups", "left_registry",
}  # fmt: skip


def test_every_trial_is_exported_with_every_key(store: Store, tmp_path: Path) -> None:
    put(store, [row(1), row(2), row(3, left_registry="2026-11-01"), row(4)],
        {1: [Why("ivig", "given", "background", ["IVIg"]), Why("methotrexate", "excluded", None)],
         2: [Why("methotrexate", "mentioned", None)], 3: [Why("ivig")]}, held_by="me_cfs")  # fmt: skip
    found = objects(store, tmp_path)
    assert [one["nct_id"] for one in found] == ["NCT00000001", "NCT00000002", "NCT00000003", "NCT00000004"]
    assert all(list(one) == [*export.KEYS, "results"] and set(one) >= CONTRACT for one in found)
    assert found[0]["agents"] == {
        "ivig": {"tier": "given", "role": "background", "found_by": ["IVIg"], "found_in": None},
        "methotrexate": {"tier": "excluded", "role": None, "found_by": [], "found_in": None},
    }
    assert found[3]["agents"] == {}
    assert [one["left_registry"] for one in found] == [False, False, True, False]
    assert found[2]["left_registry_on"] == "2026-11-01"
    assert found[0]["record"] == "https://clinicaltrials.gov/study/NCT00000001"


def test_values_are_the_registrys_own(store: Store, tmp_path: Path) -> None:
    dates = {"start_date": "2002-04", "completion_date": "2004"}
    facts = {"enrollment": 12, "sites": 3, "has_results": True, "overall_status": "PAUSED", "countries": ["Türkiye"]}
    put(store, [row(1, phases=["PHASE2", "PHASE3"], **dates, **facts)], held_by="ivig")
    asked(store, "ivig", registry_timestamp="2026-11-19T09:00:05")
    one = objects(store, tmp_path)[0]
    assert (one["phases"], one["lane"]) == (["PHASE2", "PHASE3"], "PHASE2|PHASE3")
    assert (one["start_date"], one["completion_date"], one["primary_completion_date"]) == ("2002-04", "2004", None)
    assert (one["enrollment"], one["sites"], one["has_results"]) == (12, 3, True)
    assert (one["countries"], one["overall_status"]) == (["Türkiye"], "PAUSED")
    assert (one["starter"], one["source"], one["as_of"]) == (False, "ClinicalTrials.gov", None)
    assert (one["registry_timestamp"], one["fetched_at"]) == ("2026-11-19T09:00:05", SEEN)


def test_what_is_not_known_is_null_and_what_is_empty_is_empty(store: Store, tmp_path: Path) -> None:
    unknown = ("phases", "countries", "conditions", "interventions", "has_results", "overall_status", "study_type")
    starter = {"origin": "starter", "source": "a public copy", "as_of": "2017-05", "note": "A note."}
    put(store, [row(1, **dict.fromkeys(unknown), **starter), row(2, phases=[], countries=[], conditions=[])])
    first, second = objects(store, tmp_path)
    assert all(first[name] is None for name in (*unknown, "enrollment", "sites", "fetched_at", "registry_timestamp"))
    assert (first["starter"], first["source"], first["as_of"], first["note"]) == (
        True,
        "a public copy",
        "2017-05",
        "A note.",
    )
    assert second["phases"] == second["countries"] == second["conditions"] == []
    assert second["has_results"] is False


def test_a_query_narrows(store: Store, tmp_path: Path) -> None:
    put(store, [row(1), row(2, phases=["PHASE4"]), row(3, condition_groups=["other"])],
        {1: [Why("ivig"), Why("methotrexate", "given", "background")], 2: [Why("ivig")], 3: [Why("ivig")]})  # fmt: skip
    found = objects(store, tmp_path, "phase=phase2")
    assert [one["nct_id"] for one in found] == ["NCT00000001"]
    assert set(found[0]["agents"]) == {"ivig", "methotrexate"}
    assert len(objects(store, tmp_path, "")) == 2  # the opening view, not everything
    assert len(objects(store, tmp_path, None)) == 3


def test_a_query_that_makes_no_sense_writes_nothing(store: Store, tmp_path: Path) -> None:
    put(store, [row(1)], {1: [Why("ivig")]})
    for query, said in (("agent=aspirin", "Unknown agent “aspirin” is not accepted"), ("near=Cambridge", "may be")):
        with pytest.raises(Validation, match=said):
            written(store, "csv", tmp_path, query)
    assert not list(tmp_path.iterdir())


def test_the_starter_snapshot_goes_through_whole(tmp_path: Path) -> None:
    known, opened = load(), databases.empty()
    given = {record.study.nct_id: record for record in records(watchlist=known)}
    load_starter(opened, given.values(), Matcher(known), known)
    with opened.reading() as connection:
        every = [given[nct_id] for nct_id in sorted(connection.scalars(select(study.c.nct_id)))]
    assert export.write(opened, known, "json", tmp_path / "all.json", None) == len(every) > 1_000
    opened.close()
    found = msgspec.json.decode((tmp_path / "all.json").read_bytes())
    for one, record in zip(found, every, strict=True):
        told = record.study
        assert one["nct_id"] == told.nct_id
        assert one["starter"] is True
        assert one["phases"] == (None if told.design.phases is None else list(told.design.phases))
        assert one["overall_status"] == told.status.overall_status
        assert one["last_known_status"] == told.status.last_known_status
        assert one["start_date"] == told.status.start_date_struct.date
        assert one["enrollment"] == told.enrollment
        assert one["countries"] == (list(told.countries) or None)
        assert one["has_results"] is told.has_results
        assert (one["as_of"], one["source"], one["note"]) == (record.as_of, record.source, record.note)


# --- cells ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        " =1",
        "\u00a0=1",
        "\u200b=1",
        "\ufeff=1",
        "＝1",
        "　＋1",
        "－1",
        "＠a",
    ],
)
def test_formulas_are_neutralised(text: str) -> None:
    assert neutral(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "a=1", "1-2", "'=1", "(=1)", "NCT00000001", "≥ 5", "Ω"])
def test_other_texts_stay(text: str) -> None:
    assert neutral(text) == text


def test_numbers_stay_numbers_and_lists_are_joined() -> None:
    assert cell(-5) == -5
    assert cell(True) is True
    assert cell(None) is None
    assert cell(["a", "=b"]) == "a | =b"
    assert cell(["=a", "b"]) == "'=a | b"
    assert cell([]) == ""


@pytest.mark.parametrize("text", ["x" * 40_000, "🧬" * 20_000, "x" * (LONGEST + 1)])
def test_long_texts_are_cut_and_say_so(text: str) -> None:
    shown = cell(text)
    assert isinstance(shown, str)
    assert shown.endswith(CUT)
    assert LONGEST - 1 <= len(shown.encode("utf-16-le")) // 2 <= LONGEST
    assert cell("x" * LONGEST) == "x" * LONGEST


# --- every format read back -----------------------------------------------------------------------------------------

BLANK = " \u00a0\u200b\ufeff　"
FORMULA = st.tuples(st.text(BLANK, max_size=2), st.sampled_from(SIGNS), st.text(max_size=6)).map("".join)
# What a JSON answer of the registry can hold: no lone surrogates.
TEXT = st.one_of(st.text(max_size=20), FORMULA).map(lambda text: text.encode("utf-8", "ignore").decode())
LISTS = st.one_of(st.none(), st.lists(TEXT, max_size=3))
SHOWN = ("title", "why_stopped", "lead_sponsor")
FACTS = st.fixed_dictionaries(
    {
        "title": st.one_of(st.none(), TEXT),
        "why_stopped": st.one_of(st.none(), TEXT),
        "lead_sponsor": TEXT,
        "conditions": LISTS,
        "interventions": LISTS,
        "countries": LISTS,
        "enrollment": st.one_of(st.none(), st.integers(0, 10**8)),
        "has_results": st.sampled_from([None, True, False]),
        "note": TEXT,
        "phases": st.sampled_from([None, [], ["PHASE2"]]),
    }
)


def frames_of(facts: list[dict[str, Any]]) -> tuple[Any, Any]:
    store = databases.empty()
    why = {number: [Why("ivig", found_by=["=IVIg"])] for number in range(1, len(facts) + 1)}
    put(store, [row(number, **fact) for number, fact in enumerate(facts, start=1)], why)
    read = queries.trials(store), queries.matches(store)
    store.close()
    return read


def as_read(fact: dict[str, Any]) -> dict[str, Any]:
    """The facts with their texts as people read them."""
    lines = {name: text and shown_line(text) for name, text in fact.items() if name in SHOWN}
    lists = {name: fact[name] and [*map(shown_line, fact[name])] for name in ("conditions", "interventions")}
    return fact | lines | lists


@pytest.mark.sqlite_alone("PostgreSQL takes no NUL, which the product never hands it")
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(FACTS, max_size=3))
def test_all_formats_hold_the_same(facts: list[dict[str, Any]]) -> None:
    trials, matches = frames_of(facts)
    about = {"Source": "ClinicalTrials.gov"}
    rows = export.records(trials, matches)
    assert [{name: one[name] for name in fact} for one, fact in zip(rows, facts, strict=True)] == [*map(as_read, facts)]
    assert msgspec.json.decode(export.to_bytes(trials, matches, "json", about, {})) == [
        row | {"results": None} for row in rows
    ]

    table = pq.read_table(io.BytesIO(export.to_bytes(trials, matches, "parquet", about, {})))
    agents = [{why.pop("agent"): why for why in one} for one in table["agents"].to_pylist()]
    assert [one | {"agents": why} for one, why in zip(table.to_pylist(), agents, strict=True)] == rows

    names = formats.columns(export.KEYS)
    expected = [[formats.cells(one)[name] for name in names] for one in rows]
    read = csv_rows(export.to_bytes(trials, matches, "csv", about, {}))
    assert [[one[name] for name in names] for one in read] == [[as_csv(value) for value in one] for one in expected]

    book = openpyxl.load_workbook(io.BytesIO(export.to_bytes(trials, matches, "xlsx", about, {})))
    sheet = [[value.value for value in line] for line in book["Trials"].iter_rows()]
    assert sheet[0] == names
    assert sheet[1:] == [[as_xlsx(value) for value in one] for one in expected]


@pytest.mark.sqlite_alone("PostgreSQL takes no NUL, which the product never hands it")
@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Bell&#39;s palsy", "Bell's palsy"),
        ("Pain \\&amp; fatigue", "Pain & fatigue"),
        ("Dose \\> 5&nbsp;mg", "Dose > 5 mg"),
        ("first\r\nsecond", "first second"),
        ("fa\x00ti\x0bgue", "fati gue"),
    ],
)
def test_every_format_holds_texts_as_people_read_them(written: str, read: str) -> None:
    trials, matches = frames_of([{"title": written, "conditions": [written], "why_stopped": written}])
    for fmt in ("csv", "json"):
        text = export.to_bytes(trials, matches, fmt, {"Source": "x"}, {}).decode("utf-8-sig")
        (one,) = csv_rows(text.encode("utf-8-sig")) if fmt == "csv" else json.loads(text)
        assert (one["title"], one["why_stopped"]) == (read, read)
        assert one["conditions"] in (read, [read])
    book = openpyxl.load_workbook(io.BytesIO(export.to_bytes(trials, matches, "xlsx", {"Source": "x"}, {})))
    head, line = [[value.value for value in one] for one in book["Trials"].iter_rows()]
    assert line[head.index("title")] == read


def as_csv(value: Any) -> str:
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def as_xlsx(value: Any) -> Any:
    return None if value == "" else value


def runs(text: str) -> bool:
    """Whether some spreadsheet may take a cell with this text for a formula or a command."""
    return text[:1] in set("\t\r\n") or text.strip(BLANK + "\t\r\n")[:1] in set(SIGNS)


@given(st.one_of(TEXT, st.text(), LISTS))
def test_no_value_becomes_a_cell_that_runs(value: str | list[str] | None) -> None:
    assert not runs(str(cell(value)))


@pytest.mark.sqlite_alone("PostgreSQL takes no NUL, which the product never hands it")
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(FACTS, min_size=1, max_size=2))
def test_no_cell_of_a_file_runs(facts: list[dict[str, Any]]) -> None:
    trials, matches = frames_of(facts)
    content = export.to_bytes(trials, matches, "csv", {}, {})
    for line in csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")):
        assert not any(runs(value) for value in line)
    book = openpyxl.load_workbook(io.BytesIO(export.to_bytes(trials, matches, "xlsx", {"Shown": "=1+1"}, {})))
    for sheet in book:
        for line in sheet.iter_rows():
            assert all(value.data_type != "f" for value in line)
            linked = line[1:] if sheet.title == "Trials to read" else line
            assert all(value.hyperlink is None for value in linked)


def test_a_semicolon_cannot_split_a_cell(store: Store, tmp_path: Path) -> None:
    put(store, [row(1, title='a;=1+1"b', enrollment=5)], {1: [Why("ivig")]})
    content = written(store, "csv", tmp_path)
    assert content.startswith(b"\xef\xbb\xbf")
    assert b'"a;=1+1""b"' in content
    assert csv_rows(content)[0]["enrollment"] == "5"


# --- where the data come from ---------------------------------------------------------------------------------------


def test_every_format_names_source_dates_and_changes(store: Store, tmp_path: Path) -> None:
    put(
        store,
        [row(1), row(2, origin="starter", source="a public copy", as_of="2017-05")],
        {1: [Why("ivig")], 2: [Why("ivig")]},
        held_by="ivig",
    )
    asked(store, "ivig", registry_timestamp="2026-11-19T09:00:05")
    asked(store, "methotrexate", starter=True, refreshed_at=None, registry_timestamp=None)

    line = csv_rows(written(store, "csv", tmp_path))[0]
    assert (line["source"], line["registry_timestamp"]) == ("ClinicalTrials.gov", "2026-11-19T09:00:05")
    assert "Agents, tiers, roles" in line["modified"]
    (tmp_path / "out.csv").unlink()

    book = openpyxl.load_workbook(io.BytesIO(written(store, "xlsx", tmp_path, "", now=lambda: NOW)))
    assert book.sheetnames == ["Trials to read", "Trials", "About"]
    about = {head.value: text.value for head, text in book["About"].iter_rows()}
    assert "ClinicalTrials.gov" in about["Source"]
    assert about["Registry data of"] == "2026-11-19T09:00:05"
    assert about["Fetched at (UTC)"] == SEEN
    assert about["Written at (UTC)"] == "2026-11-20T09:00:00Z"
    assert about["Shown"].startswith("Trials that give any of the three agents (not as background)")
    assert "They do not count" in about["Starter snapshot"]
    assert about["Of these, from the starter snapshot"] == "1"
    assert "Not medical advice" in about["Please note"]
    assert about["Modified"] == export.MODIFIED
    (tmp_path / "out.xlsx").unlink()

    metadata = pq.read_schema(io.BytesIO(written(store, "parquet", tmp_path))).metadata
    assert b"ClinicalTrials.gov" in metadata[b"Source"]
    assert metadata[b"Shown"].decode() == export.EVERYTHING
    assert metadata[b"Trials"] == b"2"


def test_numbers_and_booleans_keep_their_type_in_a_workbook(store: Store, tmp_path: Path) -> None:
    put(store, [row(1, enrollment=12, has_results=True, sites=None)], {1: [Why("ivig")]})
    book = openpyxl.load_workbook(io.BytesIO(written(store, "xlsx", tmp_path)))
    heads, line = ([value.value for value in one] for one in book["Trials"].iter_rows())
    found = dict(zip(heads, line, strict=True))
    assert (found["enrollment"], found["has_results"], found["sites"]) == (12, True, None)
    assert found["agents_given"] == "ivig (tested)"
    assert found["conditions"] == "Chronic Fatigue Syndrome"


# --- the file -------------------------------------------------------------------------------------------------------


def test_an_empty_store_gives_whole_files(store: Store, tmp_path: Path) -> None:
    assert objects(store, tmp_path) == []
    (tmp_path / "out.json").unlink()
    assert csv_rows(written(store, "csv", tmp_path)) == []
    (tmp_path / "out.csv").unlink()
    book = openpyxl.load_workbook(io.BytesIO(written(store, "xlsx", tmp_path)))
    assert book["Trials"].max_row == 1
    (tmp_path / "out.xlsx").unlink()
    assert pq.read_table(io.BytesIO(written(store, "parquet", tmp_path))).num_rows == 0


def test_bad_formats_and_paths_are_named_and_nothing_is_written(store: Store, tmp_path: Path) -> None:
    with pytest.raises(Validation, match=r"'pdf'.*csv, xlsx, json, parquet"):
        export.write(store, WATCHLIST, "pdf", tmp_path / "out.pdf", None)
    with pytest.raises(Validation, match="is a folder"):
        export.write(store, WATCHLIST, "csv", tmp_path, None)
    with pytest.raises(Validation, match="There is no folder"):
        export.write(store, WATCHLIST, "csv", tmp_path / "none" / "out.csv", None)
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_a_local_trouble(store: Store) -> None:
    with pytest.raises(LocalTrouble, match="cannot be written"):
        export.write(store, WATCHLIST, "csv", Path("/dev/full"), None)


def test_a_failed_export_leaves_the_old_file(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "out.csv"
    out.write_text("the old one")

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(LocalTrouble, match="No space left"):
        export.write(store, WATCHLIST, "csv", out, None)
    assert out.read_text() == "the old one"
    assert [path.name for path in tmp_path.iterdir()] == ["out.csv"]


def test_a_device_is_written_to_and_not_replaced(store: Store) -> None:
    export.write(store, WATCHLIST, "csv", Path(os.devnull), None)
    assert not Path(os.devnull).is_file()


def test_a_trial_that_left_keeps_the_date_of_its_last_data(store: Store, tmp_path: Path) -> None:
    put(store, [row(1, left_registry="2026-11-01")], {1: [Why("ivig")]})
    body(store, "NCT00000001", b"{}", registry_timestamp="2026-10-01T09:00:00")
    assert objects(store, tmp_path)[0]["registry_timestamp"] == "2026-10-01T09:00:00"
