"""What a rule of verdicts is, and the sentences on numbers that all rules share."""

from collections.abc import Callable, Mapping
from typing import NamedTuple, TypeAlias

import pandas as pd

from fetchers.watchlist.model import Claim
from insights.verdicts.seen import Seen, named

Parts: TypeAlias = Mapping[str, pd.DataFrame]

SUPPORTED, PARTLY, CONTRADICTED, NOT_FOUND, OUTSIDE, NOT_CHECKABLE, NOT_ASKED = VERDICTS = (
    "supported", "partly", "contradicted", "not_found", "outside", "not_checkable", "not_asked",
)  # fmt: skip


class Rule(NamedTuple):
    """``words`` say it in general; ``say`` tells of the case at hand. ``absence``: it rests on trials not found, so it
    decides nothing as long as the registry has not been asked. ``parts``: which of the trials in the condition it rests
    on, by what they are; ``say`` gets them as numbers."""

    id: str
    verdict: str
    words: str
    absence: bool
    applies: Callable[[Claim, Seen], bool]
    say: Callable[[Claim, Seen], str]
    parts: Callable[[Claim, Seen], Parts] = lambda claim, seen: {}


def number(seen: Seen, name: str) -> str:
    """A number as its button has it, with the first of its trials; empty when there is none."""
    number = seen.numbers.get(name)
    return f"{number.words} ({named(number.ids)})." if number and number.ids else ""


def here(seen: Seen) -> str:
    return number(seen, "here") or f"No trial gives it in {seen.place}."


def parts(seen: Seen, *, but: str = "") -> str:
    """How many of the trials in the condition are what the rule rests on: "Running: 1 of 5 (NCT00000001)."."""
    whole = seen.numbers["here"].ids
    if not whole:
        return ""
    parts = [(number.label, number.ids) for name, number in seen.numbers.items() if name == number.label]
    return " ".join(
        f"{label}: {len(ids):,} of {len(whole):,}{f' ({named(ids)})' if 0 < len(ids) < len(whole) else ''}{but}."
        for label, ids in parts
    )


def said(*sentences: str) -> str:
    return " ".join(filter(None, sentences))
