"""What is altered behind the store's back is noticed: any bit that a reader sees, and rows unlike their records."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Table, func, select

from cache.ingest.load_starter import load_starter
from cache.recovery.check import integrity
from cache.recovery.derived import Derivation
from cache.refresh.results import Reading
from cache.store.errors import Damaged
from cache.store.schema import meta, metadata
from cache.store.seal import SEALED, close
from cache.store.store import Store
from tests.fake_registry import agent_studies
from tests.rigs import databases
from tests.rigs.refresh import MATCHER, WATCHLIST, Rig, held
from tests.rigs.stores import opened
from tests.stores import make

pytestmark = pytest.mark.both_databases
RULES = Derivation.of(WATCHLIST, MATCHER)
CELLS = [(table.name, column.name) for table in SEALED for column in table.columns]


@pytest.fixture(scope="module")
def original(database: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with starter rows, live answers, versions, changes, posted results, and a trial that has left."""
    path = tmp_path_factory.mktemp("original") / "trials.sqlite3"
    with opened(path) as store:
        load_starter(store, make.starter(), MATCHER, WATCHLIST)
    with Rig(agent_studies(), url=databases.url(path)) as rig:
        agents = ("sizofiran", "rintatolimod", "ivig")
        rig.refresh(*agents)
        changed, gone, *_ = held(rig, "ivig")
        rig.fake.edit(changed, **{make.STATUS: "TERMINATED"})
        rig.fake.remove(gone)
        make.next_day(rig)
        rig.refresh(*agents)
        rig.refresh(results=Reading("all"))
    return path


@pytest.fixture
def path(original: Path, tmp_path: Path) -> Path:
    return databases.copied(original, tmp_path / "trials.sqlite3")


def complaints(path: Path, rules: Derivation | None = RULES) -> list[str]:
    try:
        with opened(path) as store:
            return integrity(store, rules)
    except Damaged as error:
        return [str(error)]


def run(path: Path, *statements: str) -> int:
    """Behind the store's back, on a connection of its own; returns how many rows were altered."""
    with opened(path) as store, store.writing() as connection:
        return sum(connection.exec_driver_sql(one).rowcount for one in statements)


def resealed(path: Path) -> None:
    """As if the alteration had come through the store itself, or before there were digests."""
    with opened(path) as store, store.writing() as connection:
        for table in SEALED:
            connection.execute(table.update().values(digest=None))
        close(connection)


def test_a_store_with_something_of_everything_is_sound(path: Path) -> None:
    with opened(path) as store, store.reading() as connection:
        for table in SEALED:
            assert connection.scalar(select(func.count()).select_from(table)), table.name
    assert complaints(path) == []


@pytest.mark.sqlite_alone("PostgreSQL takes no value of another type")
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_one_bit_anywhere_in_what_a_reader_sees(original: Path, tmp_path: Path, data: st.DataObject) -> None:
    """Of text and bytes one bit is flipped, of numbers one bit of the first 31, of nothing a letter is made."""
    path = tmp_path / "flipped.sqlite3"
    path.write_bytes(original.read_bytes())
    table, column = data.draw(st.sampled_from(CELLS))
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute(f'SELECT rowid, "{column}" FROM "{table}"').fetchall()  # noqa: S608
        rowid, value = data.draw(st.sampled_from(rows))
        new = _flipped(value, data)
        kind = "CAST(? AS TEXT)" if isinstance(value, str) else "?"
        connection.execute(f'UPDATE OR IGNORE "{table}" SET "{column}" = {kind} WHERE rowid = ?', (new, rowid))  # noqa: S608
        connection.commit()
        if connection.execute(f'SELECT rowid, "{column}" FROM "{table}"').fetchall() == rows:  # noqa: S608
            return  # another row has that key already, and the database keeps to its rule
    assert complaints(path)


