"""A store, wherever it lies: what is written is there, writers take turns, readers see one state."""

import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import inspect, select, text, update

from cache import opening, starter
from cache.store.schema import meta, metadata, scope, study
from cache.store.store import Store, bump
from fetchers.errors import LocalTrouble
from fetchers.settings import ROOT, Settings
from fetchers.watchlist.load import load
from tests.rigs import databases
from tests.rigs.answering import Refresher, everything, record, rows
from tests.rigs.stores import opened

pytestmark = pytest.mark.both_databases


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "folder" / "trials.sqlite3"


def test_what_was_written_is_there_after_closing(path: Path) -> None:
    with opened(path) as store:
        Refresher(store).answer("azathioprine", [record(1, "azathioprine")])
        before = everything(store)
    with opened(path) as store:
        assert everything(store) == before
        assert store.version() == 1


def test_processes_that_make_the_store_at_once_all_get_it(path: Path) -> None:
    script = (
        "import sys, time; from cache.store.store import Store, bump\n"
        "from cache.store.migrations import upgrade\n"
        "time.sleep(max(0.0, float(sys.argv[2]) - time.time()))\n"
        "store = Store.open(sys.argv[1])\n"
        "for _ in range(20):\n"
        "    with store.writing() as connection: bump(connection)\n"
    )
    start = str(time.time() + 3)
    running = [
        subprocess.Popen(
            [sys.executable, "-c", script, databases.url(path, blank=True), start],
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        for _ in range(4)
    ]
    assert [one.communicate(timeout=60)[1] for one in running] == [""] * 4
    with opened(path) as store:
        assert store.version() == 80


def test_writers_take_turns_and_readers_do_not_wait(path: Path) -> None:
    with opened(path) as store:
        order: list[str] = []
        first_in = threading.Event()
        go_on = threading.Event()

        def first() -> None:
            with store.writing() as connection:
                first_in.set()
                assert go_on.wait(10)
                bump(connection)
            order.append("first")

        def second() -> None:
            with store.writing() as connection:
                bump(connection)
            order.append("second")

        threads = [threading.Thread(target=first), threading.Thread(target=second)]
        threads[0].start()
        assert first_in.wait(10)
        threads[1].start()
        assert store.version() == 0
        go_on.set()
        for thread in threads:
            thread.join(20)
        assert order == ["first", "second"]
        assert store.version() == 2


def test_a_transaction_that_fails_leaves_no_trace_not_even_of_ddl(path: Path) -> None:
    with opened(path) as store:
        with pytest.raises(RuntimeError):
            _change_and_fail(store)
        assert store.version() == 0
        with store.reading() as connection:
            assert "passing" not in inspect(connection).get_table_names()


def _change_and_fail(store: Store) -> None:
    with store.writing() as connection:
        bump(connection)
        connection.execute(text("CREATE TABLE passing (id INTEGER)"))
        raise RuntimeError


def test_reading_shows_one_state_from_beginning_to_end(path: Path) -> None:
    with opened(path) as store, store.reading() as connection:
        query = select(meta.c.value).where(meta.c.key == "version")
        assert connection.scalar(query) == "0"
        with store.writing() as other:
            bump(other)
        assert connection.scalar(query) == "0"
        assert store.version() == 1


def test_a_broken_rule_of_a_table_is_a_bug_and_no_trouble(path: Path) -> None:
    from sqlalchemy.exc import IntegrityError

    with opened(path) as store, pytest.raises(IntegrityError), store.writing() as connection:
        connection.execute(update(meta).values(value=None))


def test_the_product_opens_a_store_with_the_starter_in_it(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings, watchlist = Settings(cache_url=databases.url(path, blank=True)), load()
    store = opening.open_store(settings, watchlist)
    trials = rows(store, study, "nct_id", "origin")
    assert len(trials) > 100
    assert {origin for _, origin in trials} == {"starter"}
    names = [agent.id for agent in watchlist.agents] + [one.id for one in watchlist.conditions if one.swept]
    assert sorted(rows(store, scope, "scope")) == sorted(names)
    assert set(rows(store, scope, "starter")) == {True}
    store.close()

    monkeypatch.setattr(starter, "records", lambda **_: pytest.fail("loaded twice"))
    again = opening.open_store(settings, watchlist)
    assert rows(again, study, "nct_id", "origin") == trials
    again.close()


def test_a_starter_that_cannot_be_loaded_leaves_an_empty_store(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(**_: object) -> None:
        raise LocalTrouble("The starter cannot be read.")

    monkeypatch.setattr(starter, "records", broken)
    with pytest.raises(LocalTrouble, match="starter"):
        opening.open_store(Settings(cache_url=databases.url(path, blank=True)), load())
    with opened(path) as store:
        assert all(not found for name, found in everything(store).items() if name != "meta")


def test_every_table_belongs_to_the_store() -> None:
    store = databases.empty()
    assert set(everything(store)) == set(metadata.tables)
    store.close()
