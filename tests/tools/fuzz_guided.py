"""``python -m tests.tools.fuzz_guided --target NAME [--inputs N] [--corpus FOLDER]``: the fuzzer led by coverage.

It attacks the targets of ``tests.tools.fuzz``, but keeps each input that reaches a branch no other has reached, and
breaks that further. It needs atheris (``python -m pip install atheris``), which no requirements file asks for. A crash,
an input that takes longer than a hang may, or too much memory ends it, with the input in the corpus folder.
"""

import argparse
import importlib
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from fetchers.errors import TrackerError

INSTRUMENTED = ["fetchers", "cache"]  # and what they import, but for what is compiled
LONGEST_SECONDS, LONGEST_INPUT, MOST_MEGABYTES = 10, 200_000, 1_024


def one_input(read: Callable[[bytes], object]) -> Callable[[bytes], None]:
    """What is called for each input: an error of ours is an answer, any other a crash."""

    def attack(content: bytes) -> None:
        try:
            read(content)
        except TrackerError:
            return

    return attack


def options_of(inputs: int, corpus: Path) -> list[str]:
    """What libFuzzer is told; inputs it finds worth keeping are added to the corpus."""
    return [
        f"-atheris_runs={inputs}",
        f"-timeout={LONGEST_SECONDS}",
        f"-max_len={LONGEST_INPUT}",
        f"-rss_limit_mb={MOST_MEGABYTES}",
        f"-artifact_prefix={corpus}/",
        "-print_final_stats=1",
        str(corpus),
    ]


def main(argv: Sequence[str] | None = None) -> None:
    """Attack one target; the exit code is libFuzzer's: 0 when nothing crashed."""
    parser = argparse.ArgumentParser(prog="python -m tests.tools.fuzz_guided", description=__doc__)
    parser.add_argument("--target", required=True, help="as python -m tests.tools.fuzz --help names them")
    parser.add_argument("--inputs", type=int, default=100_000)
    parser.add_argument(
        "--corpus", type=Path, metavar="FOLDER", help="where found inputs are kept, to go on from there"
    )
    given = parser.parse_args(argv)
    try:
        atheris: Any = importlib.import_module("atheris")
    except ImportError:
        sys.exit("This needs atheris: python -m pip install atheris")
    with atheris.instrument_imports(include=INSTRUMENTED):
        targets = importlib.import_module("tests.tools.fuzz_targets").TARGETS
    if given.target not in targets:
        parser.error(f"There is no target {given.target!r}; the targets: {', '.join(targets)}.")
    corpus = given.corpus or Path(tempfile.mkdtemp(prefix="corpus-"))
    corpus.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        target = targets[given.target](Path(folder))
        for number, seed in enumerate(target.seeds):
            (corpus / f"seed-{number}").write_bytes(seed)
        atheris.Setup([parser.prog, *options_of(given.inputs, corpus)], one_input(target.read))
        atheris.Fuzz()


if __name__ == "__main__":
    main()
