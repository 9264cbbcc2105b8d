"""``python -m insights``: opens the store, asks for the rows of one command and prints them."""

import argparse
import sys
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import NamedTuple, TypeVar

from cache.cli.terminal import say
from cache.filters.filter import Filter
from cache.filters.keys import KEYS
from cache.filters.strict import accepted
from cache.opening import open_store
from cache.read import questions, records
from cache.read import trials as queries
from cache.search.find import finder
from cache.store.store import Store
from fetchers.errors import Validation
from fetchers.settings import Settings
from fetchers.watchlist.model import Watchlist
from insights import results_due
from insights.cli import findings, printing, rows
from insights.cli.rows import Frames, Row
from insights.findings import across

# Which fields of a query narrow the rows, as they do on the page; None: all of them.
NARROWING: Mapping[str, tuple[str, ...] | None] = {
    "claims": ("agents",),
    "gaps": ("agents", "conditions", "background"),
    "funnel": ("agents",),
    "results": None,
    "findings": None,
}
_MAKERS: Mapping[str, Callable[..., list[Row]]] = {
    "claims": rows.of_claims,
    "gaps": rows.of_gaps,
    "funnel": rows.of_funnel,
}
_Made = TypeVar("_Made")


class Wanted(NamedTuple):
    """What the command line asked for."""

    command: str
    fmt: str = "table"
    agents: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    query: str = ""


def format_of(options: argparse.Namespace) -> str:
    """The format the options ask for. Raises Validation when they contradict each other."""
    fmt = options.format or ("json" if options.json else "table")
    if options.json and fmt != "json":
        raise Validation(f"--json and --format {fmt} do not go together; leave one out.")
    return str(fmt)


def command(settings: Settings, watchlist: Watchlist, wanted: Wanted, *, today: date | None = None) -> int:
    """Print the rows on standard output, and on standard error what of the query was ignored, and why there are no
    findings when there are none; always 0.

    Raises Validation for an unknown agent or condition, and what opening the store raises.
    """
    view = _view(watchlist, wanted)
    store = open_store(settings, watchlist)
    try:
        found = rows_of(store, watchlist, wanted.command, view, today=today or datetime.now(UTC).date())
        if wanted.command == "findings" and not found:
            say(sys.stderr, f"{why_no_findings(store, watchlist, view)}\n")
    finally:
        store.close()
    printing.put_out(wanted.command, found, wanted.fmt)
    return 0


def rows_of(store: Store, watchlist: Watchlist, name: str, view: Filter, *, today: date) -> list[Row]:
    """The rows of a command over one state of the store, also while a refresh writes."""
    return _steady(store, lambda: _rows(store, watchlist, name, view, today))


def _rows(store: Store, watchlist: Watchlist, name: str, view: Filter, today: date) -> list[Row]:
    trials, matches = queries.trials(store), queries.matches(store)
    held = Frames(trials, matches, queries.scopes(store, watchlist), questions.answers(store))
    if name == "claims":
        held = held._replace(results=across.stored(store, list(trials["nct_id"])))
    if name in _MAKERS:
        return _MAKERS[name](watchlist, held, view, today=today)
    selection = view.apply(trials, matches, watchlist, finder(store, watchlist))
    ids = list(selection.trials["nct_id"])
    facts = results_due.judged(records.facts(store, ids), selection.trials)
    if name == "findings":
        held = held._replace(results=across.stored(store, ids))
        return findings.of_findings(watchlist, held, selection, facts)
    return rows.of_results(watchlist, held, selection, facts)


def why_no_findings(store: Store, watchlist: Watchlist, view: Filter) -> str:
    """Why a view has no posted results, as its page says it."""
    frames = queries.trials(store), queries.matches(store)
    trials = view.apply(*frames, watchlist, finder(store, watchlist)).trials
    states = across.states(across.stored(store, list(trials["nct_id"])), trials)
    return across.empty(Counter(states))


def _steady(store: Store, read: Callable[[], _Made]) -> _Made:
    while True:
        before = store.version()
        made = read()
        if store.version() == before:
            return made


def _view(watchlist: Watchlist, wanted: Wanted) -> Filter:
    view = accepted(wanted.query, watchlist)
    fields = NARROWING[wanted.command]
    if fields is not None and view.ids:
        raise Validation(f"{wanted.command} counts over all trials; leave out single ones (nct, ids, mine).")
    agents = {watchlist.agent(agent).id for agent in wanted.agents}
    conditions = {watchlist.condition(condition).id for condition in wanted.conditions}
    view = replace(view, agents=(*view.agents, *agents), conditions=(*view.conditions, *conditions))
    narrowing = {one.name for one in KEYS if fields is None or one.field in fields}
    for key in view.to_query():
        if key not in narrowing:
            say(sys.stderr, f"“{key}” narrows nothing in {wanted.command}; it was ignored.\n")
    return view
