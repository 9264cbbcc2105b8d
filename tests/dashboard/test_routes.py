"""What the server answers to machines: over a real socket, started as the README says."""

import json
import re
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPResponse
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import feedparser
import icalendar
import pytest
from sqlalchemy import update

from cache.export import outcomes
from cache.export import trials as export
from cache.filters.filter import Filter
from cache.store.schema import study
from cache.store.store import Store, bump
from dashboard import catalogue
from dashboard.web import answers as served
from fetchers.watchlist import load as watchlist
from tests.browser.serving import Dashboard
from tests.fake_registry.results import results_section
from tests.rigs import moved_stores as moved
from tests.rigs.posted_results import put_results
from tests.rigs.refresh import url_of

WATCHLIST = watchlist.load()
FORMATS = (
    "/feed.xml", "/calendar.ics", "/api/trials.json", "/api/changes.json", "/api/outcomes.csv", "/api/outcomes.json",
)  # fmt: skip


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dashboard]:
    """A server over a store in which one trial has moved in every way."""
    folder = tmp_path_factory.mktemp("routes")
    store = Store.open(url_of(folder))
    moved.every_kind(store)
    moved.happened(store, 3, "status", at="2026-11-21T08:00:00Z")
    put_results(store, {"NCT00000001": results_section()})
    soon = time.strftime("%Y-%m-%d", time.gmtime(time.time() + 40 * 86400))
    with store.writing() as connection:
        coming = update(study).where(study.c.nct_id.in_(["NCT00000001", "NCT00000004"]))
        connection.execute(coming.values(primary_completion_date=soon, overall_status="RECRUITING"))
        bump(connection)
    store.close()
    with Dashboard(folder) as running:
        yield running


