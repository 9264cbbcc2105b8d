"""Answers that the asker may have already."""

import hashlib
import re


def tag(*parts: object) -> str:
    """An ETag, equal exactly when all parts are."""
    return f'"{hashlib.blake2b(repr(parts).encode(errors="surrogateescape"), digest_size=16).hexdigest()}"'


def has(given: str | None, tag: str) -> bool:
    """Whether an ``If-None-Match`` names this ETag."""
    return given is not None and (given.strip() == "*" or tag in re.findall(r'"[^"]*"', given))
