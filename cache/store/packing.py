"""How a record is stored: canonical JSON, compressed, identified by its hash.

The first byte of a packed record says how to read it. ``x`` is the first byte of zlib, which stores before revision
0004 used; they are read for ever. 1: zstd with a dictionary that comes with the product, whose number is the second
byte. 2: zstd against an earlier version, whose ``id`` follows in eight bytes after how many such steps lead to a record
that stands alone.
"""

import hashlib
import threading
import zlib
from functools import cache
from pathlib import Path
from typing import NamedTuple

import zstandard

# Measured on registry-like records: higher levels cost three times the time for a few percent of space.
_LEVEL = 3
_ALONE, _AFTER, _ZLIB = 1, 2, ord("x")
_HEAD = 10
# A dictionary is never changed or taken away once records are packed with it; a better one gets the next number.
_NEWEST = 1
# More than any record has; a damaged length must not take all memory.
_LONGEST = 256 * 1024 * 1024
# A record is read by way of at most so many others.
LONGEST_CHAIN = 16


class BrokenBody(Exception):
    """A packed record that cannot be unpacked."""


class Base(NamedTuple):
    """The version a packed record was packed against; ``steps`` lead from the record to one that stands alone."""

    id: int
    steps: int


def pack(body: bytes) -> bytes:
    """A record that is read without any other."""
    return bytes((_ALONE, _NEWEST)) + _tools().alone.compress(body)


def pack_after(body: bytes, base: Base, before: bytes) -> bytes:
    """A record as what it adds to ``before``, the body of version ``base.id``."""
    dictionary = zstandard.ZstdCompressionDict(before, dict_type=zstandard.DICT_TYPE_RAWCONTENT)
    packer = zstandard.ZstdCompressor(_LEVEL, dict_data=dictionary, write_dict_id=False, write_checksum=True)
    return bytes((_AFTER, base.steps)) + base.id.to_bytes(8, "big") + packer.compress(body)


def base_of(packed: object) -> Base | None:
    """The version that ``unpack`` needs to read this one; None when it stands alone."""
    if not isinstance(packed, bytes) or packed[:1] != bytes((_AFTER,)) or len(packed) <= _HEAD:
        return None
    return Base(int.from_bytes(packed[2:_HEAD], "big"), packed[1])


def is_old(packed: bytes) -> bool:
    """Whether a store of before revision 0004 packed it."""
    return packed[:1] == bytes((_ZLIB,))


def unpack(packed: bytes, before: bytes | None = None) -> bytes:
    """The record; ``before``: the body of its base, when it has one.

    Raises BrokenBody when the bytes are damaged or that is another body (every form carries a checksum).
    """
    try:
        form = packed[0]
        if form == _ZLIB:
            return zlib.decompress(packed)
        if form == _ALONE:
            return _read(_tools().reader(packed[1]), packed[2:])
        if form == _AFTER and before is not None:
            dictionary = zstandard.ZstdCompressionDict(before, dict_type=zstandard.DICT_TYPE_RAWCONTENT)
            return _read(zstandard.ZstdDecompressor(dict_data=dictionary), packed[_HEAD:])
    except (zlib.error, zstandard.ZstdError, IndexError, OSError) as error:
        raise BrokenBody(f"it cannot be unpacked: {error}") from error
    raise BrokenBody("it is packed in no way this release knows, or its base is missing")


def is_whole(packed: object, body_hash: object) -> bool:
    """Whether a packed record that stands alone is, as it was read back, the one its hash was taken of."""
    try:
        return isinstance(packed, bytes) and hash_of(unpack(packed)) == body_hash
    except BrokenBody:
        return False


def hash_of(body: bytes) -> str:
    """32 hexadecimal digits; equal exactly when the bodies are equal."""
    return hashlib.blake2b(body, digest_size=16).hexdigest()


def _read(reader: zstandard.ZstdDecompressor, frame: bytes) -> bytes:
    # A frame said to hold nothing is not even looked at, and no record is empty.
    if not 0 < zstandard.frame_content_size(frame) <= _LONGEST:
        raise zstandard.ZstdError("its length makes no sense")
    return reader.decompress(frame)


@cache
def _dictionary(number: int) -> zstandard.ZstdCompressionDict:
    """Raises OSError for a number that this release does not have."""
    return zstandard.ZstdCompressionDict((Path(__file__).parent / f"records-{number}.zdict").read_bytes())


class _Tools(threading.local):
    """Those of one thread: no two may use the same at once."""

    def __init__(self) -> None:
        self.alone = zstandard.ZstdCompressor(
            _LEVEL, dict_data=_dictionary(_NEWEST), write_dict_id=False, write_checksum=True
        )
        self._readers: dict[int, zstandard.ZstdDecompressor] = {}

    def reader(self, number: int) -> zstandard.ZstdDecompressor:
        if number not in self._readers:
            self._readers[number] = zstandard.ZstdDecompressor(dict_data=_dictionary(number))
        return self._readers[number]


@cache
def _tools() -> _Tools:
    return _Tools()
