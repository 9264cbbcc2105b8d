"""What is staged for a scope, trial by trial, a few hundred at a time so that memory stays flat."""

from collections.abc import Iterator
from typing import NamedTuple

from sqlalchemy import Connection, select

from cache.store.schema import staged

AT_ONCE = 500


class Arrival(NamedTuple):
    """What the staged rows of one trial say together; no body when a sweep saw it unchanged."""

    queries: list[str]
    body_hash: str | None = None
    body: bytes | None = None
    derived: bytes | None = None


def arrivals(connection: Connection, refresh_id: int, scope: str) -> Iterator[dict[str, Arrival]]:
    """The staged trials in NCT order, at most ``AT_ONCE`` at a time."""
    mine = (staged.c.refresh_id == refresh_id, staged.c.scope == scope)
    columns = (staged.c.nct_id, staged.c.query, staged.c.body_hash, staged.c.body, staged.c.prepared)
    last = ""
    while True:
        ids = select(staged.c.nct_id).where(*mine, staged.c.nct_id > last).distinct()
        some = list(connection.scalars(ids.order_by(staged.c.nct_id).limit(AT_ONCE)))
        if not some:
            return
        last = some[-1]
        found: dict[str, Arrival] = {}
        rows = select(*columns).where(*mine, staged.c.nct_id.in_(some)).order_by(staged.c.nct_id, staged.c.id)
        for nct_id, query, *record in connection.execute(rows):
            before = found.get(nct_id, Arrival([]))
            queries = before.queries if query in before.queries else [*before.queries, query]
            found[nct_id] = Arrival(queries, *(record if record[1] else before[1:]))
        yield found
