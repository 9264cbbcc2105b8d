"""The registry's codes and values of one trial in words; pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from cache.codes import DATE_TYPE_WORDS, SPONSOR_WORDS
from cache.english import count, day, listed
from dashboard.shared.words import MISSING, code, intervention
from fetchers.matching.context import is_make_believe
from fetchers.matching.names import lower, squeeze
from fetchers.record.study import Study

Row = Mapping[str, Any]
NONE_POSTED = "None posted in the registry"
_MAKE_BELIEVE = {"PLACEBO_COMPARATOR": "placebo", "SHAM_COMPARATOR": "sham"}


def text(value: Any) -> str | None:
    """The text of a cell; None when it is missing or empty."""
    return value if isinstance(value, str) and value else None


def results(has_results: Any) -> str | None:
    """Whether results are posted; None when that is not known."""
    if not isinstance(has_results, (bool, np.bool_)):
        return None
    return "Posted in the registry" if has_results else NONE_POSTED


def word(known: Mapping[str, str], found: Any) -> str | None:
    """The word of a code; a new code stays as it is, a missing one is None."""
    return known.get(found, found) if isinstance(found, str) else None


def masking(found: str | None, who: Iterable[str]) -> str | None:
    """The masking, and who is masked."""
    said = code(found)
    masked = listed(str(code(one)).lower() for one in who)
    return f"{said} ({masked})" if said and masked else said


def enrolment(row: Row) -> str | None:
    """How many people, and whether that is a plan."""
    if row["enrollment"] is pd.NA:
        return None
    kind = DATE_TYPE_WORDS.get(row["enrollment_type"]) if isinstance(row["enrollment_type"], str) else None
    return f"{int(row['enrollment']):,} people ({kind or 'planned or actual is not known'})"


def kind_of_date(row: Row, field: str) -> str:
    """Planned or actual, of the dates that can be either."""
    if not text(row[field]) or f"{field}_type" not in row:
        return "–"
    return word(DATE_TYPE_WORDS, row[f"{field}_type"]) or MISSING


def day_of(row: Row, field: str) -> str:
    """A date as far as it is known, in words."""
    return day(text(row[field]))


def joined(items: Any) -> str | None:
    """A list as a text; None when it is not known, which is not the same as empty."""
    if items is None:
        return None
    return "; ".join(intervention(item) for item in items) or "None given"


def sponsor(name: Any, kind: Any) -> str | None:
    """A sponsor with its class."""
    return f"{name} · {word(SPONSOR_WORDS, kind) or 'class not known'}" if text(name) else None


def helpers(study: Study | None, *, told: bool) -> str | None:
    """The collaborators with their classes; ``told``: none named means none."""
    named = study.sponsors.collaborators if study else ()
    said = "; ".join(found for one in named if (found := sponsor(one.name, one.class_)))
    return said or ("No collaborator is named" if told else None)


def arms(study: Study | None, *, told: bool) -> str | None:
    """How many arms of which kind: "3: 2 experimental and 1 placebo comparator"."""
    if study is None or not study.arms:
        return "The record lists no arms" if told else None
    kinds = Counter(str(code(arm.type)).lower() if arm.type else "kind not said" for arm in study.arms)
    said = listed(f"{number} {kind}" for kind, number in kinds.items())
    return f"{len(study.arms)}: {said}" if len(kinds) > 1 else said


def control(study: Study | None) -> str | None:
    """Whether an arm gets a placebo or sham; None when the record lists no arms."""
    if study is None or not study.arms:
        return None
    found = [_MAKE_BELIEVE[str(arm.type)] for arm in study.arms if arm.type in _MAKE_BELIEVE]
    if found:
        return f"Yes, {count(len(found), f'{found[0]} arm')}" if len(set(found)) == 1 else "Yes, placebo and sham arms"
    if any(is_make_believe(lower(squeeze(one.name or ""))) for one in study.interventions):
        return "No arm is marked so, but the name of an intervention says so"
    return "No arm is marked as placebo or sham"


def design(study: Study | None) -> dict[str, str | None]:
    """Allocation, model, purpose, time and masking, each None when the record does not say."""
    if study is None:
        return {}
    info = study.design.design_info
    return {
        "Allocation": code(info.allocation),
        "Model": code(info.intervention_model or info.observational_model),
        "Purpose": code(info.primary_purpose),
        "Time": code(info.time_perspective),
        "Masking": masking(info.masking_info.masking, info.masking_info.who_masked),
    }
