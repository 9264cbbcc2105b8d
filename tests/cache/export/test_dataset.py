"""The data set, read back as its users read it: with PyArrow and DuckDB."""

import csv
import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from cache.changes import verdicts
from cache.changes.verdicts import Judged
from cache.export import trials as export
from cache.export.cells import cell
from cache.export.dataset import parts
from cache.export.dataset import write as dataset
from cache.export.dataset.rows import READERS, Source
from cache.export.dataset.tables import tables
from cache.export.dataset.values import bounds
from cache.read.freshness import freshness, shown
from cache.refresh.results import Reading
from cache.store.schema import REGISTRY_SCOPE, event, match, study, version
from cache.store.store import Store, bump, timestamp
from fetchers.record.texts import shown_line
from tests.rigs import databases, trial_rows
from tests.rigs.refresh import WATCHLIST, Rig
from tests.rigs.trial_rows import put, row

pytestmark = pytest.mark.both_databases

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
PARTITIONED = {"trials": "status", "trial_agents": "tier", "events": "year"}
TABLES = ("trials", "trial_agents", "outcomes", "events", "versions", "claims", "claim_trials", "scopes")
WHOLE = ("claims", "scopes")  # the same for every view
STATUS = "protocolSection.statusModule.overallStatus"
COMPLETION = "protocolSection.statusModule.primaryCompletionDateStruct"
UPDATED = "protocolSection.statusModule.lastUpdatePostDateStruct.date"
# What the names of types in the written schema are in Arrow, said here once more.
ARROW = {
    "string": pa.string(), "int64": pa.int64(), "bool": pa.bool_(), "date32": pa.date32(),
    "timestamp[us, UTC]": pa.timestamp("us", tz="UTC"), "list<string>": pa.list_(pa.string()),
}  # fmt: skip
IN_DUCKDB = {
    "string": "VARCHAR", "int64": "BIGINT", "bool": "BOOLEAN", "date32": "DATE",
    "timestamp[us, UTC]": "TIMESTAMP WITH TIME ZONE", "list<string>": "VARCHAR[]",
}  # fmt: skip


@pytest.fixture(scope="module")
def store(database: str) -> Iterator[Store]:
    """A store after two refreshes with changes between them, and with a row of the starter."""
    assert database
    with Rig(page_cap=20) as rig:
        assert rig.refresh(results=Reading()).exit_code == 0
        changed, gone = sorted(rig.fake.studies)[:2]
        rig.fake.edit(changed, **{STATUS: "TERMINATED", COMPLETION: {"date": "2031-05"}, UPDATED: "2026-11-21"})
        rig.fake.remove(gone)
        rig.fake.reload()
        rig.now += timedelta(days=1)
        assert rig.refresh(results=Reading()).exit_code == 0
        old = {"origin": "starter", "source": "a public copy", "as_of": "2017-05", "start_date": "2002"}
        put(rig.store, [row(1, overall_status=None, phases=None, countries=None, **old)], held_by="ivig")
        claim, trial = WATCHLIST.claims[0].id, sorted(rig.fake.studies)[0]
        judged = {claim: Judged("partly", "a_rule", False, (trial, "NCT99999999"))}
        assert verdicts.note(rig.store, "rules", judged, {}, version=rig.store.version(), now=NOW) == []
        yield rig.store


