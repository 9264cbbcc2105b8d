"""Reads the watch-list from TOML and validates it, so that a typing error is reported before anything is asked.

Everything the product looks for stands in that file: a team can follow its own agents without touching code.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from typing import Any, get_args, get_type_hints

import msgspec

from fetchers.errors import Validation
from fetchers.watchlist import claims
from fetchers.watchlist.model import (
    DEFAULT_PATH,
    OTHER,
    Agent,
    Claim,
    Condition,
    Document,
    Watchlist,
)
from fetchers.watchlist.word_budget import MAX_WORDS, count_words

_ID = re.compile(r"[a-z0-9][a-z0-9_]*")
_HEADER = re.compile(r"\s*\[\[\s*(\w+)(?:\s*\.\s*(\w+))?\s*\]\]")
_AT = re.compile(r"^(?P<reason>.*?)(?: - at `\$\.?(?P<path>[^`]*)`)?$", re.DOTALL)
_REQUIRED = re.compile(r"Object missing required field `(\w+)`")


@dataclass(frozen=True)
class _File:
    documents: tuple[Document, ...]
    agents: tuple[Agent, ...]
    conditions: tuple[Condition, ...]
    claims: tuple[Claim, ...] = ()
    everything: bool = False


class _Wrong(Exception):
    """A fault at a place of the file, such as ``agents[2].members[0].names``; the place may be empty."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason


