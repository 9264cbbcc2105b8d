"""A watch-list that asks for everything: a refresh brings every study of the registry, also those of no agent."""

from dataclasses import replace

import pytest

from cache.refresh.plan import plan
from cache.store.schema import REGISTRY_SCOPE, answer, match, scope, study
from fetchers.errors import Validation
from fetchers.registry.client import Registry
from tests.fake_registry import Request, make_study
from tests.rigs.refresh import AGENTS, WATCHLIST, Rig, is_first_page, is_later_page

pytestmark = pytest.mark.both_databases

ALL = replace(WATCHLIST, everything=True)
OTHERS = [make_study(f"NCT0900000{number}", title="Sleep and light", conditions=["Insomnia"]) for number in range(5)]


def held(rig: Rig) -> set[str]:
    return {row["nct_id"] for row in rig.rows(answer) if row["scope"] == REGISTRY_SCOPE and row["ended_at"] is None}


def test_it_is_asked_last_and_only_when_no_agent_is_named() -> None:
    assert plan(ALL, (), {})[-1].scope == REGISTRY_SCOPE
    assert REGISTRY_SCOPE not in {one.scope for one in plan(ALL, ("ivig",), {})}
    assert REGISTRY_SCOPE not in {one.scope for one in plan(WATCHLIST, (), {})}


def test_every_study_comes_and_its_matches_are_those_of_the_agents_alone() -> None:
    with Rig() as narrow, Rig() as rig:
        for other in OTHERS:
            narrow.fake.put(other)
            rig.fake.put(other)
        assert narrow.refresh().exit_code == 0
        report = rig.refresh(watchlist=ALL)
        assert report.exit_code == 0
        words = [request.params for request in rig.fake.requests if is_first_page(request)]
        (whole,) = [one for one in words if not any(name.startswith(("query.", "filter.")) for name in one)]
        assert whole["sort"]
        every = {one["nct_id"] for one in rig.rows(study)}
        assert held(rig) == every
        assert {other["protocolSection"]["identificationModule"]["nctId"] for other in OTHERS} <= every
        mine = {one["nct_id"] for one in narrow.rows(study)}
        assert mine < every
        theirs = [row for row in rig.rows(match) if row["nct_id"] in mine and row["agent"] in AGENTS]
        assert {(row["nct_id"], row["agent"]) for row in theirs} >= {
            (row["nct_id"], row["agent"]) for row in narrow.rows(match)
        }


def test_the_next_refresh_reads_only_what_changed_and_notes_what_left() -> None:
    with Rig() as rig:
        for other in OTHERS:
            rig.fake.put(other)
        rig.refresh(watchlist=ALL)
        rig.fake.edit("NCT09000001", **{"protocolSection.statusModule.lastUpdatePostDateStruct.date": "2026-11-21"})
        rig.fake.remove("NCT09000002")
        rig.fake.reload()
        report = rig.refresh(watchlist=ALL)
        assert report.exit_code == 0
        named = [request.params["filter.ids"] for request in rig.fake.requests if "filter.ids" in request.params]
        assert "NCT09000001" in ",".join(named)
        assert "NCT09000003" not in ",".join(named)
        assert "NCT09000002" not in held(rig)


def test_an_answer_that_breaks_off_changes_nothing_and_the_agents_stay() -> None:
    with Rig() as rig:
        for other in OTHERS:
            rig.fake.put(other)
        rig.fake.fault("500", when=lambda request: is_later_page(request) and _whole(request))
        assert rig.refresh(watchlist=ALL).exit_code == 1
        assert held(rig) == set()
        told = {row["scope"]: row["error"] for row in rig.rows(scope)}
        assert told["ivig"] is None
        rig.fake.clear_faults()
        assert rig.refresh(watchlist=ALL).exit_code == 0
        assert held(rig) == {one["nct_id"] for one in rig.rows(study)}


def _whole(request: Request) -> bool:
    return not any(name.startswith(("query.", "filter.")) for name in request.params)


def test_a_question_without_a_word_is_still_a_mistake() -> None:
    with Rig() as rig, Registry(rig.fake.url, pace=0) as registry, pytest.raises(Validation):
        list(registry.pages({"query.term": " "}))