class Answer:
    def __init__(self, response: HTTPResponse | urllib.error.HTTPError) -> None:
        self.status = response.status or 0
        self.headers = response.headers
        self.body = response.read()

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def get(up: Dashboard, path: str, method: str = "GET", **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    request = urllib.request.Request(f"{up.url}{path}", method=method, headers=named)
    try:
        with urllib.request.urlopen(request, timeout=20) as response:
            return Answer(response)
    except urllib.error.HTTPError as error:
        with error:
            return Answer(error)


@pytest.mark.parametrize("path", FORMATS)
def test_every_format_names_source_and_date_and_is_asked_again_cheaply(up: Dashboard, path: str) -> None:
    first = get(up, path)
    assert first.status == 200
    assert first.headers["X-Source"].startswith("ClinicalTrials.gov")
    assert first.headers["X-Registry-Timestamp"] == "2026-11-19T09:00:05"
    assert first.headers["X-Fetched-At"] == "2026-11-20T08:00:00Z"
    assert '<https://clinicaltrials.gov/>; rel="via"' in first.headers["Link"]
    assert b"ClinicalTrials.gov" in first.body or b"clinicaltrials.gov" in first.body
    tag = first.headers["ETag"]
    assert re.fullmatch(r'"[0-9a-f]{32}"', tag)
    for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        again = get(up, path, If_None_Match=known)
        assert (again.status, again.body, again.headers["ETag"]) == (304, b"", tag)
        assert again.headers["X-Registry-Timestamp"] == "2026-11-19T09:00:05"
    assert get(up, path, If_None_Match='"other"').status == 200
    assert get(up, f"{path}?agent=ivig").headers["ETag"] != tag


@pytest.mark.parametrize("path", [*FORMATS, "/api/ready"])
def test_head_says_the_same_without_a_body(up: Dashboard, path: str) -> None:
    whole, head = get(up, path), get(up, path, "HEAD")
    assert (head.status, head.body) == (200, b"")
    same = ("Content-Type", "Content-Length", "ETag", "X-Registry-Timestamp")
    assert [head.headers[name] for name in same] == [whole.headers[name] for name in same]
    assert get(up, path, "POST").status == 405


def test_the_read_api_is_served_beside_them(up: Dashboard) -> None:
    whole, head = get(up, "/api/v1/trials?limit=1"), get(up, "/api/v1/trials?limit=1", "HEAD")
    assert (whole.status, whole.headers["Content-Type"], whole.json["limit"]) == (200, "application/json", 1)
    assert (head.status, head.body, head.headers["ETag"]) == (200, b"", whole.headers["ETag"])
    assert get(up, "/api/v1/trials?limit=1", If_None_Match=whole.headers["ETag"]).status == 304
    assert get(up, "/api/v1/openapi.json").json["openapi"] == "3.1.0"
    for path, method, status in (("/api/v1/trials", "POST", 405), ("/api/v1/x", "GET", 404), ("/api/x", "GET", 404)):
        wrong = get(up, path, method)
        assert (wrong.status, wrong.headers["Content-Type"]) == (status, "application/problem+json")


def test_the_trials_are_those_of_the_json_export(up: Dashboard, tmp_path: Path) -> None:
    out, store = tmp_path / "export.json", Store.open(up.store_url)
    assert export.write(store, WATCHLIST, "json", out, None) == 4
    answer = get(up, "/api/trials.json")
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.body == out.read_bytes()
    for query in ("tier=given", "agent=ivig&all=1", "background=1", "frame=1&status=recruiting"):
        export.write(store, WATCHLIST, "json", out, query)
        assert get(up, f"/api/trials.json?{query}").body == out.read_bytes(), query
    store.close()
    assert {one["nct_id"][-1] for one in get(up, "/api/trials.json?tier=given").json} == {"1", "2"}
    assert {one["nct_id"][-1] for one in get(up, "/api/trials.json?agent=ivig").json} == {"1", "2"}


def test_the_outcomes_are_those_of_the_command_line(up: Dashboard, tmp_path: Path) -> None:
    out, store = tmp_path / "outcomes", Store.open(up.store_url)
    for fmt, media_type in (("csv", "text/csv; charset=utf-8"), ("json", "application/json")):
        assert outcomes.write(store, WATCHLIST, fmt, out, None) == 3
        answer = get(up, f"/api/outcomes.{fmt}")
        assert (answer.headers["Content-Type"], answer.body) == (media_type, out.read_bytes())
    store.close()
    assert [one["value"] for one in get(up, "/api/outcomes.json?agent=ivig").json] == ["4.2", "NA", None]
    assert get(up, "/api/outcomes.json?agent=sizofiran").json == []
    assert get(up, "/api/outcomes.csv?agent=aspirin").status == 400
    told = {one["nct_id"]: one["results"] for one in get(up, "/api/trials.json").json}
    assert [nct_id for nct_id, results in told.items() if results] == ["NCT00000001"]


def test_the_changes_are_those_of_the_command_line(up: Dashboard) -> None:
    said = json.loads(up.run("changes", "--json").stdout)
    assert get(up, "/api/changes.json").json == said
    assert len(said) == len(moved.MOVES) + 1
    assert [one["nct_id"][-1] for one in get(up, "/api/changes.json?since=2026-11-21").json] == ["3"]
    assert {one["nct_id"][-1] for one in get(up, "/api/changes.json?agent=ivig").json} == {"1"}
    assert {one["weight"] for one in get(up, "/api/changes.json?weight=high").json} == {"high"}
    assert {one["kind"] for one in get(up, "/api/changes.json?kind=arms&kind=status").json} == {"arms", "status"}


def test_the_feed_opens_and_its_links_lead_to_pages(up: Dashboard) -> None:
    answer = get(up, "/feed.xml")
    assert answer.headers["Content-Type"] == "application/atom+xml"
    parsed = feedparser.parse(answer.body)
    assert parsed.bozo == 0
    assert len(parsed.entries) == len(moved.MOVES) + 1 - 2  # without the noise
    assert len(feedparser.parse(get(up, "/feed.xml?weight=noise").body).entries) == len(moved.MOVES) + 1
    assert {entry.link for entry in parsed.entries} == {
        f"{up.url}/trial?nct=NCT00000001",
        f"{up.url}/trial?nct=NCT00000003",
    }
    (own,) = (link.href for link in parsed.feed.links if link.rel == "self")
    assert get(up, urlsplit(own).path).body == answer.body
    for path in {urlsplit(entry.link).path for entry in parsed.entries} | {urlsplit(parsed.feed.link).path}:
        assert get(up, path).status == 200
        assert path[1:] in {page.id for page in catalogue.PAGES}


def test_the_feed_is_made_for_the_address_it_is_asked_at(up: Dashboard) -> None:
    parsed = feedparser.parse(get(up, "/feed.xml", Host="trials.localhost").body)
    assert {entry.link for entry in parsed.entries} >= {"http://trials.localhost/trial?nct=NCT00000001"}
    assert get(up, "/feed.xml", Host="trials.localhost").headers["ETag"] != get(up, "/feed.xml").headers["ETag"]


def test_the_calendar_opens_and_a_query_narrows_it(up: Dashboard) -> None:
    def ids(query: str) -> list[str]:
        answer = get(up, f"/calendar.ics{query}")
        assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
        events = icalendar.Calendar.from_ical(answer.body).walk("VEVENT")
        assert all(str(event["url"]).startswith(f"{up.url}/trial?nct=NCT") for event in events)
        return [str(event["uid"])[10:11] for event in events]

    assert ids("") == ["1", "4"]
    assert ids("?tier=given") == ["1"]
    assert ids("?agent=methotrexate&background=1") == []


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/api/trials.json?agent=aspirin", "Unknown agent “aspirin” is not accepted; choose from corticosteroids"),
        ("/api/trials.json?nonsense=1", "no filter called “nonsense”"),
        ("/calendar.ics?from=soon", "“soon” is not a year"),
        ("/api/changes.json?since=yesterday", "since needs a date or a moment"),
        ("/api/changes.json?agent=aspirin", "Unknown agent “aspirin” is not accepted"),
        ("/api/changes.json?weight=heavy", "no weight 'heavy'"),
        ("/api/changes.json?kind=colour", "no kind of change “colour”"),
        ("/api/changes.json?colour=red", "no filter called “colour”"),
        ("/feed.xml?nct=NCT1", "“NCT1” is not an NCT id"),
        ("/feed.xml?since=%00%ff", "since needs a date"),
    ],
)
def test_a_bad_parameter_is_a_sentence(up: Dashboard, path: str, said: str) -> None:
    answer = get(up, path)
    assert answer.status == 400
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert said in answer.body.decode()
    assert "Traceback" not in answer.body.decode()


