"""Trials as a file: CSV, XLSX, JSON or Parquet, with where the data come from and how they were changed.

The JSON is a list of objects with the registry's own codes and dates; what is not known is null. CSV and XLSX hold the
same facts as cells (``cache.export.cells``), Parquet the same with proper types.
"""

import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pandas as pd

from cache.codes import LANE_WORDS, STATUS_WORDS
from cache.english import count
from cache.export import citations, formats, markdown, nearest, results, workbook
from cache.export.atomic_write import write_atomically
from cache.filters.strict import accepted
from cache.filters.unseen import sentences, unseen
from cache.read.results import Posted, posted
from cache.read.trials import Freshness, freshness, matches, trials
from cache.search.find import finder
from cache.store.store import Store, timestamp, utcnow
from fetchers.errors import Validation
from fetchers.settings import RECORD_URL, SOURCE_URL
from fetchers.watchlist.model import Watchlist

FORMATS = ("csv", "xlsx", "json", "parquet", "ris", "bib", "md")
REGISTRY = "ClinicalTrials.gov"
EVERYTHING = "All stored trials that an agent or a swept condition of the watch-list matched."
MODIFIED = (
    "Fields were selected and renamed, escape signs removed from texts, countries listed once, the placeholder "
    "enrollment 99999999 left empty. Agents, tiers, roles, names found, condition groups and phase lane were added."
)
CELLS = "Lists are joined by “ | ”; an apostrophe stands before texts that a spreadsheet could take for a formula."
SHEETS = (
    f"“{workbook.TO_READ}” has words for the registry’s codes and real dates; a date whose day is not known "
    f"stands under “as written” only. “{workbook.CODES}” holds the same trials with the registry’s own codes."
)
NO_ADVICE = "Not medical advice. Empty means not known, not zero and not false."

# Columns of the frame that are exported as they stand, in the order of the file.
_COPIED = (
    "nct_id", "title", "official_title", "acronym", "aliases", "overall_status", "last_known_status",
    "status_verified", "study_type", "phases", "lane", "start_date", "start_date_type", "primary_completion_date",
    "primary_completion_date_type", "completion_date", "completion_date_type", "enrollment", "enrollment_type",
    "lead_sponsor", "sponsor_class", "conditions", "interventions", "countries", "sites", "has_results",
    "why_stopped", "first_posted", "last_update_posted", "results_first_posted", "condition_groups", "as_of",
    "source", "note", "fetched_at", "registry_timestamp",
)  # fmt: skip
# What is exported of each agent of a trial.
_WHY = ("tier", "role", "found_by", "found_in")
# Columns of a table; an object of the JSON export has ``results`` besides, null where none were read.
KEYS = (*_COPIED, "agents", "left_registry", "left_registry_on", "starter", "record")


class Viewed(NamedTuple):
    """The trials of a query, all matches, what the view is in words, and how near each trial is to its place."""

    trials: pd.DataFrame
    matches: pd.DataFrame
    said: str
    near: Mapping[str, nearest.Nearest]


def write(
    store: Store, watchlist: Watchlist, fmt: str, out: Path, query: str | None,
    *, warn: Callable[[str], None] | None = None, now: Callable[[], datetime] = utcnow,
) -> int:  # fmt: skip
    """Write what is stored to ``out`` and return the number of trials.

    Without ``query`` all stored trials, those that left the registry included; with one (the query string of the
    dashboard's address, "" for its opening view) what that view shows. ``warn`` is told in sentences which trials the
    view could not judge (default: standard error). The file appears whole or not at all. Raises
    Validation for an unknown format, a query that makes no sense or a path that is none, LocalTrouble when it cannot be
    written.
    """
    _check(fmt)
    shown, why, view, near = viewed(store, watchlist, query, warn=warn)
    fresh = freshness(store, [agent.id for agent in watchlist.agents])
    names = {agent.id: agent.name for agent in watchlist.agents}
    found = posted(store, shown["nct_id"]) if fmt == "json" else {}
    write_atomically(out, to_bytes(shown, why, fmt, about(fresh, view, now=now), found, names, near), "export")
    return len(shown)


