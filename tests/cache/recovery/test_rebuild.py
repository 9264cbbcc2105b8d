"""After a rescue every trial with a readable record is shown again, as that record says, and nothing altered is."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select

from cache import starter
from cache.ingest.load_starter import load_starter
from cache.recovery.check import integrity
from cache.recovery.derived import Derivation
from cache.recovery.rescue import rescue
from cache.search.index import keep_fresh
from cache.store import migrations
from cache.store.engine import WRITING, engine_of
from cache.store.files import parsed
from cache.store.schema import meta, metadata, scope, searched, study
from cache.store.store import Store, bump
from tests.fake_registry import agent_studies
from tests.rigs.answering import everything
from tests.rigs.refresh import MATCHER, WATCHLIST, Rig, held
from tests.rigs.stores import opened
from tests.stores import make

RULES = Derivation.of(WATCHLIST, MATCHER)
Rows = dict[str, dict[Any, dict[str, Any]]]


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three agents answered, one trial changed, one gone; starter rows for the rest."""
    path = tmp_path_factory.mktemp("original") / "trials.sqlite3"
    url = f"sqlite:///{path}"
    store = Store.open(url)
    load_starter(store, make.starter(), MATCHER, WATCHLIST)
    store.close()
    with Rig(agent_studies(), url=url) as rig:
        rig.refresh("sizofiran", "rintatolimod", "ivig")
        changed, gone, *_ = held(rig, "ivig")
        rig.fake.edit(changed, **{make.STATUS: "TERMINATED"})
        rig.fake.remove(gone)
        make.next_day(rig)
        rig.refresh("sizofiran", "rintatolimod", "ivig")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path


@pytest.fixture
def path(original: Path, tmp_path: Path) -> Path:
    copy = tmp_path / "trials.sqlite3"
    copy.write_bytes(original.read_bytes())
    return copy


def run(path: Path, *statements: str) -> int:
    with closing(sqlite3.connect(path)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()
        return connection.total_changes


def contents(path: Path) -> Rows:
    """Every row but its digest, by key."""
    with opened(path) as store, store.reading() as connection:
        found: Rows = {}
        for table in metadata.sorted_tables:
            rows = [dict(row) for row in connection.execute(select(table)).mappings()]
            for row in rows:
                row.pop("digest", None)
                if table is searched:
                    row.pop("id")  # how the entries of the search index are numbered
            found[table.name] = (
                {tuple(row[key.name] for key in table.primary_key): row for row in rows}
                if table is not searched
                else {(row["nct_id"],): row for row in rows}
            )
        return found


def rescued(path: Path) -> Rows:
    rescue(f"sqlite:///{path}", RULES)
    with opened(path) as store:
        assert integrity(store, RULES) == []
    return contents(path)


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM study WHERE origin = 'live'",
        "DELETE FROM match WHERE agent = 'ivig'",
        "UPDATE study SET title = 'Another', enrollment = 7, left_registry = '2020-01-01' WHERE origin = 'live'",
        "UPDATE study SET countries = '[\"Norway\"]', condition_groups = '[\"lupus\"]' WHERE origin = 'live'",
        "UPDATE match SET tier = 'excluded', role = NULL",
        "UPDATE OR IGNORE match SET agent = 'methotrexate'",
        "UPDATE version SET nct_id = 'NCT99999999' WHERE id IN (SELECT max(id) FROM version)",
        "UPDATE version SET registry_date = '2031-01-01' WHERE origin = 'live'",
    ],
)
def test_what_a_record_tells_is_as_it_was(path: Path, statement: str) -> None:
    before = contents(path)
    assert run(path, statement)
    after = rescued(path)
    for table in ("study", "version", "answer", "match", "event"):
        for key, row in before[table].items():
            told = {name: value for name, value in row.items() if name not in ("first_seen", "fetched_at")}
            assert after[table].get(key, {}) | told == after[table].get(key), (table, key)
        assert after[table].keys() == before[table].keys(), table


@pytest.mark.parametrize(
    "statements",
    [
        ("DELETE FROM answer",),
        ("DELETE FROM answer", "DELETE FROM study", "DELETE FROM scope"),
        ("DELETE FROM answer WHERE scope = 'ivig'", "DELETE FROM match"),
        ("UPDATE answer SET ended_at = '2026-11-20T00:00:00Z'",),
        ("UPDATE answer SET scope = 'nowhere' WHERE scope = 'ivig'",),
    ],
)
def test_a_trial_whose_answers_are_lost_is_shown_under_the_agents_it_names(
    path: Path, statements: tuple[str, ...]
) -> None:
    before = contents(path)
    assert run(path, *statements)
    after = rescued(path)
    shown = {key for key, row in before["answer"].items() if row["ended_at"] is None}
    assert shown <= {key for key, row in after["answer"].items() if row["ended_at"] is None}
    assert {key for key, row in before["match"].items()} <= after["match"].keys()
    assert {row["left_registry"] is None for row in before["study"].values()} == {True, False}
    for name in ("title", "left_registry"):
        now = {key: row[name] for key, row in after["study"].items()}
        assert now == {key: row[name] for key, row in before["study"].items()}
    assert after["scope"].keys() >= {(name,) for name, _ in shown}
    assert {key: row["starter"] for key, row in after["scope"].items()} == {
        key: before["scope"][key]["starter"] for key in after["scope"]
    }