def _flipped(value: Any, data: st.DataObject) -> Any:
    if value is None:
        return "x"
    if isinstance(value, int):
        return value ^ (1 << data.draw(st.integers(0, 30)))
    content = bytearray(value.encode() if isinstance(value, str) else value)
    if not content:
        return b"x"
    at = data.draw(st.integers(0, len(content) * 8 - 1))
    content[at // 8] ^= 1 << at % 8
    try:  # the driver cannot read text that is none, to say which rows there are
        return bytes(content) if not isinstance(value, str) or content.decode() else b""
    except UnicodeDecodeError:
        return b"\\"


@pytest.mark.parametrize("value", ["-1", "4x", "", "\u00b2"])
def test_a_version_number_that_is_none_is_damage_on_every_way_in(path: Path, value: str) -> None:
    with opened(path) as store:
        run(path, f"UPDATE meta SET value = '{value}' WHERE key = 'version'")  # noqa: S608
        with pytest.raises(Damaged, match="version number cannot be read"):
            store.version()
    with pytest.raises(Damaged, match="version number cannot be read"):
        Store.open(databases.url(path))


@pytest.mark.sqlite_alone("PostgreSQL takes no bytes for text")
def test_text_that_is_none_is_noticed(path: Path) -> None:
    run(path, "UPDATE event SET kind = CAST(x'ff' AS TEXT)")
    assert "Could not decode" in str(complaints(path))


@pytest.mark.parametrize("table", SEALED, ids=str)
def test_a_row_that_was_slipped_in_is_noticed(path: Path, table: Table) -> None:
    columns, last = [column.name for column in table.columns], list(table.primary_key.columns)[-1].name
    values = ", ".join(f'"{name}"' if name != last else "'77777'" for name in columns)
    named = ", ".join(f'"{name}"' for name in columns)
    assert run(path, f'INSERT INTO "{table}" ({named}) SELECT {values} FROM "{table}" LIMIT 1')  # noqa: S608
    assert any("77777 is not as it was stored" in one for one in complaints(path))


@pytest.mark.parametrize("table", SEALED, ids=str)
def test_a_row_that_was_deleted_is_noticed(path: Path, table: Table) -> None:
    key = [f'"{column.name}"' for column in table.primary_key.columns]
    last = f'SELECT {", ".join(key)} FROM "{table}" ORDER BY {" DESC, ".join(key)} DESC LIMIT 1'  # noqa: S608
    assert run(path, f'DELETE FROM "{table}" WHERE ({", ".join(key)}) = ({last})') == 1  # noqa: S608
    assert complaints(path)
    assert complaints(path, rules=None)


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE event SET after = '\"COMPLETED\"' WHERE kind = 'status'", "The change "),
        ("UPDATE event SET weight = 'noise', kind = 'sponsor'", "The change "),
        ("UPDATE study SET overall_status = 'COMPLETED' WHERE overall_status = 'TERMINATED'", "The trial NCT"),
        ("UPDATE study SET enrollment = NULL WHERE enrollment > 0", "The trial NCT"),
        ("UPDATE answer SET ended_at = NULL WHERE ended_at IS NOT NULL", "The answer ivig, NCT"),
        ("UPDATE version SET seen_at = '2020-01-01T00:00:00Z'", "The version 1"),
        ("UPDATE scope SET registry_timestamp = '2030-01-01T09:00:05'", "The scope "),
        ("UPDATE meta SET value = '2020-01-01T00:00:00Z' WHERE key = 'created_at'", "The note created_at"),
        ("UPDATE match SET role = 'comparator'", "The match NCT"),
    ],
)  # fmt: skip
def test_what_was_altered_is_named(path: Path, statement: str, words: str) -> None:
    assert run(path, statement)
    assert any(one.startswith(words) and one.endswith("is not as it was stored.") for one in complaints(path))


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE study SET overall_status = 'COMPLETED' WHERE overall_status = 'TERMINATED'",
         "does not say what its record says: overall_status."),
        ("UPDATE study SET title = 'Another', conditions = '[]' WHERE origin = 'live'", ": title, conditions."),
        ("UPDATE study SET condition_groups = '[\"lupus\"]' WHERE origin = 'live'", ": condition_groups."),
        ("UPDATE match SET tier = 'excluded'", "are not those that its record gives."),
        ("DELETE FROM match WHERE agent = 'ivig'", "are not those that its record gives."),
        ("UPDATE match SET agent = 'sizofiran' WHERE agent = 'ivig'", "are not those that its record gives."),
    ],
)  # fmt: skip
def test_a_row_unlike_its_record_is_noticed_also_when_it_is_sealed(path: Path, statement: str, words: str) -> None:
    assert run(path, statement)
    resealed(path)
    assert any(one.endswith(words) for one in complaints(path))
    with opened(path) as store:
        assert integrity(store) == [], "only the rules tell"


def test_rows_of_other_rules_are_left_to_the_next_refresh(path: Path) -> None:
    run(path, "UPDATE study SET title = 'Another'", "UPDATE scope SET question = 'of an earlier release'")
    resealed(path)
    assert complaints(path) == []


def test_every_table_is_sealed_or_known_to_be_of_passing_use() -> None:
    passing = {"refresh", "progress", "set_aside", "searched"}  # the last one is compared with the records
    assert {table.name for table in SEALED} | passing == set(metadata.tables)
    assert meta in SEALED
