"""How far the condition groups can be trusted: what their rules did on real records that were read and labelled."""

from functools import partial
from pathlib import Path

from fetchers.watchlist.model import OTHER, Condition
from insights import measured

MEASURED = Path(__file__).with_suffix(".csv")
LEAST_PRECISION = 0.95  # a trial in the wrong group is false evidence, so more is asked of them than of other rules

figures = partial(measured.load, MEASURED)


def holds(group: str) -> bool:
    """Whether a group may be named without "possibly". What is in no group ("other") claims nothing."""
    return group == OTHER or measured.holds(MEASURED, group, LEAST_PRECISION, recall=0.0)


def said(condition: Condition) -> str:
    """The group's name, with "possibly" where its rules were not measured or not found good enough."""
    return condition.name if holds(condition.id) else f"{condition.name}, possibly"
