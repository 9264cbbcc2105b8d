"""A digest of changes as text, Markdown, HTML, JSON and Atom: the same changes in the same order, one heading."""

import json
import re
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any, NamedTuple

from cache.changes import feed
from cache.changes.changelog import Change, by_trial, counted
from cache.changes.passages import Passage
from cache.changes.words import shortened
from cache.english import count
from cache.read.trials import Freshness
from fetchers.record.texts import printable
from fetchers.settings import RECORD_URL

_MARKUP = re.compile(r"([!#$&()*+\-.:<=>@\[\\\]^_`{|}~])")


class Digest(NamedTuple):
    """Changes and what is said around them; ``names``: agents by id."""

    changes: Sequence[Change]
    since: str | None
    fresh: Freshness
    names: Mapping[str, str]
    base_url: str
    view: str = ""  # a sentence on the trials that are followed


def as_text(digest: Digest) -> bytes:
    """For a terminal or a mail: grouped by trial, the heaviest first, no control character in it."""
    lines = [heading(digest), *filter(None, [digest.view]), _dates(digest), ""]
    for group in by_trial(digest.changes):
        first = group[0]
        lines += [f"{first.nct_id}  {printable(first.title or 'Title not known')}"]
        lines += [f"  {feed.trial_page(digest.base_url, first.nct_id)}  {_agents(first, digest.names)}".rstrip()]
        for one in group:
            lines.append(f"  {one.weight.upper():<6}  {printable(one.sentence)}")
            lines += [f"          {printable(passage.sentence)}" for passage in one.passages]
            lines += [f"          {feed.claim_page(digest.base_url, one.claim)}"] if one.claim else []
            lines.append(f"          {_when(one)}")
        lines.append("")
    return "\n".join([*lines, feed.ATTRIBUTION, ""]).encode(errors="replace")


def as_markdown(digest: Digest) -> bytes:
    """The same for a page or a message that reads Markdown; the registry's texts in it are escaped."""
    view = [escaped(digest.view), ""] if digest.view else []
    lines = [f"# {heading(digest)}", "", *view, _dates(digest), ""]
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
            lines += [f"  - [claim {one.claim}](<{feed.claim_page(digest.base_url, one.claim)}>)"] if one.claim else []
        lines.append("")
    return "\n".join([*lines, feed.ATTRIBUTION, ""]).encode(errors="replace")


def as_json(digest: Digest) -> bytes:
    """The list of events of the contract, newest first, in plain ASCII so that no terminal can stumble over it."""
    return (json.dumps([one.as_json() for one in digest.changes], indent=2) + "\n").encode()


def as_atom(digest: Digest) -> bytes:
    """The Atom feed of ``cache.changes.feed``."""
    return feed.atom(digest.changes, base_url=digest.base_url, fresh=digest.fresh, names=digest.names, view=digest.view)


def as_html(digest: Digest) -> bytes:
    """For a mail: no script, no picture, nothing that is loaded; the registry's texts in it are escaped."""
    told = [f"<h1>{escape(heading(digest))}</h1>"]
    told += [f"<p>{escape(line)}</p>" for line in (digest.view, _dates(digest)) if line]
    for group in by_trial(digest.changes):
        first = group[0]
        page, record = feed.trial_page(digest.base_url, first.nct_id), RECORD_URL + first.nct_id
        links = f'<a href="{escape(page)}">{first.nct_id}</a> · <a href="{escape(record)}">registry record</a>'
        agents = escape(_agents(first, digest.names))
        told.append(f"<h2>{escape(printable(first.title or 'Title not known'))}</h2>")
        told.append(f"<p>{links}{f' · {agents}' if agents else ''}</p><ul>")
        for one in group:
            words = "".join(f"<li>{_passage(passage)}</li>" for passage in one.passages)
            if one.claim:
                words += (
                    f'<li><a href="{escape(feed.claim_page(digest.base_url, one.claim))}">claim {one.claim}</a></li>'
                )
            said = f"<b>{one.weight.capitalize()}</b> · {escape(printable(one.sentence))} · {escape(_when(one))}"
            told.append(f"<li>{said}{f'<ul>{words}</ul>' if words else ''}</li>")
        told.append("</ul>")
    head = f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(heading(digest))}</title></head>'
    body = "\n".join([*told, f"<p>{escape(feed.ATTRIBUTION)}</p>"])
    return f"{head}<body>\n{body}\n</body></html>\n".encode(errors="replace")


def _passage(passage: Passage) -> str:
    """The words of a passage, those taken out struck through, those put in underlined, and each said so."""
    marks = {"out": "<del>[taken out: {}]</del>", "in": "<ins>[put in: {}]</ins>", "same": "{}"}
    pieces = (marks[piece.op].format(escape(printable(piece.text))) for piece in shortened(passage.words))
    return f"{escape(passage.name)}: {''.join(pieces)}"


MAKERS = {"text": as_text, "markdown": as_markdown, "json": as_json, "atom": as_atom}


def escaped(text: str) -> str:
    """Text that Markdown shows letter by letter, on one line."""
    return _MARKUP.sub(r"\\\1", " ".join(printable(text).split()))


def weights_in_words(counts: Mapping[Any, int]) -> str:
    """ "2 high, 1 low"; weights that do not occur are not named."""
    return ", ".join(f"{number:,} {weight}" for weight, number in counts.items() if number)


def heading(digest: Digest) -> str:
    """ "3 changes in 2 trials since 2026-11-20T00:00:00Z (1 high, 2 low)"."""
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
