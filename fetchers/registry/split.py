"""Takes a page apart into its records without reading them, for pages in which one record stops every parser."""

import re
from collections.abc import Iterator

_MARK = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"|[\[\]{},]', re.DOTALL)


def apart(body: bytes) -> Iterator[tuple[bytes, list[bytes]]]:
    """Ways to see ``body`` as a page: each without its records, and these. By brackets first, then line by line."""
    if by_brackets := _by_brackets(body):
        yield by_brackets
    first, *lines = body.split(b"\n")
    if len(lines) > 1:  # the registry writes each record on a line of its own
        yield first + lines[-1], [line.strip().removesuffix(b",") for line in lines[:-1] if line.strip()]


def _by_brackets(body: bytes) -> tuple[bytes, list[bytes]] | None:
    """None when there is no list named ``studies`` in the outermost object, or it does not end."""
    start = _list_of_studies(body)
    found = None if start is None else _items(body, start)
    return None if found is None else (body[:start] + body[found[1] :], found[0])


def _list_of_studies(body: bytes) -> int | None:
    """Where the list begins, behind its bracket."""
    depth, key = 0, b""
    for found in _MARK.finditer(body):
        mark = found.group()
        if depth == 1 and mark == b"[" and key == b'"studies"':
            return found.end()
        if mark in b"[{":
            depth += 1
        elif mark in b"]}":
            depth -= 1
        elif depth == 1 and mark != b",":
            key = mark
    return None


def _items(body: bytes, start: int) -> tuple[list[bytes], int] | None:
    """The items of the list that begins at ``start``, and where its closing bracket stands."""
    items: list[bytes] = []
    depth = 0
    for found in _MARK.finditer(body, start):
        mark, at = found.group(), found.start()
        if mark in b"[{":
            depth += 1
        elif depth and mark in b"]}":
            depth -= 1
        elif not depth and mark in b"]},":
            items.append(body[start:at].strip())
            start = found.end()
            if mark != b",":
                return [item for item in items if item], at
    return None
