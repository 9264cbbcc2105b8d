"""English for people, from numbers, dates and names: the one place where counting, listing and quoting is done.

Pure text without markup: whatever shows it escapes it for its own medium. What a language decides (the form of a date,
a list, a number, a plural) comes from Babel, under ``LANGUAGE``. Babel is imported when the first sentence needs it,
not when a command starts, and what it answers is kept: a page asks for the same few dates and counts again and again.
"""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from babel import Locale

LANGUAGE = "en_GB"
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_KEPT = 4096  # answers of each kind


def count(number: int, one: str, many: str | None = None) -> str:
    """ "1 trial", "2,300 trials"."""
    return f"{_digits(int(number))} {agreeing(number, one, many)}"


def agreeing(number: int, one: str, many: str | None = None) -> str:
    """The word alone as it goes with that number: "trial" or "trials"."""
    return one if _plural(int(number)) == "one" else many or one + "s"


def unread(records: int, parts: int) -> str | None:
    """What a refresh could not read, in a sentence: whole records, and records of which a part is missing."""
    said = [f"{count(records, 'record')} could not be read"] if records else []
    if parts:
        said.append(f"{count(parts, 'record')} could be read only in part")
    return f"{' and '.join(said)}." if said else None


def number(value: int) -> str:
    """ "no", "one" … "twelve", then digits: "13", "2,300"."""
    return _NUMBERS[value] if 0 <= value < len(_NUMBERS) else _digits(int(value))


def listed(words: Iterable[str], last: Literal["and", "or"] = "and") -> str:
    """ "a", "a and b", "a, b and c" (or with "or"); an empty text for nothing."""
    from babel.lists import format_list

    return format_list(list(words), "standard" if last == "and" else "or", _locale())


def inner(name: str) -> str:
    """A name inside a sentence: its first letter small, unless the first word is an abbreviation."""
    first = name.partition(" ")[0]
    return name if any(letter.isupper() for letter in first[1:]) else name[:1].lower() + name[1:]


def shortened(text: str, longest: int) -> str:
    """A text on one line, at most ``longest`` characters of it."""
    flat = " ".join(text.split())
    return flat if len(flat) <= longest else flat[: longest - 1] + "…"


def quoted(text: str, longest: int) -> str:
    """``shortened`` between quotation marks."""
    return f"“{shortened(text, longest)}”"


def around(text: str, start: int, end: int, most: int) -> str:
    """About ``most`` characters of ``text`` around the stretch from ``start`` to ``end``, which is never cut itself.

    The cut falls between words, with a mark where something is left out.
    """
    if len(text) <= most:
        return text
    room = max(0, most - (end - start)) // 2
    first, last = max(0, start - room), min(len(text), end + room)
    if first:
        gap = text.find(" ", first, start)
        first = gap + 1 if gap >= 0 else start
    if last < len(text):
        gap = text.rfind(" ", end, last)
        last = gap if gap >= 0 else end
    return ("… " if first else "") + text[first:last] + (" …" if last < len(text) else "")


@lru_cache(_KEPT)
def day(text: str | None) -> str:
    """A date or moment as far as it is known: "2002", "April 2002", "30 April 2002"; "not known" without one.

    A text that is no date, or a day that no calendar has, stays as it is written.
    """
    if not text:
        return "not known"
    found = re.match(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?", text)
    if not found:
        return text
    year, month, of_month = found.groups()
    if month is None or not 1 <= int(month) <= 12:
        return year
    try:
        at = datetime(int(year), int(month), int(of_month or 1), tzinfo=UTC)
    except ValueError:
        return found.group()
    return _dated("yMMMMd" if of_month else "yMMMM", at)


def on_day(text: str | None) -> str:
    """When it was, inside a sentence: "in 2002", "in April 2002", "on 30 April 2002"; "on an unknown day"."""
    if not text:
        return "on an unknown day"
    return f"{'on' if len(text) >= len('2002-04-30') else 'in'} {day(text)}"


@lru_cache(_KEPT)
def moment(text: str | None) -> str:
    """A stored moment (``2026-11-22T05:21:00Z``) as "22 November 2026, 05:21 UTC"; unreadable, "an unknown time"."""
    try:
        at = datetime.fromisoformat((text or "").replace("Z", "+00:00"))
    except ValueError:
        return "an unknown time"
    return f"{_dated('yMMMMd', at)}, {_dated('Hm', at)} UTC"


@cache
def _locale() -> "Locale":
    from babel import Locale

    return Locale.parse(LANGUAGE)


@lru_cache(_KEPT)
def _digits(value: int) -> str:
    from babel.numbers import format_decimal

    return format_decimal(value, locale=_locale())


@lru_cache(_KEPT)
def _plural(value: int) -> str:
    return _locale().plural_form(value)


def _dated(parts: str, at: datetime) -> str:
    """A moment told by those of its parts that a skeleton names."""
    from babel.dates import format_skeleton

    return format_skeleton(parts, at, locale=_locale())
