"""The client against the stand-in on bad days: the whole answer all the same, or a clear error."""

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from fetchers.errors import DataReloaded, Incomplete, Refused, Rejected, TrackerError, Transport
from tests.fake_registry import FakeRegistry, make_study
from tests.rigs.asking import COUNT, IDS, QUESTION, client, held, ids
from tests.rigs.scripted import Clock, Scripted, answer


@pytest.fixture
def fake() -> Iterator[FakeRegistry]:
    with FakeRegistry(held()) as running:
        yield running


PASSING = ["429", "429-retry-after", "500", "503", "html-200", "cut-body", "cut-json", "reset"]


@pytest.mark.parametrize("fault", PASSING)
def test_a_fault_that_passes_leaves_no_trace(fake: FakeRegistry, fault: str) -> None:
    fake.fault(fault, times=2, after=2)
    with client(fake) as registry:
        assert ids(registry.pages(QUESTION)) == IDS[::-1]
        assert registry.requests == 7


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("429", "HTTP 429"),
        ("429-retry-after", "HTTP 429"),
        ("500", "HTTP 500"),
        ("503", "HTTP 503"),
        ("html-200", "a web page came instead of a page of studies"),
        ("cut-body", "the answer was cut off"),
        ("cut-json", "the answer breaks off or is not JSON"),
        ("reset", "the connection was reset"),
    ],
)
def test_a_fault_that_stays_is_said_with_host_and_count(fake: FakeRegistry, fault: str, words: str) -> None:
    fake.fault(fault, after=1)
    with client(fake) as registry:
        pages = registry.pages(QUESTION)
        assert len(next(pages).studies) == 5
        with pytest.raises(Transport) as caught:
            next(pages)
    host = fake.url.split("/")[2]
    assert str(caught.value).startswith(f"{host} gave no usable answer: {words}")
    assert "asked 4 times" in str(caught.value)
    assert registry.requests == 5


def test_refused_at_once_and_for_the_run(fake: FakeRegistry) -> None:
    fake.fault("403", times=1)
    with client(fake) as registry:
        with pytest.raises(Refused, match="refused this machine"):
            registry.version()
        with pytest.raises(Refused, match="refused this machine"):
            list(registry.pages(QUESTION))
    assert len(fake.requests) == 1


def test_a_reload_in_mid_paging_asks_for_a_new_start(fake: FakeRegistry) -> None:
    fake.fault("reload-mid-paging", times=1)
    with client(fake) as registry:
        pages = registry.pages(QUESTION)
        next(pages)
        with pytest.raises(DataReloaded, match="from the first page"):
            next(pages)
        assert ids(registry.pages(QUESTION)) == IDS[::-1]


def test_a_rejected_question_is_shown_with_the_registrys_words(fake: FakeRegistry) -> None:
    with client(fake) as registry, pytest.raises(Rejected) as caught:
        list(registry.pages({"query.intr": " OR ".join(["word"] * 20), "filter.phase": "2"}))
    assert "`filter.phase` is unknown parameter" in str(caught.value)
    assert "query.intr=word OR word" in str(caught.value)
    assert len(fake.requests) == 1


def test_too_many_words(fake: FakeRegistry) -> None:
    with client(fake) as registry, pytest.raises(Rejected, match="Too complicated query"):
        list(registry.pages({"query.intr": " OR ".join(["word"] * 20)}))


@pytest.mark.parametrize(("fault", "nct_id"), [("garbage-record", IDS[-1]), ("garbage-record-no-id", None)])
def test_a_bad_record_costs_one_record(fake: FakeRegistry, fault: str, nct_id: str | None) -> None:
    fake.fault(fault, times=1)
    with client(fake) as registry:
        pages = list(registry.pages(QUESTION))
    assert len(ids(pages)) == COUNT - 1
    ((set_aside),) = [record for page in pages for record in page.set_aside]
    assert set_aside.nct_id == nct_id
    assert "`$.protocolSection." in set_aside.reason


