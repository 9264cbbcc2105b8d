"""What a value becomes in a cell of a spreadsheet, so that no text of the registry can ever run as a formula."""

import re
from typing import Any

from fetchers.record.texts import readable

LONGEST = 32_767  # characters Excel takes in one cell, counted in UTF-16
CUT = " … (cut)"
BETWEEN = " | "

# Signs with which spreadsheets begin a formula, also in their full-width and small forms and after what looks empty.
_SIGNS = "=+\\-@＝＋－＠﹦﹢﹣﹫−"
_FORMULA = re.compile(rf"[\t\r\n]|[\s\x00-\x1f\x7f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff]*[{_SIGNS}]")


def neutral(text: str) -> str:
    """The text behind an apostrophe when a spreadsheet could take it for a formula; otherwise unchanged."""
    return f"'{text}" if _FORMULA.match(text) else text


def cell(value: Any) -> str | int | bool | None:
    """A value as one cell: lists joined, texts made harmless, writable and short enough; numbers stay numbers."""
    if value is None or isinstance(value, (bool, int)):
        return value
    text = BETWEEN.join(value) if isinstance(value, (list, tuple)) else str(value)
    return _cut(neutral(readable(text)))


def _cut(text: str) -> str:
    if len(text) * 2 <= LONGEST:
        return text
    units = text.encode("utf-16-le")
    if len(units) <= 2 * LONGEST:
        return text
    return units[: 2 * (LONGEST - len(CUT))].decode("utf-16-le", "ignore") + CUT