def test_ready_tells_version_and_freshness(up: Dashboard) -> None:
    answer = get(up, "/api/ready").json
    assert answer["ready"] is True
    assert answer["registry_timestamp"] == "2026-11-19T09:00:05"


def test_a_change_in_the_store_changes_the_tag(up: Dashboard) -> None:
    before = get(up, "/api/changes.json?since=2026-11-22")
    store = Store.open(up.store_url)
    moved.happened(store, 2, "status", at="2026-11-22T08:00:00Z")
    store.close()
    after = get(up, "/api/changes.json?since=2026-11-22", If_None_Match=before.headers["ETag"])
    assert (after.status, len(before.json), len(after.json)) == (200, 0, 1)


def test_a_slow_answer_does_not_hold_up_the_others(up: Dashboard) -> None:
    """A question that has been asked but not read yet leaves the server free for the next one."""
    with closing(socket.create_connection(("127.0.0.1", up.port), timeout=5)) as slow:
        slow.sendall(b"GET /api/trials.json HTTP/1.1\r\nHost: localhost\r\n\r\n")
        began = time.monotonic()
        assert get(up, "/_stcore/health").status == 200
        assert time.monotonic() - began < 2


def test_nothing_went_wrong_and_nothing_left_the_machine(up: Dashboard) -> None:
    assert "Traceback" not in up.said()
    assert "Exception" not in up.said()
    assert up.left_the_machine() == []


@pytest.mark.parametrize("path", FORMATS)
def test_a_query_nobody_has_to_read_is_414(up: Dashboard, path: str) -> None:
    answer = get(up, path + "?" + "&".join(f"k{number}=1" for number in range(501)))
    assert answer.status == 414
    assert "at most 500" in answer.body.decode()


def test_a_store_that_cannot_be_used_is_503_and_no_sample(tmp_path: Path) -> None:
    (tmp_path / "trials.sqlite3").write_bytes(b"no database at all" * 500)
    with Dashboard(tmp_path) as broken:
        for path in FORMATS:
            answer = get(broken, path)
            assert (answer.status, answer.headers["Retry-After"]) == (503, "15")
            assert "damaged" in answer.body.decode()
            assert b"NCT" not in answer.body
        assert get(broken, "/api/ready").status == 503


def test_the_opening_view_can_be_asked_for_by_name() -> None:
    """Without any query everything is answered, so the page's links spell out the default."""
    assert Filter().to_query() == {}
    wanted, ignored = Filter.from_query("tier=given", WATCHLIST)
    assert (wanted, ignored) == (Filter(), ())
    assert served.MOST_ENTRIES >= 100
