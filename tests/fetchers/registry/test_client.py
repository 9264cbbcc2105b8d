"""The client against the stand-in on a good day: what is asked, what comes back."""

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest

from fetchers.errors import Incomplete, Transport, Validation
from fetchers.registry.client import Version
from fetchers.registry.fields import FIELDS, SWEEP_FIELDS
from fetchers.registry.pages import Page
from fetchers.registry.result_fields import RESULT_FIELDS
from tests.fake_registry import FakeRegistry, make_study
from tests.rigs.asking import COUNT, IDS, QUESTION, client, held, ids
from tests.rigs.scripted import Scripted, answer


@pytest.fixture
def fake() -> Iterator[FakeRegistry]:
    with FakeRegistry(held()) as running:
        yield running


# -- good days ------------------------------------------------------------------------------------------------------


def test_version(fake: FakeRegistry) -> None:
    with client(fake) as registry:
        assert registry.version() == Version("2.0.5", "2026-11-20T09:00:05")
        fake.fault("no-timestamp")
        assert registry.version() == Version("2.0.5", None)


def test_pages_are_turned_to_the_empty_last_one(fake: FakeRegistry) -> None:
    with client(fake) as registry:
        pages = list(registry.pages(QUESTION))
        assert registry.requests == 5
    assert [len(page.studies) for page in pages] == [5, 5, 5, 5, 0]
    assert ids(pages) == IDS[::-1], "newest update first"
    assert [page.total for page in pages] == [COUNT, None, None, None, None]
    assert {page.version_holder for page in pages[:-1]} == {"2026-11-20"}
    assert not any(page.set_aside for page in pages)


def test_what_is_asked(fake: FakeRegistry) -> None:
    with client(fake) as registry:
        list(registry.pages({**QUESTION, "filter.advanced": "AREA[Phase]PHASE2 OR AREA[Phase]MISSING"}))
    first, *others = [dict(request.params) for request in fake.requests]
    assert first.pop("countTotal") == "true"
    assert first == {
        **QUESTION,
        "filter.advanced": "AREA[Phase]PHASE2 OR AREA[Phase]MISSING",
        "fields": FIELDS,
        "sort": "LastUpdatePostDate:desc",
        "pageSize": "5",
    }
    for params in others:
        assert params.pop("pageToken")
        assert params == first
    assert "gzip" in fake.requests[0].headers["accept-encoding"]


@pytest.mark.parametrize("value", ['"anti-TNF" OR TNF+alpha & 50% = ¼', "Sjögren's; a,b|c#d?e", "\\MISSING"])
def test_a_value_arrives_as_it_was_given(value: str) -> None:
    page = answer(body=b'{"totalCount":0,"studies":[]}', content_type="application/json")
    with Scripted(page) as server, client(server) as registry:
        list(registry.pages({"query.term": value}))
        params = parse_qs(urlsplit(server.heads[0].split()[1]).query, keep_blank_values=True)
    assert params["query.term"] == [value]


def test_smaller_pages_than_asked_for_are_no_trouble() -> None:
    with FakeRegistry(held(), page_cap=2) as fake, client(fake, page_size=1000) as registry:
        assert len(ids(registry.pages(QUESTION))) == COUNT
        assert registry.requests == 11


def test_a_sweep_asks_for_four_fields(fake: FakeRegistry) -> None:
    with client(fake, page_size=1000) as registry:
        (page,) = registry.pages(QUESTION, SWEEP_FIELDS)
    study = page.studies[0]
    assert (study.nct_id, study.last_update_posted, study.status.overall_status) == (IDS[-1], "2026-01-20", "COMPLETED")
    assert study.has_results is False
    assert study.identification.brief_title is None
    assert page.version_holder is None


def test_nothing_found_is_a_whole_answer(fake: FakeRegistry) -> None:
    with client(fake) as registry:
        (page,) = registry.pages({"query.intr": "sizofiran"})
    assert page == Page((), (), 0, None)


@pytest.mark.parametrize("params", [{}, {"query.intr": " "}, {"sort": "StartDate"}, {"pageSize": "10"}])
def test_the_whole_registry_is_never_asked_for(fake: FakeRegistry, params: dict[str, str]) -> None:
    with client(fake) as registry, pytest.raises(Validation, match="whole registry"):
        registry.pages(params)
    assert not fake.requests


def test_requests_and_bytes_are_those_of_the_wire(fake: FakeRegistry) -> None:
    fake.fault("503", times=1)
    with client(fake) as registry:
        list(registry.pages(QUESTION))
        assert registry.requests == len(fake.requests) == 6
        assert registry.bytes == sum(request.bytes_sent for request in fake.requests) > 0


# -- by id ----------------------------------------------------------------------------------------------------------


