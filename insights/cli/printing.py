"""Rows on standard output: as a table for people, as JSON or CSV for programs."""

import csv
import io
import json
import shutil
import sys
import textwrap
from collections import Counter
from collections.abc import Sequence

from cache.cli import streams
from cache.cli.terminal import printable, table
from cache.export.cells import cell
from cache.export.formats import BOM
from insights.cli.rows import Row
from insights.results_due import STATES

NOT_ASKED = "not asked yet"
SOURCE = "ClinicalTrials.gov, U.S. National Library of Medicine"
ATTRIBUTION = f"Source: {SOURCE}. Verdicts and counts are made by this tracker's rules. Not medical advice."
LONGEST = 60  # characters of one cell of a table
_COLUMNS = {
    "claims": ("claim", "verdict", "rule", "ids", "date", "words"),
    "gaps": ("agent", "condition", "cell", "date", "total", "recruiting", "stopped", "highest", "newest_activity"),
    "funnel": ("agent", "step", "number", "date", "rule_words"),
    "results": ("nct_id", "results", "rule", "due_on", "overtaken", "date", "title"),
    "findings": ("nct_id", "enrollment", "results", "rule", "says", "date", "title"),
}
_HEADS = {"ids": "trials", "rule_words": "what it counts", "date": "data of", "newest_activity": "newest activity",
          "enrollment": "people"}  # fmt: skip


def put_out(command: str, rows: Sequence[Row], fmt: str) -> None:
    """Write the rows in one format, each with its source."""
    makers = {"json": as_json, "csv": as_csv}
    streams.put_out(makers[fmt](rows) if fmt in makers else as_table(command, rows))


def as_json(rows: Sequence[Row]) -> bytes:
    """A list of objects in plain ASCII, so that no terminal can stumble over it."""
    return (json.dumps([{**row, "source": SOURCE} for row in rows], indent=2) + "\n").encode()


def as_csv(rows: Sequence[Row]) -> bytes:
    """The same rows as cells that no spreadsheet takes for a formula; a date nobody asked for says so."""
    text = io.StringIO(newline="")
    text.write(BOM)
    writer = csv.writer(text, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
    if rows:
        writer.writerow([*rows[0], "source"])
    for row in rows:
        values = {**row, "date": _day(row), "source": SOURCE}
        writer.writerow([_word(cell(value)) for value in values.values()])
    return text.getvalue().encode()


def as_table(command: str, rows: Sequence[Row]) -> bytes:
    """A line a row under a heading, on a terminal cut to its width; where the data come from below it."""
    columns = _COLUMNS[command]
    lines = [[_HEADS.get(name, name) for name in columns]]
    lines += [[_short(row, name) for name in columns] for row in rows]
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    shown = [line[:width].rstrip() for line in table(lines).splitlines()]
    if command == "results" and rows:
        shown += ["", *_counted(rows)]
    return ("\n".join([*shown, "", ATTRIBUTION, ""])).encode(errors="replace")


def _counted(rows: Sequence[Row]) -> list[str]:
    """How many trials there are in each state of results, in the order of the page."""
    found = Counter(row["results"] for row in rows)
    return [f"{found[state]:>7,}  {words}" for state, words in STATES.items() if found[state]]


def _short(row: Row, name: str) -> str:
    value = row[name]
    if name == "date":
        value = _day(row)
    elif name == "ids":
        value = len(value)
    elif name == "verdict" and row["on_sample"]:
        value = f"{value} (sample)"
    if value is None:
        return "-"
    if isinstance(value, list):
        return ", ".join(map(printable, value)) or "-"
    return f"{value:,}" if isinstance(value, int) else textwrap.shorten(printable(value), LONGEST, placeholder=" …")


def _day(row: Row) -> str | None:
    """The day of the data. One that is missing because nobody asked is told apart from one that nobody noted."""
    return row["date"] or (NOT_ASKED if row["state"] == "not_asked" else None)


def _word(value: str | int | bool | None) -> str | int | None:
    return str(value).lower() if isinstance(value, bool) else value
