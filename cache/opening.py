"""Opens the store: creates it when there is none, and loads the starter snapshot into an empty one."""

from sqlalchemy import select

from cache import starter
from cache.ingest.load_starter import load_starter
from cache.search.index import keep_fresh
from cache.store import files
from cache.store.schema import scope
from cache.store.store import Store
from fetchers.matching.matcher import Matcher
from fetchers.settings import Settings
from fetchers.watchlist.model import Watchlist


def open_store(settings: Settings, watchlist: Watchlist, *, anew: bool = False) -> Store:
    """``Store.open`` for the configured URL; the starter snapshot is loaded into a store that has no scope yet.

    One that an older release has written gets its index of words. A store that holds an answer of the registry leaves a
    trace beside it, by which it will be missed (``Gone``). Where nothing may be written (TRIALS_READONLY), the store is
    taken as it is. Raises what ``Store.open`` raises.
    """
    if settings.readonly:
        return Store.open(settings.cache_url, readonly=True)
    store = Store.open(settings.cache_url, anew=anew)
    try:
        with store.reading() as connection:
            answered = list(connection.scalars(select(scope.c.refreshed_at)))
        path = files.path_of(store.url)
        if path is not None and any(answered):
            files.leave_trace(path)
        keep_fresh(store)
        if not answered:
            load_starter(store, starter.records(watchlist=watchlist), Matcher(watchlist), watchlist)
    except BaseException:
        store.close()
        raise
    return store
