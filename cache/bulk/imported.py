"""What the store holds of the registry's whole file."""

from typing import Any

from sqlalchemy import func, select

from cache.store.held import held_live
from cache.store.schema import REGISTRY_SCOPE, answer, scope
from cache.store.store import Store


def imported(store: Store) -> dict[str, Any] | None:
    """How many of its studies are held, of which day its data are, and when it was imported; None when it never was."""
    told = select(scope.c.registry_timestamp, scope.c.refreshed_at).where(scope.c.scope == REGISTRY_SCOPE)
    with store.reading() as connection:
        found = connection.execute(told).first()
        held = connection.scalar(select(func.count()).select_from(answer).where(*held_live(REGISTRY_SCOPE)))
    if found is None:
        return None
    return {"studies": held, "registry_timestamp": found.registry_timestamp, "imported_at": found.refreshed_at}
