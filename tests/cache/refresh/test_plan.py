"""What is asked, in which order, and how: without store or network."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cache.refresh import plan as plans
from cache.refresh.plan import COLUMNS, ScopeState, mode_of, plan, question
from fetchers.errors import Validation
from fetchers.matching.matcher import RULES
from fetchers.registry.fields import FIELDS
from fetchers.watchlist import load as watchlist

WATCHLIST = watchlist.load()
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
LOAD = "2026-11-20T09:00:05"
WHOLE = ScopeState("2026-11-21T00:00:00Z", "2026-11-20T00:00:00Z", LOAD, "q", None, False, 12)
NEVER = ScopeState(None, None, None, None, None, True, 0)


def decide(state: ScopeState | None, timestamp: str | None = LOAD, full: bool = False, now: datetime = NOW) -> str:
    return mode_of(state, timestamp=timestamp, question="q", now=now, full=full)


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (None, "full"),
        (NEVER, "full"),
        (NEVER._replace(error="was down", starter=False), "full"),
        (WHOLE, "unchanged"),
        (WHOLE._replace(starter=True), "full"),
        (WHOLE._replace(question="another"), "full"),
        (WHOLE._replace(question=None), "full"),
        (WHOLE._replace(asked_in_full_at=None), "full"),
        (WHOLE._replace(asked_in_full_at="2026-11-15T12:00:00Z"), "full"),
        (WHOLE._replace(asked_in_full_at="2026-11-15T12:00:01Z"), "unchanged"),
        (WHOLE._replace(registry_timestamp="2026-11-19T09:00:05"), "sweep"),
        (WHOLE._replace(registry_timestamp="2026-11-21T09:00:05"), "sweep"),  # a registry that went back in time
        (WHOLE._replace(registry_timestamp=None), "sweep"),
        (WHOLE._replace(error="failed since"), "sweep"),
        (WHOLE._replace(studies=0), "unchanged"),
    ],
)
def test_how_a_scope_is_asked(state: ScopeState | None, expected: str) -> None:
    assert decide(state) == expected


def test_no_time_stamp_means_no_short_cut() -> None:
    assert decide(WHOLE, timestamp=None) == "sweep"
    assert decide(WHOLE._replace(registry_timestamp=None), timestamp=None) == "sweep"


def test_full_on_request_whatever_is_known() -> None:
    assert decide(WHOLE, full=True) == "full"


@given(st.integers(min_value=0, max_value=30 * 86_400))
def test_everything_is_asked_again_every_seven_days(seconds: int) -> None:
    asked = datetime(2026, 11, 1, tzinfo=UTC)
    state = WHOLE._replace(asked_in_full_at="2026-11-01T00:00:00Z")
    found = decide(state, now=asked + timedelta(seconds=seconds))
    assert found == ("full" if seconds >= 7 * 86_400 else "unchanged")


def test_all_agents_and_sweeps_once_each_with_their_own_queries() -> None:
    asked = plan(WATCHLIST, [], {})
    agents = {one.scope for one in asked if one.kind == "agent"}
    assert agents == {agent.id for agent in WATCHLIST.agents}
    assert [one.scope for one in asked if one.kind == "sweep"] == ["me_cfs"]
    assert len({one.scope for one in asked}) == len(asked)
    for one in asked:
        assert one.queries
        assert {query.scope for query in one.queries} == {one.scope}
        assert {query.parameter for query in one.queries} == {"query.intr" if one.kind == "agent" else "query.cond"}


def test_big_classes_come_last_when_nothing_is_known() -> None:
    scopes = [one.scope for one in plan(WATCHLIST, [], {})]
    assert scopes[-3:] == ["methotrexate", "tnf_inhibitors", "corticosteroids"]
    assert scopes.index("me_cfs") < scopes.index("methotrexate")


def test_measured_size_decides_the_order() -> None:
    scopes = [one.scope for one in plan(WATCHLIST, [], {"corticosteroids": 0, "sizofiran": 50_000})]
    assert (scopes[0], scopes[-1]) == ("corticosteroids", "sizofiran")


def test_named_agents_only_each_once_and_no_sweep() -> None:
    asked = plan(WATCHLIST, ["corticosteroids", "ivig", "ivig"], {})
    assert [(one.scope, one.kind) for one in asked] == [("ivig", "agent"), ("corticosteroids", "agent")]


def test_unknown_agent_is_told_with_the_known_ones() -> None:
    with pytest.raises(Validation, match="sizofiran"):
        plan(WATCHLIST, ["vitamin_c"], {})


def test_without_a_hint_the_members_of_an_agent_tell_its_size() -> None:
    agent = WATCHLIST.agent("azathioprine")
    assert agent.expected_size == agent.size_hint == 500
    mine = replace(agent, id="mine", members=agent.members * 3, size_hint=None)
    assert mine.expected_size == 3 * replace(mine, members=agent.members).expected_size > 0
    assert [one.scope for one in plan(replace(WATCHLIST, agents=(mine, agent)), [], {})] == ["me_cfs", agent.id, "mine"]


def test_question_changes_with_watchlist_fields_matcher_and_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    before = question(WATCHLIST)
    assert before == question(watchlist.load())
    assert len(before) == 32
    with monkeypatch.context() as patch:
        patch.setattr(plans, "RULES", RULES + "x")
        assert question(WATCHLIST) != before
    with monkeypatch.context() as patch:
        patch.setattr(plans, "FIELDS", FIELDS + ",Extra")
        assert question(WATCHLIST) != before
    with monkeypatch.context() as patch:
        patch.setattr(plans, "COLUMNS", (*COLUMNS, "extra"))
        assert question(WATCHLIST) != before
