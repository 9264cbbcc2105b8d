"""Whether a file of the registry may be believed, given what the store holds; no network is asked."""

from sqlalchemy import func, select

from cache.english import count
from cache.store.held import held_by_any
from cache.store.schema import REGISTRY_SCOPE, answer, progress, scope, study
from cache.store.store import Store
from fetchers.errors import Validation
from fetchers.registry.bulk import BulkFile

# What the registry said it held on 4 October 2026 was 605,599; it grows by about 146 studies a day.
AT_FIRST = 600_000
# The registry loses next to nothing: one in a hundred is far more than it does.
SHARE = 0.01
FEW = 20  # of a small store, or of records that cannot be read


def check_count(store: Store, bulk: BulkFile, expected: int | None) -> None:
    """Raise Validation when the file holds fewer studies than the registry does: ``expected``, else as many as the last
    file held, at first AT_FIRST."""
    taken = (progress.c.scope == REGISTRY_SCOPE, progress.c.status == "fresh")
    last = select(progress.c.expected).where(*taken).order_by(progress.c.refresh_id.desc()).limit(1)
    with store.reading() as connection:
        known = expected or connection.scalar(last) or AT_FIRST
    if len(bulk) < known * (1 - SHARE):
        raise Validation(
            f"{bulk.path} holds {count(len(bulk), 'study', 'studies')}, and the registry has about {known:,}: it is "
            "not the whole. Nothing was changed. If the registry really has fewer, say how many with --studies."
        )


def check_losses(store: Store, bulk: BulkFile) -> None:
    """Raise Validation when the file lacks too many of the trials that the store holds."""
    with store.reading() as connection:
        query = select(answer.c.nct_id).join_from(answer, study, answer.c.nct_id == study.c.nct_id)
        query = query.where(*held_by_any(), study.c.left_registry.is_(None))
        held = set(connection.scalars(query.distinct()))
    lacking = bulk.lacks(held)
    if len(lacking) > max(FEW, SHARE * len(held)):
        raise Validation(
            f"{bulk.path} lacks {count(len(lacking), 'trial')} of the {len(held):,} that the store holds (the first is "
            f"{min(lacking)}): it is not the whole. Nothing was changed."
        )


def check_unread(bulk: BulkFile, unread: int, reason: str) -> None:
    """Raise Validation when too many studies cannot be read to be single slips."""
    if unread > max(FEW, SHARE * len(bulk)) or unread == len(bulk):
        raise Validation(
            f"{count(unread, 'study', 'studies')} of {bulk.path} cannot be read: they are not in the registry's form "
            f"({reason}). Nothing was changed."
        )


def newest_load(store: Store) -> str | None:
    """The day of the newest data that the store holds."""
    with store.reading() as connection:
        found = connection.scalar(select(func.max(scope.c.registry_timestamp)))
    return found[:10] if found else None


def check_age(bulk: BulkFile, day: str | None, newest: str | None) -> None:
    """Raise Validation when the data of the file are of no day, or older than the store's."""
    if day is None:
        raise Validation(f"{bulk.path} does not say of which day its data are. Nothing was changed.")
    if newest and day[:10] < newest:
        raise Validation(
            f"The data of {bulk.path} are of {day[:10]}, older than the store's of {newest}. Nothing was changed; "
            "download the file again."
        )
