"""What can still be read of a record that the strict decoder refuses: everything but the leaves that are no values.

Slow and thorough; only records that were refused come here.
"""

import json
import re
from collections.abc import Callable
from typing import Any

from msgspec import inspect

from fetchers.errors import Parsing
from fetchers.record.modules import Unreadable

# No field of ours lies deeper than a dozen brackets; what lies deeper than this only exhausts a parser.
DEEPEST = 64
_BRACKET = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"|[\[\]{}]', re.DOTALL)
_LONGEST_NUMBER = 20
_SHOWN = 60
# Paths of the record, its sections and their modules have fewer dots than this.
_MODULE_DOTS = 2
_GONE = object()


def readable(body: bytes) -> Any:
    """The JSON value of ``body`` in plain objects, read as leniently as makes sense. Raises Parsing.

    Bytes that are no text, lone surrogates and control characters stay inside the strings they stand in.
    """
    try:
        text = _shallow(body).decode("utf-8", "surrogateescape")
        return json.loads(text, strict=False, parse_int=_number)
    except (ValueError, RecursionError) as error:
        raise Parsing(f"The record cannot be read: {sayable(str(error))}") from error


def mended(value: Any, kind: type, is_bad: Callable[[str, str], str | None]) -> tuple[Any, tuple[Unreadable, ...]]:
    """``value`` without the leaves that do not fit ``kind``, and those leaves.

    ``is_bad(path, text)`` says what is wrong with a text, if anything. A required field may still be missing. Raises
    Parsing when a section or a module is something else altogether: what is left then would say too little.
    """
    walk = _Walk(is_bad)
    kept = walk.value(value, inspect.type_info(kind), "")
    return ({} if kept is _GONE else kept), walk.notes()


def sayable(text: str, longest: int = 300) -> str:
    """``text`` so that every file, database and terminal can take it."""
    return text[:longest].encode("utf-8", "backslashreplace").decode().replace("\x00", "\\x00")


class _Walk:
    def __init__(self, is_bad: Callable[[str, str], str | None]) -> None:
        self._is_bad = is_bad
        self._found: dict[str, list[str]] = {}

    def notes(self) -> tuple[Unreadable, ...]:
        """One note a path, however many places of a list were hit."""
        return tuple(
            Unreadable(path, reasons[0] + (f" (and {len(reasons) - 1} more)" if reasons[1:] else ""))
            for path, reasons in self._found.items()
        )

    def value(self, value: Any, info: Any, path: str) -> Any:
        if isinstance(info, inspect.UnionType):
            if value is None:
                return None
            (info,) = (one for one in info.types if not isinstance(one, inspect.NoneType))
        if isinstance(info, inspect.StructType):
            return self._struct(value, info, path)
        if isinstance(info, inspect.VarTupleType):
            if not isinstance(value, list):
                return self._note(path, value, "a list")
            items = (self.value(item, info.item_type, path) for item in value)
            return [item for item in items if item is not _GONE]
        return self._leaf(value, info, path)

    def _struct(self, value: Any, info: inspect.StructType, path: str) -> Any:
        if not isinstance(value, dict):
            if value is not None and path.count(".") < _MODULE_DOTS:
                raise Parsing(f"The record cannot be read: {_shown(value)} where an object belongs - at `$.{path}`")
            return self._note(path, value, "an object")
        kept = {}
        for field in info.fields:
            name = field.encode_name
            if name in value:
                item = self.value(value[name], field.type, f"{path}.{name}" if path else name)
                if item is not _GONE:
                    kept[name] = item
        return kept

    def _leaf(self, value: Any, info: Any, path: str) -> Any:
        if isinstance(info, inspect.BoolType):
            return value if isinstance(value, bool) else self._note(path, value, "true or false")
        if isinstance(info, inspect.IntType):
            fits = type(value) is int and (info.ge or 0) <= value <= (info.le or value)
            return value if fits else self._note(path, value, "a count")
        if not isinstance(value, str):
            return self._note(path, value, "a text")
        wrong = self._wrong(value, info, path)
        if wrong:
            self._found.setdefault(path, []).append(wrong)
            return _GONE
        return value

    def _wrong(self, text: str, info: Any, path: str) -> str | None:
        if "\x00" in text or not _is_text(text):
            return "bytes or characters that are no text"
        if info.pattern and not re.search(info.pattern, text):
            return f"{_shown(text)} is not of the form {info.pattern}"
        return self._is_bad(path, text)

    def _note(self, path: str, value: Any, wanted: str) -> Any:
        self._found.setdefault(path, []).append(f"{_shown(value)} where {wanted} belongs")
        return _GONE


def _shown(value: Any) -> str:
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "a list"
    text = json.dumps(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _is_text(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _number(digits: str) -> int | float:
    return int(digits) if len(digits) <= _LONGEST_NUMBER else float(digits)


def _shallow(body: bytes) -> bytes:
    """``body`` with null in the place of everything that lies deeper than DEEPEST brackets."""
    kept, depth, start = bytearray(), 0, 0
    for found in _BRACKET.finditer(body):
        mark = found.group()
        if mark in b"[{":
            depth += 1
            if depth == DEEPEST + 1:
                kept += body[start : found.start()] + b"null"
        elif mark in b"]}":
            if depth == DEEPEST + 1:
                start = found.end()
            depth -= 1
    # Brackets that never close leave the rest out: no JSON either way.
    return bytes(kept + body[start:]) if depth <= DEEPEST else bytes(kept)
