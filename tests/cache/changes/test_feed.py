"""The Atom feed and the calendar, opened the way a reader's own programs open them."""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree as ET

import feedparser
import icalendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cache.changes.changelog import Change
from cache.changes.differences import KINDS
from cache.changes.feed import ATOM, atom, calendar, registry_data
from cache.digest.texts import Digest, as_atom, as_html, as_markdown, as_text
from cache.read.trials import Freshness
from dashboard import catalogue
from dashboard.routes import ROUTES
from tests.rigs import moved_stores as moved

BASE = "https://trials.example.org"
FRESH = Freshness("2026-11-19T09:00:05", "2026-11-20T08:00:00Z", False, True, None, (), 3)
NEVER = Freshness(None, None, True, False, "2026-07-06", (), 1)
NOW = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)
NAMES = {"ivig": "IVIG"}
HARD = 'Tab\there, bell\x07, <b>bold</b> & "quoted", emoji 🧪, e\u0301, \ud800, \uffff, ]]>, line\r\nbreak; a,b\\n'
# Whatever Python holds as text, surrogates that no encoding knows included.
TEXTS = st.text(alphabet=st.characters(exclude_categories=()))


def change(place: int = 1, kind: str = "status", **values: Any) -> Change:
    weight, before, after = moved.MOVES[kind]
    one = Change(place, "NCT00000001", "A trial", kind, weight, before, after, "2026-11-18", moved.SEEN, ("ivig",))
    return one._replace(**values)


def made(changes: Iterable[Change], fresh: Freshness = FRESH) -> bytes:
    return atom(changes, base_url=BASE, fresh=fresh, names=NAMES)


def served_paths() -> set[str]:
    """Every address the dashboard answers: its routes and the pages of its navigation."""
    return {"/", *(f"/{page.id}" for page in catalogue.PAGES[1:]), *(route.path for route in ROUTES)}


def check_required(content: bytes) -> None:
    """What RFC 4287 asks of a feed and its entries (4.1.1, 4.1.2, 4.2)."""
    root = ET.fromstring(content)  # noqa: S314 - made here
    assert root.tag == f"{{{ATOM}}}feed"
    entries = root.findall(f"{{{ATOM}}}entry")
    for element in (root, *entries):
        for name in ("id", "title", "updated"):
            (found,) = element.findall(f"{{{ATOM}}}{name}")
            assert found.text
        moment = element.findtext(f"{{{ATOM}}}updated")
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", moment or "")
        links = [
            (link.get("rel"), link.get("type"), link.get("hreflang")) for link in element.findall(f"{{{ATOM}}}link")
        ]
        assert len(links) == len(set(links))  # one alternate of a kind
        assert all(link.get("href") for link in element.findall(f"{{{ATOM}}}link"))
        assert all(category.get("term") for category in element.findall(f"{{{ATOM}}}category"))
    assert [author.findtext(f"{{{ATOM}}}name") for author in root.findall(f"{{{ATOM}}}author")] == ["Trial tracker"]
    assert [link.get("href") for link in root.findall(f"{{{ATOM}}}link") if link.get("rel") == "self"]
    ids = [element.findtext(f"{{{ATOM}}}id") for element in (root, *entries)]
    assert len(ids) == len(set(ids))
    assert all(re.match(r"[a-z]+:", one or "") for one in ids)  # an IRI


def test_every_kind_opens_in_a_reader() -> None:
    content = made([change(place, kind) for place, kind in enumerate(KINDS)])
    check_required(content)
    parsed = feedparser.parse(content)
    assert parsed.bozo == 0
    assert parsed.version == "atom10"
    assert len(parsed.entries) == len(KINDS)
    entry = parsed.entries[KINDS.index("status")]
    assert entry.title == "Status: recruiting → terminated · A trial (NCT00000001)"
    assert "Weight: high" in entry.summary
    assert "Registry date: 2026-11-18; seen: 2026-11-20T08:00:00Z" in entry.summary
    assert [(tag.term, tag.label) for tag in entry.tags] == [("ivig", "IVIG")]
    assert "Registry data of 2026-11-19T09:00:05" in parsed.feed.subtitle
    assert "ClinicalTrials.gov" in parsed.feed.subtitle


def test_an_entry_of_a_text_shows_its_words() -> None:
    weight, before, after = moved.CRITERIA
    (entry,) = feedparser.parse(made([change(1, "eligibility", weight=weight, before=before, after=after)])).entries
    assert (
        "Inclusion criterion changed: Pain *over* <b>[taken out: 6] [put in: 3]</b> months\n" in entry.content[0].value
    )
    assert "Exclusion criterion removed: Asthma\n" in entry.content[0].value
    assert entry.content[0].type == "text/plain"


