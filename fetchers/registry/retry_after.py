"""How long the other side asks us to wait, whatever it has written there."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

# Longer than this a refresh does not wait for one answer.
LONGEST_WAIT = 60.0


def wait_asked(headers: Mapping[str, str]) -> float:
    """Seconds the server asks to wait, infinite when no calendar holds them; 0 when it does not say, or nonsense.

    A moment is measured from the answer's own Date, so a wrong clock on this side does not matter. Of several numbers
    (a header that came twice) the largest counts.
    """
    text = headers.get("retry-after", "").strip()
    numbers = [part.strip() for part in text.split(",")]
    if text.isascii() and all(part.isdecimal() for part in numbers):
        return max(map(float, numbers))
    until = _moment(text)
    if until is None:
        return 0.0
    return max((until - _now(headers)).total_seconds(), 0.0)


def until(seconds: float, headers: Mapping[str, str]) -> str:
    """When that is, in words: by the answer's own Date, or else by our clock."""
    try:
        then = _now(headers) + timedelta(seconds=seconds)
    except OverflowError:
        return "a day that no calendar holds"
    return f"{then:%Y-%m-%d %H:%M} UTC"


def _now(headers: Mapping[str, str]) -> datetime:
    return _moment(headers.get("date", "")) or datetime.now(UTC)


def _moment(text: str) -> datetime | None:
    """The moment an HTTP date names, in UTC; None when it is none that a calendar holds."""
    try:
        moment = parsedate_to_datetime(text)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError, TypeError):
        return None
