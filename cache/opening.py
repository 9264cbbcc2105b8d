"""Opens the store: creates it when there is none, and loads the starter snapshot into an empty one."""

from sqlalchemy import select

from cache import starter
from cache.ingest.load_starter import load_starter
from cache.store.schema import scope
from cache.store.store import Store
from fetchers.matching.matcher import Matcher
from fetchers.settings import Settings
from fetchers.watchlist.model import Watchlist


def open_store(settings: Settings, watchlist: Watchlist) -> Store:
    """``Store.open`` for the configured URL; the starter snapshot is loaded into a store that has no scope yet.

    Raises what ``Store.open`` raises.
    """
    store = Store.open(settings.cache_url)
    try:
        with store.reading() as connection:
            fresh = connection.execute(select(scope.c.scope).limit(1)).first() is None
        if fresh:
            load_starter(store, starter.records(), Matcher(watchlist), watchlist)
    except BaseException:
        store.close()
        raise
    return store
