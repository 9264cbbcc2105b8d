"""Changes as an Atom feed (RFC 4287), coming primary completions as an iCalendar file (RFC 5545).

Both are made for a server's address, so that every link in them leads to a page the dashboard serves or to the
registry's own record, and both name the source and the date of the registry's data. Equal input gives equal bytes,
and an entry keeps its id wherever and however often the file is made.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urljoin
from xml.etree import ElementTree as ET

from cache.changes.changelog import Change
from cache.changes.weights import STOPPED
from cache.english import shortened
from cache.read.trials import Freshness
from fetchers.record.dates import PartialDate
from fetchers.record.texts import readable
from fetchers.settings import RECORD_URL

if TYPE_CHECKING:
    from icalendar import Event

ATOM = "http://www.w3.org/2005/Atom"
REGISTRY_HOME = urljoin(RECORD_URL, "/")
ATTRIBUTION = (
    "Source: ClinicalTrials.gov, U.S. National Library of Medicine. Changes are found by comparing the versions this "
    "tracker has seen; agents are assigned by this tracker. Not medical advice."
)
DAYS_AHEAD = 365
_TAG = "tag:trial-tracker,2026"
_TITLE = 120  # characters of a trial's title in a headline
_OVER = STOPPED | {"COMPLETED"}


def trial_page(base_url: str, nct_id: str) -> str:
    """Address of a trial's page on the dashboard at ``base_url``."""
    return f"{base_url.rstrip('/')}/trial?nct={nct_id}"


def claim_page(base_url: str, claim: str) -> str:
    """Address of a claim's page on the dashboard at ``base_url``."""
    return f"{base_url.rstrip('/')}/claims?claim={quote(claim)}"


def registry_data(fresh: Freshness) -> str:
    """A sentence on how old the data are."""
    if fresh.registry_timestamp:
        older = ", ".join(f"{scope} of {load}" for scope, load in fresh.older)
        said = f"Registry data of {fresh.registry_timestamp}, fetched at {fresh.fetched_at}."
        return f"{said} Older: {older}." if older else said
    if fresh.starter:
        return (
            f"Starter snapshot of {fresh.starter_date}: a sample of public copies; the registry has not been asked yet."
        )
    return "The registry has not been asked yet."


def atom(
    changes: Iterable[Change],
    *,
    base_url: str,
    fresh: Freshness,
    names: Mapping[str, str],
    query: str = "",
    view: str = "",
) -> bytes:
    """The feed, in the order of ``changes``; ``names`` are the agents' display names by id, ``query`` what it was asked
    with: feeds of different views are different feeds; ``view`` says in a sentence which trials it tells of."""
    listed = list(changes)
    home, asked = base_url.rstrip("/"), f"?{query}" if query else ""
    ET.register_namespace("", ATOM)
    root = ET.Element(f"{{{ATOM}}}feed")
    newest = max((one.seen_at for one in listed), default=fresh.fetched_at or "1970-01-01T00:00:00Z")
    _add(
        root, "id", f"{_TAG}:changes{f':{hashlib.blake2b(query.encode(), digest_size=6).hexdigest()}' if query else ''}"
    )
    _add(root, "title", f"Changes: {view}" if view else "Changes in the trials this tracker watches")
    _add(root, "subtitle", " ".join(filter(None, [view, registry_data(fresh), ATTRIBUTION])))
    _add(root, "updated", newest)
    _add(root, "link", rel="self", href=f"{home}/feed.xml{asked}", type="application/atom+xml")
    _add(root, "link", rel="alternate", href=f"{home}/changes{asked}", type="text/html")
    _add(root, "link", rel="via", href=REGISTRY_HOME, type="text/html")
    _add(_add(root, "author"), "name", "Trial tracker")
    for one in listed:
        _entry(root, one, home, names)
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True))