def test_every_link_leads_to_an_address_the_dashboard_serves_or_to_the_record() -> None:
    root = ET.fromstring(made([change(1), change(2, "phase", nct_id="NCT00000002")]))  # noqa: S314
    hrefs = [(link.get("rel"), link.get("href") or "") for link in root.iter(f"{{{ATOM}}}link")]
    ours = [urlsplit(href) for rel, href in hrefs if rel != "via"]
    assert {part.netloc for part in ours} == {"trials.example.org"}
    assert {part.path for part in ours} <= served_paths()
    assert {"/changes", "/feed.xml", "/trial"} == {part.path for part in ours}
    assert [parse_qs(part.query)["nct"] for part in ours if part.path == "/trial"] == [["NCT00000001"], ["NCT00000002"]]
    theirs = [href for rel, href in hrefs if rel == "via"]
    assert theirs == [
        "https://clinicaltrials.gov/",
        "https://clinicaltrials.gov/study/NCT00000001",
        "https://clinicaltrials.gov/study/NCT00000002",
    ]


def test_ids_are_stable_wherever_and_whenever_the_feed_is_made() -> None:
    def ids(content: bytes) -> list[str]:
        return [entry.id for entry in feedparser.parse(content).entries]

    changes = [change(1), change(2, "phase"), change(3, after="COMPLETED")]
    renumbered = [one._replace(id=one.id + 100, title="Another title") for one in changes]
    first = ids(made(changes))
    assert len(set(first)) == 3
    assert ids(atom(renumbered, base_url="http://elsewhere:1/x/", fresh=NEVER, names={})) == first
    assert made(changes) == made(changes)


def test_an_empty_feed_is_a_feed() -> None:
    for fresh in (FRESH, NEVER):
        check_required(made([], fresh))
        assert feedparser.parse(made([], fresh)).bozo == 0
    assert "Starter snapshot of 2026-07-06" in feedparser.parse(made([], NEVER)).feed.subtitle


@pytest.mark.parametrize("title", [HARD, "x" * 300, "🧪" * 300, "", None])
def test_hard_texts_come_through(title: str | None) -> None:
    content = made([change(kind="why_stopped", title=title, after=HARD)])
    check_required(content)
    parsed = feedparser.parse(content)
    assert parsed.bozo == 0
    entry = parsed.entries[0]
    assert "NCT00000001" in entry.title
    assert '<b>bold</b> & "quoted", emoji 🧪' in entry.content[0].value
    assert entry.content[0].type == "text/plain"


@settings(deadline=None)
@given(TEXTS, TEXTS, TEXTS)
def test_no_text_breaks_the_feed(title: str, reason: str, name: str) -> None:
    one = change(kind="why_stopped", title=title, after=reason)
    content = atom([one], base_url=BASE, fresh=FRESH, names={"ivig": name})
    check_required(content)


# --- calendar -------------------------------------------------------------------------------------------------------


def trial(number: int = 1, day: str | None = "2027-03", **facts: Any) -> Mapping[str, Any]:
    plain = {
        "nct_id": f"NCT{number:08d}", "title": "A trial", "overall_status": "RECRUITING", "origin": "live",
        "primary_completion_date": day, "primary_completion_date_type": "ESTIMATED", "left_registry": None,
        "as_of": None,
    }  # fmt: skip
    return plain | facts


def opened(trials: Iterable[Mapping[str, Any]], fresh: Freshness = FRESH) -> list[Any]:
    content = calendar(trials, base_url=BASE, fresh=fresh, now=NOW)
    check_lines(content)
    return list(icalendar.Calendar.from_ical(content).walk("VEVENT"))


def check_lines(content: bytes) -> None:
    """RFC 5545, 3.1: lines end in CRLF and are at most 75 octets, characters are not split."""
    lines = content.split(b"\r\n")
    assert lines[-1] == b""
    assert all(len(line) <= 75 and b"\n" not in line and b"\r" not in line for line in lines)
    for line in lines:
        line.decode()


