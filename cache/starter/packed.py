"""The files of the starter as they are kept: lines in a gzip file, equal bytes for equal lines."""

import gzip
import io
from collections.abc import Iterable


def packed(lines: Iterable[bytes]) -> bytes:
    """A gzip file without name or time in it."""
    buffer = io.BytesIO()
    with gzip.GzipFile(filename="", fileobj=buffer, mode="wb", compresslevel=9, mtime=0) as file:
        file.writelines(line + b"\n" for line in lines)
    return buffer.getvalue()
