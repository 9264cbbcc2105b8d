"""A few rounds of ``python -m tests.kill``, and that its judge sees what it is there to see."""

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from cache.store.store import Store
from tests.kill import Killer, main, summary
from tests.rigs.answering import Refresher, record
from tests.rigs.soundness import State, Violation, judge_history, state_of

ROUNDS = 4  # each starts a process


@pytest.mark.slow
def test_a_refresh_killed_at_random_moments_costs_nothing(tmp_path: Path) -> None:
    killer = Killer(tmp_path, random.Random(7))
    killer.run(ROUNDS)
    assert killer.kills.total() == ROUNDS
    assert killer.finished >= 1
    assert summary(killer).startswith(f"{ROUNDS} refreshes killed (")
    assert not [one for one in tmp_path.iterdir() if "damaged" in one.name]


def test_the_first_violation_ends_it_and_names_the_seed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def broken(self: Killer, rounds: int) -> None:
        raise Violation("a version was lost")

    monkeypatch.setattr(Killer, "run", broken)
    monkeypatch.setattr("tempfile.mkdtemp", lambda **_: str(tmp_path))
    assert main(["--rounds", "3", "--seed", "11"]) == 1
    assert (
        capsys.readouterr().out == f"VIOLATION after 0 kills, seed 11, store kept in {tmp_path}: a version was lost\n"
    )


@pytest.fixture
def state() -> State:
    store = Store.in_memory()
    refresher = Refresher(store)
    refresher.answer("azathioprine", [record(1, "azathioprine")])
    refresher.answer("azathioprine", [record(1, "azathioprine", status={"overallStatus": "COMPLETED"})])
    found = state_of(store)
    store.close()
    judge_history(found)
    return found


SPOILED: dict[str, Callable[[State], object]] = {
    "event lost": lambda state: state.events.popitem(),
    "event twice": lambda state: state.events.update({99: state.events[1]}),
    "version lost": lambda state: state.versions.pop(2),
    "version twice": lambda state: state.versions.update({99: state.versions[2]}),
}


@pytest.mark.parametrize("what", SPOILED)
def test_the_judge_sees_a_history_that_is_not_whole(state: State, what: str) -> None:
    SPOILED[what](state)
    with pytest.raises(Violation, match="NCT00000001"):
        judge_history(state)
