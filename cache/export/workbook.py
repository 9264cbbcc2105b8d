"""Trials as a workbook: a sheet to read, a sheet with the registry's codes for programs, and one about the file.

No text of the registry becomes a formula or a link. The only links are the NCT numbers of the sheet to read, which lead
to their records.
"""

import io
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

import xlsxwriter

from cache.codes import (
    DATE_TYPE_WORDS,
    LANE_WORDS,
    ROLE_WORDS,
    SPONSOR_WORDS,
    STATUS_WORDS,
    STUDY_TYPE_WORDS,
    TIER_WORDS,
)
from cache.export import formats
from cache.export.cells import cell

TO_READ, CODES, ABOUT = "Trials to read", "Trials", "About"  # programs find their sheet by its name
MOST_LINKS = 65_530  # that Excel takes in one sheet
_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_DAY_ZERO, _FIRST_DAY = date(1899, 12, 30), date(1900, 3, 1)  # Excel counts from the one and is wrong before the other
_WIDTHS = {"title": 60, "official_title": 40, "conditions": 30, "interventions": 30, "lead_sponsor": 30, "record": 45}
_RESULTS = {True: "Posted", False: "Not posted"}

Row = Mapping[str, Any]


class _Column(NamedTuple):
    head: str
    width: int
    value: Callable[[Row], Any]
    style: str = "text"


def xlsx(rows: Sequence[Row], keys: Sequence[str], about: Mapping[str, str], names: Mapping[str, str]) -> bytes:
    """A workbook with the sheets ``TO_READ``, ``CODES`` and ``ABOUT``. ``keys``: of the sheet with codes; ``names``: of
    the agents, by id."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, _OPTIONS) as book:
        _to_read(book, rows, names)
        _codes(book, rows, keys)
        _about(book, about)
    return buffer.getvalue()


def table(title: str, rows: Sequence[Row], names: Sequence[str], about: Mapping[str, str]) -> bytes:
    """A workbook of one sheet of harmless cells and the sheet ``ABOUT``; numbers that are text stay text."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, _OPTIONS) as book:
        _cells(book, title, rows, names)
        _about(book, about)
    return buffer.getvalue()


def _about(book: Any, about: Mapping[str, str]) -> None:
    notes = book.add_worksheet(ABOUT)
    notes.set_column(0, 0, 26, book.add_format({"bold": True}))
    notes.set_column(1, 1, 110, book.add_format({"text_wrap": True, "valign": "top"}))
    for line, (head, text) in enumerate(about.items()):
        notes.write_string(line, 0, head)
        notes.write_string(line, 1, str(cell(text)))


def serial(text: str | None) -> int | None:
    """A whole day as Excel counts it; None for a month, a year, or a day that Excel does not know."""
    try:
        day = date.fromisoformat(text or "")
    except ValueError:
        return None
    return (day - _DAY_ZERO).days if day >= _FIRST_DAY and text == day.isoformat() else None


def _to_read(book: Any, rows: Sequence[Row], names: Mapping[str, str]) -> None:
    top = {"valign": "top"}
    styles = {
        "text": book.add_format(top),
        "wrapped": book.add_format(top | {"text_wrap": True}),
        "date": book.add_format(top | {"num_format": "yyyy-mm-dd", "align": "left"}),
        "number": book.add_format(top | {"num_format": "#,##0"}),
    }
    link = book.add_format(top | {"font_color": "#0563C1", "underline": 1})
    sheet = _sheet(book, TO_READ, len(rows), [column.head for column in _READ])
    for place, column in enumerate(_READ):
        sheet.set_column(place, place, column.width, styles[column.style])
    _numbers_as_text(sheet, len(_READ))
    for line, row in enumerate(rows, start=1):
        if line <= MOST_LINKS:
            sheet.write_url(line, 0, row["record"], link, row["nct_id"])
        else:
            sheet.write_string(line, 0, row["nct_id"])
        named = {**row, "agents": _agents(row["agents"], names)}
        _write_row(sheet, line, [None, *(cell(column.value(named)) for column in _READ[1:])])


def _codes(book: Any, rows: Sequence[Row], keys: Sequence[str]) -> None:
    _cells(book, CODES, [formats.cells(row) for row in rows], formats.columns(keys))


