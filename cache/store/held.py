"""Conditions that tell what a scope's last live answer holds, and which of it that answer really brought."""

from sqlalchemy import ColumnElement, select, tuple_

from cache.store.schema import answer
from cache.store.schema import set_aside as aside


def held_live(scope: str) -> tuple[ColumnElement[bool], ...]:
    """Conditions on ``answer``: what the registry's last answer for this scope holds."""
    return (answer.c.scope == scope, *held_by_any())


def held_by_any() -> tuple[ColumnElement[bool], ...]:
    """Conditions on ``answer``: what the registry's last answer for some scope holds."""
    return (answer.c.origin == "live", answer.c.ended_at.is_(None))


def brought() -> ColumnElement[bool]:
    """Condition on a live ``answer``: the trial was read in the scope's last refresh, not set aside or perhaps so.

    What is held without was last read when its row says; all others when their scope was last refreshed.
    """
    named = select(aside.c.scope, aside.c.nct_id).where(aside.c.nct_id.is_not(None))
    nameless = select(aside.c.scope).where(aside.c.nct_id.is_(None))
    return tuple_(answer.c.scope, answer.c.nct_id).not_in(named) & answer.c.scope.not_in(nameless)
