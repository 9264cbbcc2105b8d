"""What the server hands to machines: bytes made of the store, without anything of HTTP.

Each function raises Validation, in a sentence, for a question that makes no sense.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from urllib.parse import urlencode

import msgspec

from cache.changes import feed
from cache.cli import changes as digest
from cache.export import outcomes
from cache.export import trials as export
from cache.filters.select import Selection
from cache.filters.strict import accepted
from cache.follow import told, view
from cache.read.results import Posted, posted
from dashboard.shared import data
from fetchers.errors import LocalTrouble

Query = Mapping[str, Sequence[str]]
MOST_ENTRIES = 500  # of the feed; readers ask often and keep what they have seen


def trials(query: Query, base_url: str, now: datetime) -> bytes:
    """The JSON export: every stored trial without a query, with one what that view of the dashboard shows."""
    shown = data.trials() if not query else _selected(query).trials
    return export.to_bytes(shown, data.matches(), "json", {}, posted(data.store(), shown["nct_id"]))


def outcomes_csv(query: Query, base_url: str, now: datetime) -> bytes:
    """Posted outcomes in long format, of the trials that ``trials`` gives."""
    return outcomes.to_bytes(_posted(query), "csv")


def outcomes_json(query: Query, base_url: str, now: datetime) -> bytes:
    """The same rows as objects."""
    return outcomes.to_bytes(_posted(query), "json")


def changes(query: Query, base_url: str, now: datetime) -> bytes:
    """The changes as ``python -m cache changes --json`` prints them."""
    found = told.told(data.store(), view.read(query, data.watchlist(), weight="noise"), _have())
    return msgspec.json.encode([one.as_json() for one in found]) + b"\n"


def atom(query: Query, base_url: str, now: datetime) -> bytes:
    """The newest changes as an Atom feed, noise only when it is asked for."""
    followed = view.read(query, data.watchlist(), weight="low")
    found = told.told(data.store(), followed, _have(), limit=MOST_ENTRIES)
    names = {agent.id: agent.name for agent in data.watchlist().agents}
    asked = urlencode({key: query[key] for key in sorted(query)}, doseq=True)
    said = followed.wanted.sentence(data.watchlist()) if followed.wanted is not None else ""
    return feed.atom(found, base_url=base_url, fresh=data.freshness(), names=names, query=asked, view=said)


def calendar(query: Query, base_url: str, now: datetime) -> bytes:
    """Coming primary completions: of every stored trial without a query, with one of what that view shows."""
    shown = told.shown(view.read(query, data.watchlist(), calendar=True), _have())
    return feed.calendar(digest.calendar_rows(shown), base_url=base_url, fresh=data.freshness(), now=now)


def usable() -> None:
    """Raise LocalTrouble when another store than the configured one would be shown: a machine cannot read warnings."""
    trouble = data.trouble()
    if trouble is not None:
        raise LocalTrouble(trouble)


def _posted(query: Query) -> Iterable[Posted]:
    shown = data.trials() if not query else _selected(query).trials
    return posted(data.store(), shown["nct_id"]).values()


def _selected(query: Query) -> Selection:
    return data.selection(accepted(query, data.watchlist()))


def _have() -> told.Frames:
    return told.Frames(data.trials, data.matches, data.watchlist(), lambda text: data.found(text).trials)
