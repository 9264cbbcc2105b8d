"""The rows of a page, made by what the pages and the command line use as well."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from cache.export import nearest
from cache.export import trials as export
from cache.filters.select import Selection, among, coded
from cache.filters.unseen import Unseen, not_stored, unseen
from cache.follow import told
from cache.read import results
from cache.read.frames import plain_rows
from cache.search.find import finder
from dashboard.api.asking import Question, Reading
from dashboard.api.paging import Key, Wanted
from fetchers.registry.queries import agent_queries, sweep_queries
from insights import evidence
from insights.cli import findings as finding_rows
from insights.cli import rows as evidence_rows
from insights.cli.rows import Frames, Row
from insights.findings import across

POSTED = ("read", "failed", "not_asked")  # keys of ``across.STATES`` of trials whose results are posted


class Taken(NamedTuple):
    """A page of rows. ``last``: the key of its last row when there are more after it."""

    rows: list[Row]
    total: int
    last: Key | None


def trials(reading: Reading, question: Question, wanted: Wanted) -> Taken:
    """Rows of the JSON export, by NCT id."""
    shown, total, last = _page(_selected(reading, question).trials, wanted)
    near = nearest.nearest(question.view, shown, reading.parts.trials(), reading.parts.store)
    rows = [row | nearest.columns(row["nct_id"], near) for row in trial_rows(reading, shown)]
    return Taken(rows, total, last)


def trial_rows(reading: Reading, shown: pd.DataFrame) -> list[Row]:
    """Rows of the JSON export, of just these trials."""
    why = reading.parts.matches()
    return export.records(shown, why[np.isin(why["number"].to_numpy(), shown["number"].to_numpy())])


def findings(reading: Reading, question: Question, wanted: Wanted) -> Taken:
    """Rows of ``python -m insights findings``, by NCT id."""
    found, selection = reading.parts.found(), _selected(reading, question)
    states = across.states(found, selection.trials)
    with_results = np.array([state in POSTED for state in states], dtype=bool)  # an empty list would choose columns
    shown, total, last = _page(selection.trials[with_results], wanted)
    ids = list(shown["nct_id"])
    pairs = selection.pairs[among(selection.pairs["nct_id"], ids)]
    facts, answers = reading.parts.facts(), reading.parts.answers()
    scopes = reading.parts.scopes()
    held = Frames(shown, reading.parts.matches(), scopes, answers[among(answers["nct_id"], ids)], found)
    rows = finding_rows.of_findings(
        reading.watchlist, held, Selection(shown, pairs), facts[among(facts["nct_id"], ids)]
    )
    return Taken(sorted(rows, key=lambda row: str(row["nct_id"])), total, last)


def agents(reading: Reading, question: Question, wanted: Wanted) -> Taken:
    """The scopes of the chosen agents, with the trials that give them."""
    known, matches = reading.parts.trials(), reading.parts.matches()
    here = known["nct_id"][known["left_registry"].isna()]
    given = matches[coded(matches["tier"], ["given"]) & among(matches["nct_id"], here)]
    ids = given.groupby("agent", observed=True)["nct_id"].agg(list)
    states = evidence.asked(reading.parts.scopes())
    counted = {row["scope"]: row for row in plain_rows(reading.parts.scopes())}
    rows = [
        {
            "agent": agent.id,
            "name": agent.name,
            "kind": agent.kind,
            "documents": list(agent.documents),
            "members": [member.name for member in agent.members if member.on],
            **{name: counted[agent.id][name] for name in ("studies", "given", "mentioned", "excluded")},
            "ids": ids.get(agent.id, []),
            "query": [query.question for query in agent_queries(agent)],
            "state": states[agent.id].state,
            "date": states[agent.id].registry_date,
            "error": states[agent.id].error,
            "starter": counted[agent.id]["starter"],
        }
        for agent in reading.watchlist.agents
        if agent.id in question.scopes
    ]
    return _numbered(rows, wanted)


def claims(reading: Reading, question: Question, wanted: Wanted) -> Taken:
    """Rows of ``python -m insights claims``."""
    ledger = reading.parts.claims(reading.today)
    return _numbered(evidence_rows.claim_rows(reading.watchlist, ledger, question.view), wanted)


def gaps(reading: Reading, question: Question, wanted: Wanted) -> Taken:
    """Rows of ``python -m insights gaps``."""
    cells, scopes = reading.parts.grid(question.view.background, reading.today), reading.parts.scopes()
    return _numbered(evidence_rows.gap_rows(reading.watchlist, cells, scopes, question.view), wanted)


def changes(reading: Reading, question: Question, wanted: Wanted) -> Taken:
    """Events of ``python -m cache changes --json``. The key is the number of a change: a new one gets a higher one."""
    parts = reading.parts
    have = told.Frames(parts.trials, parts.matches, reading.watchlist, finder(parts.store, reading.watchlist))
    numbers = told.numbers(parts.store, question.followed, have)
    after = wanted.after
    start = 0 if after is None else next((at for at, one in enumerate(numbers) if one < after), len(numbers))
    shown = numbers[start : start + wanted.limit]
    more = start + len(shown) < len(numbers)
    rows = [one.as_json() for one in told.numbered(parts.store, shown)]
    return Taken(rows, len(numbers), shown[-1] if shown and more else None)


def sources(reading: Reading, question: Question, wanted: Wanted) -> Taken:
    """Every scope, and how far reading posted results has come."""
    scopes = reading.parts.scopes()
    states, asked = evidence.asked(scopes), _questions(reading)
    rows = [
        {name: row[name] for name in _COPIED}
        | {
            "state": states[row["scope"]].state,
            "date": states[row["scope"]].registry_date,
            "query": asked[row["scope"]],
        }
        for row in plain_rows(scopes)
    ]
    return _numbered([*rows, _results(reading)], wanted)


_COPIED = (
    "scope", "name", "kind", "registry_timestamp", "refreshed_at", "error", "error_at", "starter", "studies",
)  # fmt: skip


def _results(reading: Reading) -> Row:
    read = results.state(reading.parts.store)
    return {
        **dict.fromkeys(_COPIED),
        "scope": results.SCOPE,
        "name": "Posted results",
        "kind": "results",
        "state": "asked" if read.refreshed_at else "failed" if read.error else "not_asked",
        "date": (read.refreshed_at or "")[:10] or None,
        "refreshed_at": read.refreshed_at,
        "error": read.error,
        "starter": False,
        "studies": read.read,
        "query": [],
    }


def _questions(reading: Reading) -> Mapping[str, list[str]]:
    watchlist = reading.watchlist
    asked = {agent.id: [query.question for query in agent_queries(agent)] for agent in watchlist.agents}
    return asked | {one.id: [query.question for query in sweep_queries(one)] for one in watchlist.swept}


def missing(reading: Reading, question: Question) -> Unseen:
    """What the question asks for and the store cannot tell."""
    parts, watchlist = reading.parts, reading.watchlist
    known, view = parts.trials(), question.view
    found = unseen(view, known, parts.matches(), watchlist, finder(parts.store, watchlist))
    return found._replace(not_stored=not_stored(dict.fromkeys((*view.ids, *question.followed.trials)), known))


def _selected(reading: Reading, question: Question) -> Selection:
    parts, watchlist = reading.parts, reading.watchlist
    return question.view.apply(parts.trials(), parts.matches(), watchlist, finder(parts.store, watchlist))


def _page(found: pd.DataFrame, wanted: Wanted) -> tuple[pd.DataFrame, int, Key | None]:
    """Trials come ordered by NCT id, and the number in it is the key."""
    numbers = found["number"].to_numpy()
    start = 0 if wanted.after is None else int(np.searchsorted(numbers, wanted.after, side="right"))
    end = start + wanted.limit
    return found.iloc[start:end].reset_index(drop=True), len(found), int(numbers[end - 1]) if end < len(found) else None


def _numbered(rows: Sequence[Row], wanted: Wanted) -> Taken:
    """Lists in the watch-list's order; the key is the place in it."""
    start: Any = 0 if wanted.after is None else wanted.after
    end = start + wanted.limit
    return Taken(list(rows[start:end]), len(rows), end if end < len(rows) else None)
