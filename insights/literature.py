"""The hand-kept notes on what papers and authorities say of a claim: read from TOML and validated, never computed."""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import msgspec

from fetchers.errors import Validation
from fetchers.watchlist.model import Claim

PATH = Path(__file__).with_name("literature.toml")


@dataclass(frozen=True, slots=True)
class Note:
    """What was read elsewhere about one claim; ``written`` is the day, ``source`` where it can be looked up."""

    claim: str
    document: str
    written: date
    words: str
    source: str
    agent: str | None = None


@dataclass(frozen=True)
class _File:
    notes: tuple[Note, ...]


@cache
def load(path: Path = PATH) -> tuple[Note, ...]:
    """All notes, in the file's order. Raises Validation with the file, the place in it and the reason."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        _no_unknown_keys(path, content)
        notes = msgspec.convert(content, _File).notes
    except (OSError, UnicodeDecodeError) as error:
        raise Validation(f"The literature notes {path} cannot be read: {error}.") from error
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise Validation(f"The literature notes {path} are wrong: {error}.") from error
    seen: set[str] = set()
    for number, note in enumerate(notes):
        if not (note.words.strip() and note.source.strip()):
            raise Validation(f"The literature notes {path} are wrong: notes[{number}] has no words or no source.")
        if note.claim in seen:
            raise Validation(f"The literature notes {path} are wrong: notes[{number}] is a second one on {note.claim}.")
        seen.add(note.claim)
    return notes


def of(claim: Claim, notes: Iterable[Note]) -> Note | None:
    """The note on a claim. A claim of the same id in another watch-list has none of it."""
    mine = (claim.id, claim.document, claim.agent)
    return next((note for note in notes if (note.claim, note.document, note.agent) == mine), None)


def _no_unknown_keys(path: Path, content: dict[str, object]) -> None:
    known = set(Note.__dataclass_fields__)
    notes = content.get("notes", [])
    for number, note in enumerate(notes if isinstance(notes, list) else []):
        for key in note if isinstance(note, dict) else ():
            if key not in known:
                raise Validation(f"The literature notes {path} are wrong: notes[{number}].{key} is an unknown key.")
