"""What the server hands to machines: bytes made of the store, without anything of HTTP.

Each function raises Validation, in a sentence, for a question that makes no sense.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import msgspec

from cache.changes import changelog, feed
from cache.changes.differences import KINDS
from cache.cli import changes as digest
from cache.export import outcomes
from cache.export import trials as export
from cache.filters.filter import Filter
from cache.filters.select import Selection
from cache.read.results import Posted, posted
from dashboard.shared import data
from fetchers.errors import LocalTrouble, Validation

Query = Mapping[str, Sequence[str]]
MOST_ENTRIES = 500  # of the feed; readers ask often and keep what they have seen
_CHANGES_KEYS = ("since", "agent", "weight", "kind")


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
    found = _changes(query, default="noise")
    return msgspec.json.encode([one.as_json() for one in found]) + b"\n"


def atom(query: Query, base_url: str, now: datetime) -> bytes:
    """The newest changes as an Atom feed, noise only when it is asked for."""
    found = _changes(query, default="low", limit=MOST_ENTRIES)
    names = {agent.id: agent.name for agent in data.watchlist().agents}
    return feed.atom(found, base_url=base_url, fresh=data.freshness(), names=names)


def calendar(query: Query, base_url: str, now: datetime) -> bytes:
    """Coming primary completions: of every stored trial without a query, with one of what that view shows."""
    shown = data.trials() if not query else _selected(query).trials
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
    wanted, ignored = Filter.from_query({key: list(values) for key, values in query.items()}, data.watchlist())
    if ignored:
        # A page leaves out what makes no sense and says so; a program would not read that.
        said = (
            " ".join(ignored).replace(" was ignored", " is not accepted").replace(" were ignored", " are not accepted")
        )
        raise Validation(said)
    return data.selection(wanted)


def _changes(query: Query, default: str, limit: int | None = None) -> list[changelog.Change]:
    for key in query:
        if key not in _CHANGES_KEYS:
            raise Validation(f"There is no parameter “{key[:40]}”; choose from {', '.join(_CHANGES_KEYS)}.")
    for agent in query.get("agent", ()):
        data.watchlist().agent(agent)
    for kind in query.get("kind", ()):
        if kind not in KINDS:
            raise Validation(f"There is no kind of change “{kind[:40]}”; choose from {', '.join(KINDS)}.")
    since, weight = _last(query, "since"), _last(query, "weight")
    return changelog.changelog(
        data.store(),
        since=None if since is None else changelog.since_moment(since),
        weights=changelog.at_least(weight or default),
        kinds=query.get("kind", ()),
        agents=query.get("agent", ()),
        limit=limit,
    )


def _last(query: Query, key: str) -> str | None:
    given = query.get(key, ())
    return given[-1] if given else None
