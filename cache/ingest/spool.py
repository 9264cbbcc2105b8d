"""Bytes put aside in a file of their own: beside the store, without a name, gone with the process whatever ends it."""

import contextlib
import tempfile
from collections.abc import Sequence
from typing import NamedTuple

from cache.store import files
from cache.store.errors import local_troubles
from cache.store.store import Store


class Place(NamedTuple):
    """Where some bytes lie."""

    start: int
    length: int


class Spool:
    """A file to append to and to read from anywhere; the file is made with the first bytes, ``close`` ends it."""

    def __init__(self, store: Store) -> None:
        self._place = store.place
        path = files.path_of(store.url)
        # A folder for temporary files may be kept in memory; an answer may be larger than that.
        self._folder = None if path is None else path.parent
        self._file: tempfile._TemporaryFileWrapper[bytes] | None = None
        self._end = 0

    def put(self, pieces: Sequence[bytes]) -> list[Place]:
        """Write ``pieces`` in one go. Raises LocalTrouble when the disk is full or cannot be written."""
        places = []
        for piece in pieces:
            places.append(Place(self._end, len(piece)))
            self._end += len(piece)
        with local_troubles(self._place):
            if self._file is None:
                self._file = tempfile.TemporaryFile(dir=self._folder)  # type: ignore[assignment]  # noqa: SIM115
            assert self._file is not None  # noqa: S101 - for mypy: it has just been made
            self._file.seek(places[0].start if places else self._end)
            self._file.write(b"".join(pieces))
            self._file.flush()
        return places

    def get(self, place: Place) -> bytes:
        """The bytes that were put there. Raises LocalTrouble when the disk fails."""
        if not place.length:
            return b""
        with local_troubles(self._place):
            assert self._file is not None  # noqa: S101 - nothing has a place before something was put
            self._file.seek(place.start)
            return self._file.read(place.length)

    def close(self) -> None:
        """Throw everything away."""
        if self._file is not None:
            with contextlib.suppress(OSError):  # what could not be written does not matter any more
                self._file.close()
            self._file = None