def test_a_lost_row_of_the_starter_is_read_out_of_the_snapshot_again(path: Path) -> None:
    with opened(path) as store:
        load_starter(store, starter.records(), MATCHER, WATCHLIST)
        with store.writing() as connection:
            connection.execute(delete(scope).where(scope.c.starter))
            bump(connection)
        load_starter(store, starter.records(), MATCHER, WATCHLIST)
    before = contents(path)
    assert run(path, "DELETE FROM study WHERE origin = 'starter'", "DELETE FROM match")
    after = rescued(path)
    fictional = {(f"NCT0998000{number}",) for number in range(2)}
    assert len(before["study"]) > 100
    for key in before["study"].keys() - fictional:
        if before["study"][key]["origin"] == "starter":
            assert after["study"][key] == before["study"][key]
    assert after["match"] == before["match"]
    assert {after["study"][key]["source"] for key in fictional} == {"Starter snapshot"}


def test_altered_changes_and_notes_are_left_behind(path: Path) -> None:
    before = contents(path)
    run(path, "UPDATE event SET after = '\"COMPLETED\"' WHERE kind = 'status'")
    run(path, "UPDATE meta SET value = 'x' WHERE key = 'created_at'", "UPDATE scope SET kind = 'sweep'")
    after = rescued(path)
    assert {key: row for key, row in before["event"].items() if row["kind"] != "status"} == after["event"]
    assert set(after["meta"]) == {("version",), ("rescued",), ("rows",), ("packing",), ("state",)}
    assert {key: row["kind"] for key, row in after["scope"].items()}.items() <= {
        key: row["kind"] for key, row in before["scope"].items()
    }.items()


def test_a_rescued_store_is_refreshed_to_what_the_registry_holds(path: Path) -> None:
    before = contents(path)
    run(path, "DELETE FROM answer", "DELETE FROM study WHERE nct_id > 'NCT5'", "UPDATE match SET tier = 'excluded'")
    rescued(path)
    with Rig(agent_studies(), url=f"sqlite:///{path}") as rig:
        rig.fake.reload("2027-01-05T09:00:05")
        assert rig.refresh("sizofiran", "rintatolimod", "ivig").exit_code == 0
        assert integrity(rig.store, RULES) == []
    after = contents(path)
    live = {key: row for key, row in before["answer"].items() if row["ended_at"] is None and row["origin"] == "live"}
    assert live.keys() <= {key for key, row in after["answer"].items() if row["ended_at"] is None}
    assert before["version"].keys() <= after["version"].keys()


@pytest.mark.parametrize("damage", [b"this is no database", b"\0" * 100, b"\xff" * 4096], ids=["text", "zeros", "page"])
def test_a_broken_first_page_of_a_store_that_was_brought_up_to_date_costs_no_row(
    original: Path, tmp_path: Path, damage: bytes
) -> None:
    """Its tables were given their digests when they were full, so that list lies elsewhere than in a new store."""
    path = tmp_path / "trials.sqlite3"
    engine = engine_of(parsed(f"sqlite:///{path}"), patience=1.0)
    with engine.execution_options(**{WRITING: True}).begin() as connection:
        migrations.upgrade(connection, "0001")
    engine.dispose()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("ATTACH ? AS there", (str(original),))
        for table in (one for one in metadata.sorted_tables if one is not searched):  # which such a store has not
            there = {row[1] for row in connection.execute(f'PRAGMA table_info("{table.name}")')}
            names = ", ".join(f'"{column.name}"' for column in table.columns if column.name in there - {"digest"})
            connection.execute(f'INSERT INTO "{table.name}" ({names}) SELECT {names} FROM there."{table.name}"')  # noqa: S608
        connection.commit()
    with opened(original) as newer, newer.reading() as connection:
        places = connection.execute(select(study.c.nct_id, study.c.points)).all()
    with opened(path) as store:
        keep_fresh(store)
        with store.writing() as connection:  # a refresh brings what the column was added for
            for nct_id, points in places:
                connection.execute(study.update().where(study.c.nct_id == nct_id).values(points=points))
            bump(connection)
        assert integrity(store, RULES) == []
        before = everything(store, skip=[meta, scope])
    with path.open("r+b") as file:
        file.write(damage)
    rescue(f"sqlite:///{path}", RULES)
    with opened(path) as store:
        assert everything(store, skip=[meta, scope]) == before
        assert integrity(store, RULES) == []