@pytest.mark.parametrize(
    ("fault", "after", "numbers"),
    [
        ("short-total", 0, "announced 23 trials, but 20 came"),
        ("duplicate-page", 0, "announced 20 trials, but 15 came"),
        ("empty", 2, "announced 20 trials, but 10 came"),
        ("no-total", 0, "did not say how many"),
    ],
)
def test_an_answer_that_does_not_add_up_is_incomplete(fake: FakeRegistry, fault: str, after: int, numbers: str) -> None:
    fake.fault(fault, times=1, after=after)
    with client(fake) as registry, pytest.raises(Incomplete, match=numbers):
        list(registry.pages(QUESTION))


def test_garbage_on_every_page_still_adds_up(fake: FakeRegistry) -> None:
    fake.fault("garbage-record-no-id")
    fake.fault("garbage-record")
    with client(fake) as registry:
        pages = list(registry.pages(QUESTION))
    assert len(ids(pages)) == 12
    assert sum(len(page.set_aside) for page in pages) == 8


@pytest.mark.parametrize("status", ["400 Bad Request", "502 Bad Gateway", "200 OK"])
def test_a_gateways_web_page_is_not_the_registrys_word(status: str) -> None:
    bad = answer(status, b"<html>nginx</html>", content_type="text/html")
    with Scripted(bad, bad, page_of(IDS[0], total=1)) as server, client(server) as registry:
        assert ids(registry.pages(QUESTION)) == [IDS[0]]
        assert registry.requests == 3


@pytest.mark.parametrize("stamp", ['"soon"', "7", "null", '"2026-13-01T09:00:05"', '"' + "9" * 500 + '"', "{}"])
def test_a_time_stamp_that_is_none_counts_as_left_out(stamp: str) -> None:
    body = f'{{"apiVersion":"2.0.5","dataTimestamp":{stamp}}}'.encode()
    with Scripted(answer(body=body)) as server, client(server) as registry:
        assert registry.version() == ("2.0.5", None)


def page_of(*nct_ids: str, total: int | None = None, token: str | None = None) -> list[Any]:
    body: dict[str, Any] = {} if total is None else {"totalCount": total}
    body["studies"] = [make_study(nct_id) for nct_id in nct_ids]
    return answer(
        body=json.dumps(body | ({"nextPageToken": token} if token else {})).encode(), content_type="application/json"
    )


def test_a_token_that_comes_twice_ends_the_paging() -> None:
    with (
        Scripted(page_of(IDS[0], total=2, token="t"), page_of(IDS[1], token="t")) as server,
        client(server) as registry,
    ):
        assert ids(registry.pages(QUESTION)) == IDS[:2]
        assert registry.requests == 2


def test_new_tokens_for_ever_do_not_page_for_ever() -> None:
    class Endless(Scripted):
        @property
        def answers(self) -> list[Any]:
            return [page_of(IDS[0], total=None if self.heads[1:] else 9, token=f"t{len(self.heads)}")]

        @answers.setter
        def answers(self, value: object) -> None: ...

    with Endless() as server, client(server) as registry, pytest.raises(Incomplete, match="announced 9 trials, but 1"):
        list(registry.pages(QUESTION))
    assert registry.requests == 4


class Forever(Scripted):
    """Page after page, each with ``size`` new records and a new token, of ``total`` announced ones."""

    def __init__(self, total: int, size: int = 1, fade: int | None = None) -> None:
        self.total, self.size, self.fade = total, size, fade
        super().__init__()

    @property
    def answers(self) -> list[Any]:
        at = len(self.heads)
        size = self.size if self.fade is None or at <= self.fade else 1
        found = [f"NCT{at * 1000 + number:08d}" for number in range(size)]
        return [page_of(*found, total=self.total if at == 1 else None, token=f"t{at}")]

    @answers.setter
    def answers(self, value: object) -> None: ...


@pytest.mark.parametrize("total", [10**12, 10**9, 5_000_001])
def test_more_trials_than_any_registry_holds_are_not_read(total: int) -> None:
    with Forever(total) as server, client(server) as registry, pytest.raises(Incomplete, match="without end"):
        list(registry.pages(QUESTION))
    assert registry.requests == 1


