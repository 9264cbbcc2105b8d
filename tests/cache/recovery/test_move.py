"""A store moves from SQLite to PostgreSQL and back, and nothing of it is lost or made anew."""

from pathlib import Path

import pytest
from sqlalchemy import text

from cache.__main__ import main
from cache.digest import marks
from cache.recovery.check import integrity
from cache.recovery.move import move
from cache.refresh.results import Reading
from cache.search.find import find
from cache.store.errors import Damaged, Unreachable
from cache.store.lock import Busy, hold
from cache.store.schema import event, result_version, searched, study, version
from cache.store.store import Store
from fetchers.errors import Validation
from tests.fake_registry import agent_studies
from tests.rigs import databases
from tests.rigs.answering import Refresher, everything, record, rows
from tests.rigs.refresh import WATCHLIST, Rig, held
from tests.rigs.stores import opened
from tests.stores import make

pytestmark = pytest.mark.parametrize("database", ["postgresql"], indirect=True, scope="module")


def sqlite(path: Path) -> str:
    return f"sqlite:///{path}"


@pytest.fixture
def url(tmp_path: Path) -> str:
    """A store in a file with versions, changes, posted results, a trial that left, and a mark."""
    address = sqlite(tmp_path / "first.sqlite3")
    with Rig(agent_studies(), url=address) as rig:
        rig.refresh("sizofiran", "ivig")
        changed, gone, *_ = held(rig, "ivig")
        rig.fake.edit(changed, **{make.STATUS: "TERMINATED"})
        rig.fake.remove(gone)
        make.next_day(rig)
        rig.refresh("ivig")
        rig.refresh(results=Reading("all"))
        marks.keep(rig.store, marks.PREFIX + "x", marks.Mark(1, "2026-11-22T12:00:00Z"))
    return address


def test_there_and_back_every_row_of_every_table_is_the_same(url: str, tmp_path: Path) -> None:
    there, back = databases.url(tmp_path / "there"), sqlite(tmp_path / "back.sqlite3")
    move(url, there)
    moved = move(there, back)
    stores = [Store.open(address) for address in (url, there, back)]
    first, *others = [everything(store, [searched]) for store in stores]
    assert all(first[table.name] for table in (study, version, event, result_version))
    for other in others:
        assert other == first
    assert (moved.trials, moved.versions) == (len(first["study"]), len(first["version"]))
    assert len({store.state() for store in stores}) == 1
    assert [integrity(store) for store in stores] == [[], [], []]
    found = [find(store, "sizofiran", WATCHLIST).trials for store in stores]
    assert found[0]
    assert found == found[:1] * 3
    for store in stores:
        store.close()


def test_a_moved_store_goes_on_with_the_next_numbers(url: str, tmp_path: Path) -> None:
    there = databases.url(tmp_path / "there")
    move(url, there)
    store = Store.open(there)
    last = max(rows(store, version, "id"))
    with Rig(agent_studies(), store=store) as rig:
        rig.fake.edit(held(rig, "ivig")[0], **{"protocolSection.identificationModule.briefTitle": "Another"})
        assert rig.refresh("ivig", full=True).exit_code == 0
    assert max(rows(store, version, "id")) > last
    assert integrity(store) == []
    store.close()


def test_a_place_that_is_taken_is_left_as_it_is(url: str, tmp_path: Path) -> None:
    there = databases.url(tmp_path / "there")
    store = Store.open(there)
    Refresher(store).answer("azathioprine", [record(1, "azathioprine")])
    before = everything(store)
    with pytest.raises(Validation, match="holds a store already"):
        move(url, there)
    assert everything(store) == before
    store.close()
    with pytest.raises(Validation, match="is the store itself"):
        move(url, url)


def test_a_damaged_store_or_one_in_use_is_not_moved(url: str, tmp_path: Path) -> None:
    there = databases.url(tmp_path / "there")
    with opened(tmp_path / "other") as other, hold(other.engine), pytest.raises(Busy):
        move(databases.url(tmp_path / "other"), there)
    store = Store.open(url)
    with store.writing() as connection:
        connection.execute(text("UPDATE study SET title = 'altered'"))
    store.close()
    with pytest.raises(Damaged, match="was not moved"):
        move(url, there)
    empty = Store.open(there)
    assert rows(empty, study, "nct_id") == []
    empty.close()


def test_a_move_that_loses_its_connection_leaves_nothing_behind(url: str, tmp_path: Path) -> None:
    there = databases.url(tmp_path / "there")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("cache.recovery.move.index.rebuild", lambda connection: databases.current().kill_all())
        with pytest.raises(Unreachable):
            move(url, there)
    assert move(url, there).trials


def test_the_commands_say_what_they_did_and_no_password(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    there = databases.url(tmp_path / "there")
    monkeypatch.setenv("TRIALS_CACHE_URL", url)
    assert main(["move", "--to", there]) == 0
    monkeypatch.setenv("TRIALS_CACHE_URL", there)
    codes = {
        "status": main(["status"]), "json": main(["status", "--json"]), "check": main(["check"]),
        "backup": main(["backup", "--out", str(tmp_path / "copy")]),
        "restore": main(["restore", "--from", str(tmp_path / "copy"), "--yes"]),
        "rescue": main(["check", "--rescue"]),
        "export": main(["export", "--format", "csv", "--out", str(tmp_path / "trials.csv")]),
        "move": main(["move", "--to", there]),
        "nowhere": main(["move", "--to", there.replace("test_", "nowhere_")]),
    }  # fmt: skip
    said = "".join(capsys.readouterr())
    assert codes == {
        "status": 0, "json": 0, "check": 0, "backup": 5, "restore": 5, "rescue": 0, "export": 0, "move": 2,
        "nowhere": 5,
    }  # fmt: skip
    assert "now holds the store: " in said
    assert "pg_dump --format=custom" in said
    assert databases.PASSWORD not in said
    assert "postgresql://trials@/" in said