def _entry(root: ET.Element, one: Change, home: str, names: Mapping[str, str]) -> None:
    entry = _add(root, "entry")
    _add(entry, "id", f"{_TAG}:{one.nct_id}:{one.seen_at}:{one.kind}:{_fingerprint(one)}")
    _add(entry, "title", f"{one.sentence} · {shortened(one.title or '', _TITLE) or 'title not known'} ({one.nct_id})")
    _add(entry, "updated", one.seen_at)
    _add(entry, "link", rel="alternate", href=trial_page(home, one.nct_id), type="text/html")
    _add(entry, "link", rel="via", href=f"{RECORD_URL}{one.nct_id}", type="text/html")
    if one.claim:
        _add(entry, "link", rel="related", href=claim_page(home, one.claim), type="text/html")
    for agent in one.agents:
        _add(entry, "category", term=agent, label=names.get(agent, agent))
    passages = [passage.sentence for passage in one.passages]
    parts = [one.title or "Title not known", one.sentence, *passages, f"Weight: {one.weight}"]
    parts += [f"Claim: {claim_page(home, one.claim)}"] if one.claim else []
    parts.append(f"Registry date: {one.registry_date or 'not given'}; seen: {one.seen_at}")
    parts.append(f"Source: ClinicalTrials.gov, {RECORD_URL}{one.nct_id}")
    _add(entry, "content", "\n".join(parts), type="text")


def _fingerprint(one: Change) -> str:
    """Tells two events of one trial, kind and moment apart; row numbers would not outlive a rescue of the store."""
    return _hash(json.dumps([one.before, one.after], sort_keys=True))


def _hash(text: str) -> str:
    return hashlib.blake2b(text.encode(errors="surrogateescape"), digest_size=6).hexdigest()


def _add(parent: ET.Element, name: str, text: str | None = None, **attributes: str) -> ET.Element:
    written = {key: clean(value) for key, value in attributes.items()}
    child = ET.SubElement(parent, f"{{{ATOM}}}{name}", written)
    child.text = None if text is None else clean(text)
    return child


def clean(text: str) -> str:
    """The text with nothing that an XML document or a calendar may not contain."""
    return readable(text)


def calendar(trials: Iterable[Mapping[str, Any]], *, base_url: str, fresh: Freshness, now: datetime) -> bytes:
    """Primary completions that lie within the next 12 months, one all-day entry each, on the last day they can mean.

    ``trials`` are rows of ``cache.read.trials.trials``. Left out: dates that have happened (ACTUAL), trials that have
    stopped or are completed, and trials that left the registry.
    """
    from icalendar import Calendar  # here: the server is ready sooner without it

    made = Calendar()
    made.add("prodid", "-//trial-tracker//primary completions//EN")
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", "Coming primary completions")
    made.add("x-wr-caldesc", clean(f"{registry_data(fresh)} {ATTRIBUTION}"))
    made.add("x-published-ttl", "P1D")
    today = now.astimezone(UTC).date()
    for trial, day in sorted(_coming(trials, today), key=lambda one: (one[1], one[0]["nct_id"])):
        made.add_component(_completion(trial, day, base_url, fresh, today))
    return bytes(made.to_ical())


def _coming(trials: Iterable[Mapping[str, Any]], today: date) -> Iterable[tuple[Mapping[str, Any], date]]:
    end = today + timedelta(days=DAYS_AHEAD)
    for trial in trials:
        text = trial["primary_completion_date"]
        over = trial["primary_completion_date_type"] == "ACTUAL" or trial["overall_status"] in _OVER
        if isinstance(text, str) and not over and not isinstance(trial["left_registry"], str):
            day = PartialDate.parse(text).latest
            if today <= day <= end:
                yield trial, day


def _completion(trial: Mapping[str, Any], day: date, base_url: str, fresh: Freshness, today: date) -> "Event":
    from icalendar import Event

    nct_id, written = trial["nct_id"], trial["primary_completion_date"]
    title = trial["title"] if isinstance(trial["title"], str) else "Title not known"
    said = [title, f"Planned primary completion as the registry wrote it: {written}.", _origin(trial, fresh)]
    entry = Event()
    entry.add("uid", f"{nct_id}-primary-completion@trial-tracker")
    entry.add("dtstamp", _moment(fresh.fetched_at) or datetime.combine(today, time(), UTC))
    entry.add("dtstart", day)
    entry.add("dtend", day + timedelta(days=1))
    entry.add("summary", clean(f"Planned primary completion: {shortened(title, _TITLE)} ({nct_id})"))
    entry.add("description", clean("\n".join([*said, f"{RECORD_URL}{nct_id}", ATTRIBUTION])))
    entry.add("url", trial_page(base_url, nct_id))
    entry.add("transp", "TRANSPARENT")
    return entry


def _origin(trial: Mapping[str, Any], fresh: Freshness) -> str:
    if trial["origin"] != "starter":
        return registry_data(fresh)
    as_of = trial["as_of"] if isinstance(trial["as_of"], str) else "a day that was not recorded"
    return f"Starter snapshot: facts of {as_of} from a public copy; the registry has not been asked yet."


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
