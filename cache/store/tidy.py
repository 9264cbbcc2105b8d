"""Packs what an older release stored the way of today, and gives space back to the disk; what is stored stays."""

from collections.abc import Iterator

from sqlalchemy import Connection, bindparam, select, update

from cache.store import seal
from cache.store.batches import batches
from cache.store.bodies import follow, tried
from cache.store.engine import on_sqlite
from cache.store.errors import Damaged, local_troubles
from cache.store.packing import hash_of, is_old, pack
from cache.store.schema import meta, version
from cache.store.store import Store
from cache.store.upsert import upsert
from fetchers.errors import LocalTrouble

# The note that every version is packed this way.
_NOTE, _FORM = "packing", "1"
# So many trials are packed in one transaction.
_AT_ONCE = 500

# A store is written anew only when it pays: so many bytes, and this share of it, are of no use.
WORTHWHILE_BYTES = 1_000_000
WORTHWHILE_SHARE = 0.1


def tidy(store: Store) -> None:
    """Bring the store into the form of today; only under the refresh lock, and done once. Raises LocalTrouble."""
    pack_again(store)
    give_back(store)


def pack_again(store: Store) -> int:
    """Pack the versions that an older release stored as new ones are; returns how many. It goes on where it stopped.

    Each is read back and compared with its hash first; one that is damaged stays as it lies there.
    """
    with store.reading() as connection:
        if connection.scalar(select(meta.c.value).where(meta.c.key == _NOTE)) == _FORM:
            return 0
        nct_ids = list(connection.scalars(select(version.c.nct_id).distinct()))
    done = 0
    for some in batches(nct_ids, _AT_ONCE):
        with store.writing() as connection:
            rows = list(_packed_again(connection, some))
            # The digest of a row says nothing of how its body is packed.
            values = {"body": bindparam("new"), "digest": version.c.digest}
            if rows:
                connection.execute(update(version).where(version.c.id == bindparam("this")).values(values), rows)
            done += len(rows)
    with store.writing() as connection:
        upsert(connection, meta, [{"key": _NOTE, "value": _FORM}])
        seal.close(connection)
    return done


def _packed_again(connection: Connection, nct_ids: list[str]) -> Iterator[dict[str, object]]:
    columns = (version.c.id, version.c.nct_id, version.c.origin, version.c.body_hash, version.c.body)
    query = select(*columns).where(version.c.nct_id.in_(nct_ids)).order_by(version.c.nct_id, version.c.id)
    rows = connection.execute(query).all()
    found = tried(connection, {row.id: row.body for row in rows})
    now = {row.id: row.body for row in rows}
    before: tuple[int, str, str] | None = None  # the version before: its id, its trial, where it was read
    for row in rows:
        body = found[row.id]
        if not isinstance(body, bytes) or hash_of(body) != row.body_hash:
            before = None
            continue
        if is_old(row.body):
            packed = pack(body)
            if before and before[1:] == (row.nct_id, row.origin):
                packed = follow(body, packed, before[0], now, found)
            now[row.id] = packed
            yield {"this": row.id, "new": packed}
        before = (row.id, row.nct_id, row.origin)


def give_back(store: Store) -> bool:
    """Write the store's file without the pages that hold nothing, when there are many; whether that was done.

    Only while nobody else writes. A store that is being read, or a disk too full for the second copy that this takes
    for a moment, puts it off until the next time. Raises Damaged when it turns out to be.
    """
    if not on_sqlite(store.engine):
        return False
    with store.reading() as connection:
        free, pages, size = (
            int(connection.exec_driver_sql(f"PRAGMA {name}").scalar() or 0)
            for name in ("freelist_count", "page_count", "page_size")
        )
    if free * size < WORTHWHILE_BYTES or free < WORTHWHILE_SHARE * pages:
        return False
    try:
        with local_troubles(store.place):
            raw = store.engine.raw_connection()
            try:
                cursor = raw.cursor()
                cursor.execute("VACUUM")
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            finally:
                raw.close()
    except Damaged:
        raise
    except LocalTrouble:
        return False
    return True
