"""How records are packed: every form ever used is read back, damage is noticed, a chain is never long."""

import hashlib
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from cache.ingest.staging import known
from cache.read.records import studies
from cache.read.trials import study_body
from cache.read.versions import versions
from cache.recovery.check import integrity
from cache.recovery.rescue import rescue
from cache.store import packing
from cache.store.bodies import tried
from cache.store.errors import Damaged
from cache.store.packing import LONGEST_CHAIN, Base, BrokenBody, base_of, hash_of, pack, pack_after, unpack
from cache.store.schema import meta, version
from cache.store.store import Store
from cache.store.tidy import pack_again
from tests.cache.recovery.test_rescue import RULES
from tests.rigs import databases
from tests.rigs.answering import AGENTS, Refresher, record, rows, stored_bodies
from tests.rigs.stores import opened

AGENT = AGENTS[0]
MANY = 2 * LONGEST_CHAIN + 3


def test_the_dictionary_is_the_one_that_stores_were_packed_with() -> None:
    shipped = (Path(packing.__file__).parent / "records-1.zdict").read_bytes()
    assert hashlib.sha256(shipped).hexdigest()[:16] == "b4129e7393bd2960"


@given(st.binary(min_size=1, max_size=3_000))
def test_a_record_is_read_back_from_every_form(body: bytes) -> None:
    assert unpack(zlib.compress(body, 3)) == body
    assert unpack(pack(body)) == body
    assert base_of(pack(body)) is None


@given(
    st.binary(min_size=1, max_size=3_000),
    st.binary(min_size=1, max_size=3_000),
    st.integers(1, 2**60),
    st.integers(1, 16),
)
def test_a_version_is_read_back_by_way_of_the_one_before(before: bytes, body: bytes, number: int, steps: int) -> None:
    packed = pack_after(body, Base(number, steps), before)
    assert base_of(packed) == Base(number, steps)
    assert unpack(packed, before) == body
    with pytest.raises(BrokenBody):
        unpack(packed)


@settings(max_examples=300)
@given(st.data())
def test_a_changed_byte_never_gives_another_record(data: st.DataObject) -> None:
    body, before = record(1, "x", title="A title").body(), record(1, "x", title="Another").body()
    form = data.draw(st.sampled_from([pack(body), pack_after(body, Base(1, 1), before), zlib.compress(body)]))
    place = data.draw(st.integers(0, len(form) - 1))
    broken = form[:place] + bytes([data.draw(st.integers(0, 255))]) + form[place + 1 :]
    try:
        found = unpack(broken[: data.draw(st.sampled_from([len(broken), place]))], before)
    except BrokenBody:
        return
    assert found == body


@example(b"\x01\x02")
@example(b"")
@given(st.binary(min_size=1, max_size=60))
def test_bytes_that_are_no_record_are_told(noise: bytes) -> None:
    with pytest.raises(BrokenBody):
        unpack(noise, b"something")


# -- in a store --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def original(database: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A trial in many versions, and one beside it."""
    path = tmp_path_factory.mktemp("original") / "trials.sqlite3"
    with opened(path) as store:
        refresher = Refresher(store)
        for number in range(MANY):
            refresher.answer(AGENT, [record(1, AGENT, title=f"Title {number}"), record(2, AGENT)])
    return path


@pytest.fixture
def path(original: Path, tmp_path: Path) -> Path:
    return databases.copied(original, tmp_path / "trials.sqlite3")


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    with opened(path) as store:
        yield store


@pytest.mark.both_databases
def test_every_version_of_a_long_chain_is_read(store: Store) -> None:
    packed = rows(store, version, "body")
    steps = [base.steps if base else 0 for base in map(base_of, packed)]
    assert max(steps) == LONGEST_CHAIN - 1
    assert steps.count(0) == 2  # the trial beside it, and the first of this one
    assert sum(map(len, packed)) < 2 * (len(pack(record(1, AGENT).body())) + 20) + 60 * MANY
    titles = [msg for _, body in stored_bodies(store) if (msg := body.split(b'"briefTitle":"')[1].split(b'"')[0])]
    assert [one.decode() for one in titles if one != b"A trial"] == [f"Title {number}" for number in range(MANY)]
    assert integrity(store) == []
    newest = study_body(store, "NCT00000001")
    assert newest is not None
    assert newest.identification.brief_title == f"Title {MANY - 1}"
    assert [one.identification.brief_title for one in studies(store)] == [f"Title {MANY - 1}", "A trial"]
    assert len(versions(store)) == MANY + 1


