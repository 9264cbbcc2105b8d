"""The bounded run of the fuzzer; the long one is ``python -m tests.tools.fuzz --inputs 1000000``."""

import random
from pathlib import Path

import pytest

from fetchers.errors import Validation
from fetchers.watchlist import load as watchlists
from tests.tools.fuzz import attack, broken, main
from tests.tools.fuzz_targets import TARGETS, Target

INPUTS = 400


@pytest.mark.parametrize("name", TARGETS)
def test_nothing_but_our_own_errors(name: str, tmp_path: Path) -> None:
    told = attack(TARGETS[name](tmp_path), INPUTS, seed=7)
    assert told.crashes == []
    assert told.inputs == INPUTS


def test_every_seed_is_good_until_it_is_broken(tmp_path: Path) -> None:
    for make in TARGETS.values():
        target = make(tmp_path)
        for seed in target.seeds[:3]:
            target.read(seed)


def test_a_crash_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def fall(content: bytes) -> None:
        raise KeyError(content[:3])

    target = Target("falls", 100, (b"abc",), fall)
    told = attack(target, 50, seed=1, most_crashes=2)
    assert (told.inputs, len(told.crashes)) == (2, 2)
    assert "KeyError" in told.crashes[0]
    monkeypatch.setattr("tests.tools.fuzz.TARGETS", {"falls": lambda folder: target})
    assert main(["--inputs", "5"]) == 1
    assert "KeyError" in capsys.readouterr().out


def test_a_run_can_be_repeated() -> None:
    first, again = random.Random(3), random.Random(3)
    assert [broken(b"some words", first) for _ in range(50)] == [broken(b"some words", again) for _ in range(50)]


def test_a_watch_list_nested_without_end_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "deep.toml"
    path.write_text(f"a = {'[' * 5000}")
    with pytest.raises(Validation, match="nested too deep"):
        watchlists.load(path)
