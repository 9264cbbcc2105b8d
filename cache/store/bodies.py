"""The bodies of stored versions, each read by way of the earlier ones it was packed against."""

from collections.abc import Collection, Mapping

from sqlalchemy import Connection, select

from cache.store.batches import batches
from cache.store.packing import LONGEST_CHAIN, Base, BrokenBody, base_of, pack_after, unpack
from cache.store.schema import version


def bodies(connection: Connection, version_ids: Collection[int]) -> dict[int, bytes]:
    """The records of these versions. Raises BrokenBody for one that cannot be read."""
    return whole(connection, _packed(connection, version_ids))


def readable(connection: Connection, version_ids: Collection[int]) -> dict[int, bytes]:
    """The records of those of these versions that can be read."""
    found = tried(connection, _packed(connection, version_ids))
    return {number: body for number, body in found.items() if isinstance(body, bytes)}


def whole(connection: Connection, packed: Mapping[int, bytes]) -> dict[int, bytes]:
    """The records of packed versions, by id. Raises BrokenBody for one that cannot be read."""
    found = {}
    for number, body in tried(connection, packed).items():
        if isinstance(body, BrokenBody):
            raise body
        found[number] = body
    return found


def tried(connection: Connection, packed: Mapping[int, bytes]) -> dict[int, bytes | BrokenBody]:
    """The records of packed versions, by id, and why one cannot be read: it costs only those that rest on it."""
    made = _made(_with_bases(connection, packed))
    return {number: made[number] for number in packed}


def after(connection: Connection, new: Mapping[int, bytes]) -> dict[int, bytes]:
    """New bodies packed against the versions they follow, by the id of those; ``new`` holds them packed alone."""
    known = _with_bases(connection, _packed(connection, new))
    made = _made(known)
    return {number: follow(unpack(alone), alone, number, known, made) for number, alone in new.items()}


def follow(
    body: bytes, alone: bytes, number: int, packed: Mapping[int, bytes], made: Mapping[int, bytes | BrokenBody]
) -> bytes:
    """``body`` packed against version ``number``, or when its chain is full against the version that began it.

    ``packed``, ``made``: these versions packed and unpacked. ``alone`` is ``body`` packed by itself: taken when
    it is shorter, or the version before cannot be read.
    """
    base = base_of(packed.get(number))
    steps = base.steps + 1 if base else 1
    if steps == LONGEST_CHAIN:
        number, steps = _first(number, packed), 1
    before = made.get(number)
    if not isinstance(before, bytes):
        return alone
    later = pack_after(body, Base(number, steps), before)
    return later if len(later) < len(alone) else alone


def _first(number: int, packed: Mapping[int, bytes]) -> int:
    base = base_of(packed.get(number))
    while base:
        number = base.id
        base = base_of(packed.get(number))
    return number


def _with_bases(connection: Connection, packed: Mapping[int, bytes]) -> dict[int, bytes]:
    """These versions and all they rest on; what is not among them is fetched, all of one step at a time."""
    known = dict(packed)
    wanted = _bases(known, known)
    for _ in range(LONGEST_CHAIN):
        if not wanted:
            break
        fetched = _packed(connection, wanted)
        known |= fetched
        wanted = _bases(fetched, known)
    return known


def _made(known: Mapping[int, bytes]) -> dict[int, bytes | BrokenBody]:
    made: dict[int, bytes | BrokenBody] = {}
    for number in sorted(known):  # a base is always older than what rests on it
        made[number] = _one(known[number], made)
    return made


def _one(packed: object, made: Mapping[int, bytes | BrokenBody]) -> bytes | BrokenBody:
    if not isinstance(packed, bytes):
        return BrokenBody("no bytes are stored")
    base = base_of(packed)
    before = made.get(base.id) if base else None
    if base and not isinstance(before, bytes):
        return BrokenBody(f"it rests on version {base.id}, which is missing or cannot be read")
    try:
        return unpack(packed, before if isinstance(before, bytes) else None)
    except BrokenBody as error:
        return error


def _bases(packed: Mapping[int, bytes], known: Mapping[int, bytes]) -> set[int]:
    """The versions these rest on that are not known yet; only older ones can be."""
    found = ((number, base_of(one)) for number, one in packed.items())
    return {base.id for number, base in found if base and base.id < number and base.id not in known}


def _packed(connection: Connection, version_ids: Collection[int]) -> dict[int, bytes]:
    found: dict[int, bytes] = {}
    for some in batches(version_ids):
        query = select(version.c.id, version.c.body).where(version.c.id.in_(some))
        found |= {row[0]: row[1] for row in connection.execute(query)}
    return found
