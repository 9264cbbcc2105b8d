"""Pages: a cursor names the last row that was given, not a number of rows, so that no row comes twice and none is left
out when the store changes between two pages."""

import base64
import binascii
import hashlib
from typing import Any, NamedTuple

import msgspec

from cache.filters.kinds import shown
from dashboard.api.parameters import Query, one
from fetchers.errors import Validation

Key = int  # of a row: what its list is ordered by
_CHECK = 8  # bytes of a sum that tells a cursor that was cut or changed; there is nothing secret in one
_LONGEST = 400
_decoder = msgspec.json.Decoder(tuple[str, Key])


class Wanted(NamedTuple):
    """Which part of a list is wanted."""

    limit: int
    after: Key | None  # the key of the last row of the page before
    question: str  # what tells the list from every other


def wanted(query: Query, question: Any, *, usual: int, most: int) -> Wanted:
    """Read limit and cursor. ``question``: what the list depends on, without the two. Raises Validation."""
    digest = hashlib.blake2b(repr(question).encode(errors="surrogateescape"), digest_size=8).hexdigest()
    text = one(query, "cursor")
    return Wanted(_limit(one(query, "limit"), usual, most), None if text is None else _after(text, digest), digest)


def cursor(question: str, key: Key) -> str:
    """The text that ``wanted`` reads back."""
    content = msgspec.json.encode((question, key))
    return base64.urlsafe_b64encode(_sum(content) + content).decode().rstrip("=")


def _limit(text: str | None, usual: int, most: int) -> int:
    if text is None:
        return usual
    if text.isascii() and text.isdigit() and len(text) < 10 and 1 <= int(text) <= most:
        return int(text)
    raise Validation(f"limit needs a whole number from 1 to {most}, not {shown(text)}.")


def _after(text: str, question: str) -> Key:
    try:
        raw = base64.b64decode(text[:_LONGEST] + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        asked, key = _decoder.decode(raw[_CHECK:])
    except (binascii.Error, ValueError, msgspec.MsgspecError):
        asked, key = "", 0
    if text != cursor(asked, key):
        raise Validation("This cursor was cut or changed; take it as “next” gives it, or start without one.")
    if asked != question:
        raise Validation("This cursor belongs to another question; start without one.")
    return key


def _sum(content: bytes) -> bytes:
    return hashlib.blake2b(content, digest_size=_CHECK).digest()