def _cells(book: Any, title: str, rows: Sequence[Row], names: Sequence[str]) -> None:
    sheet = _sheet(book, title, len(rows), names)
    for place, name in enumerate(names):
        sheet.set_column(place, place, _WIDTHS.get(name, 16))
    _numbers_as_text(sheet, len(names))
    for line, row in enumerate(rows, start=1):
        _write_row(sheet, line, [row[name] for name in names])


def _numbers_as_text(sheet: Any, columns: int) -> None:
    """Excel need not warn of texts that look like numbers: they are as the registry wrote them."""
    sheet.ignore_errors({"number_stored_as_text": f"A1:{xlsxwriter.utility.xl_col_to_name(columns)}1048576"})


def _sheet(book: Any, name: str, rows: int, heads: Sequence[str]) -> Any:
    """A sheet with its headings; they and the first column stay in sight, and every column can be filtered."""
    sheet, bold = book.add_worksheet(name), book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, max(rows, 1), len(heads) - 1)
    for place, head in enumerate(heads):
        sheet.write_string(0, place, head, bold)
    return sheet


def _write_row(sheet: Any, line: int, values: Sequence[Any]) -> None:
    for place, value in enumerate(values):
        if isinstance(value, bool):
            sheet.write_boolean(line, place, value)
        elif isinstance(value, int):
            sheet.write_number(line, place, value)
        elif value:
            sheet.write_string(line, place, value)


def _agents(agents: Mapping[str, Mapping[str, Any]], names: Mapping[str, str]) -> str:
    """ "IVIG (tested); Methotrexate (only mentioned)"."""
    said = {
        agent: ROLE_WORDS.get(why["role"] or "", TIER_WORDS.get(why["tier"], why["tier"])).lower()
        for agent, why in agents.items()
    }
    return "; ".join(f"{names.get(agent, agent)} ({role})" for agent, role in said.items())


def _plain(head: str, width: int, key: str, style: str = "text") -> _Column:
    return _Column(head, width, lambda row: row[key], style)


def _joined(head: str, width: int, key: str) -> _Column:
    return _Column(head, width, lambda row: "; ".join(row[key] or ()), "wrapped")


def _word(head: str, width: int, key: str, words: Mapping[Any, str]) -> _Column:
    return _Column(head, width, lambda row: words.get(row[key], row[key]))


def _day(head: str, key: str) -> _Column:
    """A date of which the registry always knows the day; should it not, its text stands there."""
    return _Column(head, 12, lambda row: serial(row[key]) or row[key], "date")


def _date(head: str, key: str) -> tuple[_Column, ...]:
    """A date that may be a month or a year only: the day if there is one, what the registry wrote, and what it is."""
    return (
        _Column(head, 12, lambda row: serial(row[key]), "date"),
        _plain(f"{head} as written", 12, key),
        _word(f"{head}: planned or actual", 11, f"{key}_type", DATE_TYPE_WORDS),
    )


_READ = (
    _plain("NCT number", 14, "nct_id"),
    _plain("Title", 60, "title", "wrapped"),
    _word("Status", 22, "overall_status", STATUS_WORDS),
    _word("Last known status", 22, "last_known_status", STATUS_WORDS),
    _word("Phase", 16, "lane", LANE_WORDS),
    _plain("Agents", 40, "agents", "wrapped"),
    _joined("Conditions", 34, "conditions"),
    _joined("Interventions", 34, "interventions"),
    *_date("Start", "start_date"),
    *_date("Primary completion", "primary_completion_date"),
    *_date("Completion", "completion_date"),
    _plain("People", 9, "enrollment", "number"),
    _word("People: planned or actual", 11, "enrollment_type", DATE_TYPE_WORDS),
    _word("Results", 12, "has_results", _RESULTS),
    _day("Results first posted", "results_first_posted"),
    _plain("Why stopped", 34, "why_stopped", "wrapped"),
    _joined("Countries", 26, "countries"),
    _plain("Sites", 8, "sites", "number"),
    _plain("Sponsor", 30, "lead_sponsor", "wrapped"),
    _word("Sponsor type", 22, "sponsor_class", SPONSOR_WORDS),
    _word("Study type", 16, "study_type", STUDY_TYPE_WORDS),
    _day("First posted", "first_posted"),
    _day("Last update posted", "last_update_posted"),
    _day("Left the registry, seen", "left_registry_on"),
    _plain("Source", 22, "source", "wrapped"),
    _plain("As of (older copies)", 12, "as_of"),
    _plain("Note", 30, "note", "wrapped"),
)  # fmt: skip
