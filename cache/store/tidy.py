"""Gives space back to the disk; nothing stored changes."""

from cache.store.errors import Damaged, local_troubles
from cache.store.store import Store
from fetchers.errors import LocalTrouble

# A store is written anew only when it pays: so many bytes, and this share of it, are of no use.
WORTHWHILE_BYTES = 1_000_000
WORTHWHILE_SHARE = 0.1


def give_back(store: Store) -> bool:
    """Write the store's file without the pages that hold nothing, when there are many; whether that was done.

    Only while nobody else writes. A store that is being read, or a disk too full for the second copy that this takes
    for a moment, puts it off until the next time. Raises Damaged when it turns out to be.
    """
    if store.engine.dialect.name != "sqlite":
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
