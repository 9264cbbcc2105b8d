"""Whether everything in a store is whole and fits together: slow, thorough, read-only."""

from collections.abc import Iterator
from itertools import islice

from sqlalchemy import Connection, Select, exists, func, or_, select, text

from cache.recovery.derived import Derivation, unlike_records
from cache.search import index
from cache.store import seal
from cache.store.batches import batches
from cache.store.bodies import tried
from cache.store.engine import on_sqlite
from cache.store.errors import Damaged
from cache.store.packing import BrokenBody, base_of, hash_of, is_whole
from cache.store.schema import (
    answer,
    event,
    match,
    meta,
    progress,
    refresh,
    result,
    result_version,
    scope,
    study,
    version,
)
from cache.store.store import Store

# Stands in study.body_hash when a rescue saved the row but not the record: no body has this hash, so it is asked again.
RECORD_LOST = ""

# More complaints than these tell nothing new.
_MOST = 100


# What a row of each table is called in a complaint.
_NAMES = {
    meta: "note", study: "trial", version: "version", answer: "answer", match: "match", event: "change",
    scope: "scope", result: "state of results", result_version: "version of results",
}  # fmt: skip


def integrity(store: Store, rules: Derivation | None = None) -> list[str]:
    """What is wrong with the store, one sentence each; empty when it is sound. At most a hundred are listed.

    With ``rules`` the rows of a store that is sound otherwise are also compared with what their records derive.
    """
    try:
        with store.reading() as connection:
            found = list(islice(_problems(connection), _MOST))
            # Rows that are damaged anyway are not taken apart as well.
            return found or list(islice(unlike_records(connection, rules), _MOST)) if rules else found
    except Damaged as error:
        return [str(error)]


def _problems(connection: Connection) -> Iterator[str]:
    if on_sqlite(connection):
        yield from _broken_pages(connection)
    yield from _broken_bodies(connection)
    yield from _broken_seals(connection)
    yield from _lost_relations(connection)
    yield from index.unlike_records(connection)


def _broken_pages(connection: Connection) -> Iterator[str]:
    for (line,) in connection.execute(text(f"PRAGMA integrity_check({_MOST})")):
        if line != "ok":
            yield f"The database file is damaged: {line}."


def _broken_bodies(connection: Connection) -> Iterator[str]:
    for table, name in ((version, "Version"), (result_version, "Version of results")):
        ids = list(connection.scalars(select(table.c.id)))
        for some in batches(ids):
            query = select(table.c.id, table.c.nct_id, table.c.body_hash, table.c.body)
            rows = connection.execute(query.where(table.c.id.in_(some))).all()
            found = tried(connection, {row.id: row.body for row in rows}) if table is version else {}
            for row in rows:
                body = found.get(row.id)
                sound = hash_of(body) == row.body_hash if isinstance(body, bytes) else is_whole(row.body, row.body_hash)
                if not sound:
                    why = f" ({body})" if isinstance(body, BrokenBody) and base_of(row.body) else ""
                    yield f"{name} {row.id} of {row.nct_id} cannot be read back as it was stored{why}."


def _broken_seals(connection: Connection) -> Iterator[str]:
    for table, name in _NAMES.items():
        for key in seal.broken(connection, table):
            yield f"The {name} {', '.join(map(str, key))} is not as it was stored."
    noted, there = seal.noted(connection), seal.counts(connection)
    for name, number in there.items():
        if noted.get(name) != number:
            yield f"Rows of the table {name} were lost or added: {noted.get(name)} were stored, {number} are there."


def _lost_relations(connection: Connection) -> Iterator[str]:
    shown = or_(
        study.c.left_registry.is_not(None),
        exists().where(answer.c.nct_id == study.c.nct_id, answer.c.ended_at.is_(None)),
    )
    no_study = ~exists().where(study.c.nct_id == answer.c.nct_id)
    no_matched = ~exists().where(study.c.nct_id == match.c.nct_id)
    no_refresh = ~exists().where(refresh.c.id == progress.c.refresh_id)
    for nct_id, name in connection.execute(select(answer.c.nct_id, answer.c.scope).where(no_study)):
        yield f"{name} holds {nct_id}, but no such study is stored."
    for nct_id, name in connection.execute(select(match.c.nct_id, match.c.agent).where(no_matched)):
        yield f"{nct_id} is matched to {name}, but there is no such study."
    for nct_id in connection.scalars(unlike_newest().where(shown, study.c.body_hash != RECORD_LOST)):
        yield f"The newest version of {nct_id} is not the one its row was made from, or is missing."
    for nct_id in connection.scalars(unlike_newest_results()):
        yield f"The newest results of {nct_id} are not those its state names, or are missing."
    for number in connection.scalars(select(progress.c.refresh_id).where(no_refresh).distinct()):
        yield f"There is progress of refresh {number}, but no such refresh."


def unlike_newest() -> Select[tuple[str]]:
    """The ids of studies whose row was not made from their newest stored version."""
    later = version.alias()
    newer = exists().where(later.c.nct_id == version.c.nct_id, later.c.id > version.c.id)
    own = exists().where(version.c.nct_id == study.c.nct_id, version.c.body_hash == study.c.body_hash, ~newer)
    return select(study.c.nct_id).where(~own)


def unlike_newest_results() -> Select[tuple[str]]:
    """The ids of trials whose state of results names other results than the newest stored ones."""
    newest = select(func.max(result_version.c.id)).group_by(result_version.c.nct_id)
    named = exists().where(
        result_version.c.nct_id == result.c.nct_id,
        result_version.c.body_hash == result.c.body_hash,
        result_version.c.id.in_(newest),
    )
    return select(result.c.nct_id).where(result.c.body_hash.is_not(None), ~named)
