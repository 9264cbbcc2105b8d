"""Where the snapshot of a store lies, and whether it is whole; needs nothing that takes long to import."""

import json
import os
from hashlib import blake2b
from pathlib import Path

from sqlalchemy import func, select

from cache.snapshot import code
from cache.store.files import beside, parsed, path_of, place_of
from cache.store.schema import meta, scope, study
from cache.store.store import Store
from fetchers.watchlist.model import Watchlist

SUFFIX = ".snapshot"
_LARGE = 3_000  # trials; with fewer, a first visit takes well under a second of the processor
JUDGED = "verdicts"  # in ``meta``: what the claims were judged to be, and by which version of the data
MADE_BY = 24  # digits of a folder's name that tell the code and the watch-list
WHOLE = "all"  # the part that is written when all others are there


def home(store: Path) -> Path:
    """The folder of the snapshots of the store in this file."""
    return beside(store, SUFFIX)


def _home_of(url: str) -> Path | None:
    """The folder of the snapshots of a store: beside its file; for one on a server in this machine's CACHE_DIRECTORY,
    which systemd makes and names for a service that asks for one."""
    path = path_of(url)
    if path is not None:
        return home(path)
    given, address = os.environ.get("CACHE_DIRECTORY", "").partition(":")[0], parsed(url)
    if not given or address.get_backend_name() == "sqlite":
        return None
    return Path(given) / f"{_named(place_of(address), 32)}{SUFFIX}"


def folder(store: Store, watchlist: Watchlist) -> Path | None:
    """Where the store as it is now has its parts; None where there is no place for them."""
    place, state = _home_of(store.url), store.state()
    if place is None:
        return None
    made_by = _named("\n".join((code.digest(), watchlist.digest)), MADE_BY)
    return place / f"{state.partition('-')[0]}-{made_by}{_named(state, 32)}"


def _named(told: str, digits: int) -> str:
    return blake2b(told.encode(), digest_size=digits // 2).hexdigest()


def manifest(folder: Path, name: str) -> Path:
    """The file that says what a part is."""
    return folder / f"{name}.json"


def is_whole(store: Store, watchlist: Watchlist) -> bool:
    """Whether every part of the store as it is now has been made, or none can be kept."""
    path = folder(store, watchlist)
    return path is None or manifest(path, WHOLE).exists()


def is_judged(store: Store) -> bool:
    """Whether the claims have been judged by the store as it is now; nothing to judge before the registry answers."""
    with store.reading() as connection:
        answered = connection.scalar(select(func.count()).where(scope.c.refreshed_at.is_not(None)))
        found = connection.scalar(select(meta.c.value).where(meta.c.key == JUDGED))
    return not answered or (found is not None and json.loads(found)["version"] == store.version())


def is_large(store: Store) -> bool:
    """Whether the first visitor after a refresh would wait for what the pages read of this store."""
    with store.reading() as connection:
        return connection.execute(select(func.count()).select_from(study)).scalar_one() >= _LARGE
