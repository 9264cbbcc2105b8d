"""A damaged store: noticed, copied aside, rebuilt with what can be read; a sound, locked or newer one is left alone."""

import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cache.ingest.staging import known
from cache.recovery.backup import copy_database
from cache.recovery.check import integrity
from cache.recovery.derived import Derivation
from cache.recovery.rescue import rescue, rescued
from cache.recovery.salvage import readable
from cache.store.errors import Damaged, Locked, NewerStore
from cache.store.packing import hash_of
from cache.store.schema import answer, meta, scope, study, version
from cache.store.store import Store
from fetchers.errors import LocalTrouble
from fetchers.settings import ROOT
from tests.rigs.answering import NameMatcher, Refresher, everything, record, rows, stored_bodies
from tests.rigs.refresh import WATCHLIST
from tests.rigs.stores import opened

NOW = datetime(2026, 3, 20, 12, 0, tzinfo=UTC)
PAGE = 4096
TRIALS = 300
RULES = Derivation.of(WATCHLIST, NameMatcher())


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with some hundred trials in two versions each, cleanly closed."""
    path = tmp_path_factory.mktemp("original") / "trials.sqlite3"
    store = Store.open(f"sqlite:///{path}")
    refresher = Refresher(store)
    for title in ("Old", "New"):
        refresher.answer("azathioprine", [_record(number, title) for number in range(1, TRIALS + 1)])
    refresher.answer("methotrexate", [_record(number, "New") for number in range(1, 20)])
    refresher.answer("methotrexate", [_record(number, "New") for number in range(2, 20)], vanished=["NCT00000001"])
    store.close()
    return path


def _record(number: int, title: str):  # type: ignore[no-untyped-def]
    words = " ".join(f"{title}{number * place}" for place in range(100))
    return record(number, "azathioprine", title=title, description={"briefSummary": words})


@pytest.fixture
def path(original: Path, tmp_path: Path) -> Path:
    copy = tmp_path / "trials.sqlite3"
    copy.write_bytes(original.read_bytes())
    return copy


def url(path: Path) -> str:
    return f"sqlite:///{path}"


def overwrite(path: Path, at: int, data: bytes) -> None:
    with path.open("r+b") as file:
        file.seek(at)
        file.write(data)


def pages_of(path: Path, name: str) -> list[int]:
    """Offsets of the leaf pages of a table."""
    with closing(sqlite3.connect(path)) as connection:
        found = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (name,)).fetchone()
    data = path.read_bytes()
    waiting, leaves = [found[0]], []
    while waiting:
        start = (waiting.pop() - 1) * PAGE
        if data[start] == 13:
            leaves.append(start)
            continue
        cells = int.from_bytes(data[start + 3 : start + 5], "big")
        waiting.append(int.from_bytes(data[start + 8 : start + 12], "big"))
        for cell in range(cells):
            place = int.from_bytes(data[start + 12 + 2 * cell :][:2], "big")
            waiting.append(int.from_bytes(data[start + place :][:4], "big"))
    return sorted(leaves)


def assert_good(path: Path) -> None:
    """The store opens, is sound, and takes an answer."""
    with opened(path) as store:
        assert integrity(store, RULES) == []
        refresher = Refresher(store)
        refresher.id = 10
        report = refresher.answer("azathioprine", [_record(number, "New") for number in range(1, TRIALS + 1)])
        assert report.studies == TRIALS
        assert integrity(store) == []
        assert len(rows(store, study, "nct_id")) == TRIALS


def test_a_sound_store_is_found_sound_and_not_rescued(path: Path) -> None:
    with opened(path) as store:
        assert integrity(store) == []
    before = path.read_bytes()
    with pytest.raises(LocalTrouble, match="nothing to rescue"):
        rescue(url(path), RULES)
    assert path.read_bytes() == before
    assert not list(path.parent.glob("*.damaged-*"))


@pytest.mark.parametrize("tidied", [False, True])
@pytest.mark.parametrize("damage", [b"this is no database", b"\0" * 100, b"\xff" * PAGE], ids=["text", "zeros", "page"])
def test_a_broken_first_page_costs_no_row(path: Path, damage: bytes, tidied: bool) -> None:
    if tidied:
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            connection.execute("VACUUM")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with opened(path) as store:
        before = everything(store, skip=[meta, scope])
    overwrite(path, 0, damage)
    broken = path.read_bytes()
    with pytest.raises(Damaged, match=r"trials\.sqlite3 is damaged"):
        Store.open(url(path))
    assert path.read_bytes() == broken
    found = rescue(url(path), RULES, lambda: NOW)
    assert found.copy.name == "trials.sqlite3.damaged-20260320T120000Z"
    assert found.copy.read_bytes() == broken
    with opened(path) as store:
        assert everything(store, skip=[meta, scope]) == before
        assert rescued(store) == found
        assert set(rows(store, scope, "question", "registry_timestamp", "asked_in_full_at")) == {(None, None, None)}
    assert_good(path)


def test_a_broken_page_costs_the_rows_on_it_and_no_others(path: Path) -> None:
    leaves = pages_of(path, "version")
    with opened(path) as store:
        before, number = dict(rows(store, version, "id", "body")), store.version()
    overwrite(path, leaves[len(leaves) // 2], b"\xff" * PAGE)
    with opened(path) as store:  # too deep to be noticed in passing
        assert any("damaged" in one for one in integrity(store))
    for place in (0, len(leaves) // 2 + 2, len(leaves) - 1):
        overwrite(path, leaves[place], b"\xff" * PAGE)
    found = rescue(url(path), RULES, lambda: NOW)
    with opened(path) as store:
        after = dict(rows(store, version, "id", "body"))
        assert store.version() == number + 1
        assert len(rows(store, study, "nct_id")) == TRIALS
        assert len(rows(store, answer, "nct_id")) == TRIALS + 19
        lost = before.keys() - after.keys()
        # Of two versions the later one is packed against the earlier one.
        assert {number + TRIALS for number in lost if number <= TRIALS} <= lost
        # A trial whose newest record is lost is shown as the one before says, one that has none as its row says.
        newest = {nct_id: id for id, nct_id in rows(store, version, "id", "nct_id")}
        titles = dict(rows(store, study, "nct_id", "title"))
        said = {nct_id: "Old" if id <= TRIALS else "New" for nct_id, id in newest.items()}
        assert titles == dict.fromkeys(titles, "New") | said
        assert 0 < list(said.values()).count("Old") <= len(lost)
        # A slim sweep asks again for those that have none.
        gone = {"NCT00000001"}
        assert titles.keys() - newest.keys() - gone == titles.keys() - set(known(store, "azathioprine")) - gone
        assert integrity(store, RULES) == []
    assert found.tables["version"] == len(after)
    assert after.items() <= before.items()
    assert 0 < len(lost) < len(before) / 4
    assert "copied aside" in str(found)
    assert f"{TRIALS} trials" in str(found)


def test_rows_between_broken_pages_are_found(tmp_path: Path) -> None:
    path = tmp_path / "rows.sqlite3"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE trial (id INTEGER PRIMARY KEY, body TEXT)")
        connection.executemany("INSERT INTO trial VALUES (?, ?)", [(id, f"row {id:02} " * 400) for id in range(1, 41)])
        connection.commit()
    data, leaves = path.read_bytes(), pages_of(path, "trial")
    assert len(leaves) == 40
    broken = {2, 3, 4, 6, 7, 8, 9, 20, 40}
    for leaf in leaves:
        cell = leaf + int.from_bytes(data[leaf + 8 : leaf + 10], "big")
        if data[cell + 2] in broken:  # two bytes of length, then the row number
            overwrite(path, leaf, b"\xff" * PAGE)
    with closing(sqlite3.connect(path)) as connection:
        found = [row[0] for row in readable(connection, "trial", ["id"])]
    assert sorted(map(str, found)) == sorted(str(id) for id in range(1, 41) if id not in broken)


def test_a_flipped_bit_in_a_record_is_noticed_and_costs_that_version_and_what_rests_on_it(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        ((body,),) = connection.execute("SELECT body FROM version WHERE id = 7").fetchall()
    at = path.read_bytes().index(body[20:60]) + 10
    overwrite(path, at, bytes([path.read_bytes()[at] ^ 4]))
    with opened(path) as store:
        assert integrity(store) == [
            "Version 7 of NCT00000007 cannot be read back as it was stored.",
            "Version 307 of NCT00000007 cannot be read back as it was stored "
            "(it rests on version 7, which is missing or cannot be read).",
        ]
    rescue(url(path), RULES, lambda: NOW)
    with opened(path) as store:
        ids = rows(store, version, "id")
        assert integrity(store) == []
    assert len(ids) == 2 * TRIALS - 2
    assert {7, 307}.isdisjoint(ids)


def test_a_lost_study_table_is_derived_from_the_versions(path: Path) -> None:
    with opened(path) as store:
        before = everything(store, skip=[meta, scope, study])
        trials = rows(store, study, "nct_id", "title", "left_registry", "body_hash", "first_seen")
    for leaf in pages_of(path, "study"):
        overwrite(path, leaf, b"\xff" * PAGE)
    with pytest.raises(Damaged):
        Store.open(url(path))
    found = rescue(url(path), RULES, lambda: NOW)
    assert (found.tables["study"], found.tables["version"]) == (TRIALS, 2 * TRIALS)
    with opened(path) as store:
        assert everything(store, skip=[meta, scope, study]) == before
        assert rows(store, study, "nct_id", "title", "left_registry", "body_hash", "first_seen") == trials
    assert_good(path)
    with opened(path) as store:
        assert len(rows(store, version, "id")) == 2 * TRIALS  # the records are known: no version twice


def test_a_cut_file_is_damaged_and_what_is_left_of_it_is_kept(path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size * 4 // 5 // PAGE * PAGE)
    with pytest.raises(Damaged):
        Store.open(url(path))
    found = rescue(url(path), RULES, lambda: NOW)
    assert 0 < found.tables["version"] < 2 * TRIALS
    assert_good(path)


def test_a_file_that_is_something_else_ends_in_an_empty_store(tmp_path: Path) -> None:
    path = tmp_path / "trials.sqlite3"
    path.write_bytes(b"These are my notes.\n" * 50)
    with pytest.raises(Damaged):
        Store.open(url(path))
    found = rescue(url(path), RULES, lambda: NOW)
    assert found.copy.read_bytes() == b"These are my notes.\n" * 50
    assert set(found.tables.values()) == {0}
    assert_good(path)


def test_what_stood_only_in_the_write_ahead_log_is_saved_too(path: Path) -> None:
    script = (
        "import os, sys; from cache.store.store import Store; from tests.rigs.answering import Refresher, record\n"
        "refresher = Refresher(Store.open(sys.argv[1])); refresher.id = 10\n"
        "refresher.answer('azathioprine', [record(777)]); os._exit(1)"
    )
    subprocess.run([sys.executable, "-c", script, url(path)], check=False, cwd=ROOT)
    wal = path.with_name(path.name + "-wal")
    assert wal.stat().st_size > 0
    overwrite(path, pages_of_answer(path), b"\xff" * PAGE)
    found = rescue(url(path), RULES, lambda: NOW)
    assert found.copy.exists()
    with opened(path) as store:
        assert "NCT00000777" in rows(store, study, "nct_id")


def pages_of_answer(path: Path) -> int:
    """A page of the version table that the log does not hold anew: its first leaf."""
    return pages_of(path, "version")[0]


def test_the_second_of_two_rescuers_learns_what_the_first_did(path: Path) -> None:
    overwrite(path, 0, b"\0" * 100)
    first = rescue(url(path), RULES, lambda: NOW)
    assert rescue(url(path), RULES) == first
    assert len(list(path.parent.glob("*.damaged-*"))) == 1


def test_two_rescues_in_one_second_keep_two_copies(path: Path) -> None:
    copies = []
    for damage in (b"\0" * 100, b"\1" * 100):
        overwrite(path, 0, damage)
        copies.append(rescue(url(path), RULES, lambda: NOW).copy)
    assert [copy.read_bytes()[:1] for copy in copies] == [b"\0", b"\1"]


def test_a_locked_store_is_not_touched(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(Locked):
            rescue(url(path), RULES)
    assert not list(path.parent.glob("*.damaged-*"))


@pytest.mark.parametrize("also_damaged", [False, True])
def test_a_newer_store_is_not_touched(path: Path, also_damaged: bool) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    if also_damaged:
        overwrite(path, 0, b"\0" * 100)
    before = path.read_bytes()
    with pytest.raises(NewerStore):
        rescue(url(path), RULES, lambda: NOW)
    assert path.read_bytes() == before


def test_a_full_disk_while_rescuing_leaves_the_damaged_file_in_place(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    overwrite(path, 0, b"\0" * 100)
    before = path.read_bytes()

    def no_space(*_: object) -> None:
        raise OSError(28, "No space left on device", str(path))

    monkeypatch.setattr("cache.recovery.rescue.salvage_table", no_space)
    with pytest.raises(LocalTrouble, match="disk is full"):
        rescue(url(path), RULES, lambda: NOW)
    assert path.read_bytes() == before
    assert not list(path.parent.glob("*.rebuilding-*"))


def test_only_files_can_be_rescued() -> None:
    with pytest.raises(LocalTrouble, match="Only a store in an SQLite file"):
        rescue("sqlite://", RULES)


@pytest.mark.parametrize(
    ("statement", "complaint"),
    [
        ("DELETE FROM study WHERE nct_id = 'NCT00000002'", "azathioprine holds NCT00000002, but no such study"),
        ("DELETE FROM version WHERE nct_id = 'NCT00000001'", "The newest version of NCT00000001 is not the one"),
        ("UPDATE study SET body_hash = 'x' WHERE nct_id = 'NCT00000002'", "The newest version of NCT00000002 is not"),
        ("UPDATE version SET body_hash = 'x' WHERE id = 3", "Version 3 of NCT00000003 cannot be read back"),
        ("PRAGMA foreign_keys = OFF; INSERT INTO progress (refresh_id, scope, place, status, requests, fetched) "
         "VALUES (99, 'ivig', 1, 'waiting', 0, 0)", "There is progress of refresh 99, but no such refresh."),
    ],
)  # fmt: skip
def test_what_does_not_fit_together_is_named(path: Path, statement: str, complaint: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(statement)
    with opened(path) as store:
        assert any(one.startswith(complaint) for one in integrity(store))


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_whatever_is_overwritten_the_store_is_sound_after_the_rescue(
    original: Path, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    path = tmp_path_factory.mktemp("damage") / "trials.sqlite3"
    path.write_bytes(original.read_bytes())
    size = path.stat().st_size
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, size - 1))
        overwrite(path, at, data.draw(st.sampled_from([b"\0", b"\xff", b"NCT"])) * data.draw(st.integers(1, 6000)))
    try:
        rescue(url(path), RULES, lambda: NOW)
    except LocalTrouble as error:
        assert "nothing to rescue" in str(error)  # noqa: PT017 - both outcomes are right, by where the damage fell
    with opened(path) as store:
        assert integrity(store) == []
        assert [hash_of(body) for _, body in stored_bodies(store)] == rows(store, version, "body_hash")


def test_a_backup_is_a_whole_store_of_its_own(path: Path, tmp_path: Path) -> None:
    target = tmp_path / "copy.sqlite3"
    with opened(path) as store:
        copy_database(store, target)
        before = everything(store)
        with pytest.raises(LocalTrouble, match="exists already"):
            copy_database(store, target)
    with opened(target) as copy:
        assert everything(copy) == before
        assert integrity(copy) == []
    assert not list(tmp_path.glob("*.part"))


def test_a_backup_that_cannot_be_written_says_where(path: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with opened(path) as store, pytest.raises(LocalTrouble, match="file/copy"):
        copy_database(store, tmp_path / "file" / "copy.sqlite3")
