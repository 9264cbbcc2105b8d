"""Changes as an Atom feed (RFC 4287), coming primary completions as an iCalendar file (RFC 5545).

Both are made for a server's address, so that every link in them leads to a page the dashboard serves, and both name
the source and the date of the registry's data.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from xml.etree import ElementTree as ET

from icalendar import Calendar, Event

from cache.changelog import Change
from cache.queries import Freshness
from cache.weights import STOPPED
from fetchers.dates import PartialDate
from fetchers.settings import RECORD_URL

ATOM = "http://www.w3.org/2005/Atom"
ATTRIBUTION = (
    "Source: ClinicalTrials.gov, U.S. National Library of Medicine. Changes are found by comparing the versions this "
    "tracker has seen; agents are assigned by this tracker. Not medical advice."
)
DAYS_AHEAD = 365
# Ids of feed entries must never change, wherever the dashboard is served from.
_TAG = "tag:trial-tracker,2026"


def trial_page(base_url: str, nct_id: str) -> str:
    """Address of a trial's page on the dashboard at ``base_url``."""
    return f"{base_url.rstrip('/')}/trial?nct={nct_id}"


def atom(changes: Iterable[Change], *, base_url: str, fresh: Freshness, names: Mapping[str, str]) -> bytes:
    """The feed, newest change first; ``names`` are the agents' display names. Deterministic for equal input."""
    listed = list(changes)
    ET.register_namespace("", ATOM)
    root = ET.Element(f"{{{ATOM}}}feed")
    newest = max((one.seen_at for one in listed), default=fresh.fetched_at or "1970-01-01T00:00:00Z")
    _add(root, "id", f"{_TAG}:changes")
    _add(root, "title", "Changes in the trials this tracker watches")
    _add(root, "subtitle", f"Registry data of {fresh.registry_timestamp or 'a date not known'}. {ATTRIBUTION}")
    _add(root, "updated", newest)
    _add(root, "link", rel="self", href=f"{base_url.rstrip('/')}/feed.xml", type="application/atom+xml")
    _add(root, "link", rel="alternate", href=f"{base_url.rstrip('/')}/changes", type="text/html")
    _add(_add(root, "author"), "name", "Trial tracker")
    for one in listed:
        _entry(root, one, base_url, names)
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True))


def _entry(root: ET.Element, one: Change, base_url: str, names: Mapping[str, str]) -> None:
    entry = _add(root, "entry")
    _add(entry, "id", f"{_TAG}:{one.nct_id}:{one.seen_at}:{one.kind}:{one.id}")
    _add(entry, "title", _clean(f"{one.nct_id} · {one.sentence}"))
    _add(entry, "updated", one.seen_at)
    _add(entry, "link", rel="alternate", href=trial_page(base_url, one.nct_id), type="text/html")
    _add(entry, "link", rel="related", href=f"{RECORD_URL}{one.nct_id}", type="text/html")
    for agent in one.agents:
        _add(entry, "category", term=agent, label=names.get(agent, agent))
    parts = [one.title or "Title not known", one.sentence, f"Weight: {one.weight}"]
    parts.append(f"Registry date: {one.registry_date or 'not given'}; seen: {one.seen_at}")
    _add(entry, "content", _clean("\n".join(parts)), type="text")


def _add(parent: ET.Element, name: str, text: str | None = None, **attributes: str) -> ET.Element:
    child = ET.SubElement(parent, f"{{{ATOM}}}{name}", attributes)
    child.text = text
    return child


def _clean(text: str) -> str:
    """Without the control characters that no XML document may hold."""
    return "".join(one for one in text if one in "\t\n" or one >= " ").replace("\ufffe", "").replace("\uffff", "")


def calendar(trials: Iterable[Mapping[str, Any]], *, base_url: str, fresh: Freshness, now: datetime) -> bytes:
    """Primary completions that lie within the next 12 months, one all-day entry each, on the last day they can mean.

    ``trials`` are rows of ``cache.queries.trials``; dates that have happened (ACTUAL) and stopped trials are left out.
    """
    made = Calendar()
    made.add("prodid", "-//trial-tracker//primary completions//EN")
    made.add("version", "2.0")
    made.add("x-wr-calname", "Coming primary completions")
    made.add("x-wr-caldesc", f"Registry data of {fresh.registry_timestamp or 'a date not known'}. {ATTRIBUTION}")
    today = now.astimezone(UTC).date()
    for trial, day in sorted(_coming(trials, today), key=lambda one: (one[1], one[0]["nct_id"])):
        made.add_component(_completion(trial, day, base_url, fresh, now))
    return bytes(made.to_ical())


def _coming(trials: Iterable[Mapping[str, Any]], today: date) -> Iterable[tuple[Mapping[str, Any], date]]:
    end = today + timedelta(days=DAYS_AHEAD)
    for trial in trials:
        text = trial["primary_completion_date"]
        happened = trial["primary_completion_date_type"] == "ACTUAL" or trial["overall_status"] in STOPPED
        if isinstance(text, str) and not happened:
            day = PartialDate.parse(text).latest
            if today <= day <= end:
                yield trial, day


def _completion(trial: Mapping[str, Any], day: date, base_url: str, fresh: Freshness, now: datetime) -> Event:
    nct_id, written = trial["nct_id"], trial["primary_completion_date"]
    title = trial["title"] if isinstance(trial["title"], str) else "title not known"
    entry = Event()
    entry.add("uid", f"{nct_id}-primary-completion@trial-tracker")
    entry.add("dtstamp", _moment(fresh.fetched_at) or now.astimezone(UTC))
    entry.add("dtstart", day)
    entry.add("dtend", day + timedelta(days=1))
    entry.add("summary", f"{nct_id}: planned primary completion")
    entry.add("description", f"{title}\nPlanned primary completion as the registry wrote it: {written}.\n{ATTRIBUTION}")
    entry.add("url", trial_page(base_url, nct_id))
    entry.add("transp", "TRANSPARENT")
    return entry


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
