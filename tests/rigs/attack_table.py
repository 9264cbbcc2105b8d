"""What became of each attack that a test tried, for the table at the end of the test output."""

from collections.abc import Iterable
from typing import Protocol

# Name under which a test records an attack: [what is attacked, how, what happened].
ATTACK = "attack"
THROUGH = "NOT REFUSED"
# (what is attacked, how) -> what happened, filled while the tests run.
TRIED: dict[tuple[str, str], str] = {}


class Note(Protocol):
    """Records what became of an attack: an attack counts as not refused until a test says otherwise."""

    def __call__(self, target: str, attack: str, outcome: str = THROUGH) -> None: ...


def collect(properties: Iterable[tuple[str, object]]) -> None:
    """Take the attacks a test recorded; its last word on one counts. Works across the processes of a test run."""
    for name, value in properties:
        if name == ATTACK and isinstance(value, list | tuple):
            target, attack, outcome = value
            TRIED[target, attack] = outcome


def table() -> list[str]:
    """One line an attack; empty when none was tried."""
    rows = [(target, attack, outcome) for (target, attack), outcome in sorted(TRIED.items())]
    if not rows:
        return []
    rows.insert(0, ("attacked", "by", "what happened"))
    widths = [max(len(row[at]) for row in rows) for at in range(3)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
