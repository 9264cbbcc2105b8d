"""What is believed of an answer that lost much or all, when, and that no doubt lasts for ever."""

from collections.abc import Iterator
from typing import Any

import pytest

from cache.store.schema import event, scope, study
from tests.fake_registry import make_study
from tests.rigs.refresh import Rig, held, is_first_page

pytestmark = pytest.mark.both_databases

DRUGS = {"azathioprine": "Azathioprine", "sizofiran": "Sizofiran", "ivig": "IVIG"}


def some(count: int, agent: str) -> list[dict[str, Any]]:
    drugs = [{"type": "DRUG", "name": DRUGS[agent]}]
    first = 70_000_000 + 1_000_000 * list(DRUGS).index(agent)
    return [make_study(f"NCT{first + number}", title=f"Trial {number}", interventions=drugs) for number in range(count)]


@pytest.fixture
def rig() -> Iterator[Rig]:
    with Rig([*some(60, "azathioprine"), *some(1, "sizofiran"), *some(5, "ivig")], page_cap=40) as made:
        assert made.refresh("azathioprine", "sizofiran", "ivig").exit_code == 0
        yield made


def drop(rig: Rig, agent: str, count: int | None = None) -> list[str]:
    gone = list(held(rig, agent))[:count]
    for nct_id in gone:
        rig.fake.remove(nct_id)
    return gone


def left(rig: Rig) -> set[str]:
    return {row["nct_id"] for row in rig.rows(study) if row["left_registry"]}


@pytest.mark.parametrize("agent", ["sizofiran", "ivig", "azathioprine"])
@pytest.mark.parametrize("full", [False, True])
def test_an_agent_whose_last_trials_leave_is_empty_from_then_on(rig: Rig, agent: str, full: bool) -> None:
    gone = drop(rig, agent)
    rig.fake.reload()
    report = rig.refresh(agent, full=full)
    assert (report.exit_code, report.agents[agent][:5]) == (0, ("fresh", 0, 0, 0, len(gone)))
    assert {f"/studies/{nct_id}" for nct_id in gone} <= set(rig.paths()), "each was asked for by name"
    assert left(rig) == set(gone)
    assert [row["kind"] for row in rig.rows(event)].count("left_registry") == len(gone)
    rig.fake.reload()
    report = rig.refresh("azathioprine", "sizofiran", "ivig")
    assert report.exit_code == 0
    assert {row["registry_timestamp"] for row in rig.rows(scope)} == {rig.fake.data_timestamp}


@pytest.mark.parametrize("agent", ["sizofiran", "ivig", "azathioprine"])
def test_an_empty_answer_to_what_the_registry_still_has_is_believed_with_the_next_load(rig: Rig, agent: str) -> None:
    ids = held(rig, agent)
    rig.fake.fault("empty", when=is_first_page)
    before = rig.data()
    for again in range(3):
        if not again:
            rig.fake.reload()
        report = rig.refresh(agent)
        assert report.exit_code == 3
        error = str(report.agents[agent].error)
        assert "suddenly empty" in error
        assert "until another data load says the same" in error
        assert rig.data() == before, "the same load can say it as often as it likes"
    rig.fake.reload()
    report = rig.refresh(agent)
    assert (report.exit_code, report.agents[agent].left) == (0, len(ids))
    assert left(rig) == set(), "they only answer this agent no more"


@pytest.mark.parametrize("lost", [21, 40, 59])
def test_too_many_losses_are_believed_with_the_next_load(rig: Rig, lost: int) -> None:
    gone = drop(rig, "azathioprine", lost)
    rig.fake.reload()
    report = rig.refresh("azathioprine")
    assert report.exit_code == 3
    assert f"({lost} of 60)" in str(report.agents["azathioprine"].error)
    assert rig.refresh("azathioprine").exit_code == 3
    rig.fake.reload()
    report = rig.refresh("azathioprine")
    assert (report.exit_code, report.agents["azathioprine"].left) == (0, lost)
    assert left(rig) == set(gone)


def test_a_doubt_from_before_a_good_answer_does_not_count(rig: Rig) -> None:
    rig.fake.fault("empty", when=is_first_page)
    rig.fake.reload()
    assert rig.refresh("ivig").exit_code == 3
    rig.fake.clear_faults()
    rig.fake.reload()
    assert rig.refresh("ivig").exit_code == 0
    rig.fake.fault("empty", when=is_first_page)
    rig.fake.reload()
    assert rig.refresh("ivig").exit_code == 3, "it takes two in a row"


def test_other_failures_in_between_leave_the_doubt_standing(rig: Rig) -> None:
    rig.fake.fault("empty", when=is_first_page)
    rig.fake.reload()
    assert rig.refresh("ivig").exit_code == 3
    rig.fake.fault("500", path="/studies")
    assert rig.refresh("ivig").exit_code == 3
    rig.fake.clear_faults()
    rig.fake.fault("empty", when=is_first_page)
    rig.fake.reload()
    assert rig.refresh("ivig").exit_code == 0


def test_a_large_empty_answer_is_not_asked_for_name_by_name(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cache.refresh.ask.NAMED", 50)
    gone = drop(rig, "azathioprine")
    rig.fake.reload()
    assert rig.refresh("azathioprine").exit_code == 3
    rig.fake.reload()
    assert rig.refresh("azathioprine").exit_code == 0
    assert not any(path.startswith("/studies/NCT") for path in rig.paths())
    assert left(rig) == set(gone), "asked for by their ids under two data loads"


def test_without_time_stamps_days_stand_for_loads(rig: Rig) -> None:
    rig.fake.fault("no-timestamp")
    rig.fake.fault("empty", when=is_first_page)
    assert rig.refresh("ivig").exit_code == 3
    assert rig.refresh("ivig").exit_code == 3
    rig.now = rig.now.replace(day=23)
    assert rig.refresh("ivig").exit_code == 0
