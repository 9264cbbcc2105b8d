"""Trials that an answer no longer holds: the registry dropped them, they stopped matching, or they were the starter's.

Runs inside the one transaction of ``cache.ingest.keep.keep``. Records and versions of live trials are never deleted.
"""

from collections.abc import Collection

from sqlalchemy import Connection, delete, select, update

from cache.ingest.events import Events
from cache.ingest.matches import rematch
from cache.ingest.staging import Staging, left_out
from cache.search import index
from cache.store.batches import batches
from cache.store.schema import answer, match, study, version
from fetchers.matching.matcher import Matcher


def end_answers(
    connection: Connection, staging: Staging, unseen: Collection[str], matcher: Matcher, *,
    vanished: Collection[str], events: Events,
) -> int:  # fmt: skip
    """End the answer rows of trials the staged answer lacks (``unseen``: those of ``Before``); returns how many there
    were.

    Those in ``vanished`` (the registry says it has no such study) are marked with the day and keep their matches, so
    that they can still be found under the agent they belonged to.
    """
    leavers = left_out(connection, staging, unseen)
    for ids in batches(leavers):
        ended = update(answer).where(answer.c.scope == staging.scope, answer.c.nct_id.in_(ids))
        connection.execute(ended.values(ended_at=events.at))
        marked = set(
            connection.scalars(
                select(study.c.nct_id).where(study.c.nct_id.in_(ids), study.c.left_registry.is_not(None))
            )
        )
        gone = [nct_id for nct_id in ids if nct_id in vanished and nct_id not in marked]
        connection.execute(update(study).where(study.c.nct_id.in_(gone)).values(left_registry=events.at[:10]))
        events.left(gone)
        rematch(connection, matcher, [nct_id for nct_id in ids if nct_id not in marked and nct_id not in vanished])
    return len(leavers)


def drop_starter(connection: Connection, scope: str, matcher: Matcher) -> None:
    """Remove the starter rows of a scope after its first live answer; they do not count as having left."""
    starter = (answer.c.scope == scope, answer.c.origin == "starter")
    dropped = list(connection.scalars(select(answer.c.nct_id).where(*starter)))
    connection.execute(delete(answer).where(*starter))
    for ids in batches(dropped):
        held = select(answer.c.nct_id).where(answer.c.nct_id.in_(ids))
        orphans = list(
            connection.scalars(
                select(study.c.nct_id).where(
                    study.c.nct_id.in_(ids), study.c.origin == "starter", study.c.nct_id.not_in(held)
                )
            )
        )
        for table in (match, version, study):
            connection.execute(delete(table).where(table.c.nct_id.in_(orphans)))
        index.drop(connection, orphans)
        rematch(connection, matcher, set(ids) - set(orphans))