@pytest.mark.parametrize(("total", "size", "fade", "most"), [(100, 10, 1, 23), (20, 5, 2, 11), (1_000, 4, 1, 503)])
def test_pages_that_shrink_end_in_a_bounded_number_of_pages(total: int, size: int, fade: int, most: int) -> None:
    with Forever(total, size, fade) as server, client(server) as registry:
        with pytest.raises(Transport, match=f"without end .{most + 1:,} pages held"):
            list(registry.pages(QUESTION))
        assert registry.requests == most + 1


def test_no_answer_has_more_than_the_most_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fetchers.registry.tally.MOST_PAGES", 30)
    with Forever(4_000_000) as server, client(server) as registry, pytest.raises(Transport, match="31 pages held"):
        list(registry.pages(QUESTION))


def test_no_answer_takes_longer_than_an_hour() -> None:
    clock = Clock()
    with (
        Forever(4_000_000) as server,
        client(server, clock, pace=600.0) as registry,
        pytest.raises(Transport, match="8 pages took longer than 60 minutes"),
    ):
        list(registry.pages(QUESTION))


def test_more_records_than_announced_end_the_paging() -> None:
    pages = (page_of(IDS[0], total=1, token="a"), page_of(IDS[1], token="b"), page_of(IDS[2], token="c"))
    with (
        Scripted(*pages) as server,
        client(server) as registry,
        pytest.raises(Incomplete, match="but 2 came"),
    ):
        list(registry.pages(QUESTION))


def test_empty_pages_before_the_end_are_read_over() -> None:
    pages = (page_of(IDS[0], total=2, token="a"), page_of(token="b"), page_of(token="c"), page_of(IDS[1]))
    with Scripted(*pages) as server, client(server) as registry:
        assert ids(registry.pages(QUESTION)) == IDS[:2]


@pytest.mark.parametrize(
    "body",
    [
        b"{}",
        b"[]",
        b"null",
        b'"studies"',
        b'{"studies":{}}',
        b'{"studies":[],"totalCount":-1}',
        b"",
        b'{"studies":[]} x',
    ],
)
def test_json_that_is_no_page_is_a_transport_error(body: bytes) -> None:
    with Scripted(answer(body=body)) as server, client(server) as registry, pytest.raises(Transport) as caught:
        list(registry.pages(QUESTION))
    assert registry.requests == 4
    assert "the answer" in str(caught.value)


@pytest.mark.parametrize("fault", ["stall", "slow-body"])
def test_a_stalling_registry_is_given_up(fake: FakeRegistry, fault: str) -> None:
    fake.fault(fault)
    before = time.monotonic()
    with client(fake, timeout=0.2) as registry, pytest.raises(Transport, match="asked 4 times"):
        registry.version()
    assert time.monotonic() - before < 4 * 2 * 0.2 + 1
    assert registry.requests == 4


def test_the_longest_wait_for_one_call_is_under_a_minute_at_five_seconds() -> None:
    # Four answers of at most twice the time-out each, and the waits between them at their longest.
    clock = Clock()
    with FakeRegistry([]) as fake, client(fake, clock, timeout=0.1, jitter=lambda: 1.0) as registry:
        fake.fault("stall")
        with pytest.raises(Transport):
            registry.version()
    assert 4 * 2 * 5 + clock.total < 60


def test_the_pace_holds_over_pages_and_calls(fake: FakeRegistry) -> None:
    clock = Clock()
    with client(fake, clock, pace=1.0) as registry:
        registry.version()
        list(registry.pages(QUESTION))
    assert clock.total == pytest.approx(5.0)


def test_every_error_is_one_of_ours(fake: FakeRegistry) -> None:
    for fault in ("cut-body", "reset", "html-200", "500"):
        fake.fault(fault)
        with client(fake) as registry, pytest.raises(TrackerError) as caught:
            registry.version()
        assert str(caught.value).endswith(".")
        fake.clear_faults()