def test_a_calendar_opens_and_says_what_it_is() -> None:
    content = calendar([trial()], base_url=BASE, fresh=FRESH, now=NOW)
    assert content.startswith(b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:")
    parsed = icalendar.Calendar.from_ical(content)
    assert "Registry data of 2026-11-19T09:00:05" in str(parsed["x-wr-caldesc"])
    (event,) = parsed.walk("VEVENT")
    assert event["uid"] == "NCT00000001-primary-completion@trial-tracker"
    assert (event.decoded("dtstart"), event.decoded("dtend")) == (date(2027, 3, 31), date(2027, 4, 1))
    assert event.decoded("dtstamp") == datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
    assert str(event["summary"]) == "Planned primary completion: A trial (NCT00000001)"
    assert "as the registry wrote it: 2027-03." in str(event["description"])
    assert "ClinicalTrials.gov" in str(event["description"])
    where = urlsplit(str(event["url"]))
    assert (where.netloc, where.path, where.query) == ("trials.example.org", "/trial", "nct=NCT00000001")
    assert where.path in served_paths()
    assert parsed.to_ical() == content


@pytest.mark.parametrize(
    ("facts", "shown"),
    [
        ({}, True),
        ({"day": "2026-11-22"}, True),
        ({"day": "2026-11-21"}, False),
        ({"day": "2026-11"}, True),
        ({"day": "2027-11-22"}, True),
        ({"day": "2027-11-23"}, False),
        ({"day": "2027"}, False),
        ({"day": None}, False),
        ({"day": float("nan")}, False),
        ({"primary_completion_date_type": "ACTUAL"}, False),
        ({"primary_completion_date_type": None}, True),
        ({"overall_status": "TERMINATED"}, False),
        ({"overall_status": "WITHDRAWN"}, False),
        ({"overall_status": "COMPLETED"}, False),
        ({"overall_status": "UNKNOWN"}, True),
        ({"overall_status": None}, True),
        ({"left_registry": "2026-11-20"}, False),
    ],
)
def test_only_what_is_still_to_come_within_twelve_months(facts: dict[str, Any], shown: bool) -> None:
    assert len(opened([trial(**facts)])) == shown


def test_entries_are_ordered_by_day_and_keep_their_ids() -> None:
    many = [trial(3, "2027-01-05"), trial(2, "2027-02"), trial(1, "2027-01-05")]
    ids = [str(event["uid"])[:11] for event in opened(many)]
    assert ids == ["NCT00000001", "NCT00000003", "NCT00000002"]
    moved_on = opened([trial(1, "2027-06-30", title="New title")])
    assert str(moved_on[0]["uid"]) == "NCT00000001-primary-completion@trial-tracker"


def test_a_starter_row_is_called_so() -> None:
    (event,) = opened([trial(origin="starter", as_of="2026-06-26")], NEVER)
    assert "Starter snapshot: facts of 2026-06-26" in str(event["description"])
    assert event.decoded("dtstamp") == datetime(2026, 11, 22, tzinfo=UTC)


@pytest.mark.parametrize("title", [HARD, "x" * 300, "🧪" * 300, "a,b;c:d\\e"])
def test_hard_titles_come_through(title: str) -> None:
    (event,) = opened([trial(title=title)])
    assert "NCT00000001" in str(event["summary"])
    if title == "a,b;c:d\\e":
        assert title in str(event["summary"])


@settings(deadline=None)
@given(TEXTS)
def test_no_title_breaks_the_calendar(title: str) -> None:
    (event,) = opened([trial(title=title)])
    assert event.decoded("dtstart") == date(2027, 3, 31)


def test_the_sentence_on_the_data_names_parts_that_are_older() -> None:
    older = FRESH._replace(older=(("ivig", "2026-11-12T09:00:05"), ("me_cfs", "2026-11-13")))
    said = registry_data(older)
    assert said.startswith("Registry data of 2026-11-19T09:00:05, ")
    assert said.endswith(" Older: ivig of 2026-11-12T09:00:05, me_cfs of 2026-11-13.")


def test_a_feed_of_a_view_says_so_and_leads_back_to_it() -> None:
    content = atom([change()], base_url=BASE, fresh=FRESH, names=NAMES, query="agent=ivig", view="Trials of IVIG.")
    check_required(content)
    opened = feedparser.parse(content).feed
    assert opened.title == "Changes: Trials of IVIG."
    assert f"{BASE}/changes?agent=ivig" in [link.href for link in opened.links if link.rel == "alternate"]
    told = Digest([change()], None, FRESH, {}, BASE, "Trials of IVIG.")
    assert "Trials of IVIG\\." in as_markdown(told).decode()
    assert b"Changes: Trials of IVIG." in as_atom(told)


def test_a_verdict_leads_to_its_claim() -> None:
    before = {"claim": "C 1", "verdict": "partly", "rule": "a"}
    after = before | {"verdict": "supported", "words": "A trial runs.", "because": "One runs."}
    one = change(kind="verdict", before=before, after=after)
    page = f"{BASE}/claims?claim=C%201"
    assert f'href="{page}"'.encode() in made([one])
    told = Digest([one], None, FRESH, {}, f"{BASE}/")
    for form in (as_text, as_markdown, as_html):
        assert page in form(told).decode(), form
