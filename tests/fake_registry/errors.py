"""Answers other than 200, as the registry words them: always a status and a plain text."""

from __future__ import annotations

DATA_CHANGED = "The data have probably changed while you were paginating. Please, start over from the first page."


class HttpError(Exception):
    """An answer that is not 200: its status and its text."""

    status = 500

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


class BadRequest(HttpError):
    """400: the request itself is wrong."""

    status = 400


class NotFound(HttpError):
    """404: no such study, piece or path."""

    status = 404


class Moved(Exception):
    """301 to the canonical path; the query string is lost, as at the registry."""

    def __init__(self, location: str) -> None:
        super().__init__(location)
        self.location = location
