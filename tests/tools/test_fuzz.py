"""The bounded run of the fuzzer; the long one is ``python -m tests.tools.fuzz --inputs 1000000``."""

import random
import sys
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace

import pytest

from fetchers.errors import Validation
from fetchers.watchlist import load as watchlists
from tests.tools import fuzz_guided
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


def test_the_guided_run_begins_with_the_seeds_and_passes_our_errors(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    attacks: list[Callable[[bytes], None]] = []

    def setup(options: list[str], attack: Callable[[bytes], None]) -> None:
        told.extend(options)
        attacks.append(attack)

    def fuzz() -> None:
        for path in sorted(corpus.iterdir()):
            attacks[0](path.read_bytes()[:-1])

    corpus = tmp_path / "corpus"
    atheris = SimpleNamespace(instrument_imports=lambda include: nullcontext(), Setup=setup, Fuzz=fuzz)
    monkeypatch.setitem(sys.modules, "atheris", atheris)
    fuzz_guided.main(["--target", "watch-list", "--inputs", "9", "--corpus", str(corpus)])
    assert {"-atheris_runs=9", "-timeout=10", str(corpus)} <= set(told)
    assert len(list(corpus.iterdir())) == len(TARGETS["watch-list"](tmp_path).seeds)

    def fall(content: bytes) -> None:
        raise KeyError(content)

    with pytest.raises(KeyError):
        fuzz_guided.one_input(fall)(b"x")


def test_the_guided_run_says_what_it_lacks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "atheris", None)
    with pytest.raises(SystemExit, match="pip install atheris"):
        fuzz_guided.main(["--target", "decoder"])
    monkeypatch.setitem(sys.modules, "atheris", SimpleNamespace(instrument_imports=lambda include: nullcontext()))
    with pytest.raises(SystemExit):
        fuzz_guided.main(["--target", "nothing"])