@pytest.fixture(scope="module")
def lake(store: Store, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("lake") / "out"
    dataset.write(store, WATCHLIST, out, None, now=lambda: NOW)
    return out


def rows_of(lake: Path, table: str) -> list[dict[str, Any]]:
    return ds.dataset(lake / table, partitioning="hive").to_table().to_pylist()  # type: ignore[no-any-return]


def asked(lake: Path, query: str) -> list[tuple[Any, ...]]:
    """The answer of DuckDB, with every table that is named as a view of its name."""
    with duckdb.connect(config={"threads": 1}) as connection:
        for table in set(TABLES) & set(re.findall(r"\w+", query)):
            files = f"{lake}/{table}/**/*.parquet"
            view = f"CREATE VIEW {table} AS FROM read_parquet('{files}', hive_partitioning = true)"
            connection.execute(view)
        return connection.execute(query).fetchall()


def told(lake: Path, name: str) -> dict[str, Any]:
    return json.loads((lake / name).read_text(encoding="utf-8"))  # type: ignore[no-any-return]


def in_a_cell(value: Any) -> str:
    """A value of the data set as the CSV has it."""
    if isinstance(value, datetime):
        value = timestamp(value)
    made = cell(value.isoformat() if isinstance(value, date) else value)
    return "" if made is None else str(made).lower() if isinstance(made, bool) else str(made)


# --- what is in it --------------------------------------------------------------------------------------------------


def in_csv(store: Store, out: Path, query: str | None = None) -> list[dict[str, str]]:
    export.write(store, WATCHLIST, "csv", out, query, warn=lambda sentence: None)
    with out.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_every_column_of_the_csv_has_the_same_values(store: Store, lake: Path, tmp_path: Path) -> None:
    lines = in_csv(store, tmp_path / "out.csv")
    found = {one["nct_id"]: one for one in rows_of(lake, "trials")}
    assert list(found) != []
    assert sorted(found) == [line["nct_id"] for line in lines]
    elsewhere = {"agents_given", "agents_mentioned", "agents_excluded", "found_by", "modified"}
    assert set(lines[0]) - elsewhere == set(export.KEYS) - {"agents"}
    for line in lines:
        own = found[line["nct_id"]]
        assert {name: in_a_cell(own[name]) for name in line.keys() - elsewhere} == {
            name: line[name] for name in line.keys() - elsewhere
        }
        assert own["status"] == (line["overall_status"] or "NOT_RECORDED")
        assert (own["start_date_from"], own["start_date_to"]) == bounds(own["start_date"])


def test_agents_are_those_of_the_csv(store: Store, lake: Path, tmp_path: Path) -> None:
    found: dict[tuple[str, str], list[str]] = {}
    for one in rows_of(lake, "trial_agents"):
        said = f"{one['agent']} ({one['role']})" if one["role"] else one["agent"]
        found.setdefault((one["nct_id"], one["tier"]), []).append(said)
    lines = in_csv(store, tmp_path / "out.csv")
    assert {key: " | ".join(sorted(names)) for key, names in found.items()} == {
        (line["nct_id"], tier): line[f"agents_{tier}"]
        for line in lines
        for tier in ("given", "mentioned", "excluded")
        if line[f"agents_{tier}"]
    }


def test_the_counts_are_those_of_the_store_and_of_the_manifest(store: Store, lake: Path) -> None:
    kept = select(study.c.nct_id).where(shown())
    counted = {}
    with store.reading() as connection:
        for name, table in {"trials": study, "trial_agents": match, "events": event, "versions": version}.items():
            query = select(func.count()).select_from(table).where(table.c.nct_id.in_(kept))
            counted[name] = connection.scalar(query)
    found = {table: asked(lake, f"FROM {table} SELECT count(*)")[0][0] for table in TABLES}
    manifest = told(lake, dataset.MANIFEST)
    assert found == {name: one["rows"] for name, one in manifest["tables"].items()}
    assert {name: found[name] for name in counted} == counted
    assert min(found.values()) > 0
    assert manifest["store_version"] == store.version()
    assert manifest["facts"]["Shown"] == export.EVERYTHING
    files = {path.relative_to(lake).as_posix(): path for path in lake.rglob("*.parquet")}
    listed = {one["path"]: one for table in manifest["tables"].values() for one in table["files"]}
    assert files.keys() == listed.keys()
    for path, one in listed.items():
        assert (pq.read_metadata(files[path]).num_rows, files[path].stat().st_size) == (one["rows"], one["bytes"])


def test_all_tables_join(lake: Path) -> None:
    for table in set(TABLES) - {"trials", *WHOLE}:
        assert asked(lake, f"FROM {table} ANTI JOIN trials USING (nct_id)") == []
    assert asked(
        lake, "SELECT count(*) FROM trials WHERE NOT starter AND nct_id NOT IN (SELECT nct_id FROM versions)"
    ) == [(0,)]
    (moved,) = asked(
        lake,
        """SELECT e.before, e.after, t.status, v.overall_status, year(e.seen_at) = e.year
           FROM events e JOIN trials t USING (nct_id) JOIN versions v USING (nct_id)
           WHERE e.kind = 'status' AND v.newest""",
    )
    assert (json.loads(moved[1]), *moved[2:]) == ("TERMINATED", "TERMINATED", "TERMINATED", True)
    assert asked(lake, "SELECT count(*) FROM trials WHERE left_registry AND left_registry_on IS NOT NULL") == [(1,)]


def test_what_is_not_known_is_null(lake: Path) -> None:
    (one,) = [one for one in rows_of(lake, "trials") if one["starter"]]
    unknown = (
        "overall_status", "phases", "countries", "enrollment", "fetched_at", "registry_timestamp", "first_posted",
        "completion_date_from", "left_registry_on", "distance_km",
    )  # fmt: skip
    assert {one[name] for name in unknown} == {None}
    assert (one["status"], one["as_of"], one["as_of_from"], one["as_of_to"]) == (
        "NOT_RECORDED", "2017-05", date(2017, 5, 1), date(2017, 5, 31),
    )  # fmt: skip
    assert (one["start_date"], one["start_date_from"], one["start_date_to"]) == (
        "2002",
        date(2002, 1, 1),
        date(2002, 12, 31),
    )
    assert asked(lake, "SELECT count(*) FROM trials WHERE phases = []")[0][0] > 0


@pytest.mark.parametrize("query", ["", "agent=ivig", "agent=ivig&near=Berlin%2C+DE"])
def test_a_query_narrows_every_table(store: Store, tmp_path: Path, query: str) -> None:
    lines = in_csv(store, tmp_path / "out.csv", query)
    out = tmp_path / "out"
    said: list[str] = []
    rows = dataset.write(store, WATCHLIST, out, query, warn=said.append)
    found = rows_of(out, "trials")
    assert sorted(one["nct_id"] for one in found) == sorted(line["nct_id"] for line in lines)
    assert rows["trials"] == len(lines)
    for table in set(TABLES) - {"trials", *WHOLE}:
        assert {one["nct_id"] for one in rows_of(out, table)} <= {line["nct_id"] for line in lines}
    assert told(out, dataset.MANIFEST)["query"] == query
    if "near" in query:
        assert {one["nct_id"]: in_a_cell(one["distance_km"]) for one in found} == {
            line["nct_id"]: line["distance_km"] for line in lines
        }


def test_claims_have_the_verdicts_of_these_data(tmp_path: Path) -> None:
    judged, out = databases.empty(), tmp_path / "out"
    put(judged, [row(1), row(2)])
    claim = WATCHLIST.claims[0].id
    verdict = {claim: Judged("partly", "a_rule", False, ("NCT00000001", "NCT99999999"))}
    verdicts.note(judged, "rules", verdict, {}, version=judged.version(), now=NOW)
    dataset.write(judged, WATCHLIST, out, None)
    claims = rows_of(out, "claims")
    assert [one["claim"] for one in claims] == [one.id for one in WATCHLIST.claims]
    first, *others = [(one["verdict"], one["sample"], one["evidence"]) for one in claims]
    assert first == ("partly", False, 2)
    assert set(others) == {(None, None, None)}
    assert rows_of(out, "claim_trials") == [{"claim": claim, "nct_id": "NCT00000001"}]
    with judged.writing() as connection:
        bump(connection)  # they have not been judged by what is stored now
    dataset.write(judged, WATCHLIST, out, None)
    assert {one["verdict"] for one in rows_of(out, "claims")} == {None}


def test_scopes_say_when_the_registry_was_asked(tmp_path: Path) -> None:
    held, out = databases.empty(), tmp_path / "out"
    trial_rows.asked(held, "ivig")
    trial_rows.asked(held, REGISTRY_SCOPE, kind="sweep", registry_timestamp="2026-11-01")
    dataset.write(held, WATCHLIST, out, None)
    found = {
        one["scope"]: (one["kind"], one["refreshed_at"], one["registry_timestamp"]) for one in rows_of(out, "scopes")
    }
    at = datetime(2026, 11, 20, 8, tzinfo=UTC)
    assert found["ivig"] == ("agent", at, "2026-11-19T09:00:05")
    assert found["methotrexate"] == ("agent", None, None)
    assert found["me_cfs"] == ("sweep", None, None)
    assert found[REGISTRY_SCOPE] == ("file", at, "2026-11-01")


# --- what is written about it ---------------------------------------------------------------------------------------


def test_the_written_schema_is_that_of_the_files(lake: Path) -> None:
    written = told(lake, dataset.SCHEMA)["tables"]
    assert tuple(written) == TABLES
    for name, table in written.items():
        files = list(lake.glob(table["path"]))
        assert files
        for path in files:
            schema = pq.read_schema(path)
            assert [(one.name, one.type, one.nullable, one.metadata[b"comment"].decode()) for one in schema] == [
                (one["name"], ARROW[one["type"]], one["nullable"], one["about"]) for one in table["columns"]
            ]
            assert b"ClinicalTrials.gov" in schema.metadata[b"Source"]
        columns = [*table["columns"], *([table["partition"]] if table["partition"] else [])]
        assert {one[0]: one[1] for one in asked(lake, f"DESCRIBE {name}")} == {
            one["name"]: IN_DUCKDB[one["type"]] for one in columns
        }
        if table["key"]:
            key = ", ".join(table["key"])
            assert asked(lake, f"FROM {name} SELECT {key} GROUP BY ALL HAVING count(*) > 1") == []
        assert (table["partition"] or {}).get("name") == PARTITIONED.get(name)


def test_the_readme_tells_tables_columns_dates_and_terms(store: Store, lake: Path) -> None:
    text = (lake / dataset.README).read_text(encoding="utf-8")
    assert "$" not in text
    rows = {name: one["rows"] for name, one in told(lake, dataset.MANIFEST)["tables"].items()}
    for name, table in told(lake, dataset.SCHEMA)["tables"].items():
        assert f"| [{name}](#{name}) | {rows[name]:,} | {table['about']} |" in text
        for column in table["columns"]:
            assert f"| `{column['name']}` | `{column['type']}`" in text
    facts = export.about(freshness(store), export.EVERYTHING, now=lambda: NOW)
    assert all(facts[name] in text for name in ("Source", "Registry data of", "Fetched at (UTC)", "Written at (UTC)"))
    assert "terms-conditions" in text
    assert export.MODIFIED in text


def test_the_examples_of_the_readme_run(lake: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(lake)
    text = (lake / dataset.README).read_text(encoding="utf-8")
    for_duckdb = re.search(r"DuckDB.*?```sql\n(.*?)```", text, re.S)
    for_pyarrow = re.search(r"PyArrow.*?```python\n(.*?)```", text, re.S)
    assert for_duckdb is not None
    assert for_pyarrow is not None
    statements = [one for one in for_duckdb[1].split(";") if one.strip()]
    assert len(statements) == 3
    with duckdb.connect() as connection:
        recruiting, moves, numbers = [connection.execute(one).fetchall() for one in statements]
    assert recruiting
    assert moves
    assert [one for one in numbers if one[3] is not None]
    names: dict[str, Any] = {}
    exec(for_pyarrow[1], names)  # noqa: S102 - what the README shows
    assert names["recruiting"].num_rows > 0


# --- odd contents ---------------------------------------------------------------------------------------------------


def test_an_empty_store_gives_tables_that_can_be_read(tmp_path: Path) -> None:
    empty = databases.empty()
    rows = dataset.write(empty, WATCHLIST, tmp_path / "out", None)
    about_trials = [table for table in TABLES if table not in WHOLE]
    assert {name: rows[name] for name in about_trials} == dict.fromkeys(about_trials, 0)
    for table in about_trials:
        assert asked(tmp_path / "out", f"FROM {table} SELECT count(*)") == [(0,)]
    test_the_written_schema_is_that_of_the_files(tmp_path / "out")


ODD = st.text(max_size=12).map(lambda text: text.encode("utf-8", "ignore").decode())
FACTS = st.fixed_dictionaries(
    {
        "title": st.one_of(st.none(), ODD),
        "overall_status": st.one_of(st.none(), ODD),
        "note": st.one_of(st.none(), ODD),
        "countries": st.one_of(st.none(), st.lists(ODD, max_size=3)),
        "start_date": st.sampled_from([None, "2002", "2002-02", "2004-02-29", "0001-01-01", "9999-12"]),
        "enrollment": st.one_of(st.none(), st.integers(0, 10**8)),
        "has_results": st.sampled_from([None, True, False]),
    }
)


@pytest.mark.sqlite_alone("PostgreSQL takes no NUL, which the product never hands it")
@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(FACTS, max_size=3))
def test_odd_texts_come_back_as_they_were(
    tmp_path_factory: pytest.TempPathFactory, facts: list[Mapping[str, Any]]
) -> None:
    odd, out = databases.empty(), tmp_path_factory.mktemp("odd")
    put(odd, [row(number, **one) for number, one in enumerate(facts, start=1)])
    source = Source(odd, WATCHLIST, export.viewed(odd, WATCHLIST, None))
    parts.write(out, tables()["trials"], READERS["trials"](source), {}, "COMPLETED")
    odd.close()
    found = {one["nct_id"]: one for one in rows_of(out, "trials")}
    for number, one in enumerate(facts, start=1):
        own = found[f"NCT{number:08d}"]
        assert {name: own[name] for name in one} == {**one, "title": one["title"] and shown_line(one["title"])}
        assert own["status"] == (one["overall_status"] or "NOT_RECORDED")
    assert sorted(asked(out, "SELECT nct_id, status FROM trials")) == [
        (nct_id, one["status"]) for nct_id, one in sorted(found.items())
    ]
    assert {path.parent.parent for path in out.rglob("*.parquet")} == {out / "trials"}
