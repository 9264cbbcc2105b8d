"""Up to which change somebody has been told, kept in the store: one mark for each view and receiver.

Before a digest is sent it is kept with the mark, whole. A process that dies between sending and noting that it was sent
leaves it there, and the next one sends the very same again, under the same name: a receiver can drop the second.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple

from sqlalchemy import func, select

from cache.follow.view import Followed
from cache.store import seal
from cache.store.lock import Purpose, hold
from cache.store.schema import event, meta
from cache.store.store import Store

LOCK = ".digest-lock"
_ALONE = Purpose(LOCK, 7_421_003, "Another digest of this store is being sent; try again later.")
PREFIX = "digest:"


class Parcel(NamedTuple):
    """A digest on its way: its name, the newest change it knows of, when it was put together, and all of its bytes."""

    name: str
    through: int
    at: str
    content: str


class Mark(NamedTuple):
    """``after``: the newest change told of, by number; ``at``: when that was. ``parcel``: perhaps sent, perhaps not."""

    after: int
    at: str
    parcel: Parcel | None = None


def key_of(view: Followed, receiver: str) -> str:
    """The key of a mark. No secret can be read from it: it is a hash, also of the receiver's address."""
    asked = {name: values for name, values in view.to_query().items() if name != "since"}
    said = json.dumps([sorted(asked.items()), receiver])
    return PREFIX + hashlib.blake2b(said.encode(errors="surrogateescape"), digest_size=16).hexdigest()


def mark_of(store: Store, key: str) -> Mark | None:
    """The mark kept under a key; None before the first digest."""
    with store.reading() as connection:
        found = connection.scalar(select(meta.c.value).where(meta.c.key == key))
    if found is None:
        return None
    told: Mapping[str, Any] = json.loads(found)
    parcel = told["parcel"]
    return Mark(told["after"], told["at"], None if parcel is None else Parcel(**parcel))


def keep(store: Store, key: str, mark: Mark) -> None:
    """Keep a mark; no reader of the data notices."""
    parcel = None if mark.parcel is None else mark.parcel._asdict()
    with store.writing() as connection:
        seal.keep_aside(connection, key, json.dumps({**mark._asdict(), "parcel": parcel}))


def before(store: Store, moment: str) -> int:
    """The number of the newest change seen before a moment; 0 without one."""
    with store.reading() as connection:
        return connection.scalar(select(func.max(event.c.id)).where(event.c.seen_at < moment)) or 0


@contextmanager
def alone(store: Store) -> Iterator[None]:
    """One digest of a store at a time. Raises Busy while another is being sent."""
    with hold(store.engine, patience=0, purpose=_ALONE):
        yield
