"""How a refresh ends before its time: cancelled, interrupted, out of disk; and its heartbeat meanwhile."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event as hooks
from sqlalchemy import update

from cache.refresh import journal
from cache.refresh.heartbeat import Heartbeat
from cache.refresh.journal import CANCELLED
from cache.store.errors import Damaged
from cache.store.schema import answer, refresh, scope
from cache.store.store import Store
from fetchers.errors import Cancelled, LocalTrouble
from tests.fake_registry import Request
from tests.rigs.refresh import AGENTS, Rig, is_first_page, many, url_of

# -- how it stops -----------------------------------------------------------------------------------------------------


def when_asked(rig: Rig, count: int, act: Callable[[], None]) -> None:
    """Do something the moment the stand-in gets its ``count``-th request from now."""
    record, left = rig.fake.record, iter(range(count, -1, -1))

    def watched(request: Request) -> None:
        record(request)
        if next(left, 0) == 1:
            act()

    rig.fake.record = watched  # type: ignore[method-assign]


def test_cancel_in_the_store_stops_it_and_keeps_what_was_kept(tmp_path: Path) -> None:
    with Rig(url=url_of(tmp_path)) as rig:
        woken: list[int] = []
        heartbeat = Heartbeat(wake=lambda: woken.append(1), every=0.01)

        def cancel() -> None:
            journal.request_cancel(rig.store)
            for _ in range(500):
                if heartbeat():
                    return
                threading.Event().wait(0.01)

        when_asked(rig, 6, cancel)
        report = rig.refresh(heartbeat=heartbeat)
        assert (report.exit_code, report.error) == (130, CANCELLED)
        kept = [name for name, result in report.agents.items() if result.status == "fresh"]
        stopped = [name for name, result in report.agents.items() if result.status == "failed"]
        assert kept
        assert stopped
        assert set(kept) | set(stopped) == set(AGENTS)
        assert {report.agents[name].error for name in stopped} == {CANCELLED}
        assert woken == [1]
        assert {row["scope"] for row in rig.rows(answer)} == set(kept)
        (row,) = rig.rows(refresh)
        assert (row["outcome"], row["exit_code"], row["error"]) == ("cancelled", 130, CANCELLED)
        assert all(row["error"] is None for row in rig.rows(scope))  # the registry has done nothing wrong


def test_interrupt_stops_it_between_two_requests(rig: Rig) -> None:
    heartbeat = Heartbeat()
    with pytest.raises(Cancelled), heartbeat.waiting():
        heartbeat.interrupt()
    report = rig.refresh("ivig", heartbeat=heartbeat)
    assert (report.exit_code, report.requests) == (130, 0)
    assert rig.refresh("ivig").exit_code == 0


def test_full_disk_in_mid_run_ends_it_with_the_old_data(tmp_path: Path) -> None:
    with Rig(many(300), page_cap=100, url=url_of(tmp_path)) as rig:
        rig.refresh("sizofiran")
        before = rig.data()

        @hooks.listens_for(rig.store.engine, "connect")
        def small(connection: Any, record: Any) -> None:
            (pages,) = connection.execute("PRAGMA page_count").fetchone()
            connection.execute(f"PRAGMA max_page_count = {pages + 4}")

        rig.store.engine.dispose()
        report = rig.refresh("azathioprine")
        assert report.exit_code == 5
        assert "disk is full" in str(report.error)
        assert report.agents["azathioprine"].error == report.error
        hooks.remove(rig.store.engine, "connect", small)
        rig.store.engine.dispose()
        assert rig.data() == before
        assert rig.refresh("azathioprine").agents["azathioprine"].studies == 300
        assert rig.rows(refresh)[-1]["outcome"] == "fresh"


def test_damage_found_in_mid_run_is_passed_on(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: object, **kwargs: object) -> None:
        raise Damaged("The store is damaged.")

    monkeypatch.setattr("cache.refresh.ask.keep", broken)
    with pytest.raises(Damaged):
        rig.refresh("ivig")
    assert [(row["state"], row["outcome"]) for row in rig.rows(refresh)] == [("ended", "broken")]


def test_no_write_transaction_is_open_while_the_registry_is_asked(tmp_path: Path) -> None:
    url = url_of(tmp_path)
    blocked: list[str] = []
    with Rig(url=url) as rig:
        other = Store.open(url, patience=3)
        record = rig.fake.record

        def writes(request: Request) -> None:
            record(request)
            try:
                with other.writing() as connection:
                    connection.execute(update(scope).values(kind=scope.c.kind))
            except LocalTrouble as error:
                blocked.append(str(error))

        rig.fake.record = writes  # type: ignore[method-assign]
        assert rig.refresh("ivig", "rintatolimod", "sizofiran").exit_code == 0
        other.close()
    assert blocked == []


def test_registry_that_fails_only_for_one_scope_costs_that_scope(rig: Rig) -> None:
    rig.fake.fault("503", when=lambda request: is_first_page(request) and "Ampligen" in request.params["query.intr"])
    report = rig.refresh("sizofiran", "rintatolimod", "ivig")
    assert report.exit_code == 1
    assert {name: result.status for name, result in report.agents.items()} == {
        "sizofiran": "fresh", "rintatolimod": "failed", "ivig": "fresh",
    }  # fmt: skip
    assert rig.paths().count("/version") == 2  # asked once more whether it is there
    assert report.error is None


# -- the heartbeat -------------------------------------------------------------------------------------------------


def test_heartbeat_beats_while_the_registry_keeps_it_waiting() -> None:
    beats: list[int] = []

    def beat() -> bool:
        beats.append(1)
        if len(beats) == 1:
            raise LocalTrouble("The store is locked.")
        return len(beats) >= 4

    woken = threading.Event()
    heartbeat = Heartbeat(wake=woken.set, every=0.01)
    with heartbeat.running(beat), heartbeat.waiting():
        assert woken.wait(5)
    assert heartbeat()
    assert len(beats) >= 4
    with pytest.raises(Cancelled), heartbeat.waiting():
        pytest.fail("nothing may be asked after a cancel")


def test_interrupt_outside_of_a_wait_is_only_noted() -> None:
    heartbeat = Heartbeat()
    assert not heartbeat()
    heartbeat.interrupt()
    assert heartbeat()
