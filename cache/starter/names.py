"""How the sources of the starter write names, and what is to be known about facts that a source cut short."""

import re
from collections.abc import Sequence

FIRST_PHASE = "The source kept only the first phase"
NO_DATE = "The date of these facts was not recorded."

# What a trial may really be of which only the first phase was kept.
_JOINT = {"PHASE1": ", so phase 1 may be phase 1/2", "PHASE2": ", so phase 2 may be phase 2/3"}
_SLUG = re.compile(r"[a-z]+(-[a-z]+)+", re.ASCII)
_WORD = re.compile(r"[a-z]+", re.ASCII)
_DEGREE = re.compile(r"\b(M\.?D|Ph\.?D)\.?\s*$", re.IGNORECASE | re.ASCII)


def first_phase(phases: Sequence[str]) -> str:
    """The note on a record of which only the first phase was kept."""
    return f"{FIRST_PHASE}{_JOINT.get('|'.join(phases), '')}."


def is_slug(name: str) -> bool:
    """Whether a table's name of an intervention is its own key (``low-dose-ct``) and nothing the registry wrote."""
    return _SLUG.fullmatch(name) is not None


def is_condition_slug(name: str) -> bool:
    """``is_slug`` for conditions, of which tables also have keys of one word (``lupus``)."""
    return is_slug(name) or _WORD.fullmatch(name) is not None


def is_person(name: str, kind: str | None) -> bool:
    """Whether a sponsor is a person: by the registry's class, or by the degree behind the name."""
    return kind == "INDIV" or _DEGREE.search(name) is not None