def break_link(store: Store, number: int) -> list[int]:
    """Spoil one version; returns those that rest on it, itself included."""
    with store.writing() as connection:
        body = connection.scalar(select(version.c.body).where(version.c.id == number))
        assert body is not None
        spoiled = body[:-3] + bytes([body[-3] ^ 255]) + body[-2:]
        values = {"body": spoiled, "digest": version.c.digest}
        connection.execute(update(version).where(version.c.id == number).values(values))
        packed = {row[0]: row[1] for row in connection.execute(select(version.c.id, version.c.body))}
        return [one for one, body in tried(connection, packed).items() if isinstance(body, BrokenBody)]


def test_a_broken_link_costs_what_rests_on_it_and_is_told(path: Path) -> None:
    with opened(path) as store:
        ids = rows(store, version, "id")
        lost = break_link(store, ids[10])
        assert lost[0] == ids[10]
        assert 1 < len(lost) < LONGEST_CHAIN
        told = integrity(store)
        assert [line.split()[1] for line in told] == [str(one) for one in lost]
        assert f"rests on version {lost[0]}" in told[1]
        assert study_body(store, "NCT00000001") is not None  # of a later chain
        with pytest.raises(Damaged):
            versions(store)
    rescue(f"sqlite:///{path}", RULES)
    with opened(path) as store:
        assert rows(store, version, "id") == [one for one in ids if one not in lost]
        assert integrity(store) == []
        assert set(known(store, AGENT)) == {"NCT00000001", "NCT00000002"}


@pytest.mark.both_databases
def test_the_next_version_stands_alone_where_the_one_before_cannot_be_read(store: Store) -> None:
    newest = rows(store, version, "id")[-1]
    assert break_link(store, newest) == [newest]
    refresher = Refresher(store)
    refresher.id = 100
    with pytest.raises(Damaged, match="cannot be unpacked"):
        refresher.answer(AGENT, [record(1, AGENT, title="Newer"), record(2, AGENT)])


def as_before(store: Store) -> None:
    """Pack every version the way it was done before revision 0004."""
    with store.writing() as connection:
        packed = {row[0]: row[1] for row in connection.execute(select(version.c.id, version.c.body))}
        for number, body in tried(connection, packed).items():
            assert isinstance(body, bytes)
            values = {"body": zlib.compress(body, 3), "digest": version.c.digest}
            connection.execute(update(version).where(version.c.id == number).values(values))
        connection.execute(meta.delete().where(meta.c.key == "packing"))


@pytest.mark.both_databases
def test_an_old_store_is_packed_again_once_and_reads_the_same(store: Store) -> None:
    refresher = Refresher(store)
    refresher.id = 100
    as_before(store)
    before, size = stored_bodies(store), sum(map(len, rows(store, version, "body")))
    digests = rows(store, version, "digest")
    assert pack_again(store) == len(before)
    assert stored_bodies(store) == before
    assert rows(store, version, "digest") == digests
    assert sum(map(len, rows(store, version, "body"))) < size / 2
    assert integrity(store) == []
    assert pack_again(store) == 0
    refresher.answer(AGENT, [record(1, AGENT, title="Newer"), record(2, AGENT)])
    assert stored_bodies(store)[:-1] == before


@pytest.mark.both_databases
def test_packing_again_goes_on_where_it_stopped_and_spares_what_is_broken(store: Store) -> None:
    as_before(store)
    broken = rows(store, version, "id")[5]
    with store.writing() as connection:
        values = {"body": b"x" * 50, "digest": version.c.digest}
        connection.execute(update(version).where(version.c.id == broken).values(values))
    before = [one for one in rows(store, version, "id") if one != broken]
    assert pack_again(store) == len(before)
    assert rows(store, version, "body")[5] == b"x" * 50
    assert [line.split()[1] for line in integrity(store) if line.startswith("Version")] == [str(broken)]


def test_hashes_tell_bodies_apart() -> None:
    assert hash_of(b"a") != hash_of(b"b")
    assert len(hash_of(b"")) == 32
