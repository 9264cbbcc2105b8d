"""How often the registry may be asked: counted in the store, over all refreshes of a day, whoever started them."""

from datetime import timedelta
from typing import Any

import pytest

from cache.exit_codes import FRESH, NO_REGISTRY, SOME_FAILED
from cache.refresh import run as refresh
from cache.refresh.allowance import Allowance
from cache.refresh.alone import Needless
from cache.refresh.report import Report
from cache.store.lock import Busy
from cache.store.schema import refresh as refreshes
from fetchers.errors import Postponed
from fetchers.registry.client import Registry
from tests.rigs.refresh import AGENTS, MATCHER, WATCHLIST, Rig, no_sleep

pytestmark = pytest.mark.both_databases


def press(rig: Rig, most: int, *agents: str, **more: Any) -> Report:
    """A refresh that may spend ``most`` requests a day."""
    take = Allowance(rig.store, most, lambda: rig.now).take
    with Registry(rig.fake.url, pace=0, timeout=5, sleep=no_sleep, before=take) as registry:
        return refresh.run(
            rig.store, registry, WATCHLIST, agents=agents, matcher=MATCHER, now=lambda: rig.now, **more
        )  # fmt: skip


def test_no_number_of_presses_sends_more_than_a_days_worth() -> None:
    with Rig() as rig:
        spent = press(rig, 100, "sizofiran").requests
        assert spent > 1
        for _ in range(5):
            report = press(rig, spent + 1, "sizofiran", full=True)
        assert report.exit_code == NO_REGISTRY
        assert "(TRIALS_DAILY_REQUESTS)" in str(report.agents["sizofiran"].error)
        assert len(rig.fake.requests) == spent + 1
        assert sum(row["requests"] for row in rig.rows(refreshes)) == spent + 1

        rig.now += timedelta(hours=25)
        assert press(rig, spent + 1, "sizofiran").exit_code == FRESH


def test_a_ceiling_met_in_the_middle_keeps_what_came_before_it() -> None:
    with Rig(page_cap=50) as rig:
        report = press(rig, 3)
        assert report.exit_code == SOME_FAILED
        assert len(rig.fake.requests) == report.requests == 3
        states = [report.agents[agent].status for agent in AGENTS]
        assert states.count("fresh") >= 1
        assert states.count("failed") == len(AGENTS) - states.count("fresh")


def test_none_at_all() -> None:
    with Rig() as rig:
        assert press(rig, 0).exit_code == NO_REGISTRY
        assert rig.fake.requests == []


def test_all_threads_of_a_refresh_spend_from_one_purse() -> None:
    with Rig() as rig:
        allowance = Allowance(rig.store, 2)
        allowance.take()
        allowance.take()
        with pytest.raises(Postponed, match="at most 2 requests in 24 hours"):
            allowance.take()


def test_whoever_pressed_before_a_refresh_began_is_served_by_it() -> None:
    with Rig() as rig:
        pressed = rig.now
        rig.now += timedelta(seconds=2)
        press(rig, 100, "sizofiran", unless_since=pressed)
        asked = len(rig.fake.requests)
        with pytest.raises(Needless, match="began at 2026-11-22T12:00:02Z"):
            press(rig, 100, "sizofiran", unless_since=pressed)
        assert issubclass(Needless, Busy)
        assert len(rig.fake.requests) == asked
        press(rig, 100, "sizofiran", unless_since=rig.now + timedelta(seconds=1))
        assert len(rig.fake.requests) == asked + 1


def test_a_refresh_that_asked_nothing_serves_nobody() -> None:
    with Rig() as rig:
        press(rig, 0, "sizofiran")
        assert press(rig, 100, "sizofiran", unless_since=rig.now).exit_code == FRESH