def test_by_ids_leaves_out_what_the_registry_lacks_and_finds_old_ids(fake: FakeRegistry) -> None:
    with client(fake) as registry:
        pages = list(registry.by_ids([IDS[2], "NCT77777777", "NCT09999999", IDS[2]]))
    found = {study.nct_id: study.identification.nct_id_aliases for page in pages for study in page.studies}
    assert found == {IDS[2]: (), IDS[3]: ("NCT09999999",)}
    assert fake.requests[0].params["filter.ids"] == f"{IDS[2]},NCT77777777,NCT09999999"


def test_by_ids_asks_for_two_hundred_at_a_time() -> None:
    many = [f"NCT{number:08d}" for number in range(1, 451)]
    with FakeRegistry(make_study(nct_id) for nct_id in many) as fake, client(fake, page_size=1000) as registry:
        assert sorted(ids(registry.by_ids(many))) == many
        assert [len(request.params["filter.ids"].split(",")) for request in fake.requests] == [200, 200, 50]


def test_results_come_fifty_trials_a_request_and_only_what_is_used_of_them() -> None:
    many = [f"NCT{number:08d}" for number in range(1, 121)]
    records = [make_study(nct_id, has_results=True) for nct_id in many]
    with FakeRegistry(records) as fake, client(fake, page_size=1000) as registry:
        found = [one for page in registry.results(many) for one in page.studies]
        assert sorted(one.nct_id for one in found) == many
        assert {one.primary[0].title for one in found} == {"Fatigue, change from baseline"}
        assert [len(request.params["filter.ids"].split(",")) for request in fake.requests] == [50, 50, 20]
        assert {request.params["fields"] for request in fake.requests} == {RESULT_FIELDS}
        assert max(len(str(request.params)) for request in fake.requests) < 8_000
        with pytest.raises(Validation):
            registry.results(["NCT1"])


def test_results_that_are_no_object_cost_one_record_and_those_of_a_short_answer_are_not_whole() -> None:
    records = [make_study(f"NCT0000000{number}", has_results=True) for number in (1, 2, 3)]
    records[1]["resultsSection"] = ["garbage"]
    with FakeRegistry(records, page_cap=2) as fake, client(fake) as registry:
        ids_asked = [record["protocolSection"]["identificationModule"]["nctId"] for record in records]
        pages = list(registry.results(ids_asked))
        assert sorted(one.nct_id for page in pages for one in page.studies) == [ids_asked[0], ids_asked[2]]
        (aside,) = (one for page in pages for one in page.set_aside)
        assert aside.nct_id == ids_asked[1]
        assert "a list where an object belongs - at `$.resultsSection`" in aside.reason
        fake.fault("short-total")
        with pytest.raises(Incomplete):
            list(registry.results(ids_asked))


def test_by_ids_of_nothing_asks_nothing(fake: FakeRegistry) -> None:
    with client(fake) as registry:
        assert list(registry.by_ids([])) == []
    assert not fake.requests


@pytest.mark.parametrize("wrong", ["NCT1", "nct00000001", "NCT00000001,NCT2", "NCT00000001\n", "NCT0000000١", ""])
def test_what_is_no_id_is_never_sent(fake: FakeRegistry, wrong: str) -> None:
    with client(fake) as registry:
        with pytest.raises(Validation, match="not an NCT id"):
            registry.by_ids([IDS[0], wrong])
        with pytest.raises(Validation, match="not an NCT id"):
            registry.exists(wrong)
    assert not fake.requests


def test_exists(fake: FakeRegistry) -> None:
    with client(fake) as registry:
        assert registry.exists(IDS[0])
        assert registry.exists("NCT09999999"), "an old id leads to the study"
        assert not registry.exists("NCT77777777")
    assert [request.params for request in fake.requests] == [{"fields": "NCTId"}] * 4


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"<h1>Not Found</h1>/api/v2/studies/NCT00000001 was not found", "text/html"),
        (b"<h1>Not Found</h1>/api/v2/studies/NCT00000001 was not found", "text/plain"),
        (b"no such thing", "text/plain"),
    ],
)
def test_a_404_that_does_not_name_the_id_is_no_proof_of_absence(body: bytes, content_type: str) -> None:
    with (
        Scripted(answer("404 Not Found", body, content_type=content_type)) as server,
        client(server) as registry,
        pytest.raises(Transport, match="does not answer like the registry's API v2"),
    ):
        registry.exists("NCT00000001")
    assert registry.requests == 1


def test_garbage_is_no_proof_of_existence(fake: FakeRegistry) -> None:
    fake.fault("html-200")
    with client(fake) as registry, pytest.raises(Transport, match="a web page came instead of a study"):
        registry.exists(IDS[0])


def test_no_contact_of_a_person_is_asked_for_or_kept(fake: FakeRegistry) -> None:
    with client(fake) as registry:
        pages = list(registry.pages(QUESTION))
    asked = fake.requests[0].params["fields"]
    assert not any(word in asked for word in ("Contact", "OverallOfficial", "Investigator", "ResponsibleParty"))
    assert not any(b"example.org" in study.body() for page in pages for study in page.studies)
