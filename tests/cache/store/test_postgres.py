"""What only a store on PostgreSQL can meet: a lost connection, a lock that ends with its session, a password."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import select, text

from cache.ingest.merge import Merge
from cache.recovery.check import integrity
from cache.refresh.heartbeat import Heartbeat
from cache.store import migrations
from cache.store.engine import engine_of
from cache.store.errors import Damaged, Locked, NewerStore, Unreachable
from cache.store.files import parsed, path_of, place_of
from cache.store.lock import held, hold
from cache.store.schema import meta, refresh, study
from cache.store.store import Store, bump
from fetchers.errors import LocalTrouble, Validation
from tests.fake_registry import Request
from tests.rigs import databases
from tests.rigs.answering import Refresher, everything, record, rows
from tests.rigs.refresh import Rig, is_first_page

pytestmark = pytest.mark.parametrize("database", ["postgresql"], indirect=True, scope="module")


@pytest.fixture
def url(tmp_path: Path) -> str:
    return databases.url(tmp_path / "store")


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    opened = Store.open(url)
    yield opened
    opened.close()


def test_every_step_of_the_migrations_can_be_the_first_of_a_store(tmp_path: Path) -> None:
    for revision in migrations.KNOWN:
        address = databases.url(tmp_path / revision, blank=True)
        engine = engine_of(parsed(address), patience=5)
        with engine.execution_options(writing=True).begin() as connection:
            migrations.upgrade(connection, revision)
            connection.execute(text("INSERT INTO meta (key, value) VALUES ('version', '7')"))
        engine.dispose()
        store = Store.open(address)
        assert store.version() == 7
        with store.reading() as connection:
            assert migrations.revision(connection) == migrations.HEAD
        store.close()


def test_texts_sort_as_in_python_whatever_language_the_database_has(store: Store) -> None:
    names = ["b", "B", "a_c", "ab", "é", "z", "2026-01", "2026"]
    with store.writing() as connection:
        connection.execute(meta.insert(), [{"key": one, "value": ""} for one in names])
    with store.reading() as connection:
        found = connection.scalars(select(meta.c.key).where(meta.c.key.in_(names)).order_by(meta.c.key)).all()
    assert found == sorted(names)


def test_a_reader_sees_one_state_and_cannot_write(store: Store) -> None:
    with store.steady() as still:
        assert still.version() == 0
        with store.writing() as connection:
            bump(connection)
        assert still.version() == 0
    assert store.version() == 1
    with pytest.raises(LocalTrouble, match="lets nobody write"), store.reading() as connection:
        connection.execute(meta.insert().values(key="x", value="y"))


def test_a_store_that_is_only_read_is_never_written(url: str) -> None:
    store = Store.open(url, readonly=True)
    with pytest.raises(LocalTrouble, match="lets nobody write"), store.writing() as connection:
        connection.execute(meta.insert().values(key="x", value="y"))
    store.close()


def test_a_writer_waits_for_another_and_no_longer_than_it_may(url: str, store: Store) -> None:
    other = Store.open(url, patience=0.2)
    with store.writing() as connection:
        bump(connection)
        with pytest.raises(Locked), other.writing():
            pytest.fail("two wrote at a time")
        assert other.version() == 0  # a reader does not wait
    assert other.version() == 1
    other.close()


@pytest.mark.parametrize(
    ("damage", "error"),
    [
        ("DROP TABLE match", Damaged),
        ("ALTER TABLE study DROP COLUMN title", Damaged),
        ("UPDATE alembic_version SET version_num = '9999'", NewerStore),
        ("DELETE FROM meta", Damaged),
    ],
)
def test_a_store_that_cannot_be_used_is_told_apart(url: str, damage: str, error: type[LocalTrouble]) -> None:
    store = Store.open(url)
    with store.writing() as connection:
        connection.execute(text(damage))
    store.close()
    with pytest.raises(error):
        Store.open(url)


def test_altered_values_and_lost_rows_are_noticed(store: Store) -> None:
    Refresher(store).answer("azathioprine", [record(1, "azathioprine"), record(2, "azathioprine")])
    assert integrity(store) == []
    with store.writing() as connection:
        connection.execute(text("UPDATE study SET phases = '[\"PHASE9\"]' WHERE nct_id = 'NCT00000001'"))
        connection.execute(text("UPDATE study SET has_results = true WHERE nct_id = 'NCT00000002'"))
        connection.execute(text("DELETE FROM answer WHERE nct_id = 'NCT00000002'"))
    found = " ".join(integrity(store))
    assert "The trial NCT00000001 is not as it was stored." in found
    assert "The trial NCT00000002 is not as it was stored." in found
    assert "Rows of the table answer were lost" in found


# -- the lock -------------------------------------------------------------------------------------------------------


def test_a_lock_whose_session_was_ended_is_known_to_be_lost(store: Store) -> None:
    with hold(store.engine) as lock:
        databases.current().kill_all()
        for _ in range(3):  # the heartbeat asks again before the refresh has ended
            with pytest.raises(Unreachable):
                lock.check()
        with hold(store.engine, patience=0):
            pass


# -- lost connections -----------------------------------------------------------------------------------------------


def test_a_connection_that_was_ended_meanwhile_is_replaced_unnoticed(store: Store) -> None:
    assert store.version() == 0
    assert databases.current().kill_all()
    assert store.version() == 0


def test_one_that_ends_in_mid_transaction_is_told_and_leaves_no_trace(store: Store) -> None:
    with pytest.raises(Unreachable, match="What was stored before is safe"):
        _write_half(store)
    assert "half" not in rows(store, meta, "key")
    with store.writing() as connection:
        bump(connection)
    assert store.version() == 1


def _write_half(store: Store) -> None:
    with store.writing() as connection:
        connection.execute(meta.insert().values(key="half", value="done"))
        databases.current().kill_all()
        bump(connection)


def end_before_request(rig: Rig, heartbeat: Heartbeat, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between two transactions: only the session of the lock notices."""
    seen = rig.fake.record

    def record(request: Request) -> None:
        seen(request)
        if is_first_page(request) and not heartbeat():
            databases.current().kill_all()
            deadline = time.monotonic() + 10
            while not heartbeat() and time.monotonic() < deadline:
                time.sleep(0.01)

    monkeypatch.setattr(rig.fake, "record", record)


