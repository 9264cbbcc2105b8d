"""Outcomes in long format, one row a group and category: every value as the registry wrote it, a text.

An outcome without numbers has one row that says why. In CSV and XLSX only a value that is a plain number stays as it is
when it begins with a sign; every other text that a spreadsheet could take for a formula gets an apostrophe.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa

from cache.english import listed
from cache.export import formats, trials, workbook
from cache.export.atomic_write import write_atomically
from cache.read.results import Posted, posted
from cache.read.trials import freshness
from cache.store.store import Store
from fetchers.errors import Validation
from fetchers.record.result_modules import Denom, Outcome, OutcomeClass
from fetchers.record.results import PRIMARY
from fetchers.settings import RECORD_URL
from fetchers.watchlist.model import Watchlist

FORMATS = ("csv", "xlsx", "json", "parquet")
SHEET = "Outcomes"
KEYS = (
    "nct_id", "outcome", "type", "title", "time_frame", "reporting_status", "param_type", "dispersion_type", "unit",
    "group_id", "group", "class", "category", "value", "spread", "lower", "upper", "denominator",
    "denominator_units", "other_denominators", "comment", "note", "read_at", "record",
)  # fmt: skip
# Numbers in the registry are text; these columns hold them.
NUMBERS = ("value", "spread", "lower", "upper", "denominator")
NOT_KEPT = "Only the numbers of primary outcomes are read; the others stand in the record."
NONE_GIVEN = "The record gives no numbers for this outcome."
MODIFIED = (
    "Posted results of ClinicalTrials.gov, selected and laid out as one row a group and category, values as written. "
    "An apostrophe stands before texts that a spreadsheet could take for a formula. Not medical advice. Empty means "
    "not given, not zero."
)
_TYPES = {"outcome": pa.int64(), "other_denominators": pa.list_(pa.string())}  # the others are texts
_PLAIN_NUMBER = re.compile(r"[-+]?[0-9][0-9,]*(\.[0-9]+)?|[-+]?\.[0-9]+")


def write(store: Store, watchlist: Watchlist, fmt: str, out: Path, query: str | None) -> int:
    """Write the outcomes of the trials that ``cache.export.trials.write`` would write; returns the number of rows."""
    _check(fmt)
    shown, _, view, _ = trials.viewed(store, watchlist, query)
    found = posted(store, shown["nct_id"])
    facts = trials.about(freshness(store, [agent.id for agent in watchlist.agents]), view)
    write_atomically(out, to_bytes(found.values(), fmt, facts), "export")
    return sum(1 for _ in rows(found.values()))


def _check(fmt: str) -> None:
    if fmt not in FORMATS:
        raise Validation(f"Outcomes are written as {listed(FORMATS, 'or')}, not as {fmt}.")


def to_bytes(found: Iterable[Posted], fmt: str, facts: Mapping[str, str] | None = None) -> bytes:
    """The file's content. ``facts``: what ``trials.about`` says of the data, for formats with a place for it. Raises
    Validation for an unknown format."""
    _check(fmt)
    made = list(rows(found))
    if fmt == "json":
        return msgspec.json.format(msgspec.json.encode(made), indent=1) + b"\n"
    about = {**(facts or {}), "Modified": MODIFIED}
    if fmt == "parquet":
        return formats.parquet_table(made, {key: _TYPES.get(key, pa.string()) for key in KEYS}, about)
    cells = [_cells(row) for row in made]
    return formats.csv_table(cells, KEYS, MODIFIED) if fmt == "csv" else workbook.table(SHEET, cells, KEYS, about)


def rows(found: Iterable[Posted]) -> Iterator[dict[str, Any]]:
    """The rows of each trial whose results were read, in the order of its record; keyed by ``KEYS``."""
    for one in found:
        if one.results is None:
            continue
        for number, outcome in enumerate(one.results.outcomes, 1):
            common = dict.fromkeys(KEYS) | {
                "nct_id": one.nct_id,
                "outcome": number,
                "type": outcome.type,
                "title": outcome.title,
                "time_frame": outcome.time_frame,
                "reporting_status": outcome.reporting_status,
                "param_type": outcome.param_type,
                "dispersion_type": outcome.dispersion_type,
                "unit": outcome.unit_of_measure,
                "other_denominators": [],
                "read_at": one.read_at,
                "record": RECORD_URL + one.nct_id,
            }
            numbers = [common | own for own in _measurements(outcome)]
            yield from numbers or [common | {"note": NONE_GIVEN if outcome.type == PRIMARY else NOT_KEPT}]


def _measurements(outcome: Outcome) -> Iterator[dict[str, Any]]:
    titles = {group.id: group.title for group in outcome.groups}
    for each in outcome.classes:
        for category in each.categories:
            for one in category.measurements:
                yield {
                    "group_id": one.group_id,
                    "group": titles.get(one.group_id),
                    "class": each.title,
                    "category": category.title,
                    "value": one.value,
                    "spread": one.spread,
                    "lower": one.lower_limit,
                    "upper": one.upper_limit,
                    "comment": one.comment,
                    **_denominators(outcome, each, one.group_id),
                }


def _denominators(outcome: Outcome, each: OutcomeClass, group_id: str | None) -> dict[str, Any]:
    """The denominator in the units the outcome is told in, and those in other units; a class's own come first."""
    counts = list(_counts(each.denoms, group_id)) or list(_counts(outcome.denoms, group_id))
    if not counts:
        return {}
    chosen = next((one for one in counts if one[0] == outcome.denom_units_selected), counts[0])
    others = [f"{value} {units or ''}".strip() for units, value in counts if (units, value) != chosen]
    return {"denominator": chosen[1], "denominator_units": chosen[0], "other_denominators": others}


def _counts(denoms: Iterable[Denom], group_id: str | None) -> Iterator[tuple[str | None, str | None]]:
    for denom in denoms:
        for one in denom.counts:
            if one.group_id == group_id:
                yield denom.units, one.value


def _cells(row: Mapping[str, Any]) -> dict[str, Any]:
    plain = {name: row[name] for name in NUMBERS if row[name] and _PLAIN_NUMBER.fullmatch(row[name])}
    return formats.flat(row) | plain
