"""A file that appears whole or not at all."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from fetchers.errors import LocalTrouble, Validation


def write_atomically(out: Path, content: bytes, what: str = "file") -> None:
    """Write ``content`` to ``out``, in one step that other readers see whole; ``what`` names it in messages.

    A device or a pipe is written to as it is. Raises Validation for a folder or a place in no folder, LocalTrouble when
    it cannot be written; an earlier file then stays as it was.
    """
    if out.is_dir():
        raise Validation(f"{out} is a folder; give the name of a file in it.")
    if out.exists() and not out.is_file():  # a device or a pipe cannot be replaced, only written to
        _write(out, out, content, what, mode="wb")
        return
    target = out.resolve()
    if not target.parent.is_dir():
        raise Validation(f"There is no folder {target.parent}; make it first or choose another place for the {what}.")
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        _write(out, part, content, what, mode="xb")
        with unwritable(out, what):
            part.replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            part.unlink()
        raise


def _write(out: Path, path: Path, content: bytes, what: str, *, mode: str) -> None:
    with unwritable(out, what), path.open(mode) as file:
        file.write(content)
        file.flush()
        if mode == "xb":
            os.fsync(file.fileno())


@contextlib.contextmanager
def unwritable(out: Path, what: str) -> Iterator[None]:
    """Raise LocalTrouble, with what to do, where the system refuses what the block does to write ``out``."""
    try:
        yield
    except OSError as error:
        raise LocalTrouble(
            f"The {what} {out} cannot be written ({error.strerror or error}). Choose another place or free some space."
        ) from error
