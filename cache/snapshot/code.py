"""The digest of everything that has a say in what a snapshot holds: the product's own files and the libraries."""

import hashlib
from functools import cache
from importlib.metadata import version
from pathlib import Path

from fetchers.settings import ROOT

_ROOMS = ("fetchers", "cache", "insights", "dashboard")
_ENDINGS = frozenset({".py", ".toml", ".csv", ".json", ".gz"})
_LIBRARIES = ("pandas", "pyarrow", "msgspec", "numpy")


@cache
def digest(root: Path = ROOT) -> str:
    """32 hexadecimal digits; another one as soon as a file of the four rooms, or a library, is another."""
    found = hashlib.blake2b(digest_size=16)
    for name in _LIBRARIES:
        found.update(f"{name} {version(name)}\n".encode())
    for path in sorted(path for room in _ROOMS for path in (root / room).rglob("*") if path.suffix in _ENDINGS):
        if "data" not in path.relative_to(root).parts:
            found.update(f"{path.relative_to(root).as_posix()} {path.stat().st_size}\n".encode())
            found.update(path.read_bytes())
    return found.hexdigest()
