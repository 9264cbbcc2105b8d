"""What a person sees of a refresh: a bar on a terminal, a line a scope elsewhere, and never a control character."""

import io
import subprocess
import sys
from typing import Any

import pytest

from cache.cli.terminal import Progress, outcome, printable, summary, table
from cache.refresh.report import Report, Result, Step
from fetchers.settings import ROOT

NAMES = {"ivig": "Intravenous immunoglobulin"}
FRESH = Result("fresh", 1_234, new=3, changed=2, left=1)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Gone(io.StringIO):
    written = 0

    def write(self, text: str) -> int:
        self.written += 1
        raise BrokenPipeError


def step(**values: Any) -> Step:
    return Step("ivig", 2, 9, values, 7)


def ended(result: Result) -> Step:
    return step(**result._asdict())


def test_no_terminal_gets_one_line_a_scope() -> None:
    stream = io.StringIO()
    tell = Progress(stream, NAMES)
    for one in (step(status="asking"), step(fetched=100, expected=1_234), step(status="storing"), ended(FRESH)):
        tell(one)
    assert stream.getvalue() == ("[2/9] Intravenous immunoglobulin: fresh, 1,234 trials (3 new, 2 changed, 1 left)\n")


@pytest.mark.parametrize("stream", [io.StringIO(), Terminal()])
def test_quiet_tells_only_of_what_failed(stream: io.StringIO) -> None:
    tell = Progress(stream, NAMES, quiet=True)
    for one in (step(status="asking"), step(fetched=100, expected=1_234), step(status="storing"), ended(FRESH)):
        tell(one)
    assert stream.getvalue() == ""
    tell(ended(Result("failed", 5, error="The registry is down.")))
    said = "[2/9] Intravenous immunoglobulin: failed, 5 trials kept as they were: The registry is down.\n"
    assert stream.getvalue() == said


def test_terminal_gets_a_bar_that_fills_and_ends_in_the_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    stream = Terminal()
    tell = Progress(stream, NAMES)
    tell(step(status="asking", fetched=0, expected=None))
    tell(step(fetched=50, expected=100))
    tell(step(fetched=500, expected=100))
    tell(ended(FRESH))
    asking, half, over, last = stream.getvalue().split("\r\x1b[K")[1:]
    assert asking == f"[2/9] Intravenous immunoglobulin [{'.' * 24}] asking, 7 requests"
    assert half == f"[2/9] Intravenous immunoglobulin [{'#' * 12}{'.' * 12}] 50/100 trials, 7 requests"
    assert f"[{'#' * 24}]" in over
    assert last.endswith("1,234 trials (3 new, 2 changed, 1 left)\n")


def test_bar_never_wraps_a_narrow_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "30")
    stream = Terminal()
    Progress(stream, NAMES)(step(fetched=50, expected=100))
    assert len(stream.getvalue().removeprefix("\r\x1b[K")) == 29


def test_reader_that_left_is_not_written_to_again() -> None:
    stream = Gone()
    tell = Progress(stream, NAMES)
    tell(ended(FRESH))
    tell(ended(FRESH))
    assert stream.written == 1


def test_closed_stream_is_no_terminal() -> None:
    stream = io.StringIO()
    stream.close()
    tell = Progress(stream, NAMES)
    tell(ended(FRESH))
    assert not tell.bar
    assert not tell.live


@pytest.mark.parametrize(
    ("result", "words"),
    [
        (Result("unchanged", 1), "unchanged, 1 trial"),
        (Result("fresh", 0), "fresh, 0 trials (0 new, 0 changed, 0 left)"),
        (Result("fresh", 2, set_aside=1), "fresh, 2 trials (0 new, 0 changed, 0 left, 1 set aside as unreadable)"),
        (Result("failed", 2, error="a\x1b[31mb"), "failed, 2 trials kept as they were: a [31mb"),
    ],
)
def test_outcome_in_words(result: Result, words: str) -> None:
    assert outcome(result) == words


def test_control_characters_never_reach_a_terminal() -> None:
    assert printable("a\x1b]0;x\x07b\r\nc\u202ed") == "a ]0;x b  c d"


def test_summary_counts_and_gives_the_reason() -> None:
    results = {"a": FRESH, "b": Result("unchanged", 1), "c": Result("failed", 1, error="down")}
    report = Report(1, "2026-11-20T09:00:05", 1, 2_048, 1.23, results, {}, "It is down.")
    assert summary(report) == (
        "1 fresh, 1 unchanged, 1 failed; registry data of 2026-11-20T09:00:05; 1 request, 2,048 bytes, 1.2 s\n"
        "It is down.\n"
    )
    assert "no data time stamp" in summary(Report(3, None, 4, 0, 1, {}, results))


def test_table_aligns_words_left_and_numbers_right() -> None:
    assert table([("name", "count"), ("ivig", "7"), ("a longer name", "1,234")]) == (
        "name           count\nivig               7\na longer name  1,234\n"
    )


@pytest.mark.parametrize(
    ("code", "heavy"),
    [
        ("import cache.__main__", {"sqlalchemy", "msgspec", "pandas", "requests"}),
        ("import cache.cli.refresh", {"pandas", "pyarrow", "icalendar", "alembic", "cache.recovery", "cache.read"}),
        ("import cache.cli.changes", {"requests", "cache.export.formats", "cache.refresh.run"}),
        ("import cache.cli.inspect", {"requests", "icalendar", "cache.export.formats", "cache.refresh.run"}),
    ],
)
def test_a_command_imports_only_what_it_needs(code: str, heavy: set[str]) -> None:
    told = f"{code}; import sys; print(sorted({heavy!r} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"
