"""The walks of docs/architecture.md: what they name is passed, and in this order."""

import re
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from cache.__main__ import main
from fetchers.settings import ROOT
from tests.fake_registry import FakeRegistry, agent_studies
from tests.rigs.pages import forget, page
from tests.rigs.refresh import url_of

TEXT = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
# A name of a document may leave out its room.
ROOMS = ("", "fetchers.", "cache.", "dashboard.")


def told(walk: str) -> list[str]:
    """The functions of a walk, without what stands in brackets and what follows from another end of it."""
    (text,) = re.findall(
        rf"^\*\*{walk}, .*?\*\* (.*?)(?:\n\n|\sThen three ways|\sThe same `Finding`)", TEXT, re.M | re.S
    )
    while (shorter := re.sub(r"\([^()]*\)", "", text)) != text:
        text = shorter
    return [one for one in re.findall(r"`(\w+(?:\.\w+)+)`", text) if not one.endswith((".KEYS", "cache.refresh.ask"))]


@contextmanager
def noted() -> Iterator[list[str]]:
    """Every function of ours that is entered meanwhile, in this thread and in those that begin."""
    passed: list[str] = []

    def note(frame: FrameType, event: str, _: Any) -> None:
        if event == "call":
            passed.append(f"{frame.f_globals.get('__name__', '')}.{frame.f_code.co_qualname}")

    before = sys.getprofile(), threading.getprofile()
    threading.setprofile(note)
    sys.setprofile(note)
    try:
        yield passed
    finally:
        sys.setprofile(before[0])
        threading.setprofile(before[1])


def refresh_and_export(folder: Path) -> None:
    assert main(["refresh", "--quiet", "--agent", "sizofiran"]) == 0
    assert main(["export", "--format", "json", "--out", str(folder / "trials.json")]) == 0


WALKS: dict[str, Callable[[Path], Any]] = {
    "One agent": refresh_and_export,
    "One record": refresh_and_export,
    "One filter": lambda _: page("trials", q="fatigue"),
    "One claim": lambda _: page("claims"),
    "One number": lambda _: (page("overview"), page("trials")),
}


@pytest.mark.parametrize("walk", WALKS)
def test_a_walk_passes_its_functions_in_the_order_in_which_they_are_told(
    walk: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    forget()
    with FakeRegistry(agent_studies()) as fake:
        for variable, value in (("REGISTRY_URL", fake.url), ("CACHE_URL", url_of(tmp_path)), ("PACE_SECONDS", "0")):
            monkeypatch.setenv(f"TRIALS_{variable}", value)
        with noted() as passed:
            WALKS[walk](tmp_path)
    functions = told(walk)
    assert len(functions) >= 3
    rest = iter(passed)
    lost = [one for one in functions if not any(entered in {room + one for room in ROOMS} for entered in rest)]
    assert lost == [], f"not passed, or not after {functions[functions.index(lost[0]) - 1]}"
