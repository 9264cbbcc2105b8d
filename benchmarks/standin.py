"""The registry stand-in as a process of its own: its work is not taken for ours, its records can be edited."""

from __future__ import annotations

import argparse
import multiprocessing
from collections.abc import Iterable, Mapping
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Any, Self

from fetchers.registry.client import Registry
from tests.fake_registry import FakeRegistry, synthetic_studies

_PATIENCE = 600.0


class StandIn:
    """``studies`` synthetic records behind ``url``, for the length of a ``with`` block; ``short``: few with results,
    which takes less time and memory than records as long as real ones."""

    def __init__(self, studies: int, seed: int = 0, *, short: bool = False) -> None:
        self.studies = studies
        self.seed = seed
        self.short = short

    def __enter__(self) -> Self:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, self.studies, self.seed, self.short), daemon=True)
        self._process.start()
        theirs.close()
        self.url = str(self._answer())
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._pipe.close()
        self._process.join(10)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()
        self._process.close()

    def tell(self, method: str, *args: Any, **named: Any) -> None:
        """Call a method of the stand-in (``put``, ``edit``, ``remove``, ``reload``)."""
        self._pipe.send((method, args, named))
        self._answer()

    def warm(self, questions: Iterable[Mapping[str, str]], fields: str) -> int:
        """Ask every page once, so that the stand-in has it ready; returns how many records came."""
        came = 0
        with Registry(self.url, pace=0, timeout=_PATIENCE) as registry:
            for question in questions:
                came += sum(len(page.studies) for page in registry.pages(question, fields))
        return came

    def _answer(self) -> Any:
        if not self._pipe.poll(_PATIENCE):
            raise TimeoutError("The stand-in does not answer.")
        return self._pipe.recv()


def _serve(pipe: Connection, studies: int, seed: int, short: bool) -> None:
    with FakeRegistry(synthetic_studies(studies, seed, long=not short)) as registry:
        pipe.send(registry.url)
        while True:
            try:
                method, args, named = pipe.recv()
            except EOFError:
                return
            getattr(registry, method)(*args, **named)
            pipe.send("done")


def ask_for_records(parser: argparse.ArgumentParser) -> None:
    """The option that chooses the records."""
    parser.add_argument("--short", action="store_true", help="records of 13 kB, few with results (real ones: 17 kB)")
