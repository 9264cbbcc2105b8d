"""What of the newest answers could not be read: whole records, and trials of which a part is missing."""

from typing import Any

from sqlalchemy import Connection, Select, func, select

from cache.store.schema import answer, study
from cache.store.schema import set_aside as aside
from cache.store.store import Store


def total(connection: Connection) -> int:
    """How many records, each once whichever scopes asked for it; one without an id is known by its reason's mark."""
    records = select(func.coalesce(aside.c.nct_id, aside.c.reason).label("record"))
    found = records.union(_cut(study.c.nct_id)).subquery()
    return connection.scalars(select(func.count()).select_from(found)).one()


def by_scope(store: Store) -> dict[str, tuple[int, int]]:
    """Of every scope with any: records that could not be read, and trials of which a part could not."""
    records = select(aside.c.scope, func.count()).group_by(aside.c.scope)
    parts = _cut(answer.c.scope, func.count()).group_by(answer.c.scope)
    with store.reading() as connection:
        whole = {row[0]: row[1] for row in connection.execute(records)}
        cut = {row[0]: row[1] for row in connection.execute(parts)}
    return {scope: (whole.get(scope, 0), cut.get(scope, 0)) for scope in whole.keys() | cut.keys()}


def parts(store: Store) -> list[tuple[str, str]]:
    """Trials of which a part could not be read, by NCT id, each with a note that says what."""
    with store.reading() as connection:
        rows = connection.execute(_cut(study.c.nct_id, study.c.note).distinct().order_by(study.c.nct_id))
        return [(nct_id, note) for nct_id, note in rows]


def _cut(*columns: Any) -> Select[Any]:
    query = select(*columns).join_from(answer, study, answer.c.nct_id == study.c.nct_id)
    return query.where(answer.c.ended_at.is_(None), study.c.origin == "live", study.c.note.is_not(None))
