"""``python -m tests.tools.fuzz --inputs N``: throws broken inputs at everything that reads what others wrote.

Real records, watch-lists and addresses are broken at random, with a seed that makes a run repeatable. An input may be
refused with an error of our own; anything else is a crash, and is printed with what leads to it again.
"""

import argparse
import random
import re
import resource
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from fetchers.errors import TrackerError
from tests.tools.fuzz_targets import TARGETS, Target

LONGEST_SECONDS = 10  # for one input: longer is a hang
# What means something to one of the readers: put in where it is not expected.
TOKENS = (
    b'"', b"\\", b"{", b"}", b"[", b"]", b",", b":", b"null", b"true", b"-1", b"1e999", b"99999999999999999999",
    b"\x00", b"\xff", b"\xed\xa0\x80", b"\xef\xbb\xbf", b"\\ud800", b"NCT00000001", b"&", b"=", b"%", b"%00", b"+",
    b"-", b"@", b"[[", b"'''", b"#", b"\r\n", b"\t", b"=cmd|' /C calc'!A0", "＝".encode(), "\u202e".encode(),
    b"<script>", b"2026-02-30", b"nan", b"studies", b"nextPageToken", b"[" * 2000, b'{"a":' * 500, b"a" * 5000,
    b"(" * 300, b'"' * 99, b"1979-05-27T07:32:00Z",
)  # fmt: skip


@dataclass
class Told:
    """What became of the inputs of one target."""

    inputs: int = 0
    refused: int = 0
    seconds: float = 0.0
    slowest: float = 0.0
    crashes: list[str] = field(default_factory=list)


class _Hang(BaseException):
    """An input took too long; not to be caught by what reads it."""


def broken(seed: bytes, dice: random.Random) -> bytes:
    """``seed`` with one to eight faults."""
    found = bytearray(seed)
    for _ in range(dice.choice((1, 1, 1, 2, 3, 8))):
        _FAULTS[dice.randrange(len(_FAULTS))](found, dice)
    return bytes(found[:200_000])


def _flip(found: bytearray, dice: random.Random) -> None:
    if found:
        found[dice.randrange(len(found))] ^= 1 << dice.randrange(8)


def _cut(found: bytearray, dice: random.Random) -> None:
    at, length = dice.randint(0, len(found)), dice.choice((1, 1, 4, 40, 400))
    del found[at : at + length]


def _repeat(found: bytearray, dice: random.Random) -> None:
    at, length = dice.randint(0, len(found)), dice.choice((1, 8, 80, 800))
    found[at:at] = found[at : at + length]


def _put_in(found: bytearray, dice: random.Random) -> None:
    at = dice.randint(0, len(found))
    found[at:at] = dice.choice(TOKENS)


def _replace(found: bytearray, dice: random.Random) -> None:
    """A value of the input by a token: most faults elsewhere break the form before a value is looked at."""
    values = list(re.finditer(rb'"[^"\\]{0,80}"|\b[\w.-]{1,40}\b', found[:20_000]))
    if values:
        one = dice.choice(values)
        found[one.start() : one.end()] = dice.choice(TOKENS)


def _end(found: bytearray, dice: random.Random) -> None:
    del found[dice.randint(0, len(found)) :]


_FAULTS: Sequence[Callable[[bytearray, random.Random], None]] = (
    _flip,
    _cut,
    _repeat,
    _put_in,
    _replace,
    _replace,
    _end,
)


def attack(target: Target, inputs: int, seed: int, most_crashes: int = 20) -> Told:
    """Break the seeds of one target so many times, and tell what became of it."""
    dice, told = random.Random(f"{target.name} {seed}"), Told()
    while told.inputs < inputs and len(told.crashes) < most_crashes:
        content = broken(dice.choice(target.seeds), dice)
        told.inputs += 1
        began = time.perf_counter()
        try:
            with _patience():
                target.read(content)
        except TrackerError:
            told.refused += 1
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt):
                raise
            told.crashes.append(
                f"input {told.inputs}: {content[:300]!r}\n{''.join(traceback.format_exception(error, limit=-3))}"
            )
        took = time.perf_counter() - began
        told.seconds, told.slowest = told.seconds + took, max(told.slowest, took)
    return told


@contextmanager
def _patience() -> Iterator[None]:
    def ring(*_: object) -> None:
        raise _Hang

    before = signal.signal(signal.SIGALRM, ring)
    signal.alarm(LONGEST_SECONDS)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def peak() -> float:
    """The most memory this process has held, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main(argv: Sequence[str] | None = None) -> int:
    """Attack the targets; 1 when one of them crashed."""
    options = argparse.ArgumentParser(prog="python -m tests.tools.fuzz", description=__doc__)
    options.add_argument("--inputs", type=int, default=10_000, help="for all targets together")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--target", choices=sorted(TARGETS), action="append", help="only this one; may be repeated")
    given = options.parse_args(argv)
    crashes = 0
    with TemporaryDirectory() as folder:
        targets = [TARGETS[name](Path(folder)) for name in given.target or TARGETS]
        shares = sum(target.share for target in targets)
        print(
            f"{'target':<12}{'inputs':>10}{'refused':>10}{'seconds':>10}{'slowest ms':>12}{'crashes':>9}{'peak MB':>9}"
        )
        for target in targets:
            told = attack(target, given.inputs * target.share // shares, given.seed)
            crashes += len(told.crashes)
            figures = f"{told.inputs:>10}{told.refused:>10}{told.seconds:>10.1f}{told.slowest * 1000:>12.1f}"
            print(f"{target.name:<12}{figures}{len(told.crashes):>9}{peak():>9.0f}", flush=True)
            print("".join(told.crashes[:3]), end="")
    return 1 if crashes else 0


if __name__ == "__main__":
    sys.exit(main())