def viewed(
    store: Store, watchlist: Watchlist, query: str | None, *, warn: Callable[[str], None] | None = None
) -> Viewed:
    """What ``write`` reads of a query."""
    wanted = None if query is None else accepted(query, watchlist)
    everything, why = _frames(store)
    if wanted is None:
        return Viewed(everything, why, EVERYTHING, {})
    find = finder(store, watchlist)
    fresh = freshness(store, [agent.id for agent in watchlist.agents])
    missing = sentences(wanted, unseen(wanted, everything, why, watchlist, find), starter=not fresh.live)
    for sentence in missing:
        (warn or _to_stderr)(sentence)
    view = " ".join([wanted.sentence(watchlist), *missing])
    shown = wanted.apply(everything, why, watchlist, find).trials
    return Viewed(shown, why, view, nearest.nearest(wanted, shown, everything, store))


def to_bytes(
    shown: pd.DataFrame, why: pd.DataFrame, fmt: str, facts: Mapping[str, str],
    found: Mapping[str, Posted], names: Mapping[str, str] | None = None,
    near: Mapping[str, nearest.Nearest] | None = None,
) -> bytes:  # fmt: skip
    """The file's content. ``shown``: rows of ``queries.trials``; ``why``: all of ``queries.matches``; ``facts``: what
    ``about`` says of the data; ``found``: posted results, for the JSON; ``names``: of the agents by id, for
    a sheet that is read; ``near``: of ``nearest``, for columns of its own and the order of a table to paste. Raises
    Validation for an unknown format."""
    _check(fmt)
    told = near or {}
    rows = [row | nearest.columns(row["nct_id"], told) for row in records(shown, why)]
    keys, modified = ((*KEYS, *nearest.KEYS), f"{MODIFIED} {nearest.SAID}") if told else (KEYS, MODIFIED)
    if fmt == "json":
        read = results.objects(found)
        rows = [row | {"results": read.get(row["nct_id"])} for row in rows]
        return msgspec.json.format(msgspec.json.encode(rows), indent=1) + b"\n"
    if fmt == "parquet":
        return formats.parquet(rows, keys, _counted(rows) | dict(facts))
    if fmt == "csv":
        return formats.csv_file(rows, keys, f"{modified} {CELLS}")
    facts = dict(facts) | ({"Distance": nearest.SAID} if told else {})
    if fmt == "md" and told:
        by_id = {row["nct_id"]: row for row in rows}
        rows = [by_id[nct_id] for nct_id in told if nct_id in by_id]
    if fmt in _TO_CITE:
        return _TO_CITE[fmt](rows, facts)
    said = _counted(rows) | dict(facts) | {"Sheets": SHEETS, "Cells": CELLS}
    return workbook.xlsx(rows, keys, said, names or {})


def _markdown(rows: Sequence[Mapping[str, Any]], facts: Mapping[str, str]) -> bytes:
    """A table to paste: the trials as links to their records, and below it where it comes from."""
    near = any("distance_km" in row for row in rows)
    heads = (*_HEADS[:2], "Distance", "Site", *_HEADS[2:]) if near else _HEADS
    lines = []
    for row in rows:
        status, countries = row["overall_status"], "; ".join(row["countries"] or ()) or None
        told = (STATUS_WORDS.get(status, status), LANE_WORDS[row["lane"]], row["start_date"], row["enrollment"])
        away = [_away(row["distance_km"]), row["nearest_site"]] if near else []
        lines.append([(row["nct_id"], row["record"]), row["title"], *away, *told, countries, row["lead_sponsor"]])
    table = markdown.table(heads, lines, "not known")
    return f"{table}\n{markdown.safe('. '.join(f'{name}: {said}' for name, said in facts.items()))}\n".encode()


