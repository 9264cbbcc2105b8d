"""What a person sees of a refresh on standard error: a bar on a terminal, one line a scope anywhere else.

When the terminal is closed, or cannot show a character, the work goes on.
"""

import json
import shutil
import sys
from collections.abc import Mapping, Sequence
from typing import Any, TextIO

from cache.cli.streams import put_out, silence
from cache.english import count
from cache.exit_codes import BUSY, LOCAL, USAGE
from cache.refresh.report import Report, Result, Step
from cache.store.errors import Damaged
from cache.store.lock import Busy
from cache.store.schema import RESULTS_SCOPE
from fetchers.errors import TrackerError, Validation
from fetchers.record.texts import printable as printable

RESCUE = "Run python -m cache check --rescue: it copies the damaged store aside and keeps what can be read."
_BAR = 24
_ENDED = ("fresh", "unchanged", "failed")


def say(stream: TextIO, line: str) -> bool:
    """Write one line; False when that is not possible (any more)."""
    try:
        stream.write(line)
        stream.flush()
    except (OSError, ValueError, UnicodeError):
        if stream is sys.stderr:
            silence(stream)
        return False
    return True


def put_out_json(value: Any) -> None:
    """One JSON document on standard output, in plain ASCII so that every terminal can show it."""
    put_out((json.dumps(value, indent=2) + "\n").encode())


def complain(error: TrackerError) -> int:
    """Say what went wrong before or instead of a result; returns the exit code that stands for it."""
    advice = f" {RESCUE}" if isinstance(error, Damaged) else ""
    say(sys.stderr, f"{printable(error)}{advice}\n")
    return BUSY if isinstance(error, Busy) else USAGE if isinstance(error, Validation) else LOCAL


class Progress:
    """The ``tell`` of a refresh, writing to ``stream``. ``names`` gives the display name of a scope.

    ``quiet`` tells only of scopes that failed, or of which something could not be read.
    """

    def __init__(self, stream: TextIO, names: Mapping[str, str], *, quiet: bool = False) -> None:
        self.stream = stream
        self.names = names
        self.live = True
        self.quiet = quiet
        self.bar = not quiet and _is_terminal(stream)
        self._fetched = 0
        self._expected: int | None = None

    def __call__(self, step: Step) -> None:
        status = step.values.get("status")
        if status == "asking":
            self._fetched, self._expected = 0, None
        self._fetched = step.values.get("fetched", self._fetched)
        self._expected = step.values.get("expected", self._expected)
        head = f"[{step.place}/{step.scopes}] {printable(self.names.get(step.scope, step.scope))}"
        if status in _ENDED and (step.values["error"] or not self.quiet):
            said = outcome if step.scope != RESULTS_SCOPE else of_results
            result = Result(**{name: step.values[name] for name in Result._fields})
            self._write(("\r\x1b[K" if self.bar else "") + f"{head}: {said(result)}\n")
        elif self.bar:
            width = shutil.get_terminal_size().columns - 1
            self._write("\r\x1b[K" + f"{head} {self._filled(status)} {step.requests} requests"[:width])

    def _filled(self, status: object) -> str:
        if status == "storing":
            return f"[{'#' * _BAR}] storing {self._fetched} trials,"
        if not self._expected:
            return f"[{'.' * _BAR}] asking,"
        filled = min(_BAR, _BAR * self._fetched // self._expected)
        return f"[{'#' * filled}{'.' * (_BAR - filled)}] {self._fetched}/{self._expected} trials,"

    def _write(self, text: str) -> None:
        self.live = self.live and say(self.stream, text)


def outcome(result: Result) -> str:
    """One scope's result in words."""
    trials = count(result.studies, "trial")
    if result.status == "failed":
        return f"failed, {trials} kept as they were: {printable(result.error)}"
    if result.status == "unchanged":
        return f"unchanged, {trials}"
    aside = f", {result.set_aside} set aside as unreadable" if result.set_aside else ""
    news = f"{result.new} new, {result.changed} changed, {result.left} left"
    lacking = f": {printable(result.error)}" if result.error else ""
    return f"fresh, {trials} ({news}{aside}){lacking}"


def of_results(result: Result) -> str:
    """What reading posted results came to, in words."""
    stored = f"{count(result.studies, 'trial')} read"
    if result.status == "failed":
        return f"failed, {stored} before: {printable(result.error)}"
    if result.status == "unchanged":
        return f"unchanged, {stored}"
    lacking = f": {printable(result.error)}" if result.error else ""
    return f"fresh, {stored} ({result.new} new, {result.changed} changed){lacking}"


def summary(report: Report) -> str:
    """The last lines: what came of the whole run."""
    results = [*report.agents.values(), *report.sweeps.values()]
    # Posted results have a line of their own; here they count when the exit code needs a reason.
    if report.results and report.results.status == "failed":
        results.append(report.results)
    counts = [(sum(result.status == status for result in results), status) for status in _ENDED]
    line = ", ".join(f"{number} {status}" for number, status in counts if number)
    data = f"registry data of {report.registry_timestamp}" if report.registry_timestamp else "no data time stamp"
    said = f"{line}; {data}; {traffic(report.requests, report.bytes)}, {report.seconds:.1f} s\n"
    return said + (f"{printable(report.error)}\n" if report.error else "")


def traffic(requests: int, size: int) -> str:
    return f"{count(requests, 'request')}, {size:,} bytes"


def table(rows: Sequence[Sequence[str]]) -> str:
    """Rows as aligned columns, the first of them the heading; numbers to the right."""
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = [
            cell.rjust(width) if cell.replace(",", "").isdigit() else cell.ljust(width)
            for cell, width in zip(row, widths, strict=True)
        ]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines) + "\n"


def _is_terminal(stream: TextIO) -> bool:
    try:
        return stream.isatty()
    except ValueError:  # closed
        return False
