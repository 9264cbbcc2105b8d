"""How a record is stored: canonical JSON, compressed, identified by its hash."""

import hashlib
import zlib

# Measured on registry-like records: higher levels cost twice the time for a few percent of space.
_LEVEL = 3


def pack(body: bytes) -> bytes:
    return zlib.compress(body, _LEVEL)


def unpack(packed: bytes) -> bytes:
    """Raises zlib.error when the bytes are damaged (the format carries a checksum)."""
    return zlib.decompress(packed)


def is_whole(packed: object, body_hash: object) -> bool:
    """Whether a packed record, as it was read back, is the one its hash was taken of."""
    try:
        return isinstance(packed, bytes) and hash_of(unpack(packed)) == body_hash
    except zlib.error:
        return False


def hash_of(body: bytes) -> str:
    """32 hexadecimal digits; equal exactly when the bodies are equal."""
    return hashlib.blake2b(body, digest_size=16).hexdigest()