def _away(km: int | None) -> str | None:
    return km if km is None else f"{km:,} km" if km else "under 1 km"


_HEADS = ("NCT id", "Title", "Status", "Phase", "Start", "People", "Countries", "Sponsor")
_TO_CITE = {"ris": citations.ris, "bib": citations.bibtex, "md": _markdown}


def about(fresh: Freshness, view: str, *, now: Callable[[], datetime] = utcnow) -> dict[str, str]:
    """Source, dates, view and changes, as the registry's terms ask for them; for the file's own page on itself."""
    facts = {
        "Source": f"{REGISTRY}, U.S. National Library of Medicine ({SOURCE_URL})",
        "Registry data of": fresh.registry_timestamp or "not asked yet",
        "Fetched at (UTC)": fresh.fetched_at or "not asked yet",
        "Written at (UTC)": timestamp(now()),
        "Shown": view,
    }
    if fresh.older:
        facts["Older parts"] = "; ".join(f"{scope}: registry data of {load}" for scope, load in fresh.older)
    if fresh.unread:
        facts["Not readable"] = f"{count(fresh.unread, 'record')} could not be read, or not fully"
    if fresh.starter:
        facts["Starter snapshot"] = (
            f"Rows marked “starter” are a sample of facts up to {fresh.starter_date}, gathered from public copies of "
            "registry records; each names its date and source. They do not count what the registry holds."
        )
    return facts | {"Modified": MODIFIED, "Please note": NO_ADVICE}


def records(shown: pd.DataFrame, why: pd.DataFrame) -> list[dict[str, Any]]:
    """One object a trial: plain values, None where nothing is known, registry codes, dates as the registry wrote them.

    ``agents`` holds every agent the trial belongs to, whatever the filter asked for.
    """
    agents = _agents(why)
    left = _values(shown["left_registry"])
    rows = []
    for values, left_on in zip(zip(*(_values(shown[name]) for name in _COPIED), strict=True), left, strict=True):
        row = dict(zip(_COPIED, values, strict=True))
        starter = row["source"] is not None
        row["source"] = row["source"] or REGISTRY
        row["fetched_at"] = None if starter else row["fetched_at"]
        row["agents"] = agents.get(row["nct_id"], {})
        row |= {"left_registry": left_on is not None, "left_registry_on": left_on, "starter": starter}
        row["record"] = RECORD_URL + row["nct_id"]
        rows.append(row)
    return rows


def _counted(rows: list[dict[str, Any]]) -> dict[str, str]:
    return {"Trials": str(len(rows)), "Of these, from the starter snapshot": str(sum(row["starter"] for row in rows))}


def _agents(why: pd.DataFrame) -> dict[str, dict[str, dict[str, Any]]]:
    found: dict[str, dict[str, dict[str, Any]]] = {}
    columns = (_values(why[name]) for name in ("nct_id", "agent", *_WHY))
    for nct_id, agent, *why_it_is in zip(*columns, strict=True):
        found.setdefault(nct_id, {})[agent] = dict(zip(_WHY, why_it_is, strict=True))
    return found


def _values(column: "pd.Series[Any]") -> list[Any]:
    """Plain Python values, None for every kind of missing."""
    if column.dtype == object:
        return list(column.array)
    missing = column.isna().to_numpy()
    return [None if gone else value for value, gone in zip(column.tolist(), missing, strict=True)]


def _check(fmt: str) -> None:
    if fmt not in FORMATS:
        raise Validation(f"There is no export format {fmt!r}. Choose one of {', '.join(FORMATS)}.")


def _frames(store: Store) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Both frames of one state of the store, also while a refresh writes."""
    while True:
        before = store.version()
        read = trials(store), matches(store)
        if store.version() == before:
            return read


def _to_stderr(sentence: str) -> None:
    print(sentence, file=sys.stderr)