def end_while_storing(_rig: Rig, _heartbeat: Heartbeat, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the middle of the transaction that takes an answer over."""
    run = Merge.run

    def merged(merge: Merge) -> None:
        run(merge)
        databases.current().kill_all()

    monkeypatch.setattr(Merge, "run", merged)


@pytest.mark.parametrize("end", [end_before_request, end_while_storing])
def test_a_refresh_that_loses_the_database_keeps_the_old_data_and_says_why(
    store: Store, end: Callable[[Rig, Heartbeat, pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    with Rig(store=store) as rig:
        assert rig.refresh("ivig", "sizofiran").exit_code == 0
        before, heartbeat = rig.data(), Heartbeat(every=0.05)
        end(rig, heartbeat, monkeypatch)
        report = rig.refresh("ivig", full=True, heartbeat=heartbeat)
        assert report.exit_code == 5
        assert "cannot be reached, or it ended the connection" in str(report.error)
        assert databases.PASSWORD not in str(report.error)
        assert rig.data() == before
        last = max(rig.rows(refresh), key=lambda row: row["id"])
        assert (last["state"], last["outcome"], last["error"]) == ("ended", "failed", report.error)
        assert not held(store.engine)
        monkeypatch.undo()
        assert rig.refresh("ivig", full=True).exit_code == 0


# -- the address ----------------------------------------------------------------------------------------------------


def test_a_server_that_does_not_answer_is_named_without_its_password() -> None:
    with pytest.raises(Unreachable) as told:
        Store.open("postgresql+psycopg://trials:not-to-be-shown@127.0.0.1:1/trials?connect_timeout=2")
    assert "postgresql://trials@127.0.0.1:1/trials cannot be reached" in str(told.value)
    assert "not-to-be-shown" not in str(told.value)


def test_a_database_that_is_not_there_is_a_sentence() -> None:
    with pytest.raises(Unreachable, match='database "nowhere" does not exist'):
        Store.open(databases.current().address("nowhere"))


def test_a_database_of_something_else_is_left_untouched(tmp_path: Path) -> None:
    address = databases.url(tmp_path / "other", blank=True)
    engine = engine_of(parsed(address), patience=5)
    with engine.execution_options(writing=True).begin() as connection:
        connection.execute(text("CREATE TABLE theirs (id integer)"))
    engine.dispose()
    with pytest.raises(LocalTrouble, match="a database of something else"):
        Store.open(address)


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("postgresql+psycopg://me:s3cret@db.example.org:5433/trials", "postgresql://me@db.example.org:5433/trials"),
        ("postgresql://me:s3cret@db/trials?password=s3cret&sslpassword=s3cret", "postgresql://me@db/trials"),
        ("postgresql://me@/trials?host=/run/pg&passfile=/s3cret", "postgresql://me@/trials (/run/pg)"),
    ],
)  # fmt: skip
def test_messages_name_the_store_without_any_secret(url: str, place: str) -> None:
    assert place_of(parsed(url)) == place
    assert parsed(url).drivername == "postgresql+psycopg"
    assert path_of(url) is None


def test_another_kind_of_database_is_a_mistake_of_the_configuration() -> None:
    with pytest.raises(Validation, match="not on 'mysql'"):
        Store.open("mysql://me:s3cret@db/trials")


def test_one_store_holds_after_many_answers_what_the_other_would(store: Store) -> None:
    """The same rows with the same digests, so that a store can be moved as it lies."""
    memory = Store.in_memory()
    for one in (store, memory):
        refresher = Refresher(one)
        refresher.answer("azathioprine", [record(number, "azathioprine") for number in range(1, 40)])
        refresher.answer("azathioprine", [record(number, "azathioprine", title="New") for number in range(5, 45)])
        refresher.answer("me_cfs", [record(2, "methotrexate")])
    assert everything(store, [meta]) == everything(memory, [meta])
    assert rows(store, study, "digest") == rows(memory, study, "digest")
    memory.close()
