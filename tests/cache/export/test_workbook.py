"""The sheet of the workbook that people open: words, real dates, links to the records, and nothing invented."""

import io
import re
from datetime import date, timedelta
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cache import codes
from cache.export import trials as export
from cache.export import workbook
from cache.read import trials as queries
from cache.store.store import Store
from tests.rigs.trial_rows import Why, put, row

NAMES = {"ivig": "Intravenous immunoglobulin (IVIG)"}


def book(*facts: dict[str, Any], names: dict[str, str] = NAMES) -> Any:
    """The workbook of some trials, as a spreadsheet reads it."""
    store = Store.in_memory()
    why = {
        number: [Why("ivig", "given", "tested"), Why("methotrexate", "mentioned", None)] for number in (1, len(facts))
    }
    put(store, [row(number, **fact) for number, fact in enumerate(facts, start=1)], why)
    content = export.to_bytes(queries.trials(store), queries.matches(store), "xlsx", {"Source": "x"}, {}, names)
    store.close()
    return openpyxl.load_workbook(io.BytesIO(content))


def read(*facts: dict[str, Any]) -> list[dict[str, Any]]:
    heads, *lines = [[cell.value for cell in line] for line in book(*facts)["Trials to read"].iter_rows()]
    return [dict(zip(heads, line, strict=True)) for line in lines]


def test_the_first_sheet_says_codes_in_words_and_the_second_keeps_them() -> None:
    facts = {
        "overall_status": "ACTIVE_NOT_RECRUITING", "phases": ["PHASE2", "PHASE3"], "study_type": "INTERVENTIONAL",
        "sponsor_class": "OTHER_GOV", "enrollment": 12, "enrollment_type": "ESTIMATED", "has_results": False,
    }  # fmt: skip
    (line,) = read(facts)
    assert (line["Status"], line["Phase"]) == ("Active, not recruiting", "Phase 2/3")
    assert (line["Study type"], line["Sponsor type"]) == ("Interventional", "Other government")
    assert (line["People"], line["People: planned or actual"], line["Results"]) == (12, "planned", "Not posted")
    assert line["Agents"] == "Intravenous immunoglobulin (IVIG) (tested); methotrexate (only mentioned)"
    kept = book(facts)["Trials"]
    heads, values = ([cell.value for cell in one] for one in kept.iter_rows())
    assert dict(zip(heads, values, strict=True))["overall_status"] == "ACTIVE_NOT_RECRUITING"


def test_no_code_of_the_registry_stands_on_the_sheet_to_read() -> None:
    lines = read(
        *({"overall_status": code, "last_known_status": code} for code in codes.STATUSES if code != "NOT_RECORDED"),
        *({"study_type": code} for code in codes.STUDY_TYPES if code != "NOT_RECORDED"),
        *({"sponsor_class": code} for code in codes.SPONSOR_CLASSES if code != "NOT_RECORDED"),
    )
    told = {value for line in lines for head, value in line.items() if isinstance(value, str) and head != "NCT number"}
    assert [text for text in told if re.fullmatch(r"[A-Z]+_[A-Z_]+|PHASE\d|ACTUAL|ESTIMATED", text)] == []


def test_a_whole_day_is_a_date_and_a_month_or_year_stays_what_it_is() -> None:
    (line,) = read({
        "start_date": "2002-04", "start_date_type": "ACTUAL", "primary_completion_date": "2004-02-29",
        "primary_completion_date_type": "ESTIMATED", "completion_date": "2004", "last_update_posted": "2020-01-31",
    })  # fmt: skip
    assert (line["Start"], line["Start as written"], line["Start: planned or actual"]) == (None, "2002-04", "actual")
    assert line["Primary completion"].date() == date(2004, 2, 29)
    assert line["Primary completion as written"] == "2004-02-29"
    assert line["Primary completion: planned or actual"] == "planned"
    assert (line["Completion"], line["Completion as written"]) == (None, "2004")
    assert line["Last update posted"].date() == date(2020, 1, 31)


def test_what_is_not_known_is_empty() -> None:
    unknown = (
        "phases",
        "countries",
        "conditions",
        "has_results",
        "overall_status",
        "study_type",
        "enrollment",
        "sites",
    )
    (line,) = read(dict.fromkeys(unknown))
    empty = ("Status", "Countries", "Conditions", "Results", "Study type", "People", "Sites", "Start", "Why stopped")
    assert [line[head] for head in empty] == [None] * len(empty)
    assert line["Phase"] == "Phase not known"


@given(st.dates(date(1900, 3, 1), date(2200, 1, 1)))
def test_a_day_is_counted_as_excel_counts(day: date) -> None:
    counted = workbook.serial(day.isoformat())
    assert counted is not None
    assert openpyxl.utils.datetime.from_excel(counted).date() == day


@pytest.mark.parametrize("text", [None, "", "2002", "2002-04", "2002-13-01", "20020401", "1899-12-31", "soon"])
def test_what_is_no_day_is_not_made_one(text: str | None) -> None:
    assert workbook.serial(text) is None


def test_only_the_nct_numbers_are_links_and_lead_to_their_records() -> None:
    sheet = book({"title": "=1+1", "why_stopped": "https://example.org"}, {"title": "file:///etc"})["Trials to read"]
    links = {cell.coordinate: cell.hyperlink.target for line in sheet.iter_rows() for cell in line if cell.hyperlink}
    assert links == {f"A{n + 1}": f"https://clinicaltrials.gov/study/NCT0000000{n}" for n in (1, 2)}
    assert sheet["A2"].value == "NCT00000001"
    assert sheet["B2"].value == "'=1+1"
    assert all(cell.data_type != "f" for line in sheet.iter_rows() for cell in line)


def test_beyond_what_a_sheet_takes_the_numbers_stay_without_a_link(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MOST_LINKS", 1)
    sheet = book({}, {})["Trials to read"]
    assert [(sheet[f"A{n}"].value, bool(sheet[f"A{n}"].hyperlink)) for n in (2, 3)] == [
        ("NCT00000001", True), ("NCT00000002", False),
    ]  # fmt: skip


def test_the_sheet_keeps_heads_and_numbers_in_sight_filters_and_wraps() -> None:
    opened = book({}, {"title": "A long title " * 20})
    assert opened.sheetnames == ["Trials to read", "Trials", "About"]
    sheet = opened["Trials to read"]
    assert sheet.freeze_panes == "B2"
    last = sheet.cell(3, sheet.max_column).coordinate
    assert sheet.auto_filter.ref == f"A1:{last}"
    assert sheet["B3"].alignment.wrap_text
    assert all(8 <= one.width <= 62 for one in sheet.column_dimensions.values())
    assert {line[0].value for line in opened["About"].iter_rows()} >= {"Source", "Sheets"}


def test_dates_before_excels_calendar_stay_text() -> None:
    (line,) = read({"first_posted": "1899-12-31", "start_date": "1850-01-01"})
    assert (line["First posted"], line["Start"], line["Start as written"]) == ("1899-12-31", None, "1850-01-01")


def test_dates_move_by_days() -> None:
    first = workbook.serial("1999-12-31")
    assert first is not None
    assert workbook.serial((date(1999, 12, 31) + timedelta(days=1)).isoformat()) == first + 1
