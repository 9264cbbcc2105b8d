"""The next page of an answer is on its way while the last one is worked on; what that may not change."""

import threading
from collections.abc import Iterator

import pytest

from cache.ingest.staging import Staging
from cache.refresh.heartbeat import Heartbeat, Interruptible
from fetchers.errors import Cancelled, Transport
from fetchers.registry.client import Registry
from fetchers.registry.pages import Page
from tests.fake_registry import FakeRegistry, Request
from tests.rigs.refresh import Rig, held, is_later_page, many, no_sleep

ASKED = {"query.intr": "Azathioprine"}


@pytest.fixture
def fake() -> Iterator[FakeRegistry]:
    with FakeRegistry(many(10), page_cap=2) as made:
        yield made


def source(fake: FakeRegistry, heartbeat: Heartbeat | None = None, attempts: int = 1) -> Registry:
    return Registry(fake.url, pace=0, timeout=60, attempts=attempts, sleep=no_sleep, stop=heartbeat or Heartbeat())


def watched(fake: FakeRegistry) -> list[threading.Event]:
    """One event a request, set when the stand-in gets it."""
    came = [threading.Event() for _ in range(20)]
    left, record = iter(came), fake.record

    def note(request: Request) -> None:
        record(request)
        next(left).set()

    fake.record = note  # type: ignore[method-assign]
    return came


def ids(page: Page) -> list[str]:
    return [study.nct_id for study in page.studies]


def test_next_page_is_asked_for_while_this_one_is_worked_on_and_no_further(fake: FakeRegistry) -> None:
    came = watched(fake)
    with source(fake) as registry:
        plain = [ids(page) for page in registry.pages(ASKED)]
    fake.clear_requests()
    asked_before = sum(one.is_set() for one in came)
    with source(fake) as registry:
        pages = Interruptible(registry, Heartbeat()).pages(ASKED)
        found = [ids(next(pages))]
        assert came[asked_before + 1].wait(10)  # nobody has asked for the second page yet
        assert not came[asked_before + 2].wait(0.2)
        found += [ids(page) for page in pages]
    assert found == plain
    assert len(fake.requests) == asked_before


def test_first_page_alone_costs_one_request(fake: FakeRegistry) -> None:
    came = watched(fake)
    with source(fake) as registry:
        page = Interruptible(registry, Heartbeat()).first_page(ASKED, "NCTId")
    assert page is not None
    assert len(page.studies) == 2
    assert not came[1].wait(0.2)


def test_trouble_with_the_next_page_comes_after_the_page_before_it(fake: FakeRegistry) -> None:
    fake.fault("500", when=is_later_page)
    with source(fake) as registry:
        pages = Interruptible(registry, Heartbeat()).pages(ASKED)
        assert len(ids(next(pages))) == 2
        with pytest.raises(Transport):
            next(pages)


def test_nothing_is_asked_ahead_after_a_cancel(fake: FakeRegistry) -> None:
    heartbeat = Heartbeat()
    came = watched(fake)
    with source(fake, heartbeat) as registry:
        pages = Interruptible(registry, heartbeat).pages(ASKED)
        next(pages)
        assert came[1].wait(10)
        heartbeat.interrupt()
        with pytest.raises(Cancelled):
            next(pages)
    assert not came[2].wait(0.2)


def test_page_left_on_its_way_is_cut_off_when_the_connection_is_closed(fake: FakeRegistry) -> None:
    fake.fault("stall", when=is_later_page)
    came = watched(fake)
    before = set(threading.enumerate())
    registry = source(fake, attempts=4)
    pages = Interruptible(registry, Heartbeat()).pages(ASKED)
    next(pages)
    assert came[1].wait(10)
    (left,) = [one for one in threading.enumerate() if one not in before and one.name == "refresh-next-page"]
    registry.close()
    left.join(10)
    assert not left.is_alive()
    assert len(fake.requests) == 2  # and it is not tried again


def test_two_threads_take_turns(fake: FakeRegistry) -> None:
    came, seen = watched(fake), fake.record
    may_go_on = threading.Event()

    def hold(request: Request) -> None:
        seen(request)
        may_go_on.wait(10)

    fake.record = hold  # type: ignore[method-assign]
    with source(fake) as registry:
        threads = [threading.Thread(target=ask) for ask in (registry.version, lambda: registry.exists("NCT70000001"))]
        for one in threads:
            one.start()
        assert came[0].wait(10)
        assert not came[1].wait(0.2)
        may_go_on.set()
        for one in threads:
            one.join(10)
    assert sorted(request.path for request in fake.requests) == ["/studies/NCT70000001", "/version"]


def test_answer_lost_in_mid_work_leaves_the_store_as_it_was_and_the_next_refresh_whole(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Broken(Exception):
        pass

    rig.refresh("azathioprine")
    before = rig.data()

    def broken(staged: Staging, query_id: str, studies: object) -> None:
        raise Broken

    with monkeypatch.context() as patch:
        patch.setattr("cache.ingest.staging.Staging.add", broken)
        with pytest.raises(Broken):
            rig.refresh("azathioprine", full=True)
    assert rig.data() == before
    assert rig.refresh("azathioprine", full=True).exit_code == 0
    assert held(rig, "azathioprine")