def load(path: Path | None = None) -> Watchlist:
    """Read a watch-list, by default the one that comes with the product.

    Raises Validation with the file, the place in it (key, and line where known) and what is wrong there.
    """
    path = path or DEFAULT_PATH
    text = _read(path)
    try:
        return _watchlist(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise Validation(f"The watch-list {path} is not valid TOML: {error}.") from error
    except RecursionError as error:
        raise Validation(f"The watch-list {path} is not valid: its brackets are nested too deep.") from error
    except _Wrong as wrong:
        line = _line(text, wrong.path)
        where = f"{path}, line {line}" if line else str(path)
        raise Validation(
            f"The watch-list is wrong in {where}, at {wrong.path or 'the top'}: {wrong.reason}."
        ) from wrong


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise Validation(f"There is no watch-list file {path}.") from error
    except UnicodeDecodeError as error:
        raise Validation(f"The watch-list {path} is not UTF-8 text (byte {error.start}).") from error
    except OSError as error:
        raise Validation(f"The watch-list {path} cannot be read: {error.strerror or error}.") from error


def _watchlist(content: dict[str, Any]) -> Watchlist:
    _no_unknown_keys(content, _File, "")
    try:
        file = msgspec.convert(content, _File)
    except msgspec.ValidationError as error:
        raise _wrong_type(error) from error
    for wrong in _faults(file):
        raise wrong
    conditions = file.conditions
    if all(condition.id != OTHER for condition in conditions):
        conditions = (*conditions, Condition(OTHER, "Everything else"))
    return Watchlist(file.documents, file.agents, conditions, file.claims, file.everything)


def _no_unknown_keys(value: Any, kind: Any, path: str) -> None:
    """Before the types are looked at: a misspelt key is better told than the key that it leaves missing."""
    if isinstance(value, list):
        inner = next((arg for arg in get_args(kind) if is_dataclass(arg)), None)
        for number, item in enumerate(value if inner else ()):
            _no_unknown_keys(item, inner, f"{path}[{number}]")
    elif isinstance(value, dict) and is_dataclass(kind):
        known = get_type_hints(kind)
        for key, item in value.items():
            place = f"{path}.{key}".lstrip(".")
            if key not in known:
                raise _Wrong(place, f"unknown key; known here are {', '.join(field.name for field in fields(kind))}")
            _no_unknown_keys(item, known[key], place)


def _wrong_type(error: msgspec.ValidationError) -> _Wrong:
    found = _AT.match(str(error))
    path, reason = (found["path"] or "", found["reason"]) if found else ("", str(error))
    missing = _REQUIRED.search(reason)
    if missing:
        return _Wrong(f"{path}.{missing[1]}".lstrip("."), "this key is missing")
    words = {"`": "", "array": "list", "str": "text", "bool": "true or false", "object": "table", "int": "number"}
    return _Wrong(path, "".join(words.get(part, part) for part in re.split(r"(\w+|`)", reason.lower())))


def _faults(file: _File) -> Iterator[_Wrong]:
    """Everything that has the right type and still cannot be, in the order of the file."""
    if not file.agents:
        yield _Wrong("agents", "there must be at least one agent")
    for name in ("documents", "agents", "conditions", "claims"):
        yield from _ids(name, getattr(file, name))
    for number, agent in enumerate(file.agents):
        yield from _agent_faults(agent, f"agents[{number}]")
    for number, condition in enumerate(file.conditions):
        yield from _condition_faults(condition, f"conditions[{number}]")
    taken = {agent.id for agent in file.agents}
    for number, condition in enumerate(file.conditions):
        if condition.id in taken:
            yield _Wrong(f"conditions[{number}].id", f"{condition.id!r} is the id of an agent already")
    yield from _references(file)


def _ids(path: str, items: Iterable[Any]) -> Iterator[_Wrong]:
    seen: set[str] = set()
    for number, item in enumerate(items):
        place = f"{path}[{number}].id"
        if path != "claims" and not _ID.fullmatch(item.id):
            yield _Wrong(place, f"{item.id!r} must consist of small letters, digits and underscores")
        if item.id in seen:
            yield _Wrong(place, f"{item.id!r} appears twice")
        seen.add(item.id)
        for key in ("name", "title", "kind", "words", "place"):
            if getattr(item, key, "given").strip() == "":
                yield _Wrong(f"{path}[{number}].{key}", "must not be empty")


def _agent_faults(agent: Agent, path: str) -> Iterator[_Wrong]:
    yield from _size_faults(agent.size_hint, path)
    if not any(member.on for member in agent.members):
        yield _Wrong(f"{path}.members", f"agent {agent.id!r} has no member that is on, so nothing could be asked")
    yield from _ids(f"{path}.members", agent.members)
    yield from _texts(f"{path}.false_friends", agent.false_friends)
    for number, member in enumerate(agent.members):
        place = f"{path}.members[{number}]"
        if not member.names:
            yield _Wrong(f"{place}.names", f"member {member.id!r} needs at least one name")
        yield from _texts(f"{place}.names", member.names, in_query=True)
        yield from _texts(f"{place}.local_names", member.local_names)
        yield from _texts(f"{place}.mesh", member.mesh)
        yield from _texts(f"{place}.forms", member.forms)
        for at, short in enumerate(member.short_names):
            yield from _texts(f"{place}.short_names[{at}].name", (short.name,))
            yield from _texts(f"{place}.short_names[{at}].near", short.near)
            if not short.near:
                yield _Wrong(f"{place}.short_names[{at}].near", "needs at least one text")


def _condition_faults(condition: Condition, path: str) -> Iterator[_Wrong]:
    yield from _size_faults(condition.size_hint, path)
    terms = (*condition.terms, *condition.local_terms, *condition.mesh)
    if condition.id == OTHER:
        if terms or condition.swept or condition.focus:
            yield _Wrong(path, "the condition 'other' is everything else: it has no terms, is not swept and no focus")
    elif not condition.terms:
        yield _Wrong(f"{path}.terms", f"condition {condition.id!r} needs at least one term")
    yield from _texts(f"{path}.terms", condition.terms, in_query=condition.swept)
    for key in ("local_terms", "mesh", "not_terms"):
        yield from _texts(f"{path}.{key}", getattr(condition, key))
    words = condition.wording
    for field in fields(words):
        texts = getattr(words, field.name)
        for number, pair in enumerate(texts if field.name == "pairs" else ()):
            yield from _texts(f"{path}.wording.pairs[{number}]", pair)
        if field.name != "pairs":
            yield from _texts(f"{path}.wording.{field.name}", texts)


def _size_faults(hint: int | None, path: str) -> Iterator[_Wrong]:
    if hint is not None and hint < 0:
        yield _Wrong(f"{path}.size_hint", f"{hint} is not a number of trials")


def _texts(path: str, texts: Iterable[str], *, in_query: bool = False) -> Iterator[_Wrong]:
    for number, text in enumerate(texts):
        if not any(char.isalnum() for char in text):
            yield _Wrong(f"{path}[{number}]", f"{text!r} holds no word to look for")
        elif in_query and count_words(text) > MAX_WORDS:
            reason = f"{text!r} has {count_words(text)} words, the registry is asked for at most {MAX_WORDS} at a time"
            yield _Wrong(f"{path}[{number}]", reason)


def _references(file: _File) -> Iterator[_Wrong]:
    known: Mapping[str, set[str]] = {
        "document": {document.id for document in file.documents},
        "agent": {agent.id for agent in file.agents},
        "condition": {OTHER, *(condition.id for condition in file.conditions)},
    }
    for path, reason in claims.faults(file.documents, file.claims):
        yield _Wrong(path, reason)
    named = [
        *((f"documents[{at}].conditions", "condition", one.conditions) for at, one in enumerate(file.documents)),
        *((f"agents[{at}].documents", "document", one.documents) for at, one in enumerate(file.agents)),
        *((f"conditions[{at}].near", "condition", one.near) for at, one in enumerate(file.conditions)),
    ]
    for path, kind, ids in named:
        for id in ids:
            yield from _known(known, kind, id, path)
    for number, claim in enumerate(file.claims):
        for kind in known:
            path = f"claims[{number}].{kind}"
            yield from _known(known, kind, getattr(claim, kind), path)
            for id in getattr(claim, f"{kind}s", ()):
                yield from _known(known, kind, id, f"{path}s")


def _known(known: Mapping[str, set[str]], kind: str, id: str | None, path: str) -> Iterator[_Wrong]:
    if id is not None and id not in known[kind]:
        yield _Wrong(
            path, f"there is no {kind} {id!r} in this watch-list; choose from {', '.join(sorted(known[kind]))}"
        )


def _line(text: str, path: str) -> int | None:
    """Line of the ``[[table]]`` that the place lies in; None when the file is not written with such headers."""
    steps = re.findall(r"(\w+)\[(\d+)\]", path)
    if not steps:
        return None
    outer, member = steps[0], next((int(at) for key, at in steps[1:] if key == "members"), None)
    seen = inner = -1
    for number, line in enumerate(text.splitlines(), start=1):
        header = _HEADER.match(line)
        if not header or header[1] != outer[0]:
            continue
        if header[2] is None:
            seen, inner = seen + 1, -1
        elif seen == int(outer[1]):
            inner += 1
        if seen == int(outer[1]) and (member is None or inner == member):
            return number
    return None
