"""``python -m cache changes``: what changed, as text or Markdown, for programs, feed readers and calendars."""

import argparse
import json
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from cache.changes import feed
from cache.changes.changelog import (
    TOLD_BY_DEFAULT,
    WEIGHTS,
    Change,
    at_least,
    by_trial,
    changelog,
    counted,
    since_moment,
)
from cache.cli.streams import put_out
from cache.cli.terminal import printable, say
from cache.english import count
from cache.exit_codes import DONE
from cache.export.atomic_write import write_atomically
from cache.opening import open_store
from cache.read import trials as queries
from cache.read.trials import Freshness
from cache.store.store import Store, utcnow
from fetchers.errors import Validation
from fetchers.settings import RECORD_URL, Settings
from fetchers.watchlist.model import Watchlist

FORMATS = ("text", "markdown", "json", "atom", "ics")
BASE_URL = "http://localhost:8501"
_MARKUP = re.compile(r"([!#$&()*+\-.:<=>@\[\\\]^_`{|}~])")
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


class Digest(NamedTuple):
    """Changes and what is said around them; ``names``: agents by id."""

    changes: Sequence[Change]
    since: str | None
    fresh: Freshness
    names: Mapping[str, str]
    base_url: str


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
    _check(options)
    store = open_store(settings, watchlist)
    try:
        found = changelog(store, since=since, weights=weights, agents=options.agents)
        fresh = queries.freshness(store, [agent.id for agent in watchlist.agents])
        names = {agent.id: agent.name for agent in watchlist.agents}
        digest = Digest(found, since, fresh, names, options.base_url)
        content = _calendar(store, options, fresh) if options.fmt == "ics" else _MAKERS[options.fmt](digest)
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


def as_text(digest: Digest) -> bytes:
    """For a terminal or a mail: grouped by trial, the heaviest first, no control character in it."""
    lines = [_head(digest), _dates(digest), ""]
    for group in by_trial(digest.changes):
        first = group[0]
        lines += [f"{first.nct_id}  {printable(first.title or 'Title not known')}"]
        lines += [f"  {feed.trial_page(digest.base_url, first.nct_id)}  {_agents(first, digest.names)}".rstrip()]
        for one in group:
            lines.append(f"  {one.weight.upper():<6}  {printable(one.sentence)}")
            lines += [f"          {printable(passage.sentence)}" for passage in one.passages]
            lines.append(f"          {_when(one)}")
        lines.append("")
    return "\n".join([*lines, feed.ATTRIBUTION, ""]).encode(errors="replace")


def as_markdown(digest: Digest) -> bytes:
    """The same for a page or a message that reads Markdown; the registry's texts in it are escaped."""
    lines = [f"# {_head(digest)}", "", _dates(digest), ""]
    for group in by_trial(digest.changes):
        first = group[0]
        page = feed.trial_page(digest.base_url, first.nct_id)
        lines += [f"## {escaped(first.title or 'Title not known')}", ""]
        links = f"[{first.nct_id}](<{page}>) · [registry record](<{RECORD_URL}{first.nct_id}>)"
        agents = escaped(_agents(first, digest.names))
        lines += [f"{links} · {agents}" if agents else links, ""]
        for one in group:
            lines.append(f"- **{one.weight.capitalize()}** · {escaped(one.sentence)} · {_when(one)}")
            lines += [f"  - {escaped(passage.sentence)}" for passage in one.passages]
        lines.append("")
    return "\n".join([*lines, feed.ATTRIBUTION, ""]).encode(errors="replace")


def as_json(digest: Digest) -> bytes:
    """The list of events of the contract, newest first, in plain ASCII so that no terminal can stumble over it."""
    return (json.dumps([one.as_json() for one in digest.changes], indent=2) + "\n").encode()


def as_atom(digest: Digest) -> bytes:
    """The Atom feed of ``cache.changes.feed``."""
    return feed.atom(digest.changes, base_url=digest.base_url, fresh=digest.fresh, names=digest.names)


_MAKERS = {"text": as_text, "markdown": as_markdown, "json": as_json, "atom": as_atom}


def escaped(text: str) -> str:
    """Text that Markdown shows letter by letter, on one line."""
    return _MARKUP.sub(r"\\\1", " ".join(printable(text).split()))


def weights_in_words(counts: Mapping[Any, int]) -> str:
    """ "2 high, 1 low"; weights that do not occur are not named."""
    return ", ".join(f"{number:,} {weight}" for weight, number in counts.items() if number)


def _head(digest: Digest) -> str:
    since = f" since {digest.since}" if digest.since else ""
    if not digest.changes:
        return f"No changes{since}"
    changes = count(len(digest.changes), "change")
    trials = count(len({one.nct_id for one in digest.changes}), "trial")
    return f"{changes} in {trials}{since} ({weights_in_words(counted(digest.changes))})"


def _dates(digest: Digest) -> str:
    return f"{feed.registry_data(digest.fresh)} Changes are listed by the day this tracker saw them (UTC)."


def _when(one: Change) -> str:
    return f"registry date {one.registry_date or 'not given'}, seen {one.seen_at}"


def _agents(one: Change, names: Mapping[str, str]) -> str:
    return ", ".join(names.get(agent, agent) for agent in one.agents)


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


def _check(options: Options) -> None:
    parts = urlsplit(options.base_url)
    if parts.scheme not in ("http", "https") or not parts.hostname or re.search(r"[\s<>\"]", options.base_url):
        raise Validation(
            f"--base-url needs the dashboard's address such as https://trials.example.org, not {options.base_url!r}."
        )
