"""The folder of a snapshot: its parts, each whole or not there.

A part is a file of bytes and a manifest, which is written last and says how long the file must be and what its sum is.
Both are on disk before they get their names. What does not fit is as good as absent, and made anew. The folder is named
after the state of the store, so nobody ever reads another state in it; the folders of other states are removed, but for
the last whole one while this one is being made: its unchanged rows are taken over (``insights.snapshot.carried``).
"""

import json
import os
import re
import shutil
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple
from uuid import uuid4

import pyarrow as pa
from filelock import FileLock, Timeout

from cache.snapshot.place import MADE_BY, WHOLE, home, manifest

_LOCK = "lock"
_UNFINISHED = ".unfinished"
# What a snapshot may remove: nothing that somebody else has put there.
_FOLDER = re.compile(r"\d+-[0-9a-f]+")
_FILE = re.compile(r".+\.[0-9a-f]{32}|.+\.unfinished")
_EVEN = 64  # bytes: Arrow's columns begin at multiples of it
_AT_ONCE = 1 << 20
# How long a reader waits for another process that makes parts, before it makes its own for itself.
PATIENCE_SECONDS = 120.0


class Size(NamedTuple):
    """What a snapshot holds."""

    parts: int
    bytes: int


class Folder:
    """The parts of one state of a store, in a folder beside it. Nothing here raises for a place that fails: a part that
    cannot be read is None, one that cannot be written is not kept."""

    def __init__(self, path: Path) -> None:
        """``path``: of ``place.folder``."""
        self.home = path.parent
        self.path = path
        self._lock = FileLock(self.home / _LOCK, timeout=PATIENCE_SECONDS)

    def load(self, name: str) -> list[pa.Buffer] | None:
        """The pieces of a part, as they lie in the file; None when it is not there or does not fit."""
        try:
            told = _checked(manifest(self.path, name).read_bytes())
            if told is None:
                return None
            path = self.path / told["file"]
            if path.stat().st_size != told["length"] or _sum(path) != told["sum"]:
                return None
            with pa.memory_map(str(path)) as file:
                whole = file.read_buffer()
        except (OSError, ValueError, LookupError, TypeError, pa.ArrowException):
            return None
        return [whole.slice(start, length) for start, length in told["pieces"]]

    def has(self, name: str) -> bool:
        """Whether a part is there, be it sound or not."""
        return manifest(self.path, name).exists()

    def save(self, name: str, pieces: Sequence[bytes]) -> bool:
        """Keep a part; whether that worked. For one writer at a time: see ``alone``."""
        places, length, found = [], 0, 0
        file = f"{name}.{uuid4().hex}"
        try:
            with self._written(file) as out:
                for piece in pieces:
                    gap = bytes(-length % _EVEN)
                    places.append((length + len(gap), len(piece)))
                    length += out.write(gap) + out.write(piece)
                    found = zlib.crc32(piece, zlib.crc32(gap, found))
            told = json.dumps({"file": file, "length": length, "sum": found, "pieces": places}).encode()
            with self._written(manifest(self.path, name).name) as out:
                out.write(b"%08x " % zlib.crc32(told) + told)
            _sync_folder(self.path)
        except OSError:
            return False
        return True

    @contextmanager
    def alone(self) -> Iterator[bool]:
        """Keep other writers out; whether that worked: not where nothing can be written, nor while one takes long."""
        new = not self.path.exists()
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            self._lock.acquire()
        except (OSError, Timeout, NotImplementedError):
            yield False
            return
        try:
            if new:
                self.sweep()
            yield True
        finally:
            self._lock.release()

    def earlier(self) -> "Folder | None":
        """The last whole snapshot of another state that the same code has made by the same watch-list."""
        mine = self.path.name.partition("-")[2][:MADE_BY]
        others = [
            (int(one.name.partition("-")[0]), one.name)
            for one in _listed(self.home)
            if one.name != self.path.name
            and _FOLDER.fullmatch(one.name)
            and one.name.partition("-")[2][:MADE_BY] == mine
            and _read(manifest(one, WHOLE))
        ]
        return Folder(self.home / max(others)[-1]) if others else None

    def sweep(self) -> None:
        """Remove the folders of other states, as soon as this one is whole all of them, and what killed writers have
        left; to be called ``alone``."""
        source = None if _read(manifest(self.path, WHOLE)) else self.earlier()
        kept = {self.path.name, source.path.name if source else ""}
        for one in _listed(self.home):
            if one.name not in kept and _FOLDER.fullmatch(one.name):
                shutil.rmtree(one, ignore_errors=True)  # a system may refuse it while somebody reads there
        named = {told["file"] for path in self.path.glob("*.json") if (told := _read(path))}
        for one in _listed(self.path):
            if one.name not in named and _FILE.fullmatch(one.name):
                with suppress(OSError):
                    one.unlink()

    def size(self) -> Size:
        """How many parts there are, and how many bytes."""
        found = [told for path in self.path.glob("*.json") if (told := _read(path))]
        return Size(len(found), sum(told["length"] for told in found))

    @contextmanager
    def _written(self, name: str) -> Iterator[BinaryIO]:
        part = self.path / f"{name}{_UNFINISHED}"
        with part.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(self.path / name)


def remove(store: Path) -> None:
    """Remove every snapshot of the store in this file."""
    shutil.rmtree(home(store), ignore_errors=True)


def _checked(told: bytes) -> dict[str, Any] | None:
    """What a manifest says; None when it is not as it was written."""
    mark, _, body = told.partition(b" ")
    if mark != b"%08x" % zlib.crc32(body):
        return None
    found: dict[str, Any] = json.loads(body)
    return found


def _read(manifest: Path) -> dict[str, Any] | None:
    try:
        return _checked(manifest.read_bytes())
    except (OSError, ValueError):
        return None


def _sum(path: Path) -> int:
    found = 0
    with path.open("rb", buffering=0) as file:
        while some := file.read(_AT_ONCE):
            found = zlib.crc32(some, found)
    return found


def _listed(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError:
        return []


def _sync_folder(path: Path) -> None:
    """Let the disk have the names in a folder, too, where the system knows how."""
    if os.name != "posix":
        return
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
