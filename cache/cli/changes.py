"""``python -m cache changes``: what changed, as text or Markdown, for programs, feed readers and calendars."""

import argparse
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from cache.changes import feed
from cache.changes.changelog import TOLD_BY_DEFAULT, WEIGHTS, at_least, changelog, since_moment
from cache.cli.streams import put_out
from cache.cli.terminal import printable, say
from cache.digest.texts import MAKERS, Digest
from cache.exit_codes import DONE
from cache.export.atomic_write import write_atomically
from cache.opening import open_store
from cache.read import trials as queries
from cache.read.trials import Freshness
from cache.store.store import Store, utcnow
from fetchers.errors import Validation
from fetchers.settings import Settings
from fetchers.watchlist.model import Watchlist

FORMATS = ("text", "markdown", "json", "atom", "ics")
BASE_URL = "http://localhost:8501"
# What ``calendar`` reads of a trial.
CALENDAR_COLUMNS = [
    "nct_id", "title", "overall_status", "primary_completion_date", "primary_completion_date_type", "left_registry",
    "origin", "as_of",
]  # fmt: skip


class Options(NamedTuple):
    """The options of the command. ``weight``: the least weight shown, None for the format's own default."""

    fmt: str = "text"
    since: str | None = None
    weight: str | None = None
    agents: Sequence[str] = ()
    base_url: str = BASE_URL
    out: Path | None = None


def options_of(options: argparse.Namespace) -> Options:
    """What the options of the command line say. Raises Validation when they contradict each other."""
    fmt = options.format or ("json" if options.json else "text")
    if options.json and fmt != "json":
        raise Validation(f"--json and --format {fmt} do not go together; leave one out.")
    return Options(fmt, options.since, options.weight, options.agent, options.base_url or BASE_URL, options.out)


def changes_command(settings: Settings, watchlist: Watchlist, options: Options) -> int:
    """Print the changes, or write them to a file in one step; 0 also when there are none, with a sentence instead."""
    since = None if options.since is None else since_moment(options.since, "--since")
    weights = at_least(options.weight) if options.weight else WEIGHTS if options.fmt == "json" else TOLD_BY_DEFAULT
    for agent in options.agents:
        watchlist.agent(agent)
    check_base_url(options.base_url)
    store = open_store(settings, watchlist)
    try:
        found = changelog(store, since=since, weights=weights, agents=options.agents)
        fresh = queries.freshness(store, [agent.id for agent in watchlist.agents])
        names = {agent.id: agent.name for agent in watchlist.agents}
        digest = Digest(found, since, fresh, names, options.base_url)
        content = _calendar(store, options, fresh) if options.fmt == "ics" else MAKERS[options.fmt](digest)
    finally:
        store.close()
    if options.out is not None:
        write_atomically(options.out, content, "digest")
        say(sys.stderr, f"Written to {printable(options.out)}.\n")
    elif found or options.fmt not in ("text", "markdown"):
        put_out(content)
    else:
        say(sys.stderr, f"No changes{f' since {since}' if since else ': no refresh has seen any yet'}.\n")
    return DONE


def _calendar(store: Store, options: Options, fresh: Freshness) -> bytes:
    trials = queries.trials(store)
    if options.agents:
        why = queries.matches(store)
        trials = trials[trials["nct_id"].isin(why["nct_id"][why["agent"].isin(list(options.agents))])]
    return feed.calendar(calendar_rows(trials), base_url=options.base_url, fresh=fresh, now=utcnow())


def calendar_rows(trials: Any) -> Iterable[Mapping[str, Any]]:
    """The rows of ``queries.trials`` as ``feed.calendar`` takes them."""
    dated = trials[trials["primary_completion_date"].notna()]
    rows: list[Mapping[str, Any]] = dated[CALENDAR_COLUMNS].to_dict("records")
    return rows


def check_base_url(base_url: str) -> None:
    """Raise Validation for what cannot be the address of a dashboard."""
    parts = urlsplit(base_url)
    if parts.scheme not in ("http", "https") or not parts.hostname or re.search(r"[\s<>\"]", base_url):
        raise Validation(
            f"--base-url needs the dashboard's address such as https://trials.example.org, not {base_url!r}."
        )
