"""The registry's codes and values of one trial in words; pure."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from cache.views.labels import DATE_TYPE_WORDS
from dashboard.refresh_words import count

Row = Mapping[str, Any]
MISSING = "not known"  # what stands where a fact is missing


def text(value: Any) -> str | None:
    """The text of a cell; None when it is missing or empty."""
    return value if isinstance(value, str) and value else None


def results(has_results: Any) -> str | None:
    """Whether results are posted; None when that is not known."""
    if not isinstance(has_results, (bool, np.bool_)):
        return None
    return "Posted in the registry" if has_results else "None posted in the registry"


def sites(number: Any) -> str:
    """The number of sites in brackets; empty when it is not known."""
    return "" if pd.isna(number) or number == 0 else f" ({count(int(number), 'site')})"


def word(known: Mapping[str, str], found: Any) -> str | None:
    """The word of a code; a new code stays as it is, a missing one is None."""
    return known.get(found, found) if isinstance(found, str) else None


def code(found: str | None) -> str | None:
    """A registry code of the design in words: ``ACTIVE_COMPARATOR`` is "Active comparator"."""
    special = {"NA": "Not applicable", "ECT": "Educational, counselling or training"}
    return special.get(found, found.replace("_", " ").capitalize()) if found else None


def masking(found: str | None, who: Iterable[str]) -> str | None:
    """Who does not know who gets what."""
    said = code(found)
    masked = ", ".join(str(code(one)).lower() for one in who)
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


def joined(items: Any) -> str | None:
    """A list as a text; None when it is not known, which is not the same as empty."""
    if items is None:
        return None
    return "; ".join(intervention(item) for item in items) or "None given"


def intervention(item: str) -> str:
    """ "DRUG: Prednisone" without shouting: "Prednisone (drug)"."""
    kind, colon, name = item.partition(": ")
    known = colon and kind.isupper() and kind.replace("_", "").isalpha()
    return f"{name} ({kind.replace('_', ' ').lower()})" if known else item
