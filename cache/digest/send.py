"""Sends what is new in a view to its receivers, each by its own mark, so that one who refuses costs no other one."""

import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple

from cache.digest import marks
from cache.digest.marks import Mark, Parcel
from cache.digest.texts import Digest
from cache.follow.told import Frames, newest, told
from cache.follow.view import Followed
from cache.read import trials as queries
from cache.search.find import finder
from cache.store.store import Store, timestamp
from fetchers.errors import LocalTrouble, TrackerError, Validation
from fetchers.sending.outcome import NotTaken, Unsure
from fetchers.watchlist.model import Watchlist

# What the first digest tells of, when nobody says since when: as far back as the page of changes looks.
FIRST = timedelta(days=30)


class Receiver(NamedTuple):
    """``name``: stays the same from digest to digest; ``shown``: what may be printed of it. ``compose``: the bytes for
    a digest, by the digest's name and the moment it is put together. ``send``: returns when they have been taken."""

    name: str
    shown: str
    compose: Callable[[Digest, str, str], str]
    send: Callable[[Parcel], None]


class Followers(NamedTuple):
    """What is followed, the dashboard's address for links, and since when; None: since the last digest."""

    view: Followed
    watchlist: Watchlist
    base_url: str
    since: str | None = None


class Sent(NamedTuple):
    """What came of one receiver: how many changes it was told of, or why not."""

    receiver: str
    changes: int
    again: bool = False  # one that was perhaps sent before was sent once more, under its old name
    error: TrackerError | None = None


def send(
    store: Store, followers: Followers, receivers: Sequence[Receiver], *, now: Callable[[], datetime]
) -> list[Sent]:
    """Tell every receiver; one that does not take its digest keeps its mark. Raises Busy while another one sends."""
    with marks.alone(store):
        return [_tell(store, followers, one, now) for one in receivers]


def _tell(store: Store, followers: Followers, receiver: Receiver, now: Callable[[], datetime]) -> Sent:
    key = marks.key_of(followers.view, receiver.name)
    mark, again = marks.mark_of(store, key), False
    try:
        if mark is not None and mark.parcel is not None:
            mark, again = _handed_over(store, key, mark, mark.parcel, receiver), True
        return _news(store, followers, receiver, mark, now())._replace(again=again)
    except (NotTaken, Unsure, LocalTrouble) as error:
        return Sent(receiver.shown, 0, again, error)


def _news(store: Store, followers: Followers, receiver: Receiver, mark: Mark | None, now: datetime) -> Sent:
    key, at = marks.key_of(followers.view, receiver.name), timestamp(now)
    since = followers.since or (mark.at if mark else timestamp(now - FIRST))
    with store.steady() as still:  # a refresh may be storing
        through = newest(still)
        # A rescue may have lost the newest changes, and their numbers are given anew.
        counts = mark is not None and followers.since is None and mark.after <= through
        after = mark.after if mark is not None and counts else marks.before(still, since)
        digest = _digest(still, followers, since, after, through)
    if not digest.changes:
        if mark is None or mark.after != through:
            marks.keep(store, key, Mark(through, at))
        return Sent(receiver.shown, 0)
    name = hashlib.blake2b(f"{key} {after} {through} {at}".encode(), digest_size=12).hexdigest()
    parcel = Parcel(name, through, at, receiver.compose(digest, name, at))
    _handed_over(store, key, mark or Mark(after, since), parcel, receiver)
    return Sent(receiver.shown, len(digest.changes))


def _digest(store: Store, followers: Followers, since: str, after: int, through: int) -> Digest:
    view, watchlist = followers.view, followers.watchlist
    frames = partial(queries.trials, store), partial(queries.matches, store)
    have = Frames(*frames, watchlist, finder(store, watchlist))
    return Digest(
        told(store, view, have, after=after, through=through),
        since,
        queries.freshness(store, [agent.id for agent in watchlist.agents]),
        {agent.id: agent.name for agent in watchlist.agents},
        followers.base_url,
        view.wanted.sentence(watchlist) if view.wanted is not None else "",
    )


def _handed_over(store: Store, key: str, mark: Mark, parcel: Parcel, receiver: Receiver) -> Mark:
    """Send a parcel that is kept before and noted after. One that was certainly not taken is forgotten, so that the
    next digest tells of everything at once; one that may have been taken waits, to be sent again as it is."""
    marks.keep(store, key, mark._replace(parcel=parcel))
    try:
        receiver.send(parcel)
    except (NotTaken, LocalTrouble, Validation):
        marks.keep(store, key, mark._replace(parcel=None))
        raise
    sent = Mark(parcel.through, parcel.at)
    marks.keep(store, key, sent)
    return sent
